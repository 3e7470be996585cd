"""The change feed: every change once, and nothing committed later appears before a position already reached.

Ids commit out of order, so no id can tell how far a reader has come. A PostgreSQL snapshot can: it lists the visible
transactions. What one snapshot sees and an earlier one did not is exactly what was committed between them. A long open
transaction delays no reader; its changes come once it commits.
"""

import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import ANYONE, Identity
from app.db import Database, rows
from app.errors import Gone, Unavailable
from app.scope import EVERYTHING
from app.updates import change_queries, feed_queries
from app.updates.change_schemas import ChangeKind
from app.updates.cursors import NOTHING, FeedPosition, Snapshot, snapshot_from

LOWEST = (0, UUID(int=0))


class FeedHead(NamedTuple):
    """The incarnation of the database, and the snapshot of this session."""

    incarnation: bytes
    snapshot: Snapshot


async def head(session: AsyncSession) -> FeedHead | None:
    """The head of the feed; None when a new incarnation of the database has to begin first, see `begin`."""
    return head_from((await session.execute(feed_queries.INCARNATION)).one())


def head_from(row: Any) -> FeedHead | None:
    """The same from a row with the columns of `feed_queries.HEAD`."""
    if row.began_at is None:
        return None
    incarnation = hashlib.sha256(f"{row.fingerprint} {row.began_at}".encode()).digest()[:16]
    return FeedHead(incarnation, snapshot_from(row.snapshot))


async def begin(database: Database) -> None:
    """Begin the incarnation of a new or restored database, in which earlier cursors mean nothing."""
    async with database.background() as session:
        row = (await session.execute(feed_queries.INCARNATION)).one()
        await session.execute(feed_queries.BEGIN, {"fingerprint": row.fingerprint})


class ChangeFilter(NamedTuple):
    """Which changes: their kinds, whose work they are about, and who reads them."""

    who: Identity
    kinds: tuple[ChangeKind, ...] = tuple(ChangeKind)
    owner: str | None = None
    unit: str | None = None

    def parameters(self) -> dict[str, object]:
        own = self.who if self.who.scope else ANYONE
        return {
            "kinds": [kind.value for kind in self.kinds],
            "owner": self.owner,
            "unit": self.unit,
            "everything": self.who.sees_everything,
            "my_owner": own.owner,
            "my_unit": own.unit,
            "whole_owner": own.unit == own.owner,
        }


@asynccontextmanager
async def reading(database: Database, scope: str = EVERYTHING) -> AsyncIterator[tuple[AsyncSession, FeedHead]]:
    """A session, and the head of the feed in it; begins a new incarnation of the database where one is due."""
    for _ in range(2):
        async with database.reading(scope) as session:
            now = await head(session)
            if now is not None:
                yield session, now
                return
        await begin(database)
    raise Unavailable


async def page(
    session: AsyncSession, now: FeedHead, reached: FeedPosition | None, wanted: ChangeFilter, limit: int
) -> tuple[list[Any], FeedPosition]:
    """The kinds and keys of the next changes after a position, and the position after them.

    Raises:
        Gone: the position is of another incarnation of the database, or of a future that a restore undid.

    """
    refuse_unknown(now, reached)
    reached = reached or FeedPosition(now.incarnation, NOTHING)
    reading = reached.reading or now.snapshot
    last_xid, last_id = reached.last or LOWEST
    behind = {"last_xid": str(last_xid), "last_id": last_id, "limit": limit + 1}
    found = await rows(
        session, change_queries.CHANGES, **between(reached.seen, reading), **behind, **wanted.parameters()
    )
    if len(found) <= limit:
        return found, FeedPosition(now.incarnation, reading)
    last = found[limit - 1]
    return found[:limit], FeedPosition(now.incarnation, reached.seen, reading, (int(last.transaction), last.id))


def refuse_unknown(now: FeedHead, position: FeedPosition | None) -> None:
    """Refuse a position that this incarnation does not know.

    Raises:
        Gone: it is of another incarnation of the database, or of a future that a restore undid.

    """
    if position is not None and not knows(now, position):
        raise Gone


def knows(now: FeedHead, position: FeedPosition) -> bool:
    """Whether a position is of this incarnation of the database, and not in its future."""
    furthest = position.reading or position.seen
    return position.incarnation == now.incarnation and now.snapshot.reaches(furthest)


def between(earlier: Snapshot, later: Snapshot) -> dict[str, object]:
    """What one snapshot sees and an earlier one did not, as the parameters of a query."""
    return {
        "appeared": [str(transaction) for transaction in later.appeared_since(earlier)],
        "since": str(earlier.until),
        "until": str(later.until),
        "still_open": [str(transaction) for transaction in later.still_open],
    }
