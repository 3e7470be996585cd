"""The change feed: every update once, and nothing that is committed later behind a place already reached.

Ids commit out of order, so no id can say how far a reader has come. What PostgreSQL calls a snapshot can: it names the
transactions that were visible. What one snapshot sees and an earlier one did not is exactly what was committed between.
A transaction that stays open holds nobody back, and what it wrote comes once it is committed.
"""

import hashlib
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import Database, rows
from app.errors import Gone
from app.updates import feed_queries
from app.updates.cursors import NOTHING, FeedPosition, Snapshot, snapshot_from

LOWEST = (0, UUID(int=0))


class FeedHead(NamedTuple):
    """The life that the database is in, and what this session sees."""

    incarnation: bytes
    snapshot: Snapshot


async def head(session: AsyncSession) -> FeedHead | None:
    """Where the feed is now; None when a new life of the database has not begun yet, see `begin`."""
    return head_from((await session.execute(feed_queries.INCARNATION)).one())


def head_from(row: Any) -> FeedHead | None:
    """The same, told by a row that has the columns of `feed_queries.PRESENT`."""
    if row.began_at is None:
        return None
    incarnation = hashlib.sha256(f"{row.fingerprint} {row.began_at}".encode()).digest()[:16]
    return FeedHead(incarnation, snapshot_from(row.snapshot))


async def begin(database: Database) -> None:
    """Begin the life of a database that is new, or was restored: cursors of an earlier one mean nothing in it."""
    async with database.writing() as session:
        row = (await session.execute(feed_queries.INCARNATION)).one()
        await session.execute(feed_queries.NO_STATEMENT_TIMEOUT)
        await session.execute(feed_queries.BEGIN, {"fingerprint": row.fingerprint})


async def page(
    session: AsyncSession, now: FeedHead, reached: FeedPosition | None, limit: int
) -> tuple[list[Any], FeedPosition]:
    """The next changes behind a place, and the place behind them.

    Raises:
        Gone: the place is of another life of the database, or of a future that a restore undid.

    """
    reached = reached or FeedPosition(now.incarnation, NOTHING)
    if not knows(now, reached):
        raise Gone
    reading = reached.reading or now.snapshot
    found = await _changes(session, reached.seen, reading, reached.last or LOWEST, limit + 1)
    if len(found) <= limit:
        return found, FeedPosition(now.incarnation, reading)
    last = found[limit - 1]
    return found[:limit], FeedPosition(now.incarnation, reached.seen, reading, (int(last.transaction), last.id))


def knows(now: FeedHead, position: FeedPosition) -> bool:
    """Whether a place lies in this life of the database, and not in its future."""
    furthest = position.reading or position.seen
    return position.incarnation == now.incarnation and now.snapshot.reaches(furthest)


async def _changes(
    session: AsyncSession, seen: Snapshot, reading: Snapshot, last: tuple[int, UUID], limit: int
) -> list[Any]:
    behind = {"last_xid": str(last[0]), "last_id": last[1], "limit": limit}
    return await rows(session, feed_queries.CHANGES, **between(seen, reading), **behind)


def between(earlier: Snapshot, later: Snapshot) -> dict[str, object]:
    """What one snapshot sees and an earlier one did not, as the parameters of a query."""
    return {
        "appeared": [str(transaction) for transaction in later.appeared_since(earlier)],
        "since": str(earlier.until),
        "until": str(later.until),
        "still_open": [str(transaction) for transaction in later.still_open],
    }
