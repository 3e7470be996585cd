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


def last_before(at: datetime, struck: datetime) -> dict[str, datetime]:
    """Which balances to begin with: of the last day struck by a moment, and of the stretch that it lies in."""
    day = min(_start(at, DAY), struck)
    return {"day": day, "stretch": _start(day, STRETCH)}


def _start(at: datetime, span: timedelta) -> datetime:
    return at - (at - ORIGIN) % span
