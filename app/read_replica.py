"""A streaming replica that answers readers, where it has everything that was acknowledged before their question.

The primary says how far its log reached after the question came; a connection to the replica is used once that much
has been replayed there, looked at on this very connection, because there may be several servers behind one address.
"""

import asyncio
import math
import time
from contextlib import suppress
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.concurrency import Coalescer
from app.connections import Connector, PreparedConnection
from app.database_errors import from_database, says, sqlstate
from app.errors import Misconfigured, OtherSchema, Unavailable
from app.logs import log
from app.metrics import REPLICA_READS
from app.settings import Settings

PATIENCE = 0.1
"""Seconds that a reader waits for the replica before it goes to the primary."""
POLL = 0.002
ANSWERS_WITHIN = 1.0
"""Seconds in which the replica takes a connection, and answers how far it is."""
AVOIDED_SECONDS = 1.0
"""After it was lost or behind, so long everyone goes to the primary; then one reader tries it again."""

_TOOK_TOO_LONG = "57014"
"""A question that took longer than it may, and would on the primary too. What the replay ends has another code."""

# A promoted replica, or a copy of the files, has a new timeline; a restored dump gives the tables new numbers.
FINGERPRINT = """concat_ws('-',
    (select system_identifier from pg_control_system()),
    (select oid from pg_database where datname = current_database()),
    'status_update'::regclass::oid,
    left(pg_walfile_name(pg_current_wal_lsn()), 8))"""

# What was acknowledged had been flushed, unless somebody asked for less.
POSITION = f"""
select case current_setting('synchronous_commit') when 'off' then pg_current_wal_insert_lsn()
       else pg_current_wal_flush_lsn() end::text as position,
       fingerprint
from incarnation where fingerprint = case when pg_is_in_recovery() then null else {FINGERPRINT} end
"""

# The position is read after the snapshot of this statement and before that of the next one. Another timeline has
# positions of its own, so the replica has to have seen this incarnation begin, and no later one.
LOOK = """
select pg_wal_lsn_diff($1::text::pg_lsn, pg_last_wal_replay_lsn())::float8 as behind,
       pg_is_in_recovery()
       and (select system_identifier from pg_control_system())::text = split_part($2, '-', 1)
       and (select timeline_id from pg_control_checkpoint()) <= ('x' || split_part($2, '-', 4))::bit(32)::int
       and (select fingerprint from incarnation order by began_at desc limit 1) = $2 as is_ours,
       set_config('tiendo.incarnation', $2, false)
"""


class ReplicaLost(OSError):
    """The replica failed in the middle of an answer; the primary can be asked again."""


class LogPosition(NamedTuple):
    """How far the primary's log reached, and the incarnation of the database."""

    lsn: str
    incarnation: str


class ReadReplica:
    """Hands out connections to the replica, as long as it keeps up."""

    def __init__(self, primary: Connector, engine: AsyncEngine, settings: Settings) -> None:
        self._engine = engine
        self._primary = PreparedConnection(primary, settings)
        self._positions = Coalescer(self._ask)
        self._avoided_until = 0.0
        self._is_avoided = False
        self._state = "behind"

    async def connection(self) -> AsyncConnection | None:
        """A connection that sees everything acknowledged before the call; None where the primary has to answer."""
        connection = None
        if self._may_try() and (position := await self._positions.get()):
            connection = await self._connected(position)
        REPLICA_READS.labels("replica" if connection else self._state).inc()
        return connection

    async def lag(self) -> float:
        """How many bytes of the log it has yet to replay; infinite where it cannot be used."""
        position = await self._positions.get()
        if position is None:
            return math.inf
        try:
            async with self._engine.connect() as connection:
                found = await _look(connection, position)
        except Exception as error:
            if from_database(error) is None:
                raise
            return math.inf
        return max(found["behind"] or 0.0, 0.0) if found["is_ours"] else math.inf

    def failed(self, error: Exception) -> bool:
        """Whether an error is the replica's own, so that the primary can be asked; it is avoided for a while."""
        is_its_own = isinstance(from_database(error), Unavailable | Misconfigured | OtherSchema)
        if not is_its_own or sqlstate(error) == _TOOK_TOO_LONG:
            return False
        self._avoid(says(error), "lost")
        return True

    async def close(self) -> None:
        self._positions.cancel()
        self._primary.drop()
        await self._engine.dispose()

    async def _ask(self) -> LogPosition | None:
        """None until the primary's incarnation has begun, which happens with the first look at the feed."""
        found = await self._primary.fetch(POSITION)
        return LogPosition(*found[0]) if found else None

    def _may_try(self) -> bool:
        if not self._is_avoided:
            return True
        if time.monotonic() < self._avoided_until:
            return False
        self._avoided_until = time.monotonic() + AVOIDED_SECONDS  # for the others, until this one knows
        return True

    async def _connected(self, position: LogPosition) -> AsyncConnection | None:
        try:
            connection = await self._engine.connect()
        except Exception as error:
            if from_database(error) is None:
                raise
            self._avoid(says(error), "lost")
            return None
        try:
            why = await _behind(connection, position)
        except Exception as error:
            await _discard(connection)
            if from_database(error) is None:
                raise
            self._avoid(says(error), "lost")
            return None
        except BaseException:
            await _discard(connection)
            raise
        if why:
            await connection.close()
            self._avoid(why, "behind")
            return None
        self._welcome()
        return connection

    def _avoid(self, why: str, state: str) -> None:
        self._state = state
        self._avoided_until = time.monotonic() + AVOIDED_SECONDS
        if not self._is_avoided:
            self._is_avoided = True
            log.warning("the read replica is not used", why=why)

    def _welcome(self) -> None:
        if self._is_avoided:
            self._is_avoided = False
            log.info("the read replica is used again")


async def _look(connection: AsyncConnection, position: LogPosition) -> Any:
    """How far the server of this connection is, asked before its transaction begins."""
    raw = await connection.get_raw_connection()
    assert raw.driver_connection is not None  # noqa: S101 - it is connected
    return await raw.driver_connection.fetchrow(LOOK, *position, timeout=ANSWERS_WITHIN)


async def _behind(connection: AsyncConnection, position: LogPosition) -> str:
    """Why the server of this connection cannot answer; empty once it has replayed the position."""
    until = time.monotonic() + PATIENCE
    while True:
        found = await _look(connection, position)
        if found["behind"] is not None and found["behind"] <= 0:
            return "" if found["is_ours"] else "it is no replica of this database"
        if time.monotonic() > until or found["behind"] is None:
            return "it is behind" if found["behind"] is not None else "it is no replica"
        await asyncio.sleep(POLL)


async def _discard(connection: AsyncConnection) -> None:
    """Close a connection of which nobody knows in which state it is."""
    with suppress(Exception):
        await connection.invalidate()
    with suppress(Exception):
        await connection.close()
