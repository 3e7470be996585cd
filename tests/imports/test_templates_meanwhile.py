"""What happens between a template and its return: names are changed, and reports hold what no cell shows as it is."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.imports.sheets import XLSX, saved, send
from tests.imports.test_template import cell, opened, template

WARD = "14758"


async def renamed(an: AsyncClient) -> None:
    for path, name in (("tasks/hotlines", "Mở đường dây nóng 24/7"), (f"units/{WARD}", "Phường Mới")):
        assert (await an.patch(f"/v1/{path}", json={"names": {"vi": name}})).status_code == 200


@pytest.mark.parametrize("language", ["vi", "ja"])
async def test_a_task_or_unit_that_was_renamed_since_leaves_a_template_as_good_as_before(
    huong: AsyncClient, an: AsyncClient, language: str
) -> None:
    body = await template(huong, f"?lang={language}")
    book = opened(body)
    await renamed(an)
    assert (await send(huong, body, XLSX))["counts"]["rejected"] == 0
    status = {"vi": "Trạng thái", "ja": "状態"}[language]
    for task, unit in (("hotlines", "38"), ("commune-network", WARD)):
        _cell(book.active, task, status, unit, language).value = "Hoàn thành"
    done = await send(huong, saved(book), XLSX)
    assert (done["counts"]["current"], done["errors"]) == (2, [])


def _cell(sheet: Any, task: str, header: str, unit: str, language: str) -> Any:
    if language == "vi":
        return cell(sheet, task, header, unit)
    place = [sheet.cell(4, column).value for column in range(1, sheet.max_column + 1)].index(header) + 1
    rows = [number for number in range(5, sheet.max_row + 1) if [c.value for c in sheet[number][:2]] == [task, unit]]
    return sheet.cell(rows[0], place)


async def test_a_name_typed_over_is_refused_also_after_a_renaming(huong: AsyncClient, an: AsyncClient) -> None:
    book = opened(await template(huong))
    await renamed(an)
    cell(book.active, "hotlines", "Nhiệm vụ").value = "Hoàn thành hệ thống họp trực tuyến"
    cell(book.active, "commune-network", "Đơn vị", WARD).value = "Xã Nga Sơn"
    errors = (await send(huong, saved(book), XLSX))["errors"]
    assert [error["code"] for error in errors] == ["contradictory-task", "contradictory-unit"]


@pytest.mark.parametrize(
    "papers",
    [
        {"evidence": ["https://a.vn/1", "https://a.vn/1"]},
        {"evidence": ["https://a.vn/?to=1,https://b.vn", "https://c.vn/x;"]},
        {"evidence": ["https://a.vn/Qua\u0301n"]},
        {"evidence": ["https://a.vn/x.", "https://b.vn/'"]},
        {"evidence": ["https://b.vn/'"]},
        {"document": {"number": "12/QĐ\u200b-UBND", "date": "2025-06-20"}},
        {"document": {"number": "12/QD\u0301-UBND\u00a0"}},
    ],
)
async def test_an_untouched_row_adds_nothing_however_its_papers_were_reported(
    huong: AsyncClient, papers: dict[str, Any]
) -> None:
    said = {"task": "hotlines", "status": "blocked", **papers}
    assert (await huong.post("/v1/status-updates", json=said)).status_code == 201
    done = await send(huong, await template(huong), XLSX, "?commit=true")
    assert (done["counts"]["unchanged"], done["errors"]) == (done["counts"]["received"], [])
