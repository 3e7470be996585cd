"""The baseline that a moment is compared with: the bulletin before it, else the same hour of the day before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.bulletins import queries
from app.clock import text
from app.db import rows
from app.progress.answers.cells import read_cells
from app.progress.answers.context import ReadContext
from app.progress.figures.cell import Cells
from app.progress.figures.moment import Moment

_DAY = timedelta(days=1)
MOST_BULLETINS = 500


@dataclass(frozen=True, slots=True)
class Baseline:
    """A moment by both clocks; `bulletin` is its number, or None for the day before."""

    bulletin: int | None
    moment: Moment
    cells: Cells

    def head(self) -> dict[str, Any]:
        known_at = self.moment.known_at
        return {
            "bulletin": self.bulletin,
            "as_of": text(self.moment.as_of),
            "known_at": text(known_at) if known_at else None,
        }


async def issued(view: ReadContext) -> list[Any]:
    """The heads of the campaign's bulletins, the last one first."""
    return await rows(view.session, queries.BULLETINS, campaign=view.campaign.code, before=None, limit=MOST_BULLETINS)


async def baseline(view: ReadContext, bulletins: list[Any], now: datetime) -> Baseline | None:
    """The last bulletin issued by `known_at` whose moment is earlier."""
    known_by = view.moment.known_at or now
    before = (row for row in bulletins if row.as_of < view.moment.as_of and row.issued_at <= known_by)
    if row := next(before, None):
        return await _baseline(view, row.number, Moment(row.as_of, row.issued_at, present=False))
    day_before = view.moment.as_of - _DAY
    if day_before <= view.campaign.opening:
        return None
    return await _baseline(view, None, Moment(day_before, view.moment.known_at, present=False))


async def _baseline(view: ReadContext, number: int | None, at: Moment) -> Baseline:
    return Baseline(number, at, await read_cells(view.session, view.campaign.code, at))
