"""The question that makes a cache exact: is what I hold still all there is to see?"""

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
    """Two equal versions see the same committed transactions in the same minute: lights turn by the clock.

    `tokens` and `catalogue` change much more rarely. All who share a question are told the very same version.
    """

    snapshot: str
    tokens: int
    catalogue: int
    connection: int
    minute: datetime

    def for_good(self) -> "DataVersion":
        """Of an answer that no later transaction changes: it holds while the catalogue and the connection are these."""
        return self._replace(snapshot=ANY_SNAPSHOT, minute=LONG_AGO)

    def holds_at(self, now: "DataVersion") -> bool:
        """Whether what was true at this version is true at a version that was read just now."""
        if self.snapshot == ANY_SNAPSHOT:
            return self.catalogue == now.catalogue and self.connection == now.connection
        return self == now


ANY_SNAPSHOT = "any"
RECENT_SECONDS = 1.0
"""Seconds: the clock goes by the database's own, so it is set at least that often while it is needed."""

READ_VERSION = """
select pg_current_snapshot()::text, clock_timestamp(),
       coalesce(max(number) filter (where what = 'tokens'), 0),
       coalesce(max(number) filter (where what = 'catalogue'), 0)
from revision
"""


class DataVersionMonitor:
    """Asks on a connection of its own, one question at a time, shared by all who wait for it.

    `connections` counts the connections so far: after a crash of PostgreSQL transaction ids can be used again, so
    what was cached before is not comparable. A question has half of the time that a request waits for the database:
    whoever asks during one that is never answered waits for it and for the next one.
    """

    def __init__(self, database: Database, settings: Settings) -> None:
        self._connection = PreparedConnection(database.connector, settings, timeout=settings.pool_timeout / 2)
        self._clock = (LONG_AGO, 0.0)
        self._last = LONG_AGO
        self._lately: DataVersion | None = None
        self._questions = Coalescer(self._ask)

    def version(self) -> Future[DataVersion]:
        """What is visible now: asked after the call, so a write that was acknowledged before it is in it."""
        return self._questions.get()

    def recent(self) -> DataVersion | None:
        """What was visible a moment ago, for whoever lets the database itself see whether it still is."""
        return self._lately if time.monotonic() - self._clock[1] < RECENT_SECONDS else None

    def forget(self) -> None:
        """Ask anew, whatever was said a moment ago."""
        self._lately = None

    def now(self) -> datetime:
        """The database's clock or a little later: what it said last and the time since. Never twice the same."""
        said, heard = self._clock
        self._last = max(said + timedelta(seconds=time.monotonic() - heard), self._last + TICK)
        return self._last

    @property
    def connections(self) -> int:
        return self._connection.count

    async def close(self) -> None:
        self._questions.cancel()
        self._connection.drop()

    async def _ask(self) -> DataVersion:
        try:
            await self._connection.open()
            asked_at = time.monotonic()
            [row] = await self._connection.fetch(READ_VERSION)
        except BaseException:
            self.forget()
            raise
        self._clock = (row[1], asked_at)
        self._lately = DataVersion(row[0], row[2], row[3], self.connections, clock.minute_of(clock.now()))
        return self._lately
