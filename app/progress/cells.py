"""How many assignments of each owner stand where in each category, at a moment: what all figures are made of."""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.progress import past_queries, queries, turns
from app.progress.moments import Moment


class Cell(NamedTuple):
    """Counts of applicable assignments. `late`: complete, but the run of complete statuses began past the deadline."""

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
        """The state of an owner in a category, by the worst that is in it."""
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
"""By owner and category; where nothing applies there is no cell."""


def total(cells: Iterable[Cell]) -> Cell:
    """The sum of cells."""
    return Cell(*map(sum, zip(*cells, strict=True)))


async def read_cells(session: AsyncSession, campaign: str, moment: Moment, owner: str | None = None) -> Cells:
    """The cells of a campaign at a moment."""
    found = await _counted(session, moment, {"campaign": campaign, "owner": owner})
    return {row[:2]: Cell(*row[2:]) for row in found}  # owner and category, then the counts


async def _counted(session: AsyncSession, moment: Moment, parameters: dict[str, object]) -> list[Any]:
    """From the kept counts for the present, from the turns for the past, else from the history."""
    if moment.present:
        return await rows(session, queries.CELLS_NOW, **parameters, as_of=moment.as_of)
    past = None if moment.known_at else await turns.past(session, moment.as_of)
    if past is None:
        return await rows(session, queries.CELLS_THEN, **parameters, **moment.clocks)
    query = past_queries.CELLS_UNTOLD if past.untold else past_queries.CELLS_TOLD
    return await rows(session, query, **parameters, **past.parameters)
