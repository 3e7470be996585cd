"""What changed since a position in the change feed, read once for all listeners."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.catalogue.catalogue import Catalogue
from app.catalogue.catalogues import Catalogues
from app.data_version import DataVersion
from app.db import Database, rows
from app.live import queries
from app.live.events import ChangedObstacle, Event
from app.progress.moments import moment
from app.updates import feed
from app.updates.cursors import NOTHING, BrokenCursor, FeedPosition, from_text, to_text
from app.updates.feed import FeedHead

MAX_TRANSACTIONS = 50_000
"""With more transactions than this it is quicker to name everything as changed."""

UNKNOWN_POSITION = FeedPosition(b"", NOTHING)
"""A position whose difference to the present is unknown: everything may have changed since."""


class FeedChange(NamedTuple):
    """The present position, and what changed up to it."""

    position: FeedPosition
    event: Event | None


async def changes_since(
    database: Database, catalogues: Catalogues, version: DataVersion, since: FeedPosition | None
) -> FeedChange:
    """The head of the feed, with what changed since a position. `version` must be read before the data."""
    catalogue = await catalogues.at(version)
    async with feed.reading(database) as (session, now):
        return await _read_changes(session, catalogue, version, now, since)


async def _read_changes(
    session: AsyncSession, catalogue: Catalogue, version: DataVersion, now: FeedHead, since: FeedPosition | None
) -> FeedChange:
    at = (await moment(session, as_of=None, known_at=None, now=clock.now())).as_of
    if since and since.moment:
        at = max(at, since.moment)
    position = FeedPosition(now.incarnation, now.snapshot, moment=at, catalogue=version.catalogue)
    if since is None:
        return FeedChange(position, None)
    if since.moment is None or not _comparable(now, version, since):
        return FeedChange(position, everything_changed(catalogue, position, at))
    return FeedChange(position, await _difference(session, catalogue, since, since.moment, position, at))


def _comparable(now: FeedHead, version: DataVersion, since: FeedPosition) -> bool:
    """Whether the difference can be computed; otherwise everything may have changed."""
    if since.reading or since.catalogue != version.catalogue or not feed.knows(now, since):
        return False
    return now.snapshot.until - since.seen.until < MAX_TRANSACTIONS


async def _difference(
    session: AsyncSession,
    catalogue: Catalogue,
    since: FeedPosition,
    lit_at: datetime,
    position: FeedPosition,
    at: datetime,
) -> Event | None:
    between = {**feed.between(since.seen, position.seen), "lit_at": lit_at, "lights_at": at}
    moved = await rows(session, queries.CHANGED_FIGURES, **between)
    announced = await rows(session, queries.ANNOUNCED, **between)
    if not moved and not announced:
        return None
    return Event(
        to_text(position),
        frozenset(row.owner for row in moved if not catalogue.is_agency(row.owner)),
        frozenset(row.category for row in moved),
        max((row.recorded_at for row in (*moved, *announced) if row.recorded_at), default=at),
        frozenset((row.campaign, row.number) for row in announced if row.campaign),
        frozenset(ChangedObstacle(row.owner, row.unit, row.agency) for row in announced if row.agency),
    )


def position_of(last_event_id: str) -> FeedPosition:
    """The position in an event's id; `UNKNOWN_POSITION` for an id that was never issued."""
    try:
        return from_text(last_event_id)
    except BrokenCursor:
        return UNKNOWN_POSITION


def everything_changed(catalogue: Catalogue, position: FeedPosition, at: datetime) -> Event:
    """The event that names everything, for when the difference cannot be computed."""
    provinces = frozenset(province.code for province in catalogue.provinces)
    return Event(to_text(position), provinces, frozenset(catalogue.categories), at)
