"""The figures of the present, moved count by count. Pure."""

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from app.catalogue.catalogue import Catalogue
from app.progress.figures import figures
from app.progress.figures.cell import Cell
from app.progress.figures.figures import CategoryFigures, Figures, ProvinceFigures

SOON = timedelta(hours=48)


class Count(NamedTuple):
    """A row of the tally. What it counts stands in the order of a cell."""

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
    """The figures of one campaign. Those that nothing has moved stay the same objects, with all that hangs on them."""

    def __init__(self, catalogue: Catalogue, campaign: str, counts: Iterable[Count]) -> None:
        self._codes = [category.code for category in catalogue.categories_of(campaign)]
        self._province_codes = [province.code for province in catalogue.provinces]
        self._category_of = {task.code: code for code in self._codes for task in catalogue.tasks_of(code)}
        self._counts: dict[tuple[str, str], dict[tuple[str, datetime | None], Count]] = defaultdict(dict)
        self._cells: dict[str, dict[str, Cell]] = {code: {} for code in self._codes}
        self._lines = {code: self._line(code) for code in self._codes}
        self._standings = {code: self._standing(code) for code in self._province_codes}
        self._deadlines: list[datetime] = []
        self._turned: tuple[int, int] | None = None
        self._moved: set[tuple[str, str]] = set()
        self.take(counts)

    def take(self, counts: Iterable[Count]) -> None:
        """Take counts as they are now."""
        for count in counts:
            category = self._category_of.get(count.task)
            if category is not None:
                self._counts[count.owner, category][count.task, count.deadline] = count
                self._moved.add((count.owner, category))
                self._note(count.deadline)

    def figures(self, at: datetime) -> Figures:
        """All figures at a moment that nothing recorded lies behind."""
        turned = self._turned_by(at)
        if turned != self._turned:
            self._turned, self._moved = turned, set(self._counts)
        if self._moved:
            self._recount(at)
        return Figures(list(self._lines.values()), list(self._standings.values()))

    def _note(self, deadline: datetime | None) -> None:
        place = bisect_left(self._deadlines, deadline) if deadline else 0
        if deadline and deadline not in self._deadlines[place : place + 1]:
            insort(self._deadlines, deadline)

    def _turned_by(self, at: datetime) -> tuple[int, int]:
        """How many deadlines have passed, and how many have come near: while neither moves, time turns no cell."""
        return bisect_left(self._deadlines, at), bisect_right(self._deadlines, at + SOON)

    def _recount(self, at: datetime) -> None:
        moved = [place for place in self._moved if self._recounted(*place, at)]
        self._moved = set()
        for code in {category for _, category in moved}:
            self._lines[code] = self._line(code)
        for owner in {owner for owner, _ in moved} & self._standings.keys():
            self._standings[owner] = self._standing(owner)

    def _recounted(self, owner: str, category: str, at: datetime) -> bool:
        """Whether a cell is another one now."""
        cells = self._cells[category]
        before, now = cells.pop(owner, None), cell_of(self._counts[owner, category].values(), at)
        if now.total:
            cells[owner] = now
        return now != before if now.total else before is not None

    def _line(self, code: str) -> CategoryFigures:
        return figures.category(code, dict(self._cells[code]), self._province_codes)

    def _standing(self, province: str) -> ProvinceFigures:
        own = {code: cells[province] for code, cells in self._cells.items() if province in cells}
        return ProvinceFigures(province, own)


def cell_of(counts: Iterable[Count], at: datetime) -> Cell:
    """The counts of an owner in a category, as `CELLS_NOW` adds them up."""
    those = tuple(counts)
    soon = at + SOON
    overdue = sum(count.open for count in those if count.deadline and count.deadline < at)
    due_soon = sum(count.open for count in those if count.deadline and at <= count.deadline <= soon)
    sums = map(sum, zip(*(count[3:] for count in those), strict=True))
    return Cell._make([*sums, overdue, due_soon])
