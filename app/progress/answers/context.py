"""What an answer is made from: the campaign, moment and language, the cells of that moment, and a database session."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.ids import highest_at
from app.progress import queries
from app.progress.figures.cell import Cells
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import Figures, of_cells


@dataclass(frozen=True)
class ReadContext(FigureContext):
    """A context with the cells of its moment, and the database session for everything else."""

    session: AsyncSession
    cells: Cells

    @cached_property
    def figures(self) -> Figures:
        return of_cells(self.cells, self.category_codes, self.province_codes)

    async def last_reports(self, owners: list[str]) -> dict[str, datetime]:
        """When each owner last reported, as of this moment."""
        found = await rows(
            self.session, queries.LAST_REPORTS, owners=owners, reported_by=highest_at(self.moment.reported_by)
        )
        return {row.owner: row.recorded_at for row in found}
