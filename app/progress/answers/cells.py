"""Reading the cells of a moment: from the tally, from the projection of the past, or from the history."""

from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.progress import queries
from app.progress.figures.cell import Cell, Cells
from app.progress.figures.moment import Moment
from app.progress.past.sources import source


async def read_cells(session: AsyncSession, campaign: str, moment: Moment, owner: str | None = None) -> Cells:
    """The cells of a campaign at a moment."""
    found = await _read(session, moment, {"campaign": campaign, "owner": owner})
    return {row[:2]: Cell(*row[2:]) for row in found}  # owner and category, then the counts


async def read_cells_by_cause(
    session: AsyncSession, campaign: str, as_of: datetime, *, known_at: datetime, applied_by: datetime, due_by: datetime
) -> Cells:
    """The cells by the reports known at one moment, beside what applied and what was due as known at others."""
    clocks = {"as_of": as_of, "known_at": known_at, "applied_by": applied_by, "due_by": due_by}
    found = await rows(session, queries.CELLS_BY_CAUSE, campaign=campaign, **clocks)
    return {row[:2]: Cell(*row[2:]) for row in found}


async def _read(session: AsyncSession, moment: Moment, parameters: dict[str, object]) -> list[Any]:
    """From the tally for the present, from sums for the past, else from the history."""
    if moment.present:
        return await rows(session, queries.CELLS_NOW, **parameters, as_of=moment.as_of)
    found = await source(session, str(parameters["campaign"]), moment)
    if found is None:
        return await rows(session, queries.CELLS_THEN, **parameters, **moment.clocks)
    return await rows(session, found.cells, **parameters, **found.parameters)
