"""The figures of a past moment from one query, where every committed report is projected."""

from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.catalogue.catalogue import Campaign, Catalogue
from app.catalogue.catalogues import Catalogues
from app.data_version import DataVersion, DataVersionMonitor
from app.db import Database, statement_limit
from app.language import Language
from app.progress.figures.cell import Cell, Cells
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import Figures, of_cells
from app.progress.figures.moment import Moment
from app.progress.moments import campaign_asked
from app.progress.past import balances, past_queries
from app.updates import feed


class PastCells(NamedTuple):
    """The cells of a past moment, None where some reports are pending, and the version that they belong to."""

    version: DataVersion
    cells: Cells | None


class PastFigures:
    """Looks up past moments. Where reports are pending, only a reader with a session can add them."""

    def __init__(self, database: Database, versions: DataVersionMonitor, catalogues: Catalogues) -> None:
        self._database = database
        self._versions = versions
        self._catalogues = catalogues

    async def figures(
        self, campaign: str | None, lang: Language, as_of: datetime
    ) -> tuple[DataVersion, FigureContext, Figures] | None:
        """The figures of a campaign, and the version at which they are true; None where they are not projected."""
        catalogue, asked, projected = await self._with_catalogue(campaign, as_of)
        if projected.cells is None:
            return None
        context = FigureContext(catalogue, asked, Moment(as_of, None, present=False), lang)
        figures = of_cells(projected.cells, context.category_codes, context.province_codes)
        return projected.version, context, figures

    async def _with_catalogue(self, campaign: str | None, as_of: datetime) -> tuple[Catalogue, Campaign, PastCells]:
        """The cells, and the catalogue and campaign whose they are, all of the same version."""
        version = self._versions.recent() or await self._versions.version()
        while True:
            catalogue = await self._catalogues.at(version)
            asked = campaign_asked(catalogue, campaign, clock.now())
            projected = await self._projected(asked.code, as_of)
            version = projected.version
            if self._catalogues.cached(version) is catalogue:
                return catalogue, asked, projected

    async def _projected(self, campaign: str, until: datetime) -> PastCells:
        connection = self._versions.connections  # read first, so that an answer never seems newer than it is
        begin = balances.nearest_to(until, balances.today(clock.now()))
        asked = {**begin, "until": until, "as_of": until, "campaign": campaign, "owner": None}
        anonymous = statement_limit.get() is not None
        mark = (await self._database.fetch_autocommit(past_queries.CELLS_AT_ONCE, anonymous=anonymous, **asked))[0]
        minute = clock.minute_of(clock.now())
        version = DataVersion(mark.snapshot, mark.tokens, mark.catalogue, connection, minute)
        now = feed.head_from(mark)
        is_projected = mark.is_projected and now is not None and now.incarnation == mark.incarnation and until < minute
        return PastCells(version, _cells(mark) if is_projected else None)


def _cells(row: Any) -> Cells:
    """The cells, which arrive as one array for each column."""
    owners, categories, *counts = (getattr(row, column) or () for column in past_queries.CELL)
    return dict(zip(zip(owners, categories, strict=True), map(Cell, *counts), strict=True))
