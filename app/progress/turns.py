"""The history told as turns: kept up in the background, and completed in passing by whoever reads.

The figures of a past moment are sums over turns. Reports are stored without waiting for that; a bookmark says how far
the turns have been told, and what was committed since is what the change feed would give behind it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import LATEST
from app.db import Database, rows
from app.progress import balances
from app.progress import turn_queries as queries
from app.updates import feed, feed_queries
from app.updates.cursors import Snapshot

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
            marked = (await session.execute(queries.BOOKMARK)).one()
            now = feed.present_of(marked)
            return await _tell(session, marked, now) if now else None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "40001":  # somebody else turned the page meanwhile
            return 0
        raise


async def _tell(session: AsyncSession, marked: Any, now: feed.Present) -> int:
    await session.execute(feed_queries.TAKE_TIME)
    is_new = marked.life != now.life  # the first time, or restored: transaction ids mean something else now
    struck = None if is_new else marked.struck
    touched = await rows(session, queries.ALL) if is_new else await _touched(session, marked, now, LATEST, None)
    # Only now, because a lock alone is a transaction to all who ask whether anything has happened.
    is_due = touched or struck is None or struck < marked.today
    if not is_due or not (await session.execute(queries.TAKE_BOOKMARK)).one_or_none():
        return 0
    if is_new:
        await session.execute(queries.FORGET_TURNS)
        await session.execute(queries.FORGET_BALANCES)
    await _tell_again(session, touched, struck)
    reached = {"until": now.snapshot.until, "still_open": list(now.snapshot.still_open)}
    struck = await balances.strike(session, struck, marked.today)
    await session.execute(queries.TURN_PAGE, {"life": now.life, **reached, "struck": struck})
    return len(touched)


async def _tell_again(session: AsyncSession, touched: Sequence[Any], struck: datetime | None) -> None:
    for start in range(0, len(touched), AT_ONCE):
        those = {**_parameters(touched[start : start + AT_ONCE]), "struck": struck}
        await session.execute(queries.TAKE_BACK, those)
        await session.execute(queries.TELL, those)


class Past(NamedTuple):
    """What to ask the turns about a moment, and whether they do not say all of it yet."""

    parameters: dict[str, Any]
    untold: bool


async def past(session: AsyncSession, until: datetime, *, since: datetime | None = None) -> Past | None:
    """The past until a moment, turn by turn `since` a moment; None when the turns do not say enough of it yet."""
    reached = await _reached(session)
    if reached is None or reached.marked.struck is None:
        return None
    touched = await _touched(session, *reached, until, MOST_IN_PASSING + 1)
    if len(touched) > MOST_IN_PASSING:
        return None
    those = _parameters(touched) if touched else {}
    struck = reached.marked.struck
    begin = balances.last_before(since, struck) if since else balances.nearest_to(until, struck)
    return Past({**begin, **those, "until": until}, bool(touched))


async def untold(session: AsyncSession) -> Touched | None:
    """The assignments about which the turns do not say all yet; None when they say nothing in this life."""
    reached = await _reached(session)
    return None if reached is None else _parameters(await _touched(session, *reached, LATEST, None))


class Reached(NamedTuple):
    """Where the bookmark lies, and where the feed is now."""

    marked: Any
    now: feed.Present


async def _reached(session: AsyncSession) -> Reached | None:
    marked = (await session.execute(queries.BOOKMARK)).one()
    now = feed.present_of(marked)
    return Reached(marked, now) if now and marked.life == now.life else None


async def _touched(
    session: AsyncSession, marked: Any, now: feed.Present, until: datetime, limit: int | None
) -> list[Any]:
    if not marked.is_behind:
        return []
    seen = Snapshot(marked.until, tuple(marked.still_open))
    return await rows(session, queries.TOUCHED, **feed.between(seen, now.snapshot), as_of=until, limit=limit)


def _parameters(touched: Sequence[Any]) -> Touched:
    return {
        "owners": [row.owner for row in touched],
        "tasks": [row.task for row in touched],
        "units": [row.unit for row in touched],
        "again": [row.again for row in touched],
    }
