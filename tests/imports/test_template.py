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
from openpyxl.utils import get_column_letter

from tests.imports.sheets import XLSX, post, saved, send

FIRST = 5
"""The row of the first assignment, below a title, a line of guidance and the header."""


async def template(client: AsyncClient, query: str = "") -> bytes:
    answer = await client.get(f"/v1/imports/template.xlsx{query}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, XLSX)
    return answer.content


def opened(body: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(body))


def columns(sheet: Any) -> dict[str, int]:
    return {sheet.cell(4, place).value: place for place in range(1, sheet.max_column + 1)}


def cell(sheet: Any, task: str, header: str, unit: str = "38") -> Any:
    """The cell of a piece of work under a header."""
    places = columns(sheet)
    codes = [str(sheet.cell(4, 1).value), str(sheet.cell(4, 2).value)]
    for row in range(FIRST, sheet.max_row + 1):
        if [sheet.cell(row, places[code]).value for code in codes] == [task, unit]:
            return sheet.cell(row, places[header])
    raise AssertionError((task, unit))


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
    cell(sheet, "hotlines", "Trạng thái").value = "Hoàn thành"
    cell(sheet, "hotlines", "Thời điểm").value = datetime(2025, 6, 27, 15)  # noqa: DTZ001 - Excel knows no time zone
    done = await send(huong, saved(book), XLSX, "?commit=true")
    open_work = sheet.max_row - FIRST + 1
    assert (done["counts"]["received"], done["warnings"]) == (open_work, [])
    assert (done["counts"]["current"], done["counts"]["unchanged"]) == (1, open_work - 1)
    first = (await huong.get("/v1/assignments/hotlines/38")).json()
    assert (first["status"], first["effective_at"]) == ("completed", "2025-06-27T08:00:00Z")
    assert opened(await template(huong)).active.max_row == sheet.max_row - 1


async def test_a_template_sent_back_untouched_adds_nothing(huong: AsyncClient) -> None:
    report = {"task": "hotlines", "status": "blocked", "note": "chờ\nđường truyền", "evidence": ["https://a.vn/1"]}
    await huong.post("/v1/status-updates", json={**report, "document": {"number": "12/BC", "date": "2025-06-27"}})
    body = await template(huong)
    sheet = opened(body).active
    assert cell(sheet, "hotlines", "Ghi chú").value is None
    assert cell(sheet, "hotlines", "Minh chứng").value == "https://a.vn/1"
    done = await send(huong, body, XLSX)
    assert done["counts"]["unchanged"] == done["counts"]["received"]


async def test_an_untouched_row_does_not_undo_what_a_ward_reported_meanwhile(
    huong: AsyncClient, xa: AsyncClient
) -> None:
    body = await template(huong)
    done = {"task": "commune-network", "unit": "14758", "status": "completed"}
    assert (await xa.post("/v1/status-updates", json=done)).status_code == 201
    sent = await send(huong, body, XLSX, "?commit=true")
    assert sent["counts"]["current"] == 0
    assert (await xa.get("/v1/assignments/commune-network/14758")).json()["status"] == "completed"


async def test_returned_work_is_sent_back_untouched_and_answered_with_a_note(
    huong: AsyncClient, lan: AsyncClient
) -> None:
    for client, said in (
        (huong, {"task": "hotlines", "status": "completed"}),
        (lan, {"task": "hotlines", "unit": "38", "status": "returned", "note": "Thiếu số máy của xã"}),
    ):
        assert (await client.post("/v1/status-updates", json=said)).status_code == 201
    body = await template(huong)
    sheet = opened(body).active
    assert cell(sheet, "hotlines", "Ý kiến của Bộ").value == "Thiếu số máy của xã"
    assert cell(sheet, "hotlines", "Ghi chú").value is None
    assert (await send(huong, body, XLSX))["counts"]["rejected"] == 0
    book = opened(body)
    cell(book.active, "hotlines", "Trạng thái").value = "Hoàn thành"
    again = await send(huong, saved(book), XLSX)
    assert again["errors"][0]["code"] == "returned-since"
    assert "Thiếu số máy của xã" in again["errors"][0]["detail"]
    cell(book.active, "hotlines", "Ghi chú").value = "Đã bổ sung số máy của xã"
    answered = await send(huong, saved(book), XLSX, "?commit=true")
    assert (answered["counts"]["current"], answered["counts"]["rejected"]) == (1, 0)
    assert (await huong.get("/v1/assignments/hotlines/38")).json()["status"] == "completed"


async def test_a_cleared_status_and_a_row_copied_onto_another_are_refused(huong: AsyncClient) -> None:
    assert (await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "blocked"})).status_code == 201
    book = opened(await template(huong))
    sheet = book.active
    cell(sheet, "hotlines", "Trạng thái").value = None
    cell(sheet, "staffing", "base").value = cell(sheet, "hotlines", "base").value
    errors = (await send(huong, saved(book), XLSX))["errors"]
    assert {error["code"] for error in errors} == {"status-cleared", "base-mismatch"}


@pytest.mark.parametrize(("language", "word"), [("vi", "Chưa thực hiện"), ("en", "Not started"), ("ja", "未着手")])
async def test_the_template_speaks_three_languages(huong: AsyncClient, language: str, word: str) -> None:
    body = await template(huong, f"?lang={language}")
    sheet = opened(body).active
    assert sheet.cell(FIRST, list(columns(sheet).values())[-6]).value == word
    done = await send(huong, body, XLSX)
    assert (done["counts"]["unchanged"], done["warnings"]) == (done["counts"]["received"], [])


async def test_it_is_sorted_filtered_and_printed_as_one_likes(huong: AsyncClient) -> None:
    book = opened(await template(huong))
    sheet = book.active
    places = columns(sheet)
    assert not sheet.protection.sheet
    hidden = {header for header, place in places.items() if sheet.column_dimensions[letter(place)].hidden}
    assert hidden == {"Mã nhiệm vụ", "Mã đơn vị", "base"}
    assert sheet.auto_filter.ref == f"A4:{letter(len(places))}{sheet.max_row}"
    assert (sheet.freeze_panes, sheet.print_title_rows, sheet.page_setup.orientation) == ("F5", "$4:$4", "landscape")
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    choice = next(rule for rule in sheet.data_validations.dataValidation if rule.type == "list")
    assert choice.formula1 == '"Chưa thực hiện,Đang thực hiện,Vướng mắc,Hoàn thành"'
    assert f"{letter(places['Trạng thái'])}{FIRST}" in choice.sqref
    assert book.sheetnames == ["Tiến Độ", "Hướng dẫn"]


def letter(place: int) -> str:
    return get_column_letter(place)


async def test_a_ward_and_an_agency_get_their_own_work(xa: AsyncClient, viettel: AsyncClient) -> None:
    for client, unit in ((xa, "14758"), (viettel, "viettel")):
        sheet = opened(await template(client)).active
        assert {row[1] for row in sheet.iter_rows(min_row=FIRST, values_only=True)} == {unit}


async def test_a_part_of_the_work_can_be_asked_for(huong: AsyncClient, minh: AsyncClient) -> None:
    sheet = opened(await template(huong, "?category=hotlines")).active
    assert [row[:2] for row in sheet.iter_rows(min_row=FIRST, values_only=True)] == [("hotlines", "38")]
    sheet = opened(await template(huong, "?unit=14758")).active
    assert {row[1] for row in sheet.iter_rows(min_row=FIRST, values_only=True)} == {"14758"}
    assert (await minh.get("/v1/imports/template.xlsx?unit=38")).status_code == 403
    assert (await huong.get("/v1/imports/template.xlsx?category=nope")).status_code == 422
    nothing = opened(await template(huong, "?category=hotlines&status=blocked")).active
    assert "Hiện không có việc nào cần báo cáo" in str(nothing.cell(2, 4).value)


async def test_the_ministry_gets_what_awaits_a_verdict_and_sends_its_verdicts_back(
    huong: AsyncClient, lan: AsyncClient
) -> None:
    said = {"status": "completed", "note": "Đã công bố", "evidence": ["https://a.vn/1"]}
    for task in ("hotlines", "staffing"):
        assert (await huong.post("/v1/status-updates", json={"task": task, **said})).status_code == 201
    body = await template(lan, "?province=38")
    assert (await send(lan, body, XLSX))["counts"] == {
        "received": 2,
        "current": 0,
        "superseded": 0,
        "unchanged": 2,
        "rejected": 0,
    }
    book = opened(body)
    assert "Đã công bố\nhttps://a.vn/1" in cell(book.active, "hotlines", "Đơn vị đã báo cáo").value
    cell(book.active, "hotlines", "Trạng thái").value = "Đã xác minh"
    cell(book.active, "staffing", "Trạng thái").value = "Trả lại"
    cell(book.active, "staffing", "Ghi chú").value = "Thiếu danh sách"
    guide = [cell.value for row in book.worksheets[1].iter_rows() for cell in row if cell.value]
    assert (any("Đã xác nhận" in str(text) for text in guide), "Ý kiến của Bộ" in str(guide)) == (True, False)
    done = await send(lan, saved(book), XLSX, "?commit=true")
    assert (done["counts"]["current"], done["warnings"]) == (2, []), "a verdict replaces no report"
    found = [(await lan.get(f"/v1/assignments/{task}/38")).json()["status"] for task in ("hotlines", "staffing")]
    assert found == ["verified", "returned"]


async def test_a_name_that_contradicts_its_code_is_refused(huong: AsyncClient) -> None:
    book = opened(await template(huong))
    cell(book.active, "hotlines", "Nhiệm vụ").value = "Hoàn thành hệ thống họp trực tuyến"
    error = (await send(huong, saved(book), XLSX))["errors"][0]
    assert (error["column"], error["code"]) == ("Nhiệm vụ", "contradictory-task")


async def test_a_viewer_gets_no_template(khach: AsyncClient) -> None:
    assert (await khach.get("/v1/imports/template.xlsx")).status_code == 403


async def test_refused_rows_of_a_template_come_back_with_all_that_it_hides(huong: AsyncClient) -> None:
    book = opened(await template(huong))
    cell(book.active, "hotlines", "Trạng thái").value = "Xong"
    preview = await send(huong, saved(book), XLSX)
    again = opened((await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")).content)
    sheet = again.active
    header = [one.value for one in sheet[1]]
    hidden = sheet.column_dimensions["A"]
    assert (hidden.hidden, hidden.min, hidden.max) == (True, 1, 3)
    assert sheet.cell(2, header.index("base") + 1).value == cell(book.active, "hotlines", "base").value
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)
    assert (sheet.page_setup.fitToHeight, sheet.sheet_properties.pageSetUpPr.fitToPage) == (0, True)
    sheet.cell(2, header.index("Trạng thái") + 1).value = "Hoàn thành"
    assert (await send(huong, saved(again), XLSX, "?commit=true"))["counts"]["current"] == 1


async def test_nothing_open_sent_back_is_refused_with_a_sentence(huong: AsyncClient) -> None:
    answer = await post(huong, await template(huong, "?category=hotlines&status=blocked"), XLSX)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "no-rows")


async def test_it_still_works_after_libreoffice_has_saved_it(huong: AsyncClient, tmp_path: Path) -> None:
    soffice = shutil.which("soffice") or shutil.which("libreoffice")
    assert soffice, "this test needs LibreOffice Calc: install the package libreoffice-calc"
    book = opened(await template(huong))
    cell(book.active, "hotlines", "Trạng thái").value = "Vướng mắc"
    cell(book.active, "hotlines", "Thời điểm").value = datetime(2025, 6, 27, 15)  # noqa: DTZ001 - see above
    body = saved_by_libreoffice(soffice, saved(book), tmp_path)
    sheet = opened(body).active
    assert sheet.column_dimensions["A"].hidden
    assert any(rule.type == "list" for rule in sheet.data_validations.dataValidation)
    done = await send(huong, body, XLSX, "?commit=true")
    assert (done["counts"]["current"], done["counts"]["rejected"]) == (1, 0)
    assert done["counts"]["unchanged"] == done["counts"]["received"] - 1
    stored = (await huong.get("/v1/status-updates")).json()["items"]
    assert [(row["status"], row["effective_at"]) for row in stored] == [("blocked", "2025-06-27T08:00:00Z")]
