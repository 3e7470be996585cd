"""The counts of the present as a worker holds them, brought up to date in one round trip."""

from datetime import datetime
from typing import Any

import asyncpg

from app import clock
from app.catalogue.catalogue import Catalogue
from app.catalogue.catalogues import Catalogues
from app.concurrency import Coalescer
from app.data_version import DataVersion, DataVersionMonitor
from app.db import READ_ONLY_SETTINGS, Database, asyncpg_arguments
from app.language import Language
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import Figures
from app.progress.figures.moment import Moment
from app.progress.moments import campaign_asked
from app.progress.present.current_figures import Count, CurrentFigures
from app.settings import Settings

# One statement sees one snapshot, and says which. A row written by a transaction that an earlier snapshot had not seen
# bears that transaction's id, which is not below that snapshot's `xmin`: whoever wrote it, and however. The ids of rows
# have 32 bits; `age` compares them rightly unless two thousand million transactions lie between.
REFRESH = """
with present as materialized (
    select pg_current_snapshot()::text,
           coalesce((select number from revision where what = 'tokens'), 0),
           coalesce((select number from revision where what = 'catalogue'), 0),
           greatest((select max(last_recorded_at) from last_report), (select max(at) from obstacle_event),
                    max(last_created_at)),
           count(*)
    from tally
)
select present.*, moved.*
from present
left join (
    select owner, task, nullif(deadline, 'infinity'), total, in_progress, blocked, returned,
           completed, verified, late
    from tally
    where age(xmin) <= (select coalesce(age(pg_snapshot_xmin($1::text::pg_snapshot)::xid), 2147483647))
) moved on true
"""
COMPARABLE = 1 << 30


class CountCache:
    """The counts at a version, and the ledgers that were opened of them."""

    version: DataVersion
    newest: datetime | None

    def __init__(self) -> None:
        self.snapshot: str | None = None
        self._counts: dict[tuple[Any, ...], Count] = {}
        self._catalogue: Catalogue | None = None
        self._ledgers: dict[str, CurrentFigures] = {}

    def take(self, rows: list[Any], connection: int) -> bool:
        """What moved; False where that is not enough, because rows are gone or too much time has passed."""
        snapshot, tokens, catalogue, self.newest, count = rows[0][:5]
        is_comparable = _are_comparable(self.snapshot, snapshot)
        self._move([Count(*row[5:]) for row in rows if row[5] is not None])
        self.snapshot = snapshot
        self.version = DataVersion(snapshot, tokens, catalogue, connection, clock.minute_of(clock.now()))
        return is_comparable and len(self._counts) == count

    def _move(self, moved: list[Count]) -> None:
        self._counts.update((count[:3], count) for count in moved)
        for ledger in self._ledgers.values():
            ledger.take(moved)

    def ledger(self, catalogue: Catalogue, campaign: str) -> CurrentFigures:
        if catalogue is not self._catalogue:
            self._catalogue, self._ledgers = catalogue, {}
        if campaign not in self._ledgers:
            self._ledgers[campaign] = CurrentFigures(catalogue, campaign, self._counts.values())
        return self._ledgers[campaign]


def _are_comparable(before: str | None, now: str) -> bool:
    return before is None or int(now.split(":")[1]) - int(before.split(":")[0]) < COMPARABLE


class CurrentCounts:
    """Asks on a connection of its own, one refresh at a time, shared by all who wait for it.

    What is held is forgotten with the connection: after a crash of PostgreSQL transaction ids can be used again.
    """

    def __init__(
        self, database: Database, settings: Settings, versions: DataVersionMonitor, catalogues: Catalogues
    ) -> None:
        self._arguments = asyncpg_arguments(database.url, settings)
        self._arguments["server_settings"] |= READ_ONLY_SETTINGS
        self._versions = versions
        self._catalogues = catalogues
        self._connection: Any = None
        self._held = CountCache()
        self._refreshes = Coalescer(self._refresh)

    async def figures(self, campaign: str | None, lang: Language) -> tuple[DataVersion, FigureContext, Figures]:
        """The present figures of a campaign, asked after the call, and the version at which they are true."""
        held, catalogue = await self._refreshed()
        asked = campaign_asked(catalogue, campaign, clock.now())
        minute, newest = held.version.minute, held.newest
        moment = Moment(max(minute, newest) if newest else minute, None, present=True)
        found = held.ledger(catalogue, asked.code).figures(moment.as_of)
        return held.version, FigureContext(catalogue, asked, moment, lang), found

    async def close(self) -> None:
        self._refreshes.cancel()
        self._drop()

    async def _refreshed(self) -> tuple[CountCache, Catalogue]:
        """The counts of now, of the same time as the catalogue."""
        held = await self._refreshes.get()
        while (catalogue := self._catalogues.held(held.version)) is None:
            await self._catalogues.at(held.version)
            held = await self._refreshes.get()
        return held, catalogue

    async def _refresh(self) -> CountCache:
        try:
            if not await self._is_whole():
                self._held = CountCache()
                await self._is_whole()
        except BaseException:
            self._drop()
            raise
        return self._held

    async def _is_whole(self) -> bool:
        connection = self._versions.connections  # before asking: an answer never seems newer than it is
        if self._connection is None:
            await self._connect()
        return self._held.take(await self._statement.fetch(self._held.snapshot), connection)

    async def _connect(self) -> None:
        self._connection = await asyncpg.connect(**self._arguments)
        self._statement = await self._connection.prepare(REFRESH)

    def _drop(self) -> None:
        """Whoever was told of what was held may go on with it; the next refresh starts anew."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection, self._held = None, CountCache()
