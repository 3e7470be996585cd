"""`tiendo verify`: every derived figure that is stored, computed again from the history."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.progress.past import transitions
from app.progress.past.verify import recount_queries as queries


class Difference(NamedTuple):
    """A stored figure that differs from the one computed from the history."""

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
    ("known balance", queries.KNOWN_BALANCES),
)
OF_PROJECTED = (
    ("transition", queries.TRANSITIONS),
    ("known transition", queries.KNOWN_TRANSITIONS),
    ("known moment", queries.KNOWN_MOMENTS),
)
"""Of assignments without pending reports."""


async def differences(session: AsyncSession) -> AsyncIterator[Difference]:
    """Every difference in one snapshot of the database; none when all is well."""
    for what, query in CHECKS:
        async for row in await session.stream(query):
            yield Difference(what, row.place, row.stored, row.recomputed)
    pending = await transitions.pending(session)
    if pending is not None:
        for what, query in OF_PROJECTED:
            async for row in await session.stream(query, pending):
                yield Difference(what, row.place, row.stored, row.recomputed)
