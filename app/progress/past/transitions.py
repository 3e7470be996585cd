"""A projection of the history into changes of counts, maintained in the background; readers add what is still pending.

The figures of a past moment are sums over transitions. Reports are stored without waiting for the projection. A
checkpoint says how far it has come; what was committed since is what the change feed would give after the checkpoint.
"""

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import LATEST
from app.db import Database, rows
from app.progress.past import balances, known
from app.progress.past import transition_queries as queries
from app.updates import feed
from app.updates.cursors import Snapshot

BATCH_SIZE = 5_000
MAX_PENDING_FOR_READERS = 5_000
"""Pending assignments that a reader projects itself; beyond that number the whole history is read."""

Touched = dict[str, list[Any]]
"""Assignments as the parameters of a query, with the time from which each has to be projected again."""


async def project(database: Database) -> int | None:
    """Project everything committed so far. Returns how many assignments were projected, None before an incarnation.

    One process does it at a time. It locks nothing that a report needs.
    """
    try:
        async with database.background(repeatable_read=True) as session:
            checkpoint = (await session.execute(queries.CHECKPOINT)).one()
            now = feed.head_from(checkpoint)
            return await _project(session, checkpoint, now) if now else None
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "40001":  # another worker moved the checkpoint meanwhile
            return 0
        raise


async def _project(session: AsyncSession, checkpoint: Any, now: feed.FeedHead) -> int:
    # The first projection, or the first after a restore: older transaction ids mean nothing now.
    is_new = checkpoint.incarnation != now.incarnation
    closed_until = None if is_new else checkpoint.closed_until
    touched = (
        await rows(session, queries.ALL_ASSIGNMENTS)
        if is_new
        else await _touched(session, checkpoint, now, LATEST, None)
    )
    # The lock is taken late, because it alone advances the snapshot by which caches compare versions.
    is_due = touched or closed_until is None or closed_until < checkpoint.today
    if not is_due or not (await session.execute(queries.LOCK_CHECKPOINT)).one_or_none():
        return 0
    if is_new:
        for clear in queries.CLEAR:
            await session.execute(clear)
    await _project_from(session, touched, closed_until)
    await known.project(session, touched, closed_until, from_the_beginning=is_new)
    reached = {"until": now.snapshot.until, "still_open": list(now.snapshot.still_open)}
    closed_until = await balances.close_days(session, closed_until, checkpoint.today)
    await session.execute(
        queries.MOVE_CHECKPOINT, {"incarnation": now.incarnation, **reached, "closed_until": closed_until}
    )
    return len(touched)


async def _project_from(session: AsyncSession, touched: Sequence[Any], closed_until: datetime | None) -> None:
    for start in range(0, len(touched), BATCH_SIZE):
        batch = {**_parameters(touched[start : start + BATCH_SIZE]), "closed_until": closed_until}
        await session.execute(queries.REMOVE_FROM_TIME, batch)
        await session.execute(queries.PROJECT, batch)


class Past(NamedTuple):
    """The parameters of a query about a past moment, and whether some reports are still pending."""

    parameters: dict[str, Any]
    has_pending: bool


async def past(session: AsyncSession, until: datetime, *, since: datetime | None = None) -> Past | None:
    """Parameters for a past moment, or for each transition after `since`; None when too many reports are pending."""
    reached = await reached_by(session)
    if reached is None or reached.checkpoint.closed_until is None:
        return None
    touched = await _touched(session, *reached, until, MAX_PENDING_FOR_READERS + 1)
    if len(touched) > MAX_PENDING_FOR_READERS:
        return None
    pending = _parameters(touched) if touched else {}
    closed_until = reached.checkpoint.closed_until
    begin = balances.last_before(since, closed_until) if since else balances.nearest_to(until, closed_until)
    return Past({**begin, **pending, "until": until, "as_of": until}, bool(touched))


async def pending(session: AsyncSession) -> Touched | None:
    """The assignments with pending reports; None when nothing was projected in this incarnation."""
    reached = await reached_by(session)
    return None if reached is None else _parameters(await _touched(session, *reached, LATEST, None))


async def lag(session: AsyncSession) -> float:
    """The seconds since the oldest thing was recorded that is not projected; infinite before the first projection."""
    reached = await reached_by(session)
    if reached is None:
        return math.inf
    oldest = await _oldest_pending(session, reached)
    return (oldest.now - oldest.since).total_seconds() if oldest and oldest.since else 0.0


class Reached(NamedTuple):
    """The checkpoint, and the head of the feed."""

    checkpoint: Any
    now: feed.FeedHead


async def reached_by(session: AsyncSession) -> Reached | None:
    """How far the history is projected; None when nothing was projected in this incarnation."""
    checkpoint = (await session.execute(queries.CHECKPOINT)).one()
    now = feed.head_from(checkpoint)
    return Reached(checkpoint, now) if now and checkpoint.incarnation == now.incarnation else None


async def pending_since(session: AsyncSession, reached: Reached) -> datetime | None:
    """The earliest moment at which something was recorded that is not projected yet."""
    oldest = await _oldest_pending(session, reached)
    return oldest.since if oldest else None


async def _oldest_pending(session: AsyncSession, reached: Reached) -> Any:
    """The same as `since`, and the database's clock as `now`; None where nothing can be pending."""
    checkpoint, now = reached
    if not checkpoint.is_behind:
        return None
    seen = Snapshot(checkpoint.until, tuple(checkpoint.still_open))
    return (await session.execute(queries.PENDING_SINCE, feed.between(seen, now.snapshot))).one()


async def _touched(
    session: AsyncSession, checkpoint: Any, now: feed.FeedHead, until: datetime, limit: int | None
) -> list[Any]:
    if not checkpoint.is_behind:
        return []
    seen = Snapshot(checkpoint.until, tuple(checkpoint.still_open))
    return await rows(session, queries.TOUCHED, **feed.between(seen, now.snapshot), as_of=until, limit=limit)


def _parameters(touched: Sequence[Any]) -> Touched:
    return {
        "owners": [row.owner for row in touched],
        "tasks": [row.task for row in touched],
        "units": [row.unit for row in touched],
        "from_time": [row.from_time for row in touched],
    }
