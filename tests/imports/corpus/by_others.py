"""What Google Sheets, WPS, .NET and other writers do that Excel does not."""

from tests.imports.corpus.case import written_by
from tests.imports.corpus.parts import (
    GOOD,
    GOOD_TABLE,
    HEADER,
    MAIN,
    PACKAGE,
    RELATIONS,
    book,
    lines,
    relationships,
    sheet,
    zipped,
)

PLAIN = lines(HEADER, GOOD)


@written_by("the Open XML SDK of .NET, which puts a prefix before every element", GOOD_TABLE)
def prefixed_elements() -> bytes:
    data = PLAIN.replace("<", "<x:").replace("<x:/", "</x:")
    content = f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{data}</x:sheetData></x:worksheet>'.encode()
    workbook = (
        f'<x:workbook xmlns:x="{MAIN}" xmlns:d3p1="{RELATIONS}"><x:sheets>'
        '<x:sheet name="Sheet1" sheetId="1" d3p1:id="R1"/></x:sheets></x:workbook>'
    ).encode()
    referred = relationships([("R1", "worksheet", "/xl/worksheets/sheet1.xml")])
    return book(content, parts={"xl/workbook.xml": workbook, "xl/_rels/workbook.xml.rels": referred})


@written_by("a writer with parts in another case and backslashes", GOOD_TABLE)
def parts_in_another_case() -> bytes:
    names = {
        "[Content_Types].xml": "[content_types].xml",
        "xl/workbook.xml": "XL\\Workbook.xml",
        "xl/_rels/workbook.xml.rels": "xl/_rels/workbook.xml.RELS",
        "xl/worksheets/sheet1.xml": "xl/Worksheets/Sheet1.XML",
    }
    return book(sheet(PLAIN), renamed=names)


@written_by("a writer that calls its parts by other names", GOOD_TABLE)
def parts_by_other_names() -> bytes:
    workbook = (
        f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
        '<sheets><sheet name="S" sheetId="7" r:id="a"/></sheets></workbook>'
    ).encode()
    return zipped(
        {
            "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"/>'.encode(),
            "_rels/.rels": relationships([("x", "officeDocument", "/book/main.xml")]),
            "book/main.xml": workbook,
            "book/_rels/main.xml.rels": relationships([("a", "worksheet", "../sheets/one.xml")]),
            "sheets/one.xml": sheet(PLAIN),
        }
    )


@written_by("WPS Office, with its own extensions and empty strings", GOOD_TABLE)
def wps_extensions() -> bytes:
    behind = (
        '<phoneticPr fontId="1" type="noConversion"/><extLst><ext xmlns:etc="http://www.wps.cn/officeDocument/2017/etCustomData"'
        ' uri="{x}"><etc:row r="9"><etc:c r="A9"><etc:v>gì đó</etc:v></etc:c></etc:row></ext></extLst>'
    )
    empty = '<row r="3" ht="14"><c r="A3" t="s"><v>0</v></c><c r="B3" t="str"><v></v></c></row>'
    return book(sheet(PLAIN + empty, behind), strings="<si><t/></si><si/>")


@written_by(
    "Google Sheets: dates without seconds, one empty sheet, links as rich text",
    """
    line | status      | time                   | note
    2    | in_progress | 27/06/2025             | Đang làm thủ tục
    3    | completed   | 2025-06-27 08:05+07:00 |
    """,
)
def google_sheets() -> bytes:
    styles = (
        '<numFmts><numFmt numFmtId="164" formatCode="d&quot;/&quot;m&quot;/&quot;yyyy"/>'
        '<numFmt numFmtId="165" formatCode="dd/mm/yyyy&quot; &quot;h:mm:ss"/></numFmts>'
        '<cellXfs><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/></cellXfs>'
    )
    rows = (
        ("hotlines", "Đang thực hiện", '<c r="C2" s="1"><v>45835.0</v></c>', "Đang làm thủ tục"),
        ("staffing", "Hoàn thành", '<c r="C3" s="2"><v>45835.336805555555</v></c>'),
    )
    header = ("Nhiệm vụ", "Trạng thái", "Thời điểm", "Ghi chú")
    return book({"Trang tính1": sheet(lines(header, *rows)), "Trang tính2": sheet("")}, styles=styles)


@written_by(
    "a form, with each cell a date written as ISO 8601", "line | time\n2 | 2025-06-27 17:00+07:00\n3 | 27/06/2025"
)
def iso_date_cells() -> bytes:
    cells = [f'<c r="C{n}" t="d"><v>{at}</v></c>' for n, at in ((2, "2025-06-27T17:00:00"), (3, "2025-06-27"))]
    return book(sheet(lines(("task", "status", "time"), *(("hotlines", "completed", cell) for cell in cells))))


@written_by("Numbers and Pages, a UTF-16 sheet", GOOD_TABLE)
def a_sheet_in_utf_16() -> bytes:
    return book(sheet(PLAIN).decode().replace("UTF-8", "UTF-16").encode("utf-16"))


@written_by("LibreOffice, saved as .ods", refused=("wrong-magic", {"kind": "ods"}))
def ods() -> bytes:
    return zipped({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<a/>"})


@written_by(
    "a font converter: TCVN3 text in a Unicode workbook",
    refused=("legacy-font", {"line": 2, "column": "Ghi chú", "seen": "§· c«ng bè ®\u00adêng d©y nãng"}),
)
def tcvn3_cells() -> bytes:
    return book(sheet(lines(HEADER, (*GOOD[:4], "§· c«ng bè ®\u00adêng d©y nãng"))))


@written_by("VNI-Times in the header", refused=("legacy-font", {"line": 1}))
def vni_header() -> bytes:
    return book(sheet(lines(("Ñôn vò", "Nhieäm vuï", "Traïng thaùi"), ("38", "hotlines", "Hoaøn thaønh"))))


@written_by("a tool that decoded UTF-8 as Western", refused=("unknown-encoding", {"line": 2}))
def decoded_wrongly() -> bytes:
    return book(sheet(lines(HEADER, (*GOOD[:4], GOOD[4].encode().decode("cp1252", "replace")))))


@written_by(
    "a tool that replaced what it could not write", refused=("unknown-encoding", {"line": 2, "column": "Ghi chú"})
)
def letters_lost() -> bytes:
    return book(sheet(lines(HEADER, (*GOOD[:4], "Ðã công b? ???ng dây"))))
