"""Tells whether anything was committed since a value was cached, by comparing PostgreSQL snapshots."""

import time
from asyncio import Future
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app import clock
from app.concurrency import Coalescer
from app.connections import PreparedConnection
from app.db import Database
from app.settings import Settings

TICK = timedelta(microseconds=1)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


class DataVersion(NamedTuple):
    """Two equal versions see the same committed transactions in the same minute: lights also change with time.

    `tokens` and `catalogue` are revisions, which change much more rarely. Callers that share a query get one version.
    """

    snapshot: str
    tokens: int
    catalogue: int
    connection: int
    minute: datetime

    def for_good(self) -> "DataVersion":
        """The version of an answer that no later transaction changes, only the catalogue or another connection."""
        return self._replace(snapshot=ANY_SNAPSHOT, minute=LONG_AGO)

    def holds_at(self, now: "DataVersion") -> bool:
        """Whether what was true at this version is true at a version that was read just now."""
        if self.snapshot == ANY_SNAPSHOT:
            return self.catalogue == now.catalogue and self.connection == now.connection
        return self == now


ANY_SNAPSHOT = "any"
RECENT_SECONDS = 1.0
"""Seconds for which a version and the copy of the database's clock are used without asking again."""

READ_VERSION = """
select pg_current_snapshot()::text, clock_timestamp(),
       coalesce(max(number) filter (where what = 'tokens'), 0),
       coalesce(max(number) filter (where what = 'catalogue'), 0)
from revision
"""


class DataVersionMonitor:
    """Reads versions on a connection of its own, one query at a time, shared by all callers that wait for it.

    `connections` counts the connections so far: after a crash of PostgreSQL transaction ids can be used again, so
    what was cached before is not comparable. A query has half of the time that a request waits for the database:
    whoever asks while one is never answered waits for it and for the next one.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._connection = PreparedConnection(database.connector, settings, timeout=settings.pool_timeout / 2)
        self._clock = (LONG_AGO, 0.0)
        self._last = LONG_AGO
        self._recent: DataVersion | None = None
        self._queries = Coalescer(self._read)

    def version(self) -> Future[DataVersion]:
        """What is visible now: read after the call, so it includes every write that was acknowledged before."""
        return self._queries.get()

    def recent(self) -> DataVersion | None:
        """What was visible within the last second, for callers whose statement compares it with the present itself."""
        return self._recent if time.monotonic() - self._clock[1] < RECENT_SECONDS else None

    def forget(self) -> None:
        """Let `recent` return nothing until the next query."""
        self._recent = None

    def now(self) -> datetime:
        """The database's clock or a little later: its last reading and the time since. Never the same twice."""
        reading, read_at = self._clock
        self._last = max(reading + timedelta(seconds=time.monotonic() - read_at), self._last + TICK)
        return self._last

    @property
    def connections(self) -> int:
        return self._connection.count

    async def close(self) -> None:
        self._queries.cancel()
        self._connection.drop()

    async def _read(self) -> DataVersion:
        try:
            await self._connection.open()
            asked_at = time.monotonic()
            [row] = await self._connection.fetch(READ_VERSION)
        except BaseException:
            self.forget()
            self._connection.drop()  # tables that are away may come back as others, with tokens that nobody has
            raise
        self._clock = (row[1], asked_at)
        self._recent = DataVersion(row[0], row[2], row[3], self.connections, clock.minute_of(clock.now()))
        return self._recent
