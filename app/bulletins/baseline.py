"""The baseline that a moment is compared with: the bulletin before it, else the same hour of the day before."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.bulletins import queries, service
from app.clock import text
from app.db import rows
from app.progress.answers.cells import read_cells
from app.progress.answers.compare import End, computed_end, frozen_end
from app.progress.answers.context import ReadContext
from app.progress.figures.cell import Cells
from app.progress.figures.moment import Moment

_DAY = timedelta(days=1)
MOST_BULLETINS = 500


@dataclass(frozen=True, slots=True)
class Baseline:
    """A moment's figures, of a bulletin as they were issued; `cells` are those of its two clocks."""

    end: End
    cells: Cells

    @property
    def bulletin(self) -> int | None:
        """Its number, or None for the day before."""
        return self.end.bulletin

    @property
    def moment(self) -> Moment:
        return self.end.moment

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
    if head := next(before, None):
        row = await service.find(view.session, view.campaign, head.number)
        return Baseline(await issued_end(view, row), await _cells(view, clocks(row)))
    day_before = view.moment.as_of - _DAY
    if day_before <= view.campaign.opening:
        return None
    at = Moment(day_before, view.moment.known_at, present=False)
    cells = await _cells(view, at)
    return Baseline(computed_end(view, at, cells), cells)


async def issued_end(view: ReadContext, row: Any) -> End:
    """A bulletin's figures as they were issued; of an early one, which holds less, those of its two clocks."""
    at = clocks(row)
    if service.is_frozen(row):
        return frozen_end(at, row.number, service.frozen(row, view.lang))
    return computed_end(view, at, await _cells(view, at), row.number)


def clocks(row: Any) -> Moment:
    """The moment of a bulletin."""
    return Moment(row.as_of, row.known_at, present=False)


async def _cells(view: ReadContext, at: Moment) -> Cells:
    return await read_cells(view.session, view.campaign.code, at)
