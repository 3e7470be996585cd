"""The history told as turns: kept up in the background, and completed in passing by whoever reads.

The figures of a past moment are sums over turns. Reports are stored without waiting for that; a bookmark says how far
the turns have been told, and what was committed since is what the change feed would give behind it.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import LATEST
from app.db import Database, rows
from app.progress import turn_queries as queries
from app.updates import feed, feed_queries
from app.updates.cursors import Snapshot

ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the spans are counted from."""
AT_ONCE = 5_000
MOST_IN_PASSING = 5_000
"""Touched assignments that a reader tells again itself; beyond that, the history is read as a whole."""

Touched = dict[str, list[Any]]
"""Assignments as the parameters of a query, with the moment from which each is told again."""


async def tell(database: Database) -> int | None:
    """Bring the turns up to all that is committed: how many assignments were told again, or None before a life begins.

    One process does it at a time. It locks nothing that a report needs.
    """
    try:
        async with database.writing(one_moment=True) as session:
            now = await feed.present(session)
            return await _tell(session, now) if now else None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "40001":  # somebody else turned the page meanwhile
            return 0
        raise


async def _tell(session: AsyncSession, now: feed.Present) -> int:
    await session.execute(feed_queries.TAKE_TIME)
    marked = (await session.execute(queries.BOOKMARK)).one()
    is_new = marked.life != now.life  # the first time, or restored: transaction ids mean something else now
    touched = await rows(session, queries.ALL) if is_new else await _touched(session, marked, now, LATEST, None)
    # Only now, because a lock alone is a transaction to all who ask whether anything has happened.
    if not touched or not (await session.execute(queries.TAKE_BOOKMARK)).one_or_none():
        return 0
    if is_new:
        await session.execute(queries.FORGET_TURNS)
        await session.execute(queries.FORGET_MOVEMENTS)
    await _tell_again(session, touched)
    reached = {"until": now.snapshot.until, "still_open": list(now.snapshot.still_open)}
    await session.execute(queries.TURN_PAGE, {"life": now.life, **reached})
    return len(touched)


async def _tell_again(session: AsyncSession, touched: Sequence[Any]) -> None:
    for start in range(0, len(touched), AT_ONCE):
        those = _parameters(touched[start : start + AT_ONCE])
        await session.execute(queries.TAKE_BACK, those)
        await session.execute(queries.TELL, those)


class Past(NamedTuple):
    """What to ask the turns about a moment, and whether they do not say all of it yet."""

    parameters: dict[str, Any]
    untold: bool


async def past(session: AsyncSession, until: datetime, *, since: datetime | None = None) -> Past | None:
    """The past until a moment, turn by turn `since` a moment; None when the turns do not say enough of it yet."""
    touched = await _untold(session, until, MOST_IN_PASSING + 1)
    if touched is None or len(touched) > MOST_IN_PASSING:
        return None
    those = _parameters(touched) if touched else {}
    return Past({**_bounds(since or until), **those, "until": until}, bool(touched))


def _bounds(at: datetime) -> dict[str, datetime]:
    """Where the last span of each length before a moment begins."""
    return {f"from_{days}": at - (at - ORIGIN) % timedelta(days=days) for days in queries.SPANS}


async def untold(session: AsyncSession) -> Touched | None:
    """The assignments about which the turns do not say all yet; None when they say nothing in this life."""
    touched = await _untold(session, LATEST, None)
    return None if touched is None else _parameters(touched)


async def _untold(session: AsyncSession, until: datetime, limit: int | None) -> list[Any] | None:
    now = await feed.present(session)
    marked = (await session.execute(queries.BOOKMARK)).one()
    if now is None or marked.life != now.life:
        return None
    return await _touched(session, marked, now, until, limit)


async def _touched(
    session: AsyncSession, marked: Any, now: feed.Present, until: datetime, limit: int | None
) -> list[Any]:
    seen = Snapshot(marked.until, tuple(marked.still_open))
    return await rows(session, queries.TOUCHED, **feed.between(seen, now.snapshot), as_of=until, limit=limit)


def _parameters(touched: Sequence[Any]) -> Touched:
    return {
        "owners": [row.owner for row in touched],
        "tasks": [row.task for row in touched],
        "units": [row.unit for row in touched],
        "again": [row.again for row in touched],
    }
