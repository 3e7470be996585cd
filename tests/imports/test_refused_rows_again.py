"""Refused rows that are sent back as they came say what they said in their file: they are refused again."""

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from httpx import AsyncClient

from tests.conftest import Service
from tests.imports.sheets import XLSX, read, send, workbook

HEADER = ("Đơn vị", "Nhiệm vụ", "Trạng thái", "Thời điểm", "Ghi chú", "Số văn bản")
NDJSON = "application/x-ndjson"


def made(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, **options}) as book:
        sheet = book.add_worksheet("Báo cáo")
        sheet.write_row(0, 0, HEADER)
        fill(sheet, book)
    return out.getvalue()


def a_time_that_was_never_calculated(sheet: Any, _: Any) -> None:
    sheet.write_row(1, 0, ("38", "hotlines", "Hoàn thành"))
    sheet.write_formula(1, 3, "=DATE(2025,6,27)", None, "")


def errors(sheet: Any, _: Any) -> None:
    sheet.write_row(1, 0, ("38", "hotlines", "Hoàn thành"))
    sheet.write_formula(1, 4, "=VLOOKUP(B2,X:Y,2,0)", None, "#N/A")
    sheet.write_row(2, 0, ("38", "staffing", "Hoàn thành"))
    sheet.write_formula(2, 5, "=VLOOKUP(B3,X:Y,2,0)", None, "#REF!")


def called(name: str, *rows: Any) -> bytes:
    book: Any = openpyxl.load_workbook(io.BytesIO(workbook(*rows)))
    book.active.title = name
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("who", "kind", "file", "code"),
    [
        ("xa", "text/csv", "Nhiệm vụ,Trạng thái,Ghi chú\nXã Nga Sơn,,\ncommune-network,Hoàn thành,xong", "missing"),
        ("huong", XLSX, called("Nghệ An", ("Nhiệm vụ", "Trạng thái"), ("hotlines", "Hoàn thành")), "missing"),
        (
            "huong",
            "text/csv",
            "Đơn vị,Nhiệm vụ,Trạng thái\n38,equipment,Hoàn thành\n,hotlines,Hoàn thành",
            "missing",
        ),
        (
            "huong",
            NDJSON,
            '{"unit": "38", "task": "equipment", "status": "completed"}\n{"task": "hotlines", "status": "completed"}',
            "missing",
        ),
        ("huong", XLSX, made(a_time_that_was_never_calculated), "formula-not-calculated"),
        ("huong", XLSX, made(errors), "cell-error"),
        ("huong", NDJSON, '{"unit": "38", "task": "hotlines", "status": "completed",}', "malformed-json"),
    ],
)
async def test_what_is_sent_back_untouched_is_refused_again(
    service: Service, who: str, kind: str, file: Any, code: str
) -> None:
    client = service.client(who)
    first = await send(client, file, kind, "?commit=true")
    refused = first["counts"]["rejected"]
    assert {error["code"] for error in first["errors"]} == {code}
    again = first
    for _ in range(3):
        book = (await client.get(f"/v1/imports/{again['id']}/rejected.xlsx")).content
        again = await send(client, book, XLSX, "?commit=true")
        assert (again["counts"]["received"], again["counts"]["rejected"]) == (refused, refused)
    for task in ("hotlines", "staffing"):
        assert (await client.get(f"/v1/status-updates?task={task}")).json()["items"] == []


async def test_what_a_comma_too_many_has_parted_stands_together_again(huong: AsyncClient) -> None:
    row = "38,hotlines,Hoàn thành,Xong phần mềm, chưa có máy chủ, chờ vốn"
    first = await send(huong, f"Đơn vị,Nhiệm vụ,Trạng thái,Ghi chú\n{row}\n")
    assert [error["code"] for error in first["errors"]] == ["too-many-cells"]
    book = (await huong.get(f"/v1/imports/{first['id']}/rejected.xlsx")).content
    assert read(book)[1][3] == "Xong phần mềm, chưa có máy chủ, chờ vốn"
    await send(huong, book, XLSX, "?commit=true")
    [stored] = (await huong.get("/v1/status-updates?task=hotlines")).json()["items"]
    assert stored["note"] == "Xong phần mềm, chưa có máy chủ, chờ vốn"


async def test_a_number_that_is_a_date_stays_that_day_in_a_workbook_that_counts_from_1904(huong: AsyncClient) -> None:
    def fill(sheet: Any, _: Any) -> None:
        sheet.write_row(1, 0, ("38", "hotlines", "Xong", 44373.5))

    first = await send(huong, made(fill, date_1904=True), XLSX)
    assert [error["code"] for error in first["errors"]] == ["unknown-value"]
    book: Any = openpyxl.load_workbook(
        io.BytesIO((await huong.get(f"/v1/imports/{first['id']}/rejected.xlsx")).content)
    )
    book.active["C2"].value = "Hoàn thành"
    out = io.BytesIO()
    book.save(out)
    await send(huong, out.getvalue(), XLSX, "?commit=true")
    [stored] = (await huong.get("/v1/status-updates?task=hotlines")).json()["items"]
    assert stored["effective_at"] == "2025-06-27T05:00:00Z"


async def test_rows_without_a_column_for_units_are_still_the_senders_own(huong: AsyncClient) -> None:
    for header, row in (("Nhiệm vụ,Trạng thái", "hotlines,Xong"), ("Đơn vị,Nhiệm vụ,Trạng thái", ",staffing,Xong")):
        first = await send(huong, f"{header}\n{row}\n")
        book: Any = openpyxl.load_workbook(
            io.BytesIO((await huong.get(f"/v1/imports/{first['id']}/rejected.xlsx")).content)
        )
        titles = [cell.value for cell in book.active[1]]
        assert titles == ["Nhiệm vụ", "Trạng thái", "Lý do từ chối", "Dòng trong tệp đã gửi"]
        book.active["B2"].value = "Hoàn thành"
        out = io.BytesIO()
        book.save(out)
        assert (await send(huong, out.getvalue(), XLSX, "?commit=true"))["counts"]["current"] == 1
