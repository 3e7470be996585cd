"""The figures of a past moment in one question, where the transitions tell all that was committed."""

from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.catalogue.catalogue import Catalogue
from app.catalogue.catalogues import Catalogues
from app.data_version import DataVersion, DataVersionMonitor
from app.db import Database
from app.language import Language
from app.progress.figures import figures
from app.progress.figures.cell import Cell, Cells
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import Figures
from app.progress.figures.moment import Moment
from app.progress.moments import campaign_asked
from app.progress.past import balances, past_queries
from app.updates import feed


class PastCells(NamedTuple):
    """What the transitions tell of a moment; None where they do not tell all of it."""

    version: DataVersion
    cells: Cells | None


class PastFigures:
    """Looks up past moments. What the transitions do not tell yet takes a session, which completes them in passing."""

    def __init__(self, database: Database, versions: DataVersionMonitor, catalogues: Catalogues) -> None:
        self._database = database
        self._versions = versions
        self._catalogues = catalogues

    async def figures(
        self, campaign: str | None, lang: Language, as_of: datetime
    ) -> tuple[DataVersion, FigureContext, Figures] | None:
        """The figures of a campaign, and the version at which they are true; None where they are not projected."""
        catalogue, projected = await self._of_one_time(campaign, as_of)
        if projected.cells is None:
            return None
        asked = campaign_asked(catalogue, campaign, clock.now())
        context = FigureContext(catalogue, asked, Moment(as_of, None, present=False), lang)
        those = projected.cells, context.category_codes, context.province_codes
        return projected.version, context, Figures(figures.categories(*those), figures.provinces(*those))

    async def _of_one_time(self, campaign: str | None, as_of: datetime) -> tuple[Catalogue, PastCells]:
        """What is projected, and the catalogue as it was when it was projected."""
        version = self._versions.recent() or await self._versions.version()
        while True:
            catalogue = await self._catalogues.at(version)
            projected = await self._told(campaign_asked(catalogue, campaign, clock.now()).code, as_of)
            version = projected.version
            if self._catalogues.held(version) is catalogue:
                return catalogue, projected

    async def _told(self, campaign: str, until: datetime) -> PastCells:
        connection = self._versions.connections  # before asking: an answer never seems newer than it is
        begin = balances.nearest_to(until, balances.today(clock.now()))
        asked = {**begin, "until": until, "campaign": campaign, "owner": None}
        mark = (await self._database.fetch_autocommit(past_queries.CELLS_AT_ONCE, **asked))[0]
        minute = clock.minute_of(clock.now())
        version = DataVersion(mark.snapshot, mark.tokens, mark.catalogue, connection, minute)
        now = feed.head_from(mark)
        is_projected = mark.is_projected and now is not None and now.incarnation == mark.incarnation and until < minute
        return PastCells(version, _cells(mark) if is_projected else None)


def _cells(row: Any) -> Cells:
    """The cells, sent column by column."""
    owners, categories, *counts = (getattr(row, column) or () for column in past_queries.CELL)
    return dict(zip(zip(owners, categories, strict=True), map(Cell, *counts), strict=True))
