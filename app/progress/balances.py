"""Balances of the turns, struck every day, so that a past moment is two of them and the turns of its day."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.progress import balance_queries as queries

ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
"""Where the days are counted from."""
DAY = timedelta(days=queries.SHORT)
STRETCH = timedelta(days=queries.LONG)


async def strike(session: AsyncSession, struck: datetime | None, today: datetime) -> datetime:
    """Strike the balances of every day since the last one struck, or since the first turn: until when they are now."""
    if struck is None:
        first = (await session.execute(queries.FIRST_DAY)).scalar_one_or_none()
        struck = min(first or today, today)
    while struck < today:
        stretch = _start(struck, STRETCH)
        end = stretch + STRETCH
        first, struck = struck + DAY, min(end, today)
        await session.execute(queries.STRIKE, {"stretch": stretch, "end": end, "first": first, "last": struck})
    return struck


def nearest_to(at: datetime, struck: datetime) -> dict[str, datetime]:
    """Which balances to begin with at a moment: of the nearest day, if it is struck; the turns between count back."""
    return _of(min(_start(at + DAY / 2, DAY), struck))


def last_before(at: datetime, struck: datetime) -> dict[str, datetime]:
    """The same where every turn since then is wanted: of the last day struck by a moment."""
    return _of(min(_start(at, DAY), struck))


def _of(day: datetime) -> dict[str, datetime]:
    """The balances of a day: its own, and that of the stretch that it lies in."""
    return {"day": day, "stretch": _start(day, STRETCH)}


def today(now: datetime) -> datetime:
    """The day up to which balances are struck, at the latest a moment after it began."""
    return _start(now, DAY)


def _start(at: datetime, span: timedelta) -> datetime:
    return at - (at - ORIGIN) % span
