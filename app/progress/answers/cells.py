"""Reading the cells of a moment: from the tally, from the projection of the past, or from the history."""

from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.progress import queries
from app.progress.figures.cell import Cell, Cells
from app.progress.figures.moment import Moment
from app.progress.past import past_queries, transitions


async def read_cells(session: AsyncSession, campaign: str, moment: Moment, owner: str | None = None) -> Cells:
    """The cells of a campaign at a moment."""
    found = await _read(session, moment, {"campaign": campaign, "owner": owner})
    return {row[:2]: Cell(*row[2:]) for row in found}  # owner and category, then the counts


async def _read(session: AsyncSession, moment: Moment, parameters: dict[str, object]) -> list[Any]:
    """From the tally for the present, from transitions for the past, else from the history."""
    if moment.present:
        return await rows(session, queries.CELLS_NOW, **parameters, as_of=moment.as_of)
    past = None if moment.known_at else await transitions.past(session, moment.as_of)
    if past is None:
        return await rows(session, queries.CELLS_THEN, **parameters, **moment.clocks)
    query = past_queries.CELLS_WITH_PENDING if past.has_pending else past_queries.CELLS_PROJECTED
    return await rows(session, query, **parameters, **past.parameters)
