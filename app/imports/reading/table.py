"""The lines of a sheet as rows: its header found, each cell read as its field, lines that are no rows left out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import Any, Literal, NamedTuple, Protocol

from app.imports.reading import no_rows
from app.imports.reading.header import Chosen, Header, Line, find_header
from app.imports.reading.limits import (
    HEADER_WITHIN,
    LONGEST_SEEN,
    MOST_COLUMNS,
    AtPlace,
    FileRefused,
    Unreadable,
    all_refused,
    refused,
)
from app.imports.reading.rows import HIDDEN_IN_TEMPLATES, CellComplaint, Field, FileRefusal, ReadRow, Sheet
from app.imports.reading.spanning import Spanning
from app.imports.reading.values.cells import is_blank, seen
from app.imports.reading.values.date_columns import DateColumn, contradictions, has_month_first
from app.imports.reading.values.fields import remembered
from app.imports.reading.values.slots import (
    BASE,
    COMPLAINTS,
    DATES,
    OTHERS,
    REPEATED,
    SLOTS,
    STATUS,
    TASK,
    TASK_CODE,
    UNIT,
    UNIT_CODE,
    Slots,
    place_moments,
)
from app.imports.reading.xlsx.references import letters_of

_ANSWERS: tuple[Field, ...] = ("status", "effective_at", "note", "evidence", "document_number", "document_date", "base")
"""A line with none of these filled is no row."""
_MOST_TITLES = 4
"""Of one line: a letterhead has two beside each other."""
_NAMING: tuple[Field, ...] = ("task", "unit", "status")


class Sink(Protocol):
    """Where rows go, each with its cells as they were sent."""

    def add(self, row: ReadRow, sent: Sequence[Any]) -> None: ...


class Source(NamedTuple):
    """A sheet that is to be read. `wide` says which columns the merged cells of a line lie over.

    `width` is that of its widest line, where cells beside the header are a column that nobody knows; without it they
    are too many for their line.
    """

    sheet: int
    name: str | None
    lines: Iterable[Line]
    wide: Mapping[int, Sequence[tuple[int, int]]]
    hidden: AbstractSet[int]
    serial: Callable[[float], Any] | None = None
    width: int = 0
    hidden_columns: AbstractSet[int] = frozenset()
    spanning: Spanning | None = None


def read_sheet(source: Source, chosen: Chosen, sink: Sink) -> tuple[Sheet, frozenset[str]] | None:
    """Hand the rows of a sheet on; None where it has no header. Also which of the chosen columns were found.

    Raises:
        FileRefused: for all that is `OF_CONTENT` at once.

    """
    lines = iter(source.lines)
    top = _top(lines)
    try:
        header = find_header(top, chosen, source.name)
    except AtPlace as place:
        raise _refused_in(source, top, place) from None
    if header is None:
        return None
    reader = _SheetReader(source, header.widened(min(source.width, MOST_COLUMNS)), chosen, sink)
    reader.skip_rows_above(top[: header.first])
    reader.read(chain(top[header.first + header.lines :], lines))
    return reader.sheet(), header.chosen


def _top(lines: Iterator[Line]) -> list[Line]:
    top = []
    for line, cells in lines:
        top.append((line, cells))
        if line > HEADER_WITHIN:
            break
    return top


def _refused_in(source: Source, lines: Sequence[Line], place: AtPlace) -> FileRefused:
    begin = place.seen[:20]
    found = [line for line, cells in lines if any(begin in seen(cell) for cell in cells if not is_blank(cell))]
    return refused(place.code, sheet=source.name, line=found[0] if found else None, seen=place.seen)


class _SheetReader:
    def __init__(self, source: Source, header: Header, chosen: Chosen, sink: Sink) -> None:
        self._source = source
        self._header = header
        self._chosen = chosen
        self._add = sink.add
        self._refusals: dict[tuple[str, int], FileRefusal] = {(r.code, -n): r for n, r in enumerate(header.refusals, 1)}
        """By their codes and their columns: of each column the first place is named."""
        self._width = len(header.columns)
        self._dates: list[DateColumn] = []
        self._readers = [
            (SLOTS[column.field], place, column.field, self._reader_of(column.field, place))
            for place, column in enumerate(header.columns)
            if column.field
        ]
        self._answers = [place for _, place, field, _ in self._readers if field in _ANSWERS]
        self._empty: Slots = [source.sheet, 0, *ReadRow._field_defaults.values()]
        self._unread = [place for place, column in enumerate(header.columns) if column.how == "not-read"]
        self._filled: set[int] = set()
        self._hidden = [place for _, place, field, _ in self._readers if self._is_hidden(place, field)]
        self._hidden_filled: list[int] = []
        self._beside = [place for place, column in enumerate(header.columns) if column.field is None]
        self._month_first_beside: tuple[int, int, str] | None = None
        """The line, place and text of a date with the month first in a column that is not read."""
        self._has_units = False
        self._hidden_rows = 0
        self._has_signature = False
        self._skipped = no_rows.SkippedLines()
        self._titles: list[tuple[int, str]] = []
        self._header_goes_on = 0
        """The line below a header over two rows that is named again."""

    def _is_hidden(self, place: int, field: Field) -> bool:
        return place in self._source.hidden_columns and field not in HIDDEN_IN_TEMPLATES

    def _reader_of(self, field: Field, place: int) -> Callable[[Any], Any]:
        if field in DATES:
            self._dates.append(DateColumn(place, DATES[field], self._source.serial))
            return self._dates[-1]
        return remembered(REPEATED[field]) if field in REPEATED else OTHERS[field]

    def skip_rows_above(self, lines: Iterable[Line]) -> None:
        """Name what looks like a row above the header: nobody reads it. Titles may say whose rows follow."""
        for line, cells in lines:
            self._titles += [
                (line, text) for text in no_rows.texts_of(cells)[:_MOST_TITLES] if len(text) <= LONGEST_SEEN
            ]
            if no_rows.is_like_a_row(cells):
                self._skipped.add(line, no_rows.said_by(no_rows.texts_of(cells)))

    def read(self, lines: Iterable[Line]) -> None:
        for line, cells in lines:
            slots, complaints = self._slots(line, cells)
            if (within := self._row_within(line, cells)) is not None:
                complaints.append(CellComplaint("", "row-in-a-cell", {"inner": within}))
            if slots[STATUS] is None or complaints or not self._has_task(slots):
                if not self._is_row(line, cells, slots, complaints):
                    continue
                slots[COMPLAINTS] = tuple(complaints)
            if len(cells) > self._width and not all(map(is_blank, cells[self._width :])):
                slots[COMPLAINTS] += (CellComplaint("", "too-many-cells", {"max": self._width}),)
            self._note_content(line, slots, cells)
            if not self._refusals:
                self._add(ReadRow._make(slots), cells)
        dates = contradictions(self._dates, self._source.name, self._header_of, letters_of)
        if refusals := [*self._refusals.values(), *dates, *self._swapped(), *self._unclear()]:
            raise all_refused(refusals)

    def _row_within(self, line: int, cells: Sequence[Any]) -> int | None:
        spanning = self._source.spanning
        if spanning is None or line not in spanning.lines:
            return None
        return spanning.row_within(line, cells, self._width)

    def _header_of(self, place: int) -> str:
        return self._header.columns[place].header

    def _slots(self, line: int, cells: Sequence[Any]) -> tuple[Slots, list[CellComplaint]]:
        slots = self._empty.copy()
        slots[1] = line
        complaints: list[CellComplaint] = []
        width = len(cells)
        for column in self._dates:
            column.line = line
        for slot, place, field, read in self._readers:
            if place >= width:
                continue
            cell = cells[place]
            if cell is None or cell == "":
                continue
            try:
                value = read(cell)
            except Unreadable as why:
                complaints.append(CellComplaint(field, why.code, why.params))
            except AtPlace as why:
                self._refusals.setdefault((why.code, place), self._refused_at(line, place, why))
            else:
                if value is not None:
                    slots[slot] = value
        place_moments(slots, complaints)
        return slots, complaints

    def _refused_at(self, line: int, place: int, why: AtPlace) -> FileRefusal:
        where = {"sheet": self._source.name, "line": line, "column": self._header_of(place)}
        return refused(why.code, **where, seen=why.seen).refusal

    def _is_row(self, line: int, cells: Sequence[Any], slots: Slots, complaints: list[CellComplaint]) -> bool:
        """Whether a line that is not plainly a good row is one at all; if so, what it lacks becomes complaints."""
        about = {complaint.field for complaint in complaints}
        if slots[STATUS] is None and slots[BASE] is None and "" not in about and self._is_none(line, cells, slots):
            return False
        if slots[TASK] is None and slots[TASK_CODE] is None and not about & {"task", "task_code"}:
            complaints.append(CellComplaint("task", "missing", {}))
        if slots[STATUS] is None and slots[BASE] is None and "status" not in about:
            complaints.append(CellComplaint("status", "missing", {}))
        return True

    def _is_none(self, line: int, cells: Sequence[Any], slots: Slots) -> bool:
        texts = no_rows.texts_of(cells)
        width = len(cells)
        if not texts or self._is_header(line, cells) or no_rows.is_numbering(texts):
            return True
        is_signature = self._is_signature(cells, slots, texts)
        self._has_signature |= is_signature
        if (
            all(is_blank(cells[place]) for place in self._answers if place < width)
            or is_signature
            or no_rows.is_total(texts)
            or self._is_over_all(line)
            or (self._has_signature and not self._has_task(slots))
        ):
            self._skipped.add(line, no_rows.said_by(texts))
            return True
        return False

    @staticmethod
    def _has_task(slots: Slots) -> bool:
        return slots[TASK] is not None or slots[TASK_CODE] is not None

    def _is_signature(self, cells: Sequence[Any], slots: Slots, texts: Sequence[str]) -> bool:
        """Whether a line is signed; one that fills task, status and unit is a row unless each of them is a title.

        `Giám đốc Sở chưa duyệt` is what somebody wrote for a status.
        """
        if not self._has_task(slots):
            return no_rows.is_signature(texts)
        is_filled = not self._has_units or slots[UNIT] is not None or slots[UNIT_CODE] is not None
        names = self._names_in(cells)
        if is_filled and self._has_status(cells):
            return all(no_rows.is_signature([name]) for name in names)
        return no_rows.is_signature(names)

    def _has_status(self, cells: Sequence[Any]) -> bool:
        return any(
            field == "status" and place < len(cells) and not is_blank(cells[place])
            for _, place, field, _ in self._readers
        )

    def _names_in(self, cells: Sequence[Any]) -> list[str]:
        """What stands under task, unit and status: a director in a note makes no signature of a row."""
        places = [place for _, place, field, _ in self._readers if field in _NAMING and place < len(cells)]
        return no_rows.texts_of([cells[place] for place in places])

    def _is_header(self, line: int, cells: Sequence[Any]) -> bool:
        """Whether the header stands here once more, as at the top of each printed page. Another one is refused."""
        if line == self._header_goes_on or self._is_last_line_of_header(cells):
            return True
        again = self._header.is_named_again(cells, self._chosen)
        if again is False:
            where = {"sheet": self._source.name, "line": line, "header": self._header.line}
            self._refusals.setdefault(("another-header", 0), refused("another-header", **where).refusal)
        if again:
            self._header_goes_on = line + 1 if self._header.lines > 1 else 0
        return again is not None

    def _is_last_line_of_header(self, cells: Sequence[Any]) -> bool:
        titles = [
            isinstance(cell, str) and " ".join(cell.split()) == column.header.rpartition(" – ")[2]
            for column, cell in zip(self._header.columns, cells, strict=False)
            if column.field
        ]
        return bool(titles) and all(titles)

    def _is_over_all(self, line: int) -> bool:
        """Whether one merged cell lies over the task and the status: the title of a section."""
        spans = self._source.wide.get(line)
        if not spans:
            return False
        places = [place for _, place, field, _ in self._readers if field in ("task", "status")]
        return any(first <= min(places) and max(places) <= last for first, last in spans)

    def _note_content(self, line: int, slots: Slots, cells: Sequence[Any]) -> None:
        self._hidden_rows += line in self._source.hidden
        if not self._has_units:
            self._has_units = slots[UNIT] is not None or slots[UNIT_CODE] is not None
        if self._dates and self._month_first_beside is None:
            dated = (place for place in self._beside if place < len(cells) and has_month_first(cells[place]))
            if (place := next(dated, None)) is not None:
                self._month_first_beside = (line, place, str(cells[place]))
        if self._hidden:
            filled = [place for place in self._hidden if place < len(cells) and not is_blank(cells[place])]
            self._hidden_filled += filled
            self._hidden = [place for place in self._hidden if place not in filled]
        if self._unread:
            found = [place for place in self._unread if place < len(cells) and not is_blank(cells[place])]
            if found:
                self._filled.update(found)
                self._unread = [place for place in self._unread if place not in self._filled]

    def _swapped(self) -> Iterator[FileRefusal]:
        """Dates that tell no order of their own, in a file whose program writes the month first."""
        if self._month_first_beside and any(column.says_no_order for column in self._dates):
            line, place, shows = self._month_first_beside
            where = {"sheet": self._source.name, "line": line, "column": self._header_of(place)}
            proof = {"cells": [f"{letters_of(place)}{line}"], "shows": [shows]}
            yield refused("month-first", **where, **proof, seen=shows).refusal

    def _unclear(self) -> Iterator[FileRefusal]:
        for place in sorted(self._filled.intersection(self._header.unclear)):
            where = {"sheet": self._source.name, "line": self._header.line, "column": self._header_of(place)}
            yield refused("unclear-column", **where, candidates=list(self._header.unclear[place])).refusal

    def sheet(self) -> Sheet:
        columns = tuple(
            column._replace(has_content=place in self._filled) for place, column in enumerate(self._header.columns)
        )
        return Sheet(
            self._source.name,
            self._header.line,
            columns,
            self._hidden_rows,
            tuple(self._skipped.first),
            self._skipped.count,
            self._units(),
            tuple(map(self._header_of, sorted(self._hidden_filled))),
            tuple(self._titles),
        )

    def _units(self) -> Literal["absent", "empty", "filled"]:
        if not any(column.field in ("unit", "unit_code") for column in self._header.columns):
            return "absent"
        return "filled" if self._has_units or self._header.is_of_refused_rows else "empty"
