"""Settled moments: what was recorded up to one of them is all that ever will be.

Whoever answers a moment first stores it, so that nothing is recorded at or before it from then on, and then looks who
is writing. Those alone may still record at or before it; once they have ended, it is settled. Writers wait for nothing.

Only the primary is asked, also where a replica answers: who is writing cannot be seen on a replica.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import text  # noqa: TID251 - a question to the database about itself

from app.concurrency import Batcher
from app.connections import PreparedConnection
from app.db import Database, ReadSession
from app.errors import NotSettled
from app.settings import Settings

RECORDING_MOMENT = "greatest(clock_timestamp(), recording_floor() + interval '1 microsecond')"
"""SQL: the moment at which a statement records, by the database's clock and after every moment that was answered."""

PATIENCE = timedelta(seconds=2)
"""How long an answer waits for the moment asked for, before it takes the last settled one."""
AT_ONCE = timedelta(milliseconds=50)
"""How long it waits when that moment has not come yet."""
POLL = timedelta(milliseconds=5)
SLACK = timedelta(milliseconds=100)
"""How long before its transaction began a writer may have stamped, see `recording_floor()`."""
NEVER = datetime(2000, 1, 1, tzinfo=UTC)

CLAIM = """
update answered_until set moment = greatest(moment, clock_timestamp(), $1)
where what = 'known_at'
returning moment
"""
OPEN_WRITERS = "select xid, since from open_writers()"
OLDEST_WRITER = text("select extract(epoch from clock_timestamp() - min(since))::float8 from open_writers()")

Writers = Mapping[str, datetime | None]
"""By transaction id, since when each is open; None where that may not be seen."""


async def lag(session: ReadSession) -> float:
    """For how many seconds the oldest writer has been open: settled moments reach up to its beginning."""
    return max(await session.scalar(OLDEST_WRITER) or 0.0, 0.0)


class RequestedMoment(NamedTuple):
    """A moment that somebody waits for; the present is claimed even where the database's clock is behind it."""

    moment: datetime
    is_present: bool


@dataclass(frozen=True, slots=True)
class Claim:
    """A moment that nothing new is recorded at or before, and the writers that still may."""

    moment: datetime
    writers: Writers

    def narrowed(self, still_open: Writers) -> "Claim":
        """The same without those that have ended."""
        return Claim(self.moment, {xid: since for xid, since in self.writers.items() if xid in still_open})

    @property
    def settled(self) -> datetime:
        """The latest moment that none of the writers can record at or before."""
        return min([self.moment, *(since - SLACK if since else NEVER for since in self.writers.values())])


def newest_of_each(claims: list[Claim]) -> list[Claim]:
    """The claims that may still settle a moment before the newest does: one for each set of writers."""
    found = {frozenset(claim.writers): claim for claim in claims}
    return sorted(found.values(), key=lambda claim: claim.moment)


class SettledMoments:
    """What a worker knows to be settled, asked of the database on a connection of its own where that is not enough."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._connection = PreparedConnection(database.connector, settings, on_open=self._forget)
        self._claims: list[Claim] = []
        self._settled = NEVER
        self._observations = Batcher(self._observe)

    def is_settled(self, moment: datetime) -> bool:
        """Whether a moment is known to be settled, so that the database need not be asked."""
        return moment <= self._settled

    async def wait_for(self, moment: datetime, patience: timedelta = PATIENCE) -> datetime:
        """The moment once it is settled; the last settled one where that takes too long, or it has not come yet.

        Raises:
            NotSettled: no moment is known to be settled.

        """
        if not self.is_settled(moment):
            claimed = await self._observations.submit(RequestedMoment(moment, is_present=False))
            if moment > claimed + AT_ONCE:
                await self._wait(claimed, AT_ONCE)
            else:
                await self._wait(moment, patience)
        if self._settled == NEVER:
            raise NotSettled
        return min(moment, self._settled)

    async def settle(self, present: datetime, patience: timedelta) -> None:
        """Wait until the present is settled, by whichever clock it was read.

        Raises:
            NotSettled: it takes too long.

        """
        await self._observations.submit(RequestedMoment(present, is_present=True))
        await self._wait(present, patience)
        if self._settled < present:
            raise NotSettled

    async def _wait(self, moment: datetime, patience: timedelta) -> None:
        """Look until the moment is settled or the patience is over."""
        loop = asyncio.get_running_loop()
        until = loop.time() + patience.total_seconds()
        while self._settled < moment and loop.time() < until:
            await asyncio.sleep(POLL.total_seconds())
            await self._observations.submit(RequestedMoment(moment, is_present=False))

    def close(self) -> None:
        self._observations.cancel()
        self._drop()

    async def _observe(self, wanted: list[RequestedMoment]) -> datetime:
        """Look who is writing, having claimed a new moment when one is wanted. Returns the last one claimed."""
        try:
            connection = await self._connection.open()
            if not self._claims or max(wanted).moment > self._claims[-1].moment:
                present = max((one.moment for one in wanted if one.is_present), default=NEVER)
                moment = await connection.fetchval(CLAIM, present, timeout=self._connection.timeout)
                writers = await self._open_writers(connection)
                self._claims.append(Claim(moment, writers))
            else:
                writers = await self._open_writers(connection)
        except BaseException:
            self._drop()
            raise
        self._claims = newest_of_each([claim.narrowed(writers) for claim in self._claims])
        self._settled = max(self._settled, *(claim.settled for claim in self._claims))
        return self._claims[-1].moment

    async def _open_writers(self, connection: Any) -> Writers:
        found = await connection.fetch(OPEN_WRITERS, timeout=self._connection.timeout)
        return {row["xid"]: row["since"] for row in found}

    async def _forget(self, _connection: Any) -> None:
        """What was known goes with the connection: the database may be another incarnation afterwards."""
        self._claims, self._settled = [], NEVER

    def _drop(self) -> None:
        self._connection.drop()
        self._claims, self._settled = [], NEVER
