"""A complaint names the place and the cell as its reader sees them, and what would be right, in three languages."""

import io
import json
from datetime import datetime
from typing import Any

import openpyxl
import pytest
from httpx import AsyncClient

from app.imports.shown import row_errors
from app.language import LANGUAGES
from tests.conftest import Service
from tests.imports.corpus.parts import book, lines, relationships, sheet
from tests.imports.sheets import HEADER, XLSX, csv, post, read, saved, send, workbook
from tests.imports.test_never_falsified import NOW, codes, report

NDJSON = "application/x-ndjson"
ROW: dict[str, Any] = {"task": "hotlines", "status": "completed"}


async def details(client: AsyncClient, body: bytes | str, kind: str = "text/csv") -> list[tuple[str, list[str]]]:
    """The code of each complaint, with its sentence in each language."""
    told = [(await send(client, body, kind, f"?lang={lang}"))["errors"] for lang in LANGUAGES]
    return [(each[0]["code"], [error["detail"] for error in each]) for each in zip(*told, strict=True)]


@pytest.mark.parametrize(
    ("line", "code", "named"),
    [
        (json.dumps(ROW | {"tinh": "38"}), "unknown-field", "“tinh”"),
        (json.dumps(ROW | {"document": {"so": "1"}}), "unknown-field", "“document.so”"),
        ('{"task": "hotlines", "status": "completed", "note": "a", "note": "b"}', "duplicate-field", "“note”"),
        (json.dumps(ROW | {"note": "a", "Ghi chú": "b"}), "duplicate-field", "“Ghi chú”"),
        ("[1, 2]", "wrong-type", "“[1, 2]”"),
        (json.dumps(ROW | {"note": {"vi": "xong"}}), "wrong-type", '“{"vi": "xong"}”'),
        (json.dumps(ROW | {"document": "12/QĐ"}), "wrong-type", '"12/QĐ"'),
        (json.dumps(ROW | {"note": "x" * 4001}), "too-long", "4000"),
        (json.dumps(ROW | {"effective_at": "27/06/1889"}), "time-out-of-range", "“27/06/1889”"),
    ],
)
async def test_a_complaint_about_a_line_of_json_names_what_it_is_about(
    huong: AsyncClient, line: str, code: str, named: str
) -> None:
    [(found, told)] = await details(huong, line, NDJSON)
    assert found == code
    japanese = named.replace("“", "「").replace("”", "」")
    assert [named in told[0] or japanese in told[0], named in told[1], japanese in told[2]] == [True] * 3, told


async def test_a_date_cell_is_named_as_it_shows(huong: AsyncClient) -> None:
    far = datetime(2099, 1, 2, 17, 30)  # noqa: DTZ001 - Excel knows no time zone
    calculated = '<c r="D3" s="1"><f>TODAY()+30000</f><v>72688</v></c>'
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
    by_hand = book(sheet(lines(HEADER[:4], (), ("38", "hotlines", "Hoàn thành", calculated))), styles=styles)
    for body, shows in (
        (workbook(HEADER, ("38", "hotlines", "Hoàn thành", far, "")), "02/01/2099 17:30"),
        (by_hand, "03/01/2099"),
    ):
        [(code, told)] = await details(huong, body, XLSX)
        assert (code, [shows in one for one in told]) == ("in-the-future", [True] * 3), told


async def test_a_complaint_about_a_unit_that_only_its_code_names_is_about_the_code(huong: AsyncClient) -> None:
    header = ("Đơn vị", "Mã đơn vị", "Nhiệm vụ", "Trạng thái")
    done = await send(huong, workbook(header, (None, "40", "hotlines", "Hoàn thành")), XLSX)
    [error] = done["errors"]
    assert (error["column"], error["code"]) == ("Mã đơn vị", "not-your-unit")
    assert "“40”" in error["detail"]
    content = lines(header, (None, '<c r="B2" t="e"><v>#REF!</v></c>', "hotlines", "Hoàn thành"))
    [error] = (await send(huong, book(sheet(content)), XLSX))["errors"]
    assert (error["column"], error["code"], "#REF!" in error["detail"]) == ("Mã đơn vị", "cell-error", True)


def two_sheets(*statuses: str) -> bytes:
    made: Any = openpyxl.Workbook()
    sheets = [made.active, made.create_sheet("Hai")]
    for one, task, status in zip(sheets, ("hotlines", "staffing"), statuses, strict=True):
        one.append(HEADER[:3])
        one.append(("38", task, status))
    sheets[0].title = "Một"
    return saved(made)


async def test_of_several_sheets_the_one_is_named_that_a_line_is_on(huong: AsyncClient, lan: AsyncClient) -> None:
    answer = await post(huong, two_sheets("Hoàn thành", "Xong"), XLSX, "?mode=atomic")
    assert answer.json()["errors"][0]["detail"].startswith("Hai!2: Trạng thái: ")
    await report(huong, "staffing", "completed", note="đợt 1")
    await report(lan, "staffing", "verified", unit="38")
    body = two_sheets("Vướng mắc", "Hoàn thành")
    preview = await send(huong, body, XLSX)
    assert (preview["counts"]["current"], preview["counts"]["unchanged"]) == (1, 1)
    await report(huong, "hotlines", "completed")
    refused = await huong.post(f"/v1/imports/{preview['id']}/commit")
    assert refused.json()["errors"][0]["detail"].startswith("Một!2: ")


async def test_a_warning_names_the_sheet_too(huong: AsyncClient, an: AsyncClient) -> None:
    await report(huong, "staffing", "in_progress")
    token = (await an.post("/v1/tokens", json={"name": "máy chủ", "role": "reporter", "unit": "38"})).json()["token"]
    huong.headers["Authorization"] = f"Bearer {token}"
    [warning] = (await send(huong, two_sheets("Hoàn thành", "Hoàn thành"), XLSX))["warnings"]
    assert (warning["code"], warning["detail"].endswith("Hai!2")) == ("replaces-others", True)


async def test_a_warning_about_columns_names_the_sheet_where_there_are_several(huong: AsyncClient) -> None:
    made: Any = openpyxl.Workbook()
    for one in (made.active, made.create_sheet("Hai")):
        one.append((*HEADER[:3], "Màu" if one.title == "Hai" else "Điểm"))
        one.append(("38", "hotlines" if one.title == "Hai" else "staffing", "Hoàn thành", "đỏ"))
    made.active.title = "Một"
    told = (await send(huong, saved(made), XLSX))["warnings"]
    assert [one["detail"] for one in told] == ["Một: không đọc các cột: Điểm", "Hai: không đọc các cột: Màu"]
    del made["Một"]
    [told] = (await send(huong, saved(made), XLSX))["warnings"]
    assert told["detail"] == "không đọc các cột: Màu"


async def test_refused_rows_with_hyperlinks_come_back_as_they_are_read(huong: AsyncClient) -> None:
    rows = lines(("Đơn vị", "Nhiệm vụ", "Trạng thái", "Minh chứng"), ("Thanh Hóa", "hotlines", "Xong", "xem"))
    links = "".join(f'<hyperlink ref="{place}" r:id="r1"/>' for place in ("A2", "D2"))
    targets = relationships([("r1", "hyperlink", "https://thanhhoa.gov.vn/")])
    body = book(
        sheet(rows, f"<hyperlinks>{links}</hyperlinks>"), parts={"xl/worksheets/_rels/sheet1.xml.rels": targets}
    )
    preview = await send(huong, body, XLSX)
    again = (await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")).content
    assert read(again)[1][:4] == ("Thanh Hóa", "hotlines", "Xong", "https://thanhhoa.gov.vn/")
    mended: Any = openpyxl.load_workbook(io.BytesIO(again))
    mended.active.cell(2, 3).value = "Hoàn thành"
    done = await send(huong, saved(mended), XLSX, "?commit=true")
    assert (done["counts"]["current"], codes(done)) == (1, [])


async def test_many_rows_that_contradict_each_other_name_the_first_few(huong: AsyncClient) -> None:
    rows = [("38", "hotlines", status) for status in ("Hoàn thành", "Vướng mắc") * 8]
    [first, *_] = (await send(huong, csv(*rows, header=NOW), query="?lang=en"))["errors"]
    assert "line 3, 4, 5, 6, 7, 8, 9, 10, 11, 12…:" in first["detail"]


@pytest.mark.parametrize(
    ("who", "file", "named"),
    [
        ("lan", csv(("hotlines", "Đã xác nhận"), header=NOW[1:]), ("Đơn vị", "unit", "機関")),
        ("huong", csv(("", "Hoàn thành"), header=NOW[1:]), ("nhiệm vụ", "task", "タスク")),
        ("huong", "task,status,note\nhotlines,,x\n", ("Vướng mắc", "Blocked", "停滞")),
        (
            "huong",
            csv(("hotlines", "Hoàn thành", "26/06/2025"), header=("task", "status", "Ngày văn bản")),
            ("Số văn bản", "number", "文書番号"),
        ),
        ("huong", csv(("commune-network", "Hoàn thành"), header=NOW[1:]), ("cấp xã", "commune", "社・坊・特区")),
    ],
)
async def test_what_is_missing_is_named_also_where_no_column_holds_it(
    huong: AsyncClient, lan: AsyncClient, who: str, file: str, named: tuple[str, str, str]
) -> None:
    [(code, told), *_] = await details({"huong": huong, "lan": lan}[who], file)
    assert code in ("missing", "no-such-assignment")
    assert [one in detail for one, detail in zip(named, told, strict=True)] == [True] * 3, told


async def test_of_a_file_that_is_refused_whole_no_more_rows_are_written_out_than_are_named(
    huong: AsyncClient, service: Service
) -> None:
    written = 0

    def counting(*given: Any, **more: Any) -> Any:
        nonlocal written
        written += 1
        return row_errors(*given, **more)

    service.patch.setattr("app.imports.shown.row_errors", counting)
    file = csv(*[("38", "hotlines", "Xong")] * 300, header=NOW)
    problem = (await post(huong, file, query="?mode=atomic&lang=en")).json()
    assert (len(problem["errors"]), problem["more"], written) == (100, 200, 100)
    assert "300" in problem["detail"]


@pytest.mark.parametrize(
    ("time", "is_midnight"),
    [
        *(("24:00 27/06/2025", True), ("24h00 ngày 27/06/2025", True), ("24 giờ ngày 27 tháng 6 năm 2025", True)),
        *(("Thứ Sáu, 24h 27/06/2025", True), ("24h30 27/06/2025", False), ("12 giờ tối 27/06/2025", False)),
        ("13:00 SA 27/06/2025", False),
    ],
)
async def test_who_writes_24_hours_learns_how_the_end_of_a_day_is_written(
    huong: AsyncClient, time: str, is_midnight: bool
) -> None:
    """`write it like 27/06/2025 17:00` says nothing of it: the day and the hour were written like that."""
    [(code, told)] = await details(huong, csv(("38", "hotlines", "Hoàn thành", f'"{time}"', "")))
    assert (code, [time in one for one in told]) == ("malformed-time", [True] * 3)
    assert ["23:59" in one for one in told] == [is_midnight] * 3


async def test_a_column_that_was_chosen_is_named_in_the_readers_language(huong: AsyncClient) -> None:
    file = csv(("38", "hotlines", "Hoàn thành", "27/06/2025", "x"), header=(*HEADER[:3], "Ngày báo cáo", "Ngày nộp"))
    for lang, read_as, left_out in (("vi", "Thời điểm", "không đọc"), ("en", "Time", "not read")):
        asked = f"?lang={lang}&column=Ngày báo cáo:effective_at&column=Ngày nộp:-"
        [warning] = (await send(huong, file, query=asked))["warnings"]
        assert warning["code"] == "columns-chosen"
        assert f"Ngày báo cáo: {read_as}, Ngày nộp: {left_out}" in warning["detail"]


async def test_a_list_of_lines_that_were_left_out_says_that_there_are_more(huong: AsyncClient) -> None:
    for count, ends in ((20, "Mục 20"), (21, "Mục 20, …")):
        sections = "".join(f"Mục {number},\n" for number in range(1, count + 1))
        [warning] = (await send(huong, f"task,status\n{sections}hotlines,Hoàn thành\n"))["warnings"]
        assert (warning["code"], warning["detail"].endswith(ends)) == ("rows-skipped", True)


async def test_columns_of_one_name_are_told_apart_by_their_letters(huong: AsyncClient) -> None:
    answer = await post(huong, "Đơn vị,task,status,Đơn vị\n38,hotlines,Hoàn thành,38\n")
    [error] = answer.json()["errors"]
    assert (error["code"], "Đơn vị (A), Đơn vị (D)" in error["detail"]) == ("duplicate-column", True)
