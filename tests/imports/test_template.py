"""The template: filled with a unit's open work, sent back from any office program."""

import io
import shutil
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from httpx import AsyncClient

from tests.imports.sheets import XLSX, saved, send

FIRST = 5
"""The row of the first assignment, below a title, a line of guidance and the header."""


async def template(client: AsyncClient, query: str = "") -> bytes:
    answer = await client.get(f"/v1/imports/template.xlsx{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    return answer.content


def opened(body: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body))


def saved_by_libreoffice(soffice: str, body: bytes, home: Path) -> bytes:
    """The same workbook, opened and saved again. Its profile is its own, so that it disturbs no other."""
    mine = home / "báo cáo.xlsx"
    mine.write_bytes(body)
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    command = [soffice, profile, "--headless", "--convert-to", "xlsx:Calc MS Excel 2007 XML"]
    command += ["--outdir", str(home / "out"), str(mine)]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return (home / "out" / mine.name).read_bytes()


async def test_the_template_holds_the_open_work_and_comes_back_filled_in(huong: AsyncClient) -> None:
    book = opened(await template(huong))
    sheet = book.active
    assert [sheet.cell(4, column).value for column in (3, 4, 6)] == ["Nhiệm vụ", "Đơn vị", "Trạng thái"]
    sheet.cell(FIRST, 6).value = "Hoàn thành"
    sheet.cell(FIRST, 7).value = datetime(2025, 6, 27, 15)  # noqa: DTZ001 - a cell of Excel knows no time zone
    done = await send(huong, saved(book), XLSX, "?commit=true")
    open_work = sheet.max_row - 4
    assert done["counts"]["received"] == open_work
    assert (done["counts"]["current"], done["counts"]["unchanged"]) == (1, open_work - 1)
    first = (await huong.get(f"/v1/assignments/{sheet.cell(FIRST, 1).value}/38")).json()
    assert (first["status"], first["effective_at"]) == ("completed", "2025-06-27T08:00:00Z")
    assert opened(await template(huong)).active.max_row == sheet.max_row - 1


async def test_a_template_sent_back_untouched_adds_nothing(huong: AsyncClient) -> None:
    report = {"task": "hotlines", "status": "blocked", "note": "chờ\nđường truyền", "evidence": ["https://a.vn/1"]}
    await huong.post("/v1/status-updates", json={**report, "document": {"number": "12/BC", "date": "2025-06-27"}})
    done = await send(huong, await template(huong), XLSX)
    assert done["counts"]["unchanged"] == done["counts"]["received"]


@pytest.mark.parametrize(("language", "word"), [("vi", "Chưa thực hiện"), ("en", "Not started"), ("ja", "未着手")])
async def test_the_template_speaks_three_languages(huong: AsyncClient, language: str, word: str) -> None:
    body = await template(huong, f"?lang={language}")
    assert opened(body).active.cell(FIRST, 6).value == word
    done = await send(huong, body, XLSX)
    assert done["counts"]["unchanged"] == done["counts"]["received"]


async def test_only_what_is_reported_may_be_written(huong: AsyncClient) -> None:
    sheet = opened(await template(huong)).active
    assert sheet.protection.sheet
    locked = {sheet.cell(4, column).value: sheet.cell(FIRST, column).protection.locked for column in range(1, 12)}
    assert [header for header, is_locked in locked.items() if not is_locked] == [
        "Trạng thái",
        "Thời điểm",
        "Ghi chú",
        "Minh chứng",
        "Số văn bản",
        "Ngày văn bản",
    ]
    assert (sheet.freeze_panes, sheet.column_dimensions["A"].hidden) == ("E5", True)
    choice = next(rule for rule in sheet.data_validations.dataValidation if rule.type == "list")
    assert choice.formula1 == '"Chưa thực hiện,Đang thực hiện,Vướng mắc,Hoàn thành"'
    assert f"F{FIRST}" in choice.sqref


async def test_a_ward_and_an_agency_get_their_own_work(xa: AsyncClient, viettel: AsyncClient) -> None:
    for client, unit in ((xa, "14758"), (viettel, "viettel")):
        sheet = opened(await template(client)).active
        assert {row[1] for row in sheet.iter_rows(min_row=FIRST, values_only=True)} == {unit}


async def test_a_name_that_contradicts_its_code_is_refused(huong: AsyncClient) -> None:
    book = opened(await template(huong))
    book.active.cell(FIRST, 3).value = "Hoàn thành hệ thống họp trực tuyến"
    error = (await send(huong, saved(book), XLSX))["errors"][0]
    assert (error["line"], error["code"]) == (FIRST, "contradictory-task")


async def test_a_viewer_gets_no_template(khach: AsyncClient) -> None:
    assert (await khach.get("/v1/imports/template.xlsx")).status_code == 403


async def test_it_still_works_after_libreoffice_has_saved_it(huong: AsyncClient, tmp_path: Path) -> None:
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    assert soffice, "this test needs LibreOffice Calc: install the package libreoffice-calc"
    book = opened(await template(huong))
    book.active.cell(FIRST, 6).value = "Vướng mắc"
    book.active.cell(FIRST, 7).value = datetime(2025, 6, 27, 15)  # noqa: DTZ001 - see above
    body = saved_by_libreoffice(soffice, saved(book), tmp_path)
    sheet = opened(body).active
    assert (sheet.protection.sheet, sheet.column_dimensions["A"].hidden) == (True, True)
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)
    done = await send(huong, body, XLSX, "?commit=true")
    assert (done["counts"]["current"], done["counts"]["rejected"]) == (1, 0)
    assert done["counts"]["unchanged"] == done["counts"]["received"] - 1
    stored = (await huong.get("/v1/status-updates")).json()["items"]
    assert [(row["status"], row["effective_at"]) for row in stored] == [("blocked", "2025-06-27T08:00:00Z")]
