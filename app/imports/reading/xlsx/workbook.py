"""XLSX: every visible sheet with a header, as the values that were last shown. Nothing else of the file is opened."""

import unicodedata
from collections.abc import Mapping
from functools import partial
from typing import Literal, NamedTuple

from app.imports.reading.header import Chosen
from app.imports.reading.limits import HEADER_WITHIN, MOST_SHEETS, OF_CONTENT, FileRefused, all_refused, refused
from app.imports.reading.rows import FileRefusal, Sheet, SheetLeftOut, Summary, Wanted
from app.imports.reading.table import Sink, Source, read_sheet
from app.imports.reading.xlsx.dates import date_cell
from app.imports.reading.xlsx.formats import cell_formats
from app.imports.reading.xlsx.merges import fill_merges, lay_links
from app.imports.reading.xlsx.package import Package, attribute, local, parse, resolved
from app.imports.reading.xlsx.strings import shared_strings
from app.imports.reading.xlsx.worksheet import Book, read_content

_MOST_OF_A_PART = 8 * 1024 * 1024
_MOST_OF_RELATIONS = 24 * 1024 * 1024
_MOST_RELATIONS = 100_000


class _Relation(NamedTuple):
    kind: str
    target: str


class _SheetOf(NamedTuple):
    name: str
    is_hidden: bool
    relation: str


class _Workbook(NamedTuple):
    sheets: list[_SheetOf]
    is_1904: bool


def read_workbook(body: bytes, wanted: Wanted, chosen: Chosen, sink: Sink) -> tuple[Summary, frozenset[str]]:
    """Read the rows of an .xlsx file, sheet after sheet.

    Raises:
        FileRefused: it is no workbook, or is refused for what is in it.

    """
    package = Package(body)
    name = _workbook_name(package)
    relations = _relations(package, name)
    workbook = _workbook(package, name)
    book = Book(
        shared_strings(package, _part(relations, name, "sharedStrings")),
        cell_formats(package, _part(relations, name, "styles")),
        workbook.is_1904,
    )
    _refuse_unknown(workbook.sheets, wanted)
    read: list[Sheet] = []
    left_out: list[SheetLeftOut] = []
    refusals: list[FileRefusal] = []
    used: frozenset[str] = frozenset()
    for sheet in workbook.sheets:
        relation = relations.get(sheet.relation)
        if relation is None:  # it is listed, and not there
            left_out.append(SheetLeftOut(sheet.name, "no-header"))
            continue
        if relation.kind != "worksheet":
            continue
        if why := _not_read(sheet, wanted):
            left_out.append(SheetLeftOut(sheet.name, why))
            continue
        part = resolved(name, relation.target)
        try:
            found = _read(package, part, sheet.name, len(read), book, chosen, sink)
        except FileRefused as refusal:
            if refusal.refusal.code not in OF_CONTENT:
                raise
            refusals.append(refusal.refusal)
            continue
        if isinstance(found, SheetLeftOut):
            left_out.append(found)
            continue
        read.append(found[0])
        used |= found[1]
    if refusals:
        raise all_refused(refusals)
    if not read:
        raise _nothing_read(left_out)
    read_as = {"dates_from": "1904"} if book.is_1904 else {}
    return Summary("xlsx", read_as, tuple(read), tuple(left_out)), used


def _nothing_read(left_out: list[SheetLeftOut]) -> FileRefused:
    if left_out and all(sheet.reason == "empty" for sheet in left_out):
        return refused("no-rows")
    names = [sheet.name for sheet in left_out if sheet.reason == "no-header"]
    return refused("no-header", within=HEADER_WITHIN, sheets=names or [sheet.name for sheet in left_out])


def _read(
    package: Package, part: str, name: str, index: int, book: Book, chosen: Chosen, sink: Sink
) -> tuple[Sheet, frozenset[str]] | SheetLeftOut:
    content = read_content(package.pieces(part), book)
    content.lines.sort(key=lambda line: line[0])
    if not content.lines:
        return SheetLeftOut(name, "empty")
    if content.links:
        targets = {key: relation.target for key, relation in _relations(package, part).items()}
        lay_links(content.lines, content.links, targets)
    over = fill_merges(content.lines, content.merges)
    serial = partial(date_cell, is_1904=book.is_1904)
    width = max(len(cells) for _, cells in content.lines)
    source = Source(index, name, content.lines, over, content.hidden, serial, width, content.hidden_columns)
    found = read_sheet(source, chosen, sink)
    return found or SheetLeftOut(name, "no-header")


def _not_read(sheet: _SheetOf, wanted: Wanted) -> Literal["hidden", "not-chosen"] | None:
    if wanted.sheets:
        return None if _same(sheet.name) in map(_same, wanted.sheets) else "not-chosen"
    return "hidden" if sheet.is_hidden else None


def _only_one(name: str, before: list[_SheetOf]) -> str:
    """The name of a sheet. Spreadsheets give each another one; here what rows are found by must be one."""
    if name and _same(name) not in {_same(sheet.name) for sheet in before}:
        return name
    return f"{name} ({len(before) + 1})".strip()


def _same(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name.casefold()).split())


def _refuse_unknown(sheets: list[_SheetOf], wanted: Wanted) -> None:
    names = {_same(sheet.name) for sheet in sheets}
    candidates = [sheet.name for sheet in sheets]
    unknown = [name[:100] for name in wanted.sheets if _same(name) not in names]
    if unknown:
        each = [refused("unknown-sheet", sheet=name, seen=name, candidates=candidates).refusal for name in unknown]
        raise all_refused(each)


def _workbook_name(package: Package) -> str:
    if package.has("_rels/.rels"):
        for relation in _relations(package, "").values():
            if relation.kind == "officeDocument" and package.has(resolved("", relation.target)):
                return resolved("", relation.target)
    if not package.has("xl/workbook.xml"):
        raise refused("not-a-workbook")
    return "xl/workbook.xml"


def _part(relations: Mapping[str, _Relation], base: str, kind: str) -> str | None:
    return next((resolved(base, relation.target) for relation in relations.values() if relation.kind == kind), None)


def _relations(package: Package, part: str) -> dict[str, _Relation]:
    """What a part refers to, by the ids it uses; the kind is the end of its long name, the same in Strict OOXML."""
    found: dict[str, _Relation] = {}

    def start(element: str, attributes: dict[str, str]) -> None:
        if local(element) == "Relationship" and len(found) < _MOST_RELATIONS:
            kind = attributes.get("Type", "").rpartition("/")[2]
            found[attributes.get("Id", "")] = _Relation(kind, attributes.get("Target", ""))

    folder, _, name = part.rpartition("/")
    where = f"{folder}/_rels/{name}.rels".lstrip("/")
    if package.has(where):
        parse(package.pieces(where, _MOST_OF_RELATIONS), start)
    return found


def _workbook(package: Package, part: str) -> _Workbook:
    sheets: list[_SheetOf] = []
    dates: list[bool] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        tag = local(element)
        if tag == "sheet":
            state = attributes.get("state", "visible")
            written = unicodedata.normalize("NFC", attributes.get("name", "")[:200])
            name = _only_one(written.strip(), sheets)
            sheets.append(_SheetOf(name, state != "visible", attribute(attributes, "id") or ""))
            if len(sheets) > MOST_SHEETS:
                raise refused("too-many-sheets", max=MOST_SHEETS)
        elif tag == "workbookPr":
            dates.append(attributes.get("date1904") in ("1", "true", "on"))

    parse(package.pieces(part, _MOST_OF_A_PART), start)
    return _Workbook(sheets, any(dates))
