"""What is wrong with a whole file is named at once, and whose a row is that is not one's own."""

import io
import json
from typing import Any

import openpyxl
import pytest
from httpx import AsyncClient

from app.imports.reading.limits import MOST_COLUMNS
from tests.imports.corpus.by_offices import every_sheet_with_another_fault
from tests.imports.corpus.parts import book, lines, sheet
from tests.imports.sheets import HEADER, XLSX, csv, post, send, workbook

CSV = "text/csv"
NDJSON = "application/x-ndjson"
NOW = ("unit", "task", "status")
NETWORK = "commune-network"


async def refusals(client: AsyncClient, body: bytes | str, kind: str, query: str = "?lang=en") -> list[tuple[str, str]]:
    answer = await post(client, body, kind, query)
    assert answer.status_code == 422, answer.text
    return [(error["code"], error["detail"]) for error in answer.json()["errors"]]


async def test_every_fault_of_every_sheet_is_named_at_once(huong: AsyncClient) -> None:
    found = await refusals(huong, every_sheet_with_another_fault(), XLSX)
    assert [(code, detail.partition(":")[0]) for code, detail in found] == [
        ("mixed-dates", "Một"),
        ("unclear-column", "Một"),
        ("duplicate-column", "Hai"),
        ("legacy-font", "Hai"),
        ("month-first", "Hai"),
        ("unclear-column", "Hai"),
        ("legacy-font", "Ba"),
        ("legacy-font", "Ba"),
    ]
    assert "“Ngày báo cáo”" in found[1][1]
    assert "“Ngày cập nhật”" in found[5][1]


async def test_every_unclear_column_is_named_with_what_it_may_be(huong: AsyncClient) -> None:
    header = (*HEADER[:3], "Ngày báo cáo", "Cơ quan cấp trên", "Trạng thái hồ sơ")
    found = await refusals(huong, workbook(header, ("38", "hotlines", "Hoàn thành", "x", "y", "z")), XLSX)
    assert [code for code, _ in found] == ["unclear-column"] * 3
    named = ("“Ngày báo cáo” may be: Time", "“Cơ quan cấp trên” may be: Unit", "“Trạng thái hồ sơ” may be: Status")
    assert [one in detail for one, (_, detail) in zip(named, found, strict=True)] == [True] * 3


async def test_a_hundred_faults_are_named_and_the_others_counted(huong: AsyncClient) -> None:
    header = (*HEADER[:3], *(f"Ngày {n}" for n in range(150)))
    answer = await post(huong, workbook(header, ("38", "hotlines", "Hoàn thành", *range(150))), XLSX)
    assert (len(answer.json()["errors"]), answer.json()["more"]) == (100, 50)


async def test_every_wrong_name_of_a_sheet_or_column_is_named(huong: AsyncClient) -> None:
    body = workbook(HEADER, ("38", "hotlines", "Hoàn thành", "", ""))
    found = await refusals(huong, body, XLSX, "?lang=en&sheet=Hai&sheet=Ba")
    assert [("unknown-sheet", word in detail) for word, (_, detail) in zip(("“Hai”", "“Ba”"), found, strict=True)] == [
        (code, True) for code, _ in found
    ]
    found = await refusals(huong, body, XLSX, "?lang=en&column=Một:note&column=Hai:-")
    assert [(code, "Một" in detail or "Hai" in detail) for code, detail in found] == [("unknown-column", True)] * 2
    found = await refusals(huong, body, XLSX, "?lang=en&column=Một:x&column=Hai:y")
    assert [detail.partition(":")[0] for _, detail in found] == ["“Một", "“Hai"]


@pytest.mark.parametrize(
    ("body", "kind"),
    [("task,status\nhotlines,completed", CSV), ('{"task": "hotlines", "status": "completed"}', NDJSON)],
)
async def test_a_sheet_of_a_file_without_sheets_is_refused(huong: AsyncClient, body: str, kind: str) -> None:
    found = await refusals(huong, body, kind, "?lang=en&sheet=Một")
    assert [(code, "“Một”" in detail) for code, detail in found] == [("no-sheets", True)]


async def test_every_field_of_a_json_file_with_the_month_first_is_named(huong: AsyncClient) -> None:
    row = {"task": "hotlines", "status": "completed", "document_number": "1"}
    rows = [row | {"effective_at": "06/27/2025"}, row | {"document_date": "06/27/2025"}]
    found = await refusals(huong, "\n".join(map(json.dumps, rows)), NDJSON)
    assert ["effective_at" in found[0][1], "document_date" in found[1][1]] == [True, True]


@pytest.mark.parametrize("written", ["Xã Nga Sơn", "Nga Sơn", "Xã Nga Sơn, Thanh Hóa", "16093"])
async def test_a_commune_of_others_is_not_ones_own_by_its_name_as_by_its_code(minh: AsyncClient, written: str) -> None:
    done = await send(minh, csv((f'"{written}"', NETWORK, "Hoàn thành"), header=NOW))
    [error] = done["errors"]
    assert (error["code"], error["column"], error["candidates"]) == ("not-your-unit", "unit", [])
    assert "16093 (Xã Nga Sơn, Thanh Hóa)" in error["detail"]
    again = (await minh.post(f"/v1/imports/{done['id']}/preview")).json()
    assert [one["code"] for one in again["errors"]] == ["not-your-unit"]


async def test_a_slip_that_makes_anothers_commune_of_ones_own_is_told_what_was_meant(minh: AsyncClient) -> None:
    """Yên Hòa is a ward of Hà Nội, and a commune of Nghệ An."""
    [error] = (await send(minh, csv(("Phường Yên Hòa", NETWORK, "Hoàn thành"), header=NOW)))["errors"]
    assert (error["code"], error["candidates"]) == ("not-your-unit", ["16909"])
    assert "00175 (Phường Yên Hòa, Hà Nội)" in error["detail"]
    assert "16909 (Xã Yên Hòa, Nghệ An)" in error["detail"]


async def test_a_name_that_only_others_bear_is_none_of_ones_own(minh: AsyncClient, huong: AsyncClient) -> None:
    done = await send(huong, csv(("Ba Đình", NETWORK, "Hoàn thành"), header=NOW), query="?lang=en")
    assert done["counts"]["current"] == 1, "inside Thanh Hóa there is one Ba Đình"
    done = await send(minh, csv(("Ba Đình", NETWORK, "Hoàn thành"), header=NOW), query="?lang=en")
    [error] = done["errors"]
    assert (error["code"], "none of your units" in error["detail"]) == ("ambiguous-unit", True)
    assert len(error["candidates"]) > 1


async def test_a_number_that_is_a_province_or_a_commune_without_its_zeros_is_not_guessed(lan: AsyncClient) -> None:
    """91 is An Giang, and could be 00091, a ward of Hà Nội, beside a task of the communes."""
    header = ("unit", "Mã đơn vị", "task", "status")
    file = csv(
        ("", "91", NETWORK, "Đã xác minh"),
        ("Phường Phú Thượng", "91", NETWORK, "Đã xác minh"),
        ("", "00091", NETWORK, "Đã xác minh"),
        ("", "91", "hotlines", "Đã xác minh"),
        header=header,
    )
    done = await send(lan, file)
    assert [(error["line"], error["code"]) for error in done["errors"]] == [
        (2, "ambiguous-unit"),
        *((line, "not-complete") for line in (3, 4, 5)),
    ]
    assert done["errors"][0]["candidates"] == ["00091", "91"]
    rows = (await lan.get(f"/v1/imports/{done['id']}/rows")).json()["items"]
    assert [row["unit"] for row in rows] == [None, "00091", "00091", "91"]


async def test_text_that_looks_like_an_escape_is_text(huong: AsyncClient) -> None:
    """A program that exports its own escapes: PostgreSQL was sent half of one."""
    file = csv(("38", "hotlines", "\\u0000", "", "a\\\\u0000"), header=(*HEADER[:4], "\\u0000 Ghi"))
    preview = await send(huong, file)
    assert preview["counts"]["rejected"] == 1
    row = (await huong.get(f"/v1/imports/{preview['id']}/rows")).json()["items"][0]
    assert (row["sent"]["Trạng thái"], row["sent"]["\\u0000 Ghi"]) == ("\\u0000", "a\\\\u0000")


async def test_refused_rows_come_back_whatever_their_sheets_are_called(huong: AsyncClient) -> None:
    names = ("Xã A/B: [1]?*", "'Xã'", "History", "hướng dẫn", "x" * 40, "x" * 41, "\\")
    content = sheet(lines(HEADER, ("38", "hotlines", "Xong", "", "")))
    preview = await send(huong, book(dict.fromkeys(names, content)), XLSX)
    assert preview["counts"]["rejected"] == len(names)
    answer = await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")
    assert answer.status_code == 200
    again: Any = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert len(again.sheetnames) == len(set(map(str.casefold, again.sheetnames))) == len(names)
    assert (await send(huong, answer.content, XLSX))["counts"]["rejected"] == len(names)


async def test_refused_rows_of_the_widest_table_can_be_sent_again(huong: AsyncClient) -> None:
    wide = [f"Cột {n}" for n in range(MOST_COLUMNS - 4)]
    rows = [("38", "hotlines", "Xong", *wide, "x")]
    preview = await send(huong, workbook((*HEADER[:3], *wide, "Ghi chú"), *rows), XLSX)
    answer = await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")
    again = await send(huong, answer.content, XLSX)
    [row] = (await huong.get(f"/v1/imports/{again['id']}/rows")).json()["items"]
    assert (row["code"], row["note"], len(row["sent"])) == ("unknown-value", "x", MOST_COLUMNS)


async def test_refused_rows_below_a_header_over_two_rows_can_be_sent_again(huong: AsyncClient) -> None:
    file = "Nhiệm vụ,Kết quả,,Văn bản,\n,Trạng thái,Thời điểm,Số,Ngày\nhotlines,Xong,27/06/2025,1/QĐ,26/06/2025\n"
    preview = await send(huong, file)
    answer = await huong.get(f"/v1/imports/{preview['id']}/rejected.xlsx")
    again = await send(huong, answer.content, XLSX)
    [row] = (await huong.get(f"/v1/imports/{again['id']}/rows")).json()["items"]
    assert (row["task"], row["code"], row["day"]) == ("hotlines", "unknown-value", "2025-06-27")


async def test_rows_below_the_name_of_another_unit_are_not_the_senders_own(huong: AsyncClient) -> None:
    """A table in sections has its units above its rows, or one on each sheet; the rows themselves name none."""
    header, row = HEADER[1:3], ("hotlines", "Hoàn thành")
    sections = [header, row, ("Tỉnh Nghệ An",), row, ("II. Xã Nga Sơn",), row, ("Nhóm khác",), row, ("Thanh Hóa",), row]
    sheets = {
        "Một": sheet(lines(*sections)),
        "Nghệ An": sheet(lines(header, row)),
        "Thanh Hóa": sheet(lines(header, row)),
    }
    preview = await send(huong, book(sheets), XLSX, "?lang=en")
    refused = [(error["sheet"], error["line"], error["code"]) for error in preview["errors"]]
    assert refused == [("Một", 4, "missing"), ("Một", 6, "missing"), ("Một", 8, "missing"), ("Nghệ An", 2, "missing")]
    assert ["Nghệ An" in preview["errors"][0]["detail"], "Xã Nga Sơn" in preview["errors"][2]["detail"]] == [True, True]
    assert preview["counts"]["received"] == preview["counts"]["rejected"] + 3


async def test_rows_under_anothers_letterhead_or_section_are_not_the_senders_own(huong: AsyncClient) -> None:
    """The letterhead stands above the header, and titles of sections stand under the numbers of the rows."""
    header, row = ("STT", *HEADER[1:3]), (1, "hotlines", "Hoàn thành")
    letterhead = ("UBND TỈNH {}", None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    sheets = {
        name: sheet(lines((letterhead[0].format(whose), *letterhead[1:]), header, row))
        for name, whose in (("Một", "NGHỆ AN"), ("Hai", "THANH HÓA"))
    }
    sheets["Ba"] = sheet(lines(header, row, ("II. Tỉnh Nghệ An",), row, ("III. Tỉnh Thanh Hóa",), row))
    sheets["1"] = sheet(lines((1, "25", "Đợt 4"), header, row))  # 01 is Hà Nội, 25 Phú Thọ, 04 Cao Bằng
    preview = await send(huong, book(sheets), XLSX, "?lang=en")
    refused = [(error["sheet"], error["line"], error["code"]) for error in preview["errors"]]
    assert refused == [("Một", 3, "missing"), ("Ba", 4, "missing")]
    assert ["NGHỆ AN" in preview["errors"][0]["detail"], "Nghệ An" in preview["errors"][1]["detail"]] == [True, True]


async def test_what_a_column_is_stays_known_to_the_unit_that_said_it(huong: AsyncClient, xa: AsyncClient) -> None:
    """A province commits what its ward previewed: the ward said what the column is, and sends it again."""
    file = csv(("14758", NETWORK, "Hoàn thành", "26/06/2025 09:00"), header=(*NOW, "Ngày báo cáo"))
    preview = await send(xa, file, query="?column=Ngày báo cáo:effective_at")
    await huong.post(f"/v1/imports/{preview['id']}/commit")
    assert (await huong.get("/v1/imports/columns")).json()["items"] == []
    assert [one["header"] for one in (await xa.get("/v1/imports/columns")).json()["items"]] == ["Ngày báo cáo"]
    assert (await send(xa, file))["counts"]["unchanged"] == 1


async def test_a_commune_of_before_the_reform_is_an_offer_and_never_an_answer(huong: AsyncClient) -> None:
    done = await send(huong, csv(("Xã Nga Yên", NETWORK, "Hoàn thành"), header=NOW))
    [error] = done["errors"]
    assert (error["code"], error["candidates"]) == ("former-unit", ["16093"])
    assert "16093 (Xã Nga Sơn, Thanh Hóa)" in error["detail"]


async def test_a_former_name_of_others_does_not_hide_the_commune_at_home_that_is_called_so(huong: AsyncClient) -> None:
    """Phường Hải Bình is in Thanh Hóa; Xã Hải Bình was in Quảng Trị."""
    [error] = (await send(huong, csv(("Xã Hải Bình", NETWORK, "Hoàn thành"), header=NOW)))["errors"]
    assert (error["code"], error["candidates"][0], error["candidates"][-1]) == ("unknown-unit", "16645", "19699")
    assert "16645 (Phường Hải Bình, Thanh Hóa)" in error["detail"]


@pytest.mark.parametrize(
    "title",
    [
        *("Nga Sơn", "X. Nga Sơn", "Xã Nga Sơn (3 việc)", "Cụm 1: Xã Nga Sơn", "Đơn vị: Xã Nga Sơn"),
        *("Đơn vị báo cáo: UBND xã Nga Sơn", "II. Nga Sơn", "BÁO CÁO TIẾN ĐỘ CỦA XÃ NGA SƠN", "Xã Nga Sơn 3 việc"),
        *("Báo cáo của UBND xã Nga Sơn tháng 6", "Tỉnh Nghệ An"),
    ],
)
async def test_a_title_or_a_section_that_names_another_unit_is_understood(xa: AsyncClient, title: str) -> None:
    above = f'"{title}",\nUBND TỈNH THANH HÓA,\ntask,status\n{NETWORK},Hoàn thành\n'
    below = (
        f'task,status\n{NETWORK},Đang thực hiện\n"{title}",\nKính gửi: UBND phường Hàm Rồng,\n{NETWORK},Hoàn thành\n'
    )
    for file, line in ((above, 4), (below, 5)):
        [error] = (await send(xa, file, query="?lang=en"))["errors"]
        assert (error["line"], error["code"], f"“{title}”" in error["detail"]) == (line, "missing", True)


@pytest.mark.parametrize("title", ["Hàm Rồng", "UBND phường Hàm Rồng", "Nhóm hạ tầng xã hội", "Các xã, phường", "I"])
async def test_a_title_that_names_no_other_unit_leaves_rows_the_senders_own(xa: AsyncClient, title: str) -> None:
    file = f'"{title}",\ntask,status\n"{title}",\n{NETWORK},Hoàn thành\n'
    assert (await send(xa, file))["counts"]["rejected"] == 0


async def test_sheets_called_by_communes_are_those_of_the_communes(xa: AsyncClient) -> None:
    content = sheet(lines(("task", "status"), (NETWORK, "Hoàn thành")))
    preview = await send(xa, book({"Hàm Rồng": content, "Nga Sơn": content, "Sheet3": content}), XLSX)
    assert [(error["sheet"], error["code"]) for error in preview["errors"]] == [("Nga Sơn", "missing")]


async def test_a_section_of_another_unit_counts_however_many_lines_stand_above_it(xa: AsyncClient) -> None:
    sections = "".join(f"Mục {number},\n" for number in range(30))
    file = f"task,status\n{sections}{NETWORK},Đang thực hiện\nXã Nga Sơn,\n{NETWORK},Hoàn thành\n"
    [error] = (await send(xa, file))["errors"]
    assert (error["line"], error["code"]) == (34, "missing")


@pytest.mark.parametrize("header", ["Tên ĐVHC", "Tên ĐV", "ĐV báo cáo", "ĐV thực hiện", "Tên đơn vị"])
async def test_an_abbreviated_header_of_units_is_one(xa: AsyncClient, header: str) -> None:
    [error] = (await send(xa, f"{header},task,status\nXã Nga Sơn,{NETWORK},Hoàn thành\n"))["errors"]
    assert error["code"] == "not-your-unit"
