"""XLSX: the first visible sheet with the right header, cell by cell, as the values that were last shown."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any
from xml.etree.ElementTree import Element, iterparse

import openpyxl
from openpyxl.utils.cell import column_index_from_string, coordinate_from_string
from openpyxl.utils.datetime import from_excel, from_ISO8601

from app.errors import MalformedFile, Problem
from app.imports.readers.container import open_container
from app.imports.readers.table import HEADER_WITHIN, MOST_COLUMNS, MOST_ROWS, Cell, Table, no_header, refused, table_of
from app.imports.words import field_of, fits

_NS = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LAST_ROW = MOST_ROWS + 10_000
"""Rows left empty are allowed for, one cell at the far end of the sheet is not."""
_FIRST_DATE, _LAST_DATE = 32_874, 109_575
"""The serial numbers of 1990 and 2200."""
_CARRIAGE_RETURN = re.compile(r"_x000[Dd]_\n?")
_MOMENTS = ("effective_at", "document_date")


class CellError(str):
    """A cell that shows an error such as `#REF!`."""

    __slots__ = ()


def read_workbook(body: bytes) -> Table:
    """The rows of an .xlsx file. Hidden sheets are left out; hidden rows and columns are read like any other."""
    open_container(body).close()
    try:
        with warnings.catch_warnings(action="ignore"):
            book = openpyxl.load_workbook(BytesIO(body), read_only=True, data_only=True, keep_links=False)
        return _table(book)
    except Problem:
        raise
    except Exception as error:  # noqa: BLE001 - a hostile file breaks openpyxl in ways without number
        raise _damaged(error) from None


def _damaged(error: Exception) -> MalformedFile:
    return refused("malformed-xlsx", f"the .xlsx file is damaged ({type(error).__name__})")


def _table(book: Any) -> Table:
    for sheet in book.worksheets:
        if sheet.sheet_state != "visible":
            continue
        try:
            table = table_of("xlsx", partial(_lines, book, sheet), {"sheet": sheet.title})
        except MalformedFile as problem:
            if problem.errors[0].code != "no-header":
                raise
            continue
        return _read_at_once(table)
    raise no_header()


def _read_at_once(table: Table) -> Table:
    """Whatever is wrong with a hostile file comes up here, where it is caught."""
    rows = list(table.rows)
    return replace(table, read=lambda: rows)


def _lines(book: Any, sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    with _source(book, sheet) as source:
        yield from _dated(_Sheet(book, sheet, source).lines(), book.epoch)


def _source(book: Any, sheet: Any) -> Any:
    return book._archive.open(sheet._worksheet_path)  # noqa: SLF001 - the reader of openpyxl pads a far cell with millions


def _dated(lines: Iterator[tuple[int, list[Cell]]], epoch: datetime) -> Iterator[tuple[int, list[Cell]]]:
    """Behind the header, a plain number in a column of dates is a date that lost its format."""
    places: list[int] | None = None
    for line, cells in lines:
        if places is None:
            fields = [field_of(cell) for cell in cells]
            if fits(fields):
                places = [place for place, field in enumerate(fields) if field in _MOMENTS]
            elif line > HEADER_WITHIN:
                yield line, cells
                return
        else:
            for place in places:
                if place < len(cells):
                    cells[place] = _date(cells[place], epoch)
        yield line, cells


def _date(cell: Cell, epoch: datetime) -> Cell:
    if isinstance(cell, int | float) and not isinstance(cell, bool) and _FIRST_DATE <= cell < _LAST_DATE:
        return from_excel(cell, epoch)
    return cell


class _Sheet:
    """The cells of one sheet, streamed. A sheet that reaches too far is refused at the first cell that does."""

    def __init__(self, book: Any, sheet: Any, source: Any) -> None:
        self._source = source
        self._strings = sheet._shared_strings  # noqa: SLF001 - see _source
        self._epoch = book.epoch
        self._dates = book._date_formats  # noqa: SLF001
        self._spans = book._timedelta_formats  # noqa: SLF001

    def lines(self) -> Iterator[tuple[int, list[Cell]]]:
        line = 0
        for _, element in iterparse(self._source):  # noqa: S314 - declarations were refused before
            if element.tag == f"{_NS}row":
                line = int(float(element.get("r") or line + 1))
                if line > _LAST_ROW:
                    raise refused("cell-out-of-range", f"the sheet reaches down to row {line}; delete what is below")
                cells = self._cells(element)
                element.clear()
                yield line, cells
            elif element.tag == f"{_NS}sheetData":
                return

    def _cells(self, row: Element) -> list[Cell]:
        cells: list[Cell] = []
        for element in row:
            column = _column(element.get("r")) or len(cells) + 1
            if column > MOST_COLUMNS:
                if element.find(f"{_NS}v") is None and element.find(f"{_NS}is") is None:
                    continue
                raise refused(
                    "cell-out-of-range", f"cell {element.get('r')} is outside the first {MOST_COLUMNS} columns"
                )
            cells.extend([None] * (column - len(cells)))
            cells[column - 1] = self._value(element)
        return cells

    def _value(self, element: Element) -> Cell:
        kind = element.get("t", "n")
        if kind == "inlineStr":
            return _text("".join(part.text or "" for part in element.iter(f"{_NS}t")))
        written = element.findtext(f"{_NS}v")
        if not written and kind != "str" and element.find(f"{_NS}f") is not None:
            return CellError("a formula that was never calculated")
        if not written:
            return None
        return self._read(kind, written, int(element.get("s") or 0))

    def _read(self, kind: str, written: str, style: int) -> Cell:
        match kind:
            case "s":
                value: Cell = _text(self._strings[int(written)])
            case "str":
                value = _text(written)
            case "b":
                value = written == "1"
            case "e":
                value = CellError(written)
            case "d":
                value = from_ISO8601(written)  # type: ignore[no-untyped-call]
            case _:
                value = self._number(written, style)
        return value

    def _number(self, written: str, style: int) -> Cell:
        number = float(written)
        if style in self._dates and style not in self._spans:
            return _moment(number, self._epoch)
        return int(number) if number.is_integer() else number


def _moment(number: float, epoch: datetime) -> Cell:
    """The date that a cell shows; a number outside the calendar shows as ####."""
    try:
        value = from_excel(number, epoch)
    except (OverflowError, ValueError):
        return CellError("####")
    return str(value) if isinstance(value, timedelta) else value


def _column(coordinate: str | None) -> int | None:
    return column_index_from_string(coordinate_from_string(coordinate)[0]) if coordinate else None


def _text(text: str) -> str:
    return _CARRIAGE_RETURN.sub("\n", text) if "_x000" in text else text
