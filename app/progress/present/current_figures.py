"""The figures of the present, kept up to date count by count. Pure."""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from app.catalogue.catalogue import Catalogue
from app.conditions import is_due_soon, is_overdue
from app.progress.figures import figures
from app.progress.figures.cell import Cell, exchanged
from app.progress.figures.figures import CategoryFigures, Figures, ProvinceFigures


class Count(NamedTuple):
    """A row of the tally; its counts have the order of `COUNT_COLUMNS`, as a cell's have."""

    owner: str
    task: str
    deadline: datetime | None
    total: int
    in_progress: int
    blocked: int
    returned: int
    completed: int
    verified: int
    late: int

    @property
    def open(self) -> int:
        return self.total - self.completed - self.verified


class CurrentFigures:
    """The figures of one campaign. Those without a change stay the same objects, with everything cached on them."""

    def __init__(self, catalogue: Catalogue, campaign: str, counts: Iterable[Count]) -> None:
        self._codes = [category.code for category in catalogue.categories_of(campaign)]
        self._province_codes = [province.code for province in catalogue.provinces]
        self._category_of = {task.code: code for code in self._codes for task in catalogue.tasks_of(code)}
        self._counts: dict[tuple[str, str], dict[tuple[str, datetime | None], Count]] = defaultdict(dict)
        self._cells: dict[str, dict[str, Cell]] = {code: {} for code in self._codes}
        self._assignments = dict.fromkeys(self._codes, Cell())
        self._lines = {code: self._line(code) for code in self._codes}
        self._provinces = {code: self._province(code) for code in self._province_codes}
        self._deadlines: list[datetime] = []
        self._due: tuple[int, int] | None = None
        self._changed: set[tuple[str, str]] = set()
        self.update(counts)

    def update(self, counts: Iterable[Count]) -> None:
        """Replace counts by their present values."""
        for count in counts:
            category = self._category_of.get(count.task)
            if category is not None:
                self._counts[count.owner, category][count.task, count.deadline] = count
                self._changed.add((count.owner, category))
                self._add_deadline(count.deadline)

    def figures(self, at: datetime) -> Figures:
        """All figures at a moment, which no recorded report may follow."""
        due = self._count_due(at)
        if due != self._due:
            self._due, self._changed = due, set(self._counts)
        if self._changed:
            self._recount(at)
        return Figures(list(self._lines.values()), list(self._provinces.values()))

    def _add_deadline(self, deadline: datetime | None) -> None:
        place = bisect_left(self._deadlines, deadline) if deadline else 0
        if deadline and deadline not in self._deadlines[place : place + 1]:
            insort(self._deadlines, deadline)

    def _count_due(self, at: datetime) -> tuple[int, int]:
        """How many deadlines have passed or are near. While both numbers stay the same, time alone changes no cell."""
        overdue = bisect_left(self._deadlines, True, key=lambda deadline: not is_overdue(deadline, at))
        due_soon = bisect_left(self._deadlines, True, lo=overdue, key=lambda deadline: not is_due_soon(deadline, at))
        return overdue, due_soon

    def _recount(self, at: datetime) -> None:
        changed = [place for place in self._changed if self._recount_cell(*place, at)]
        self._changed = set()
        for code in {category for _, category in changed}:
            self._lines[code] = self._line(code)
        for owner in {owner for owner, _ in changed} & self._provinces.keys():
            self._provinces[owner] = self._province(owner)

    def _recount_cell(self, owner: str, category: str, at: datetime) -> bool:
        """Count a cell again; return whether it changed."""
        cells = self._cells[category]
        before, now = cells.pop(owner, Cell()), cell_of(self._counts[owner, category].values(), at)
        now = now if now.total else Cell()
        if now.total:
            cells[owner] = now
        self._assignments[category] = exchanged(self._assignments[category], before, now)
        return now != before

    def _line(self, code: str) -> CategoryFigures:
        return figures.category(code, dict(self._cells[code]), self._province_codes, self._assignments[code])

    def _province(self, province: str) -> ProvinceFigures:
        own = {code: cells[province] for code, cells in self._cells.items() if province in cells}
        return ProvinceFigures(province, own)


def cell_of(counts: Iterable[Count], at: datetime) -> Cell:
    """The counts of an owner in a category, as `CELLS_NOW` adds them up."""
    rows = tuple(counts)
    overdue = sum(count.open for count in rows if is_overdue(count.deadline, at))
    due_soon = sum(count.open for count in rows if is_due_soon(count.deadline, at))
    sums = map(sum, zip(*(count[3:] for count in rows), strict=True))
    return Cell._make([*sums, overdue, due_soon])
