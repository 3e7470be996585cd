"""Counts of one owner's assignments by status in one category, from which all figures are computed. Pure."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple


class Cell(NamedTuple):
    """Counts of applicable assignments. `late`: complete, but only since after the deadline."""

    total: int = 0
    in_progress: int = 0
    blocked: int = 0
    returned: int = 0
    completed: int = 0
    verified: int = 0
    late: int = 0
    overdue: int = 0
    due_soon: int = 0

    @property
    def complete(self) -> int:
        return self.completed + self.verified

    @property
    def on_time(self) -> int:
        return self.complete - self.late

    @property
    def not_started(self) -> int:
        return self.total - self.complete - self.in_progress - self.blocked - self.returned

    @property
    def state(self) -> str:
        """The state of an owner in a category: the worst of its assignments."""
        complete = self.complete
        if complete == self.total:
            return "completed"
        if self.blocked:
            return "blocked"
        return "in_progress" if complete or self.in_progress or self.returned else "not_started"

    @property
    def all_verified(self) -> bool:
        return self.verified == self.total


Cells = Mapping[tuple[str, str], Cell]
"""By owner and category. There is no cell where nothing applies."""


def total(cells: Iterable[Cell]) -> Cell:
    """The sum of cells."""
    return Cell(*map(sum, zip(*cells, strict=True)))


def exchanged(whole: Cell, before: Cell, now: Cell) -> Cell:
    """A sum in which one cell has changed."""
    return Cell(*(count - old + new for count, old, new in zip(whole, before, now, strict=True)))
