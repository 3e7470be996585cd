"""Balances: sums of transitions up to each day, so that a past moment is two balances and the rest of one day."""

from datetime import UTC, datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from app.progress.past import balance_queries as queries

ORIGIN = datetime(2000, 1, 1, tzinfo=UTC)
"""The day from which spans are counted."""
DAY = timedelta(days=queries.DAY_SPAN)
PERIOD = timedelta(days=queries.PERIOD_SPAN)


async def close_days(session: AsyncSession, closed_until: datetime | None, today: datetime) -> datetime:
    """Close every day since the last closed one, or since the first transition. Returns the day reached."""
    if closed_until is None:
        first = (await session.execute(queries.FIRST_DAY)).scalar_one_or_none()
        closed_until = min(first or today, today)
    while closed_until < today:
        period = _start(closed_until, PERIOD)
        end = period + PERIOD
        first, closed_until = closed_until + DAY, min(end, today)
        days = {"period": period, "end": end, "first": first, "last": closed_until}
        for close in queries.CLOSE_DAYS:
            await session.execute(close, days)
    return closed_until


def nearest_to(at: datetime, closed_until: datetime) -> dict[str, datetime]:
    """The balances to start from: those of the closed day nearest to a moment, which may be after it."""
    return _of(min(_start(at + DAY / 2, DAY), closed_until))


def last_before(at: datetime, closed_until: datetime) -> dict[str, datetime]:
    """The balances of the last day closed at a moment, for readers that need every transition after it."""
    return _of(min(_start(at, DAY), closed_until))


def _of(day: datetime) -> dict[str, datetime]:
    """The balances of a day: its own, and the one of its period."""
    return {"day": day, "period": _start(day, PERIOD)}


def today(now: datetime) -> datetime:
    """The day up to which balances are closed."""
    return _start(now, DAY)


def _start(at: datetime, span: timedelta) -> datetime:
    return at - (at - ORIGIN) % span
