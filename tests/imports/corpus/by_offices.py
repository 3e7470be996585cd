"""Workbooks of offices in which something would be dropped, or taken for something else, without a word."""

from tests.imports.corpus.by_people import COLUMNS, table
from tests.imports.corpus.case import written_by
from tests.imports.corpus.parts import book, lines, merged, sheet


@written_by("an office, a second table with other columns below the first", refused=("another-header", {"line": 4}))
def a_second_table_below() -> bytes:
    return table(
        (*COLUMNS, "Ghi chú"),
        ("38", "hotlines", "Hoàn thành", "xong"),
        (),
        (*COLUMNS, "Thời điểm"),
        ("38", "staffing", "Hoàn thành", "27/06/2025"),
    )


@written_by(
    "an office, the header over two rows once more on the second page",
    """
    line | task      | status    | number | date
    3    | hotlines  | completed | 1/UB   | 26/06/2025
    6    | staffing  | completed | 2/UB   | 25/06/2025
    8    | equipment | blocked   |        |
    """,
)
def a_header_named_again_in_other_words() -> bytes:
    above, below = ("Nhiệm vụ", "Trạng thái", "Văn bản", None), (None, None, "Số", "Ngày")
    return table(
        above,
        below,
        ("hotlines", "Hoàn thành", "1/UB", "26/06/2025"),
        above,
        below,
        ("staffing", "Hoàn thành", "2/UB", "25/06/2025"),
        ("Công việc", "Tình trạng"),
        ("equipment", "Vướng mắc"),
        behind=merged("A1:A2", "B1:B2", "C1:D1"),
    )


@written_by(
    "an office, remarks beside the table",
    """
    line | task     | status    | row
    2    | hotlines | completed |
    3    | staffing | completed |
    """,
    warnings={"columns-not-read": {"columns": ["(D)"]}},
)
def cells_beside_the_header() -> bytes:
    return table(COLUMNS, ("38", "hotlines", "Hoàn thành", "đã gọi điện hỏi lại"), ("38", "staffing", "Hoàn thành"))


@written_by(
    "an office, rows above the header",
    """
    line | task
    4    | staffing
    """,
    warnings={"rows-skipped": {"count": 1, "lines": ["2: hotlines Hoàn thành"]}},
)
def rows_above_the_header() -> bytes:
    return table(
        ("Trạng thái: Hoàn thành hoặc Đang thực hiện",),
        ("38", "hotlines", "Hoàn thành"),
        COLUMNS,
        ("38", "staffing", "Hoàn thành"),
    )


@written_by("an office, a planned day beside none that was", "line | time | task\n2 | | hotlines")
def a_planned_day_is_no_time() -> bytes:
    return table((*COLUMNS, "Ngày hoàn thành (dự kiến)"), ("38", "hotlines", "Đang thực hiện", "27/06/2025"))


@written_by(
    "an office with limitations beside the status",
    "line | task\n2 | hotlines",
    warnings={"columns-not-read": {"columns": ["Hạn chế, vướng mắc"]}},
)
def limitations_are_no_deadline() -> bytes:
    return table((*COLUMNS, "Ghi chú", "Hạn chế, vướng mắc"), ("38", "hotlines", "Vướng mắc", "x", "thiếu máy"))


@written_by(
    "three people, a sheet each, and each with something else that is wrong",
    refused=("mixed-dates", {"sheet": "Một", "cells": ["D2", "D3"]}),
)
def every_sheet_with_another_fault() -> bytes:
    swapped = '<c r="D2" s="1"><v>45844</v></c>'
    one = (
        (*COLUMNS, "Thời điểm", "Ngày báo cáo"),
        ("38", "hotlines", "Hoàn thành", swapped, "27/06/2025"),
        ("38", "staffing", "Hoàn thành", "27/06/2025"),
    )
    two = (
        (*COLUMNS, "Trạng thái", "Thời điểm", "Ngày cập nhật", "Ghi chú"),
        ("38", "hotlines", "Hoàn thành", "Hoàn thành", "06/27/2025", "27/06/2025", "Hoµn thµnh"),
    )
    three = ((*COLUMNS, "Ghi chú"), ("Thanh Hoùa, Traïng thaùi", "hotlines", "Hoàn thành", "Hoµn thµnh"))
    sheets = {"Một": sheet(lines(*one)), "Hai": sheet(lines(*two)), "Ba": sheet(lines(*three))}
    return book(sheets, styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>')


@written_by("a tool that gives two sheets one name", "sheet | line\nMột | 2\nmột (2) | 2")
def two_sheets_of_one_name() -> bytes:
    content = sheet(lines(COLUMNS, ("38", "hotlines", "Hoàn thành")))
    return book({"Một": content, "một": content})


_BY_A_US_PROGRAM = "Nhiệm vụ,Hạn,Trạng thái,Thời điểm\nhotlines,06/30/2025 23:59:59,Hoàn thành,{}\n"


@written_by(
    "LibreOffice in a US locale, the template as CSV: the deadline tells that 11/05 is a day of November",
    refused=("month-first", {"line": 2, "column": "Hạn", "cells": ["B2"]}),
    source="csv",
)
def a_deadline_with_the_month_first_tells_of_the_times() -> bytes:
    return _BY_A_US_PROGRAM.format("11/05/2025 00:00:00").encode()


@written_by(
    "a program that writes deadlines as in the US, and times as here", "line | time\n2 | 27/06/2025", source="csv"
)
def a_time_that_tells_its_order_itself() -> bytes:
    return _BY_A_US_PROGRAM.format("27/06/2025").encode()


@written_by(
    "an office, with last month's columns hidden",
    "line | unit_code | time       | note\n2    | 38        | 01/06/2025 |",
    warnings={"hidden-columns": {"columns": ["Thời điểm"]}},
)
def hidden_columns_that_hold_something() -> bytes:
    hidden = '<cols><col min="1" max="1" width="9" hidden="1"/><col min="4" max="5" width="0" hidden="true"/></cols>'
    header = ("Mã đơn vị", *COLUMNS[1:], "Thời điểm", "Ghi chú")
    rows = (header, ("38", "hotlines", "Hoàn thành", "01/06/2025", None))
    return book(sheet(lines(*rows), before=hidden))
