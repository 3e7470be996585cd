"""A file that was read: its rows, its sheets, its cells as they were sent, and what its sender should know of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import msgspec

from app.imports.reading.rows import Cell, CellComplaint, FileWarning, ReadRow, Sheet, SheetLeftOut, Summary
from app.imports.reading.xlsx.references import letters_of

_MOST_NAMED = 20
_OF_ALL = ("malformed-json", "wrong-type", "duplicate-field")


class SentCells:
    """The cells of all rows as they were sent, in batches that are decoded when somebody asks for one of them."""

    def __init__(self) -> None:
        self._batches: list[tuple[int, bytes]] = []
        self._decoded: tuple[int, list[list[Cell]]] = (-1, [])

    def add(self, first: int, batch: bytes) -> None:
        self._batches.append((first, batch))

    def of(self, index: int) -> tuple[Cell, ...]:
        place = self._place(index)
        if self._decoded[0] != place:
            self._decoded = (place, msgspec.json.decode(self._batches[place][1], type=list[list[Cell]]))
        return tuple(self._decoded[1][index - self._batches[place][0]])

    def _place(self, index: int) -> int:
        low, high = 0, len(self._batches)
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self._batches[middle][0] <= index else (low, middle)
        return low


@dataclass(frozen=True)
class ReadFile:
    """Rows come in the order of the file, sheet after sheet."""

    summary: Summary
    rows: list[ReadRow]
    _sent: SentCells

    @property
    def source(self) -> str:
        return self.summary.source

    @property
    def read_as(self) -> dict[str, str]:
        return self.summary.read_as

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        return self.summary.sheets

    @property
    def left_out(self) -> tuple[SheetLeftOut, ...]:
        return self.summary.left_out

    def sent(self, index: int) -> tuple[Cell, ...]:
        """The cells of a row exactly as they were sent, in the order of its sheet's columns."""
        return self._sent.of(index)

    @cached_property
    def warnings(self) -> tuple[FileWarning, ...]:
        return tuple(_warnings(self.summary))


def with_missing_units(rows: list[ReadRow], sheets: Sequence[Sheet]) -> None:
    """Complain of each row without a unit, where its sheet names units: nobody said that it is the sender's own."""
    names_units = [sheet.units == "filled" for sheet in sheets]
    missing = CellComplaint("unit", "missing", {})
    for index, row in enumerate(rows):
        has_unit = row.unit is not None or row.unit_code is not None
        if names_units[row.sheet] and not has_unit and not _is_unreadable(row):
            rows[index] = row._replace(complaints=(*row.complaints, missing))


def _is_unreadable(row: ReadRow) -> bool:
    """Whether something was said of the unit already, or of the row as a whole."""
    return any(
        complaint.field in ("unit", "unit_code") or (not complaint.field and complaint.code in _OF_ALL)
        for complaint in row.complaints
    )


def _warnings(summary: Summary) -> Iterator[FileWarning]:
    left_out = [sheet for sheet in summary.left_out if sheet.reason not in ("empty", "not-chosen")]
    if left_out:
        yield FileWarning("sheets-left-out", {"sheets": [sheet.name for sheet in left_out]})
    if summary.source == "ndjson":
        return
    for sheet in summary.sheets:
        yield from _of_sheet(sheet)


def _of_sheet(sheet: Sheet) -> Iterator[FileWarning]:
    where = {"sheet": sheet.name} if sheet.name else {}
    unread = [
        column.header or f"({letters_of(place)})"
        for place, column in enumerate(sheet.columns)
        if column.how == "not-read" and column.has_content
    ]
    if unread:
        yield FileWarning("columns-not-read", {**where, "columns": unread})
    chosen = [f"{column.header}: {column.field or '-'}" for column in sheet.columns if column.how == "chosen"]
    if chosen:
        yield FileWarning("columns-chosen", {**where, "columns": chosen})
    if sheet.hidden_columns:
        yield FileWarning("hidden-columns", {**where, "columns": list(sheet.hidden_columns)})
    if sheet.hidden_rows:
        yield FileWarning("hidden-rows", {**where, "count": sheet.hidden_rows})
    if sheet.skipped_count:
        lines = [f"{line}: {text}" for line, text in sheet.skipped[:_MOST_NAMED]]
        lines += ["…"] if sheet.skipped_count > _MOST_NAMED else []
        yield FileWarning("rows-skipped", {**where, "count": sheet.skipped_count, "lines": lines})
