"""A worker's copy of the tally, brought up to date in one round trip."""

from datetime import datetime
from typing import Any

from app import clock
from app.catalogue.catalogue import Catalogue
from app.catalogue.catalogues import Catalogues
from app.concurrency import Coalescer
from app.connections import PreparedConnection
from app.data_version import DataVersion, DataVersionMonitor
from app.db import READ_ONLY_SETTINGS, Database
from app.language import Language
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import Figures
from app.progress.figures.moment import Moment
from app.progress.moments import campaign_asked
from app.progress.present.count_queries import REFRESH
from app.progress.present.current_figures import Count, CurrentFigures
from app.settings import Settings

COMPARABLE = 1 << 30


class CountCache:
    """The counts at a version, and the figures of each campaign that were computed from them."""

    version: DataVersion
    newest: datetime | None

    def __init__(self) -> None:
        self.snapshot: str | None = None
        self._counts: dict[tuple[Any, ...], Count] = {}
        self._catalogue: Catalogue | None = None
        self._figures: dict[str, CurrentFigures] = {}

    def update(self, rows: list[Any], connection: int) -> bool:
        """Apply the changed rows; False where they do not suffice: rows were removed, or the copy is too old."""
        snapshot, tokens, catalogue, self.newest, count = rows[0][:5]
        is_comparable = are_comparable(self.snapshot, snapshot)
        self._apply([Count(*row[5:]) for row in rows if row[5] is not None])
        self.snapshot = snapshot
        self.version = DataVersion(snapshot, tokens, catalogue, connection, clock.minute_of(clock.now()))
        return is_comparable and len(self._counts) == count

    def _apply(self, changed: list[Count]) -> None:
        self._counts.update((count[:3], count) for count in changed)
        for figures in self._figures.values():
            figures.update(changed)

    def figures_of(self, catalogue: Catalogue, campaign: str) -> CurrentFigures:
        if catalogue is not self._catalogue:
            self._catalogue, self._figures = catalogue, {}
        if campaign not in self._figures:
            self._figures[campaign] = CurrentFigures(catalogue, campaign, self._counts.values())
        return self._figures[campaign]


def are_comparable(before: str | None, now: str) -> bool:
    return before is None or int(now.split(":")[1]) - int(before.split(":")[0]) < COMPARABLE


class CurrentCounts:
    """Reads on a connection of its own. Callers that wait share one refresh at a time.

    The copy is dropped with the connection: after a crash of PostgreSQL transaction ids can be used again.
    """

    def __init__(
        self, database: Database, settings: Settings, versions: DataVersionMonitor, catalogues: Catalogues
    ) -> None:
        self._connection = PreparedConnection(
            database.connector, settings, on_open=self._forget, server_settings=READ_ONLY_SETTINGS
        )
        self._versions = versions
        self._catalogues = catalogues
        self._cache = CountCache()
        self._refreshes = Coalescer(self._refresh)

    async def figures(self, campaign: str | None, lang: Language) -> tuple[DataVersion, FigureContext, Figures]:
        """The present figures of a campaign, read after the call, and the version that they belong to."""
        cache, catalogue = await self._refreshed()
        asked = campaign_asked(catalogue, campaign, clock.now())
        minute, newest = cache.version.minute, cache.newest
        moment = Moment(max(minute, newest) if newest else minute, None, present=True)
        found = cache.figures_of(catalogue, asked.code).figures(moment.as_of)
        return cache.version, FigureContext(catalogue, asked, moment, lang), found

    async def close(self) -> None:
        self._refreshes.cancel()
        self._drop()

    async def _refreshed(self) -> tuple[CountCache, Catalogue]:
        """The present counts and the catalogue, both of the same version."""
        cache = await self._refreshes.get()
        while (catalogue := self._catalogues.cached(cache.version)) is None:
            await self._catalogues.at(cache.version)
            cache = await self._refreshes.get()
        return cache, catalogue

    async def _refresh(self) -> CountCache:
        try:
            if not await self._update():
                self._cache = CountCache()
                await self._update()
        except BaseException:
            self._drop()
            raise
        return self._cache

    async def _update(self) -> bool:
        """Bring the copy up to date; False where it has to be read whole."""
        connection = self._versions.connections  # read first, so that an answer never seems newer than it is
        await self._connection.open()
        cache = self._cache
        changed = await self._connection.fetch(REFRESH, cache.snapshot)
        return cache is self._cache and cache.update(changed, connection)

    async def _forget(self, _connection: Any) -> None:
        self._cache = CountCache()

    def _drop(self) -> None:
        """Callers may go on using the old copy; the next refresh reads everything."""
        self._connection.drop()
        self._cache = CountCache()
