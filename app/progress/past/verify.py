"""`tiendo verify`: everything that is stored beside the history, computed from_time from the history."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.progress.past import transitions
from app.progress.past import verify_queries as queries


class Difference(NamedTuple):
    """A stored figure that the history does not bear out."""

    what: str
    where: str
    stored: Any
    recomputed: Any


CHECKS = (
    ("assignment", queries.ASSIGNMENT_STATES),
    ("ruling", queries.RULINGS),
    ("tally", queries.TALLIES),
    ("last_report", queries.LAST_REPORTS),
    ("balance", queries.BALANCES),
)


async def differences(session: AsyncSession) -> AsyncIterator[Difference]:
    """Every difference, in one view of the database: none, when all is well."""
    for what, query in CHECKS:
        async for row in await session.stream(query):
            yield Difference(what, row.place, row.stored, row.recomputed)
    pending = await transitions.pending(session)
    if pending is not None:
        async for row in await session.stream(queries.TRANSITIONS, pending):
            yield Difference("transition", row.place, row.stored, row.recomputed)
