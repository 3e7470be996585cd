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


async def bulletin_heads(context: ReadContext) -> list[Any]:
    """The heads of the campaign's bulletins, the last one first."""
    return await rows(
        context.session, queries.BULLETINS, campaign=context.campaign.code, before=None, limit=MOST_BULLETINS
    )


async def baseline(context: ReadContext, bulletins: list[Any], now: datetime) -> Baseline | None:
    """The last bulletin issued by `known_at` whose moment is earlier."""
    known_by = context.moment.known_at or now
    before = (row for row in bulletins if row.as_of < context.moment.as_of and row.issued_at <= known_by)
    if head := next(before, None):
        row = await service.find(context.session, context.campaign, head.number)
        return Baseline(await issued_end(context, row), await _cells(context, service.moment_of(row)))
    day_before = context.moment.as_of - _DAY
    if day_before <= context.campaign.opening:
        return None
    at = Moment(day_before, context.moment.known_at, present=False)
    cells = await _cells(context, at)
    return Baseline(computed_end(context, at, cells), cells)


async def issued_end(context: ReadContext, row: Any) -> End:
    """A bulletin's figures as they were issued; of an early one, which holds less, computed by its two clocks."""
    at = service.moment_of(row)
    if service.is_frozen(row):
        return frozen_end(at, row.number, service.frozen(row, context.lang))
    return computed_end(context, at, await _cells(context, at), row.number)


async def _cells(context: ReadContext, at: Moment) -> Cells:
    return await read_cells(context.session, context.campaign.code, at)
