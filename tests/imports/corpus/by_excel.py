"""What Excel writes and other writers do not: styles of its own, phonetic runs, Strict OOXML, old calendars."""

import io
import zipfile

from tests.imports.corpus.case import written_by
from tests.imports.corpus.parts import (
    GOOD,
    GOOD_TABLE,
    HEADER,
    STRICT,
    STRICT_RELATIONS,
    book,
    inline,
    line,
    lines,
    merged,
    relationships,
    sheet,
    zipped,
)

PLAIN = lines(HEADER, GOOD)


@written_by("Excel, saved as Strict Open XML", GOOD_TABLE)
def strict_ooxml() -> bytes:
    return book(sheet(PLAIN, main=STRICT, relations=STRICT_RELATIONS), strict=True)


@written_by("Excel, with shared strings, rich text and furigana", GOOD_TABLE)
def rich_and_phonetic_strings() -> bytes:
    texts = (*HEADER, *GOOD)
    plain = "".join(f"<si><t>{text}</t></si>" for text in texts[:-1])
    rich = "<si><r><t>Đã </t></r><r><rPr><b/></rPr><t>công bố</t></r><rPh sb='0' eb='2'><t>コウフ</t></rPh></si>"
    cells = "".join(f'<c r="{letter}1" t="s"><v>{place}</v></c>' for place, letter in enumerate("ABCDE"))
    below = "".join(f'<c r="{letter}2" t="s"><v>{place + 5}</v></c>' for place, letter in enumerate("ABCDE"))
    return book(sheet(f'<row r="1">{cells}</row><row r="2">{below}</row>'), strings=plain + rich)


@written_by("Excel, after somebody formatted whole columns", GOOD_TABLE)
def formatted_rows_to_the_end() -> bytes:
    empty = "".join(f'<row r="{number}" s="1" customFormat="1"/>' for number in (900_000, 1_048_575))
    return book(sheet(PLAIN + empty + '<row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"/></row>'))


@written_by("Excel, after somebody formatted a hundred thousand empty rows", GOOD_TABLE)
def many_formatted_rows() -> bytes:
    return book(
        sheet(PLAIN + "".join(f'<row r="{n}"><c r="A{n}" s="1"/><c r="B{n}" s="1"/></row>' for n in range(3, 150_000)))
    )


@written_by(
    "Excel for Mac, counting from 1904",
    """
    line | time                   | date
    2    | 27/06/2025             | 27/06/2025
    3    | 2025-06-27 17:30+07:00 |
    4    | 2025-06-27 17:30+07:00 |
    """,
)
def dates_from_1904() -> bytes:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="dd/mm/yyyy\\ hh:mm"/></numFmts>'
        '<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/></cellXfs>'
    )
    day = 45835 - 1462
    dated = [f'<c r="C2" s="1"><v>{day}</v></c>', f'<c r="C3" s="1"><v>{day + 17.5 / 24}</v></c>', day + 17.5 / 24]
    rows = [("hotlines", "completed", dated[0], "1/UBND", day), *(("hotlines", "completed", at) for at in dated[1:])]
    header = ("task", "status", "effective_at", "document_number", "document_date")
    return book(sheet(lines(header, *rows)), styles=styles, properties='<workbookPr date1904="1"/>')


@written_by(
    "Excel",
    """
    line | status         | time            | note                     | number
    2    | completed      | !cell-error     | !formula-not-calculated  |
    3    | completed      |                 | 12                       | !cell-error
    4    | !unknown-value |                 | TRUE                     |
    5    | completed      | !malformed-time | 50%                      | 1234
    """,
)
def formulas_and_errors() -> bytes:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="9"/><xf numFmtId="46"/></cellXfs>'
    rows = (
        ("hotlines", "completed", '<c r="C2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', '<c r="D2"><f>A1&amp;"x"</f></c>'),
        ("hotlines", "completed", None, '<c r="D3"><f>6*2</f><v>12</v></c>', '<c r="E3" t="e"><v>#REF!</v></c>'),
        (
            "hotlines",
            '<c r="B4" s="1"><v>1</v></c>',
            '<c r="C4" t="str"><f>IF(1,"")</f><v></v></c>',
            '<c r="D4" t="b"><v>1</v></c>',
        ),
        ("hotlines", "completed", '<c r="C5" s="2"><v>0.70833</v></c>', '<c r="D5" s="1"><v>0.5</v></c>', 1234.0),
    )
    return book(sheet(lines(("task", "status", "Thời điểm", "Ghi chú", "Số văn bản"), *rows)), styles=styles)


@written_by(
    "Excel, units merged down, a section merged across",
    """
    line | unit       | task     | status
    3    | Nga Sơn    | hotlines | completed
    4    | Nga Sơn    | staffing | in_progress
    6    | Hoằng Hóa  | hotlines | completed
    7    | Hoằng Hóa  | staffing | completed
    """,
    warnings={"rows-skipped": {"count": 1, "lines": ["2: I. Khu vực 1"]}},
)
def merged_units() -> bytes:
    rows = (
        ("Tên xã", "Nhiệm vụ", "Trạng thái"),
        ("I. Khu vực 1",),
        ("Nga Sơn", "hotlines", "Hoàn thành"),
        (None, "staffing", "Đang thực hiện"),
        (),
        ("Hoằng Hóa", "hotlines", "Hoàn thành"),
        ("một giá trị mà không ai thấy", "staffing", None),
    )
    behind = merged("A2:C2", "A3:A4", "A6:A7", "C6:C7")
    return book(sheet(lines(*rows), behind))


@written_by(
    "Excel, a header over two rows with merged groups",
    """
    line | unit | task     | status    | time       | number   | date
    4    | 38   | hotlines | completed | 27/06/2025 | 1/UBND   | 26/06/2025
    5    | 38   | staffing | completed |            | 2/UBND   | 25/06/2025
    """,
)
def a_header_over_two_rows() -> bytes:
    rows = (
        ("STT", "Đơn vị", "Nhiệm vụ", "Trạng thái", "Thời gian", "Văn bản", None, "Ghi chú"),
        (None, None, None, None, "Hoàn thành", "Số", "Ngày", None),
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"),
        (1, "38", "hotlines", "Hoàn thành", "27/06/2025", "1/UBND", "26/06/2025"),
        (2, "38", "staffing", "Hoàn thành", None, "2/UBND", "25/06/2025"),
    )
    return book(sheet(lines(*rows), merged("A1:A2", "B1:B2", "C1:C2", "D1:D2", "F1:G1", "H1:H2")))


@written_by(
    "Excel, with a filter set and a group folded",
    """
    line | task
    2    | hotlines
    3    | staffing
    4    | equipment
    """,
    warnings={"hidden-rows": {"count": 2}},
)
def hidden_and_filtered_rows() -> bytes:
    hidden = line(3, "staffing", "completed", attributes='hidden="1"') + line(
        4, "equipment", "completed", attributes='hidden="true"'
    )
    data = line(1, "task", "status") + line(2, "hotlines", "completed") + hidden + '<row r="9" hidden="1"/>'
    return book(sheet(data, '<autoFilter ref="A1:B4"/>'))


@written_by(
    "Excel, several sheets",
    """
    sheet  | line | task
    Xã A   | 2    | hotlines
    Xã B   | 2    | staffing
    """,
    warnings={"sheets-left-out": {"sheets": ["Ẩn", "Hướng dẫn"]}},
)
def several_sheets() -> bytes:
    header = ("task", "status")
    return book(
        {
            "Ẩn": sheet(lines(header, ("equipment", "completed"))),
            "Hướng dẫn": sheet(lines(("Chọn trạng thái",))),
            "Trống": sheet(""),
            "Xã A": sheet(lines(header, ("hotlines", "completed"))),
            "Xã B": sheet(lines(header, ("staffing", "completed"))),
        },
        states={"Ẩn": "veryHidden"},
    )


@written_by(
    "Excel, with a hyperlink behind its text",
    """
    line | links
    2    | https://a.vn/1
    3    | https://b.vn/2
    4    | https://c.vn/x https://c.vn/y
    5    | !not-a-link
    """,
)
def hyperlinks() -> bytes:
    rows = (
        ("hotlines", "completed", "xem tại đây"),
        ("hotlines", "completed", '<c r="C3" t="str"><f>HYPERLINK("https://b.vn/2","mở")</f><v>mở</v></c>'),
        ("hotlines", "completed", "https://c.vn/x; https://c.vn/y"),
        ("hotlines", "completed", "thư"),
    )
    links = "".join(f'<hyperlink ref="C{n}" r:id="rId{n}"/>' for n in (2, 4, 5))
    targets = [
        ("rId2", "hyperlink", "https://a.vn/1"),
        ("rId4", "hyperlink", "https://c.vn/x"),
        ("rId5", "hyperlink", "mailto:a@b.vn"),
    ]
    parts = {"xl/worksheets/_rels/sheet1.xml.rels": relationships(targets, mode='TargetMode="External"')}
    return book(sheet(lines(("task", "status", "Minh chứng"), *rows), f"<hyperlinks>{links}</hyperlinks>"), parts=parts)


@written_by("Excel, with a picture, an attachment and a chart", GOOD_TABLE)
def pictures_and_attachments() -> bytes:
    noise = bytes(range(256)) * 40
    return book(
        sheet(PLAIN),
        parts={
            "xl/media/image1.png": b"\x89PNG" + noise,
            "xl/embeddings/oleObject1.bin": b"\xd0\xcf\x11\xe0" + noise,
            "xl/embeddings/Microsoft_Excel_Worksheet.xlsx": zipped({"a.xml": b"<!DOCTYPE a><a/>"}),
            "xl/media/blank.emf": b"\0" * 3_000_000,
            "xl/drawings/drawing1.xml": b"<!DOCTYPE no xml at all",
        },
    )


@written_by("Excel, with broken styles, theme, names and properties", GOOD_TABLE)
def broken_parts_that_do_not_matter() -> bytes:
    broken = dict.fromkeys(
        ("xl/theme/theme1.xml", "docProps/core.xml", "docProps/app.xml", "xl/calcChain.xml"), b"<broken"
    )
    return book(sheet(PLAIN), parts=broken | {"xl/styles.xml": b"<styleSheet><cellXfs><xf numFmtId='x'/>"}, styles="")


@written_by(
    "Excel, escaping a carriage return",
    """
    line | note
    2    | một⏎hai
    3    | _x000D
    """,
)
def escaped_carriage_returns() -> bytes:
    rows = (("hotlines", "completed", "một_x000D_\nhai"), ("hotlines", "completed", "_x000D"))
    return book(sheet(lines(("task", "status", "note"), *rows)))


@written_by("Excel, with a password", refused=("wrong-magic", {"kind": "password"}))
def encrypted() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 600


@written_by("Excel 97", refused=("wrong-magic", {"kind": "xls"}))
def old_xls() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 1200 + "Workbook".encode("utf-16-le")


@written_by("a web page called .xls", refused=("wrong-magic", {"kind": "html"}))
def html_as_excel() -> bytes:
    return b"<html><table><tr><td>task</td></tr></table></html>"


@written_by("Excel, with macros", refused=("macro-file", {}))
def macros() -> bytes:
    return book(sheet(PLAIN), parts={"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"})


@written_by("somebody who zipped the file", refused=("nested-archive", {}))
def a_workbook_in_an_archive() -> bytes:
    return zipped({"bao-cao.xlsx": book(sheet(PLAIN))})


@written_by("some zip", refused=("not-a-workbook", {}))
def another_archive() -> bytes:
    return zipped({"a.txt": b"a"})


@written_by("Excel in a US locale: months first, and days beyond 12 left as text", refused=("mixed-dates", {"line": 3}))
def dates_typed_day_first_into_a_us_excel() -> bytes:
    rows = (("hotlines", "completed", '<c r="C2" s="1"><v>45783</v></c>'), ("staffing", "completed", "27/06/2025"))
    return book(
        sheet(lines(("task", "status", "Thời điểm"), *rows)),
        styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
    )


@written_by(
    "Excel in a US locale, and a colleague's text: two columns of dates that contradict themselves",
    refused=("mixed-dates", {"column": "Thời điểm", "cells": ["C2", "C3"], "shows": ["06/07/2025", "27/06/2025"]}),
)
def two_columns_of_dates_that_contradict_themselves() -> bytes:
    swapped = '<c r="C{}" s="1"><v>45844</v></c>'.format
    rows = (
        ("hotlines", "completed", swapped(2), "1/QĐ", "06/27/2025"),
        ("staffing", "completed", "27/06/2025", "2/QĐ", "26/06/2025"),
        ("equipment", "completed", swapped(4), "3/QĐ", "06/28/2025"),
    )
    return book(
        sheet(lines(("task", "status", "Thời điểm", "Số văn bản", "Ngày văn bản"), *rows)),
        styles='<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>',
    )


@written_by(
    "Excel, making a date of a document number",
    """
    line | number
    2    | !date-for-number
    3    | !date-for-number
    4    | 12/UBND
    5    | 1234
    """,
)
def dates_for_document_numbers() -> bytes:
    styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="16"/></cellXfs>'
    numbers = ('<c r="C2" s="1"><v>46000</v></c>', "12/06/2025", "12/UBND", 1234)
    rows = tuple(("hotlines", "completed", number) for number in numbers)
    return book(sheet(lines(("task", "status", "Số văn bản"), *rows)), styles=styles)


@written_by("Excel, cells and rows without references", GOOD_TABLE)
def without_references() -> bytes:
    def bare(*texts: str) -> str:
        return "".join(("<row>", *(inline("", text).replace(' r=""', "") for text in texts), "</row>"))

    return book(sheet(bare(*HEADER) + bare(*GOOD)))


def damaged_archive() -> bytes:
    """A part whose bytes were changed on the way: its checksum says so."""
    body = bytearray(book(sheet(PLAIN)))
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    body[info.header_offset + 60] ^= 0xFF
    return bytes(body)


written_by("a USB stick", refused=("malformed-xlsx", {}))(damaged_archive)


@written_by(
    "Excel, where 6/2025 was typed and shows as Jun-25",
    """
    line | time            | note    | number           | date
    2    | !malformed-time | 06/2025 | !date-for-number | !malformed-date
    3    | 01/06/2025      |         | 1/UB             | 01/06/2025
    """,
)
def a_month_in_a_cell_of_dates() -> bytes:
    def month(place: str, style: int = 1) -> str:
        return f'<c r="{place}" s="{style}"><v>45809</v></c>'

    rows = (
        ("Nhiệm vụ", "Trạng thái", "Thời gian hoàn thành", "Ghi chú", "Số văn bản", "Ngày văn bản"),
        ("hotlines", "Hoàn thành", month("C2"), month("D2", 2), month("E2"), month("F2", 2)),
        ("staffing", "Hoàn thành", month("C3", 3), None, "1/UB", month("F3", 3)),
    )
    formats = '<numFmts><numFmt numFmtId="164" formatCode="mm/yyyy"/></numFmts>'
    cells = '<cellXfs><xf numFmtId="0"/><xf numFmtId="17"/><xf numFmtId="164"/><xf numFmtId="14"/></cellXfs>'
    return book(sheet(lines(*rows)), styles=formats + cells)
