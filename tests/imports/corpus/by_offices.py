"""Workbooks of offices in which something would be dropped, or taken for something else, without a word."""

import unicodedata

from app.imports.reading.rows import Wanted
from tests.imports.corpus.by_people import COLUMNS, table
from tests.imports.corpus.case import written_by
from tests.imports.corpus.parts import book, lines, merged, relationships, sheet


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


@written_by(
    "an office, titles of sections under the numbers alone",
    """
    line | task
    2    | hotlines
    4    | staffing
    """,
    warnings={"rows-skipped": {"count": 2, "lines": ["3: II. Tỉnh Nghệ An", "5: Phần ba"]}},
)
def titles_under_the_numbers() -> bytes:
    header = ("STT", "Nhiệm vụ", "Trạng thái")
    rows = ((1, "hotlines", "Hoàn thành"), ("II. Tỉnh Nghệ An",), (1, "staffing", "Hoàn thành"), ("Phần ba",))
    return table(header, *rows)


def _with_links(rows: str, *links: str, behind: str = "") -> bytes:
    """A sheet with hyperlinks, which stand behind its merged cells."""
    content = sheet(rows, f"{behind}<hyperlinks>{''.join(links)}</hyperlinks>")
    targets = relationships([("r1", "hyperlink", "https://dvc.gov.vn/")])
    return book(content, parts={"xl/worksheets/_rels/sheet1.xml.rels": targets})


@written_by(
    "Excel, an address with a # in it, which it keeps in two parts",
    "line | links\n2 | https://dvc.gov.vn/#/tthc/123",
)
def a_link_with_a_fragment() -> bytes:
    rows = lines(("Nhiệm vụ", "Trạng thái", "Minh chứng"), ("hotlines", "Hoàn thành", "xem"))
    return _with_links(rows, '<hyperlink ref="C2" r:id="r1" location="/tthc/123"/>')


@written_by(
    "Excel, one hyperlink in a merged cell, and one over several cells",
    """
    line | links
    2    | https://dvc.gov.vn/
    3    | https://dvc.gov.vn/
    4    | https://dvc.gov.vn/
    5    | https://dvc.gov.vn/
    """,
)
def links_over_several_cells() -> bytes:
    tasks = ("hotlines", "staffing", "equipment", "access-points")
    words = ("xem", None, "xem", "tại đây")
    rows = [(task, "Hoàn thành", word) for task, word in zip(tasks, words, strict=True)]
    links = ('<hyperlink ref="C2" r:id="r1"/>', '<hyperlink ref="C4:C5" r:id="r1"/>')
    return _with_links(lines(("Nhiệm vụ", "Trạng thái", "Minh chứng"), *rows), *links, behind=merged("C2:C3"))


@written_by(
    "a tool that fills formulas down and calculates none",
    "line | task | status\n2 | hotlines | !formula-not-calculated\n3 | staffing | !formula-not-calculated",
)
def formulas_filled_down_without_values() -> bytes:
    first = '<c r="B2"><f t="shared" ref="B2:B3" si="0">IF(A2="","","Hoàn thành")</f><v/></c>'
    return table(
        ("Nhiệm vụ", "Trạng thái"),
        ("hotlines", first),
        ("staffing", '<c r="B3"><f t="shared" si="0"/></c>'),
    )


@written_by("a Mac, the name of a sheet decomposed", "sheet | line\nBáo cáo | 2", wanted=Wanted(sheets=("báo cáo",)))
def a_sheet_with_a_decomposed_name() -> bytes:
    content = sheet(lines(COLUMNS, ("38", "hotlines", "Hoàn thành")))
    return book({unicodedata.normalize("NFD", "Báo cáo"): content, "Khác": content})


@written_by(
    "a tool that lists a sheet and does not save it",
    "line | task\n2 | hotlines",
    warnings={"sheets-left-out": {"sheets": ["Hai"]}},
)
def a_sheet_that_was_lost() -> bytes:
    content = sheet(lines(COLUMNS, ("38", "hotlines", "Hoàn thành")))
    relations = relationships([("rId1", "worksheet", "worksheets/sheet1.xml")])
    return book({"Một": content, "Hai": content}, parts={"xl/_rels/workbook.xml.rels": relations})


@written_by(
    "people, a space before each quoted cell",
    "line | task | note | number\n2 | hotlines | đã công bố, có người trực | 12/QĐ",
    source="csv",
)
def csv_with_spaces_before_quotes() -> bytes:
    head = "Nhiệm vụ, Trạng thái, Ghi chú, Số văn bản\n"
    return (head + 'hotlines, Hoàn thành, "đã công bố, có người trực", 12/QĐ\n').encode()


@written_by(
    "two files of Excel, one behind the other, and a separator at each end of a line",
    "line | unit | task\n2 | 38 | hotlines\n4 | 38 | staffing",
    source="csv",
)
def csv_joined_from_two() -> bytes:
    head, row = "\ufeffĐơn vị;Nhiệm vụ;Trạng thái;\r\n", "38;{};Hoàn thành;\r\n"
    return (head + row.format("hotlines") + head + row.format("staffing")).encode()


def _in_groups(before: str, now: str) -> bytes:
    return table(
        ("Đơn vị", "Nhiệm vụ", before, None, now, None),
        (None, None, "Ghi chú", "Thời điểm", "Trạng thái", "Ghi chú"),
        ("38", "hotlines", "đang chờ", "20/06/2025", "Hoàn thành", "xong"),
        behind=merged("A1:A2", "B1:B2", "C1:D1", "E1:F1"),
    )


@written_by(
    "an office, last period's columns in a group of their own",
    refused=("unclear-column", {"line": 1, "column": "Kỳ trước – Ghi chú", "candidates": ["note"]}),
)
def a_group_of_the_period_before() -> bytes:
    return _in_groups("Kỳ trước", "Kỳ này")


@written_by(
    "an office, last period's columns beside a status without a group",
    refused=("unclear-column", {"line": 1, "column": "Kỳ trước – Ghi chú", "candidates": ["note"]}),
)
def a_group_of_the_period_before_beside_single_columns() -> bytes:
    return table(
        ("Đơn vị", "Nhiệm vụ", "Kỳ trước", None, "Trạng thái"),
        (None, None, "Ghi chú", "Thời điểm", None),
        ("38", "hotlines", "đang chờ", "20/06/2025", "Hoàn thành"),
        behind=merged("A1:A2", "B1:B2", "C1:D1", "E1:E2"),
    )


@written_by(
    "an office, what was planned in a group of its own, and the sender says that it is left out",
    "line | status    | time | note\n3    | completed |      | xong",
    wanted=Wanted(columns=(("Dự kiến – Ghi chú", "-"),)),
    warnings={"columns-chosen": {}},
)
def a_group_of_what_is_planned() -> bytes:
    return _in_groups("Dự kiến", "Thực hiện")


@written_by(
    "an office, groups of a document of before and of now",
    refused=("unclear-column", {"line": 1, "column": "Văn bản kỳ trước – Số hiệu", "candidates": ["document_number"]}),
)
def a_group_of_the_document_before() -> bytes:
    return table(
        ("Nhiệm vụ", "Trạng thái", "Văn bản kỳ trước", "Văn bản kỳ này"),
        (None, None, "Số hiệu", "Số hiệu"),
        ("hotlines", "Hoàn thành", "1/UB", "2/UB"),
    )


@written_by(
    "an office, a title of two cells on the line above the header",
    "line | task | time | note\n3 | hotlines | 27/06/2025 | xong",
)
def a_title_that_speaks_of_a_plan_above_the_header() -> bytes:
    return table(
        ("Kế hoạch tháng trước", None, None, None, "Mẫu số 02"),
        ("STT", "Nhiệm vụ", "Trạng thái", "Thời điểm", "Ghi chú"),
        (1, "hotlines", "Hoàn thành", "27/06/2025", "xong"),
    )
