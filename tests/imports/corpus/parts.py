"""Workbooks written by hand, part by part: for what no library writes."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape, quoteattr

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_RELATIONS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
HEADER = ("Đơn vị", "Nhiệm vụ", "Trạng thái", "Thời điểm", "Ghi chú")
GOOD = ("38", "hotlines", "Hoàn thành", "27/06/2025 15:00", "Đã công bố")
GOOD_TABLE = """
    line | unit | task     | status    | time                   | note
    2    | 38   | hotlines | completed | 2025-06-27 15:00+07:00 | Đã công bố
"""
_KIND = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_DECLARED = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'


def inline(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{escape(text)}</t></is></c>'


def cell(reference: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value.startswith("<c ") else inline(reference, value)
    return f'<c r="{reference}"><v>{value}</v></c>'


def letter(place: int) -> str:
    return chr(65 + place)


def line(number: int, *values: Any, attributes: str = "") -> str:
    cells = "".join(cell(f"{letter(place)}{number}", value) for place, value in enumerate(values))
    return f'<row r="{number}" {attributes}>{cells}</row>'


def lines(*rows: Sequence[Any]) -> str:
    return "".join(line(number, *values) for number, values in enumerate(rows, 1))


def sheet(data: str, behind: str = "", before: str = "", main: str = MAIN, relations: str = RELATIONS) -> bytes:
    return (
        f'{_DECLARED}<worksheet xmlns="{main}" xmlns:r="{relations}">{before}<sheetData>{data}</sheetData>{behind}'
        "</worksheet>"
    ).encode()


def merged(*references: str) -> str:
    inside = "".join(f'<mergeCell ref="{one}"/>' for one in references)
    return f"<mergeCells>{inside}</mergeCells>"


def book(
    sheets: Mapping[str, bytes] | bytes,
    *,
    parts: Mapping[str, bytes] | None = None,
    strings: str | None = None,
    styles: str | None = None,
    properties: str = "",
    states: Mapping[str, str] | None = None,
    strict: bool = False,
    renamed: Mapping[str, str] | None = None,
) -> bytes:
    """A workbook of these sheets. `renamed` stores parts under other names than those by which they are referred to."""
    named = {"Sheet1": sheets} if isinstance(sheets, bytes) else sheets
    main, relations = (STRICT, STRICT_RELATIONS) if strict else (MAIN, RELATIONS)
    listed = "".join(
        f'<sheet name={quoteattr(name)} sheetId="{i}" r:id="rId{i}" state="{(states or {}).get(name, "visible")}"/>'
        for i, name in enumerate(named, 1)
    )
    referred = [(f"rId{i}", "worksheet", f"worksheets/sheet{i}.xml") for i in range(1, len(named) + 1)]
    found = {f"xl/worksheets/sheet{i}.xml": content for i, content in enumerate(named.values(), 1)}
    if strings is not None:
        referred.append(("rIdS", "sharedStrings", "sharedStrings.xml"))
        found["xl/sharedStrings.xml"] = f'{_DECLARED}<sst xmlns="{main}">{strings}</sst>'.encode()
    if styles is not None:
        referred.append(("rIdT", "styles", "styles.xml"))
        found["xl/styles.xml"] = f'{_DECLARED}<styleSheet xmlns="{main}">{styles}</styleSheet>'.encode()
    found["xl/workbook.xml"] = b""
    found["[Content_Types].xml"] = content_types(found)
    found["_rels/.rels"] = relationships([("rId1", "officeDocument", "xl/workbook.xml")], relations)
    found["xl/_rels/workbook.xml.rels"] = relationships(referred, relations)
    found["xl/workbook.xml"] = (
        f'{_DECLARED}<workbook xmlns="{main}" xmlns:r="{relations}">{properties}<sheets>{listed}</sheets></workbook>'
    ).encode()
    return zipped({(renamed or {}).get(name, name): content for name, content in (found | dict(parts or {})).items()})


def content_types(names: Iterable[str]) -> bytes:
    kinds = {"workbook": "sheet.main", "sheet": "worksheet", "sharedStrings": "sharedStrings", "styles": "styles"}
    overrides = "".join(
        f'<Override PartName="/{name}" ContentType="{_KIND}.{kinds[stem]}+xml"/>'
        for name in names
        if (stem := name.rpartition("/")[2].removesuffix(".xml").rstrip("0123456789")) in kinds
    )
    default = '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    xml = '<Default Extension="xml" ContentType="application/xml"/>'
    return f'{_DECLARED}<Types xmlns="{PACKAGE}/content-types">{default}{xml}{overrides}</Types>'.encode()


def relationships(referred: Sequence[tuple[str, str, str]], relations: str = RELATIONS, mode: str = "") -> bytes:
    inside = "".join(
        f'<Relationship Id="{key}" Type="{relations}/{kind}" Target={quoteattr(target)} {mode}/>'
        for key, kind, target in referred
    )
    return f'{_DECLARED}<Relationships xmlns="{PACKAGE}/relationships">{inside}</Relationships>'.encode()


def zipped(parts: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()
