"""The lines of a sheet as rows: its header found, each cell read as its field, lines that are no rows left out."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import chain
from typing import Any, Literal, NamedTuple, Protocol

from app.imports.reading import no_rows
from app.imports.reading.header import Chosen, Header, Line, find_header
from app.imports.reading.limits import HEADER_WITHIN, MOST_SKIPPED, AtPlace, FileRefused, Unreadable, refused
from app.imports.reading.rows import CellComplaint, Field, ReadRow, Sheet
from app.imports.reading.values.cells import is_blank, seen
from app.imports.reading.values.date_columns import DateColumn, refuse_contradictions
from app.imports.reading.values.fields import (
    day_in,
    hidden_of,
    links_in,
    moment_in,
    name_of,
    note_of,
    number_in,
    remembered,
    status_in,
)
from app.imports.reading.values.times import ReadMoment
from app.imports.reading.xlsx.worksheet import letters_of

SLOTS: Mapping[str, int] = {name: place for place, name in enumerate(ReadRow._fields)}
"""Where the value of a field stands in a row."""
_TASK, _TASK_CODE, _UNIT, _UNIT_CODE, _STATUS = (SLOTS[f] for f in ("task", "task_code", "unit", "unit_code", "status"))
_AT, _NUMBER, _DATE, _BASE = (SLOTS[f] for f in ("effective_at", "document_number", "document_date", "base"))
_DAY, _LINKS, _COMPLAINTS = _AT + 1, SLOTS["evidence"], len(ReadRow._fields) - 1
_ANSWERS: tuple[Field, ...] = ("status", "effective_at", "note", "evidence", "document_number", "document_date", "base")
"""A line with none of these filled is no row."""

_NAMING: tuple[Field, ...] = ("task", "unit", "status")

Slots = list[Any]
_DATES: Mapping[Field, Callable[[Any], ReadMoment | None]] = {"effective_at": moment_in, "document_date": day_in}
_REPEATED: Mapping[Field, Callable[[Any], str | None]] = {
    **dict.fromkeys(("task", "task_code", "unit", "unit_code"), name_of),
    "status": status_in,
}
_OTHERS: Mapping[Field, Callable[[Any], Any]] = {
    "note": note_of,
    "evidence": links_in,
    "document_number": number_in,
    "base": hidden_of,
    "as_filled": hidden_of,
}


class Sink(Protocol):
    """Where rows go, each with its cells as they were sent."""

    def add(self, row: ReadRow, sent: Sequence[Any]) -> None: ...


class Source(NamedTuple):
    """A sheet that is to be read. `wide` says which columns the merged cells of a line lie over."""

    sheet: int
    name: str | None
    lines: Iterable[Line]
    wide: Mapping[int, Sequence[tuple[int, int]]]
    hidden: AbstractSet[int]
    serial: Callable[[float], Any] | None = None


def read_sheet(source: Source, chosen: Chosen, sink: Sink) -> tuple[Sheet, frozenset[str]] | None:
    """Hand the rows of a sheet on; None where it has no header. Also which of the chosen columns were found.

    Raises:
        FileRefused: `duplicate-column`, `too-many-columns`, `unclear-column`, `month-first`, `mixed-dates`,
            `unknown-encoding` or `legacy-font`.

    """
    lines = iter(source.lines)
    top = _top(lines)
    try:
        header = find_header(top, chosen, source.name)
    except AtPlace as place:
        raise _refused_in(source, top, place) from None
    if header is None:
        return None
    reader = _SheetReader(source, header, sink)
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


def place_moments(slots: Slots, complaints: list[CellComplaint]) -> None:
    """Put an instant and a bare day where they belong; a document with a date has a number."""
    if (moment := slots[_AT]) is not None:
        slots[_AT], slots[_DAY] = moment.at, moment.day
    if (moment := slots[_DATE]) is not None:
        slots[_DATE] = moment.day
        if slots[_NUMBER] is None and not any(complaint.field == "document_number" for complaint in complaints):
            complaints.append(CellComplaint("document_number", "missing", {}))


class _SheetReader:
    def __init__(self, source: Source, header: Header, sink: Sink) -> None:
        self._source = source
        self._header = header
        self._add = sink.add
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
        self._has_units = False
        self._hidden_rows = 0
        self._has_signature = False
        self._skipped: list[tuple[int, str]] = []
        self._skipped_count = 0

    def _reader_of(self, field: Field, place: int) -> Callable[[Any], Any]:
        if field in _DATES:
            self._dates.append(DateColumn(place, _DATES[field], self._source.serial))
            return self._dates[-1]
        return remembered(_REPEATED[field]) if field in _REPEATED else _OTHERS[field]

    def read(self, lines: Iterable[Line]) -> None:
        for line, cells in lines:
            slots, complaints = self._slots(line, cells)
            if slots[_STATUS] is None or complaints or not self._has_task(slots):
                if not self._is_row(line, cells, slots, complaints):
                    continue
                slots[_COMPLAINTS] = tuple(complaints)
            if len(cells) > self._width and not all(map(is_blank, cells[self._width :])):
                slots[_COMPLAINTS] += (CellComplaint("", "too-many-cells", {"max": self._width}),)
            self._note_content(line, slots, cells)
            self._add(ReadRow._make(slots), cells)
        refuse_contradictions(self._dates, self._source.name, self._header_of, letters_of)
        self._refuse_unclear()

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
                raise self._refused_at(line, place, why) from None
            else:
                if value is not None:
                    slots[slot] = value
        place_moments(slots, complaints)
        return slots, complaints

    def _refused_at(self, line: int, place: int, why: AtPlace) -> FileRefused:
        return refused(why.code, sheet=self._source.name, line=line, column=self._header_of(place), seen=why.seen)

    def _is_row(self, line: int, cells: Sequence[Any], slots: Slots, complaints: list[CellComplaint]) -> bool:
        """Whether a line that is not plainly a good row is one at all; if so, what it lacks becomes complaints."""
        if slots[_STATUS] is None and slots[_BASE] is None and self._is_none(line, cells, slots):
            return False
        about = {complaint.field for complaint in complaints}
        if slots[_TASK] is None and slots[_TASK_CODE] is None and not about & {"task", "task_code"}:
            complaints.append(CellComplaint("task", "missing", {}))
        if slots[_STATUS] is None and slots[_BASE] is None and "status" not in about:
            complaints.append(CellComplaint("status", "missing", {}))
        return True

    def _is_none(self, line: int, cells: Sequence[Any], slots: Slots) -> bool:
        texts = no_rows.texts_of(cells)
        width = len(cells)
        if not texts or self._is_header(cells) or no_rows.is_numbering(texts):
            return True
        is_signature = no_rows.is_signature(self._names_in(cells) if self._has_task(slots) else texts)
        self._has_signature |= is_signature
        if (
            all(is_blank(cells[place]) for place in self._answers if place < width)
            or is_signature
            or no_rows.is_total(texts)
            or self._is_over_all(line)
            or (self._has_signature and not self._has_task(slots))
        ):
            self._skip(line, no_rows.said_by(texts))
            return True
        return False

    @staticmethod
    def _has_task(slots: Slots) -> bool:
        return slots[_TASK] is not None or slots[_TASK_CODE] is not None

    def _names_in(self, cells: Sequence[Any]) -> list[str]:
        """What stands under task, unit and status: a director in a note makes no signature of a row."""
        places = [place for _, place, field, _ in self._readers if field in _NAMING and place < len(cells)]
        return no_rows.texts_of([cells[place] for place in places])

    def _is_header(self, cells: Sequence[Any]) -> bool:
        """Whether the header stands here once more, as at the top of each printed page."""
        return all(
            isinstance(cell, str) and " ".join(cell.split()) == column.header.rpartition(" – ")[2]
            for column, cell in zip(self._header.columns, cells, strict=False)
            if column.field
        )

    def _is_over_all(self, line: int) -> bool:
        """Whether one merged cell lies over the task and the status: the title of a section."""
        spans = self._source.wide.get(line)
        if not spans:
            return False
        places = [place for _, place, field, _ in self._readers if field in ("task", "status")]
        return any(first <= min(places) and max(places) <= last for first, last in spans)

    def _skip(self, line: int, text: str) -> None:
        if text:
            self._skipped_count += 1
            if len(self._skipped) < MOST_SKIPPED:
                self._skipped.append((line, text))

    def _note_content(self, line: int, slots: Slots, cells: Sequence[Any]) -> None:
        self._hidden_rows += line in self._source.hidden
        if not self._has_units:
            self._has_units = slots[_UNIT] is not None or slots[_UNIT_CODE] is not None
        if self._unread:
            found = [place for place in self._unread if place < len(cells) and not is_blank(cells[place])]
            if found:
                self._filled.update(found)
                self._unread = [place for place in self._unread if place not in self._filled]

    def _refuse_unclear(self) -> None:
        unclear = [place for place in sorted(self._filled) if place in self._header.unclear]
        if unclear:
            columns = self._header.columns
            raise refused(
                "unclear-column",
                sheet=self._source.name,
                line=self._header.line,
                column=columns[unclear[0]].header,
                candidates=list(self._header.unclear[unclear[0]]),
                columns=[columns[place].header for place in unclear],
            )

    def sheet(self) -> Sheet:
        columns = tuple(
            column._replace(has_content=place in self._filled) for place, column in enumerate(self._header.columns)
        )
        return Sheet(
            self._source.name,
            self._header.line,
            columns,
            self._hidden_rows,
            tuple(self._skipped),
            self._skipped_count,
            self._units(),
        )

    def _units(self) -> Literal["absent", "empty", "filled"]:
        if self._has_units:
            return "filled"
        has_column = any(column.field in ("unit", "unit_code") for column in self._header.columns)
        return "empty" if has_column else "absent"
