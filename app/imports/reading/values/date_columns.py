"""A column of dates, read day-first, and what proves that day and month may be swapped in it."""

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from app.imports.reading.limits import AtPlace, refused, shortened
from app.imports.reading.rows import FileRefusal
from app.imports.reading.values.cells import DateCell, FormulaCell, seen
from app.imports.reading.values.fields import remembered
from app.imports.reading.values.times import ReadMoment

_FIRST_SERIAL, _AFTER_LAST_SERIAL = 32_874, 109_575
"""1990 and 2200, as spreadsheets count days."""


_SWAPPABLE = re.compile(r"(?<!\d)(?:0?[1-9]|1[0-2])[/.-](?:0?[1-9]|1[0-2])[/.-](?:\d{4}|\d{2})(?!\d)")
_MONTH_FIRST = re.compile(r"(?:0?[1-9]|1[0-2])[/.-](?:1[3-9]|2\d|3[01])[/.-]\d{4}(?!\d)")
_SHORTEST, _LONGEST = len("6/27/2025"), 40


class Proof(NamedTuple):
    """The first cell of its kind in a column: its line, and what it shows."""

    line: int
    seen: str


class DateColumn:
    """Reads the cells of a column, and keeps the first that has the day first, the month first, and a real date."""

    def __init__(
        self, place: int, read: Callable[[Any], ReadMoment | None], serial: Callable[[float], Any] | None
    ) -> None:
        self.place = place
        self._read = read
        self._read_text = remembered(read)
        self._serial = serial
        self._day_first: Proof | None = None
        self._month_first: Proof | None = None
        self._date_cell: Proof | None = None
        self._may_be_swapped: Proof | None = None
        """The first text whose day and month are both up to 12."""
        self.line = 0
        """The line that is being read."""

    def __call__(self, cell: Any) -> ReadMoment | None:
        try:
            if type(cell) is str:
                moment = self._read_text(cell)
                if moment is not None and self._day_first is None:
                    self._note_order(cell, is_day_first=moment.is_day_first)
                return moment
            cell = self._as_date(cell)
            moment = self._read(cell)
        except AtPlace as why:
            if why.code != "month-first":
                raise
            self._month_first = self._month_first or self._proof(cell)
            return None
        if self._date_cell is None and moment is not None and _is_date(cell):
            self._date_cell = self._proof(cell)
        return moment

    def _note_order(self, cell: str, *, is_day_first: bool) -> None:
        if is_day_first:
            self._day_first = self._proof(cell)
        elif self._may_be_swapped is None and _SWAPPABLE.search(cell):
            self._may_be_swapped = self._proof(cell)

    @property
    def says_no_order(self) -> bool:
        """Whether day and month may be swapped in it, as far as the column itself tells."""
        return self._may_be_swapped is not None and self._day_first is None and self._month_first is None

    def _proof(self, cell: Any) -> Proof:
        return Proof(self.line, shortened(seen(cell)))

    def _as_date(self, cell: Any) -> Any:
        """Here a plain number is a date that lost its format."""
        if isinstance(cell, FormulaCell):
            return FormulaCell(cell.formula, self._as_date(cell.value))
        if self._serial and type(cell) in (int, float) and _FIRST_SERIAL <= cell < _AFTER_LAST_SERIAL:
            return self._serial(cell)
        return cell

    def contradiction(self) -> tuple[str, tuple[Proof, ...]] | None:
        """What the column is refused for, with the cells that prove it; where two contradict each other, both."""
        if self._month_first:
            against = self._day_first
            return "month-first", (self._month_first, *([against] if against else []))
        if self._day_first and self._date_cell:
            return "mixed-dates", (self._date_cell, self._day_first)
        return None


def _is_date(cell: Any) -> bool:
    return isinstance(cell.value if isinstance(cell, FormulaCell) else cell, DateCell)


def has_month_first(cell: Any) -> bool:
    """Whether a cell of a column that is not read shows how the program behind the file writes its dates."""
    return type(cell) is str and _SHORTEST <= len(cell) <= _LONGEST and _MONTH_FIRST.match(cell) is not None


def contradictions(
    columns: Iterable[DateColumn], sheet: str | None, headers: Callable[[int], str], letters: Callable[[int], str]
) -> Iterator[FileRefusal]:
    """What a sheet is refused for in its columns of dates: `month-first` or `mixed-dates`."""
    for column in columns:
        if (found := column.contradiction()) is None:
            continue
        code, proofs = found
        last = max(proofs)
        cells = [f"{letters(column.place)}{proof.line}" for proof in proofs]
        shows = [proof.seen for proof in proofs]
        where = {"sheet": sheet, "line": last.line, "column": headers(column.place), "seen": last.seen}
        yield refused(code, **where, cells=cells, shows=shows).refusal
