"""What moved since a place in the change feed: one look at the database for everyone who listens."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.catalogue.catalogue import Catalogue, Catalogues
from app.db import Database, rows
from app.errors import Unavailable
from app.live import queries
from app.live.events import Event
from app.progress.moments import moment
from app.snapshot import Version
from app.updates import feed
from app.updates.cursors import NOTHING, BrokenCursor, Place, from_text, to_text
from app.updates.feed import Present

TOO_MANY = 50_000
"""Transactions after which it is quicker to say that everything may have moved."""


NOWHERE = Place(b"", NOTHING)
"""A place that nothing can be told of: everything may have moved since."""


class Look(NamedTuple):
    """The present place, and what moved up to it."""

    place: Place
    event: Event | None


async def look(database: Database, catalogues: Catalogues, version: Version, since: Place | None) -> Look:
    """Where the feed is, with what moved since a place. `version` was read just now, before the data."""
    catalogue = await catalogues.at(version)
    for _ in range(2):
        async with database.reading() as session:
            now = await feed.present(session)
            if now is not None:
                return await _look(session, catalogue, version, now, since)
        await feed.begin(database)
    raise Unavailable


async def _look(
    session: AsyncSession, catalogue: Catalogue, version: Version, now: Present, since: Place | None
) -> Look:
    at = (await moment(session, as_of=None, known_at=None, now=clock.now())).as_of
    if since and since.moment:
        at = max(at, since.moment)
    place = Place(now.life, now.snapshot, moment=at, catalogue=version.catalogue)
    if since is None:
        return Look(place, None)
    if since.moment is None or not _comparable(now, version, since):
        return Look(place, everything(catalogue, place, at))
    return Look(place, await _moved(session, catalogue, since, since.moment, place, at))


def _comparable(now: Present, version: Version, since: Place) -> bool:
    """Whether the difference can be told; else all of it may have moved."""
    if since.reading or since.catalogue != version.catalogue or not feed.knows(now, since):
        return False
    return now.snapshot.until - since.seen.until < TOO_MANY


async def _moved(
    session: AsyncSession, catalogue: Catalogue, since: Place, lit_at: datetime, place: Place, at: datetime
) -> Event | None:
    found = await rows(session, queries.MOVED, **feed.between(since.seen, place.seen), lit_at=lit_at, lights_at=at)
    if not found:
        return None
    return Event(
        to_text(place),
        frozenset(row.owner for row in found if not catalogue.is_agency(row.owner)),
        frozenset(row.category for row in found),
        max((row.recorded_at for row in found if row.recorded_at), default=at),
    )


def place_of(last_event_id: str) -> Place:
    """The place in an event's id; one that was never given out says nothing."""
    try:
        return from_text(last_event_id)
    except BrokenCursor:
        return NOWHERE


def everything(catalogue: Catalogue, place: Place, at: datetime) -> Event:
    """What is told when it cannot be said what moved: nobody misses anything."""
    provinces = frozenset(province.code for province in catalogue.provinces)
    return Event(to_text(place), provinces, frozenset(catalogue.categories), at)
