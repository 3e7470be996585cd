"""The figures of a past moment in one question, where the turns tell all that was committed."""

from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.catalogue.catalogue import Catalogue, Catalogues
from app.db import Database
from app.language import Language
from app.progress import balances, figures, past_queries
from app.progress.cells import Cell, Cells
from app.progress.ledger import Figures
from app.progress.moments import Moment, campaign_asked
from app.progress.view import Scene
from app.snapshot import Version, Watch
from app.updates import feed


class Told(NamedTuple):
    """What the turns tell of a moment; None where they do not tell all of it."""

    version: Version
    cells: Cells | None


class Archive:
    """Looks up past moments. What the turns do not tell yet takes a session, which completes them in passing."""

    def __init__(self, database: Database, watch: Watch, catalogues: Catalogues) -> None:
        self._database = database
        self._watch = watch
        self._catalogues = catalogues

    async def scene(
        self, campaign: str | None, lang: Language, as_of: datetime
    ) -> tuple[Version, Scene, Figures] | None:
        """The figures of a campaign, and the version at which they are true; None where they are not told."""
        catalogue, told = await self._of_one_time(campaign, as_of)
        if told.cells is None:
            return None
        asked = campaign_asked(catalogue, campaign, clock.now())
        scene = Scene(catalogue, asked, Moment(as_of, None, present=False), lang)
        those = told.cells, scene.category_codes, scene.province_codes
        return told.version, scene, Figures(figures.categories(*those), figures.provinces(*those))

    async def _of_one_time(self, campaign: str | None, as_of: datetime) -> tuple[Catalogue, Told]:
        """What is told, and the catalogue as it was when it was told."""
        version = self._watch.lately() or await self._watch.version()
        while True:
            catalogue = await self._catalogues.at(version)
            told = await self._told(campaign_asked(catalogue, campaign, clock.now()).code, as_of)
            version = told.version
            if self._catalogues.held(version) is catalogue:
                return catalogue, told

    async def _told(self, campaign: str, until: datetime) -> Told:
        connection = self._watch.connections  # before asking: an answer never seems newer than it is
        begin = balances.nearest_to(until, balances.today(clock.now()))
        asked = {**begin, "until": until, "campaign": campaign, "owner": None}
        mark = (await self._database.glance(past_queries.CELLS_AT_ONCE, **asked))[0]
        minute = clock.minute_of(clock.now())
        version = Version(mark.snapshot, mark.tokens, mark.catalogue, connection, minute)
        now = feed.present_of(mark)
        is_told = mark.is_told and now is not None and now.life == mark.life and until < minute
        return Told(version, _cells(mark) if is_told else None)


def _cells(row: Any) -> Cells:
    """The cells, sent column by column."""
    owners, categories, *counts = (getattr(row, column) or () for column in past_queries.CELL)
    return dict(zip(zip(owners, categories, strict=True), map(Cell, *counts), strict=True))
