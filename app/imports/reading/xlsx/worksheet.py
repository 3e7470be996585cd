"""One sheet of a workbook, streamed: its lines of cells, what is merged, what is hidden, which cells are links."""

import math
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from app.imports.reading.limits import LONGEST_CELL, LONGEST_LINK, MOST_COLUMNS, MOST_ROWS, refused
from app.imports.reading.values.cells import ErrorCell, FormulaCell, PercentCell
from app.imports.reading.xlsx.dates import date_cell, iso_cell, month_cell, span_cell
from app.imports.reading.xlsx.formats import DATE, MONTH, PERCENT, SPAN
from app.imports.reading.xlsx.package import attribute, parse
from app.imports.reading.xlsx.references import DIGITS, Area, Hyperlink, area, column_of, letters_of
from app.imports.reading.xlsx.strings import unescaped

LAST_LINE = 1_048_576
_MOST_LINES = MOST_ROWS + 10_000
"""Lines with content. Empty ones, formatted or not, are not kept."""
_MOST_MERGES = 100_000
_MOST_LINKS = 100_000
_MOST_LETTERS = 100_000_000
_LONGEST_NUMBER = 40
_LONGEST_WHOLE = 15


class Book(NamedTuple):
    """What the cells of all sheets refer to."""

    strings: Sequence[str]
    formats: Sequence[int]
    is_1904: bool


class Content(NamedTuple):
    lines: list[tuple[int, list[Any]]]
    hidden: set[int]
    merges: list[Area]
    links: list[Hyperlink]
    hidden_columns: set[int]


def read_content(pieces: Iterator[bytes], book: Book) -> Content:
    """The content of a sheet.

    Raises:
        FileRefused: `malformed-xlsx`, `cell-out-of-range`, `too-many-rows` or `too-large`.

    """
    reader = _Reader(book)
    try:
        parse(pieces, reader.start, reader.end, reader.parts.append)
    except (ValueError, IndexError, OverflowError):
        raise refused("malformed-xlsx") from None
    return reader.content


class _Reader:
    """The handlers of expat: each element that matters has one for its start, one for its end, or both."""

    def __init__(self, book: Book) -> None:
        self.parts: list[str] = []
        """The text since it was last emptied."""
        self.content = Content([], set(), [], [], set())
        self._book = book
        self._strings = book.strings
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self._ends: dict[str, Callable[[], None]] = {}
        self._c = self._v = ""
        self._columns: dict[str, int] = {}
        self._letters = 0
        self._line = 0
        self._row: list[Any] = []
        self._cell: dict[str, str] = {}
        self._formula: str | None = None
        self._is_part = False
        """Whether the formula is written in another cell, which it is filled down from."""
        self._inline: list[str] = []
        self._is_phonetic = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Cells and their values come by the million, so they are looked at first."""
        if name == self._c:
            if "r" not in attributes:
                attributes["r"] = self._next_reference()
            self._cell = attributes
            self._formula = None
        elif name == self._v:
            self.parts.clear()
        elif (handler := self._starts.get(name)) is not None:
            handler(attributes)
        elif not self._starts:
            self._name_elements(name.rpartition("worksheet")[0])

    def end(self, name: str) -> None:
        if name == self._v:
            self._end_value()
        elif name == self._c:
            if self._formula is not None or self._inline:
                self._end_cell()
        elif (handler := self._ends.get(name)) is not None:
            handler()

    def _name_elements(self, prefix: str) -> None:
        """The elements have the prefix of the sheet's own, which comes first."""
        starts = {
            "col": self._columns_as_shown,
            "row": self._start_row,
            "f": self._start_formula,
            "t": self._start_text,
            "rPh": self._start_phonetic,
            "mergeCell": self._merge,
            "hyperlink": self._link,
        }
        ends = {
            "f": self._end_formula,
            "t": self._end_inline,
            "rPh": self._end_phonetic,
            "row": self._end_row,
        }
        self._c, self._v = f"{prefix}c", f"{prefix}v"
        self._starts = {prefix + name: handler for name, handler in starts.items()}
        self._ends = {prefix + name: handler for name, handler in ends.items()}

    def _columns_as_shown(self, attributes: dict[str, str]) -> None:
        if attributes.get("hidden") in ("1", "true"):
            first, last = int(attributes.get("min", "1")), int(attributes.get("max", "1"))
            self.content.hidden_columns.update(range(max(0, first - 1), min(last, MOST_COLUMNS)))

    def _start_row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r")
        self._line = int(float(written)) if written else self._line + 1
        if not 0 < self._line <= LAST_LINE:
            raise ValueError
        self._row = []
        self._cell = {}
        if attributes.get("hidden") in ("1", "true"):
            self.content.hidden.add(self._line)

    def _start_text(self, _: dict[str, str]) -> None:
        self.parts.clear()

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self.parts.clear()
        self._is_part = "si" in attributes or "ref" in attributes

    def _start_phonetic(self, _: dict[str, str]) -> None:
        self._is_phonetic = True

    def _end_phonetic(self) -> None:
        self._is_phonetic = False

    def _end_formula(self) -> None:
        self._formula = "".join(self.parts)

    def _end_inline(self) -> None:
        if not self._is_phonetic:
            self._inline.append("".join(self.parts))

    def _end_value(self) -> None:
        """Nearly all cells end here, so the usual way through is written out."""
        parts, cell = self.parts, self._cell
        written = parts[0] if len(parts) == 1 else "".join(parts)
        if not written:
            return
        kind = cell.get("t")
        value = self._strings[int(written)] if kind == "s" else self._read(kind, written)
        if self._formula is not None:
            value = FormulaCell(self._formula[:LONGEST_CELL], value) if self._formula else value
            self._formula = None
        if value == "":
            return
        column = self._columns.get(cell["r"].rstrip(DIGITS))
        row = self._row
        if column == len(row) and column < MOST_COLUMNS:
            row.append(value)
        else:
            self._put(value)

    def _end_cell(self) -> None:
        """The end of a cell that is written within itself, or whose formula has no value."""
        if self._inline:
            text = unescaped("".join(self._inline))
            self._inline.clear()
            if text:
                self._put(text)
        elif (self._formula or self._is_part) and self._cell.get("t") != "str":
            self._put(FormulaCell((self._formula or "…")[:LONGEST_CELL], None))

    def _put(self, value: Any) -> None:
        row = self._row
        column = self._column(self._cell["r"])
        if column >= MOST_COLUMNS:
            raise refused("cell-out-of-range", line=self._line, seen=self._cell["r"][:20], max=MOST_COLUMNS)
        if column > len(row):
            row.extend([None] * (column - len(row)))
        if column == len(row):
            row.append(value)
        else:
            row[column] = value

    def _next_reference(self) -> str:
        """A cell without a reference stands behind the one before it, which may be empty."""
        before = self._cell.get("r")
        return letters_of(self._column(before) + 1 if before else 0)

    def _column(self, reference: str) -> int:
        letters = reference.rstrip(DIGITS)
        column = self._columns.get(letters)
        if column is None:
            column = self._columns[letters] = column_of(letters)
        return column

    def _read(self, kind: str | None, written: str) -> Any:
        if kind is None or kind == "n":
            return self._number(written)
        if kind == "b":
            return written.strip() in ("1", "true")
        if kind == "e":
            return ErrorCell(written[:100])
        return iso_cell(written[:100]) if kind == "d" else unescaped(written)

    def _number(self, written: str) -> Any:
        if len(written) > _LONGEST_NUMBER:
            raise ValueError
        style = self._cell.get("s")
        shown = self._shown_by(style) if style else 0
        if not shown and len(written) <= _LONGEST_WHOLE and written.isdecimal():
            return int(written)
        number = float(written)
        if not math.isfinite(number):
            return written
        return self._as_shown(number, shown)

    def _as_shown(self, number: float, shown: int) -> Any:
        if shown == DATE:
            return date_cell(number, is_1904=self._book.is_1904)
        if shown == MONTH:
            return month_cell(number, is_1904=self._book.is_1904)
        if shown == SPAN:
            return span_cell(number)
        if shown == PERCENT:
            return PercentCell(number)
        return int(number) if number.is_integer() and abs(number) < 1e15 else number

    def _shown_by(self, style: str) -> int:
        number = int(style)
        return self._book.formats[number] if 0 <= number < len(self._book.formats) else 0

    def _end_row(self) -> None:
        self.parts.clear()
        row = self._row
        if not row:
            return
        self.content.lines.append((self._line, row))
        # One string may be referred to by millions of cells: what they say together has a limit.
        self._letters += sum([len(cell) for cell in row if type(cell) is str])
        if len(self.content.lines) > _MOST_LINES:
            raise refused("too-many-rows", max=MOST_ROWS)
        if self._letters > _MOST_LETTERS:
            raise refused("too-large")

    def _merge(self, attributes: dict[str, str]) -> None:
        if len(self.content.merges) < _MOST_MERGES:
            self.content.merges.append(area(attributes.get("ref", "")))
        else:
            raise refused("too-large")

    def _link(self, attributes: dict[str, str]) -> None:
        target = attribute(attributes, "id")
        if target and len(self.content.links) < _MOST_LINKS:
            fragment = attributes.get("location", "")[:LONGEST_LINK]
            self.content.links.append(Hyperlink(area(attributes.get("ref", "")), target, fragment))
