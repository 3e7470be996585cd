"""`tiendo verify`: everything that is stored beside the history, computed again from the history."""

from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from sqlalchemy.ext.asyncio import AsyncSession

from app.progress import turns
from app.progress import verify_queries as queries


class Difference(NamedTuple):
    """A stored figure that the history does not bear out."""

    what: str
    where: str
    stored: Any
    recomputed: Any


CHECKS = (
    ("assignment", queries.STANDINGS),
    ("ruling", queries.RULINGS),
    ("tally", queries.TALLIES),
    ("reporting", queries.REPORTING),
    ("balance", queries.BALANCES),
)


async def differences(session: AsyncSession) -> AsyncIterator[Difference]:
    """Every difference, in one view of the database: none, when all is well."""
    for what, query in CHECKS:
        async for row in await session.stream(query):
            yield Difference(what, row.place, row.stored, row.recomputed)
    untold = await turns.untold(session)
    if untold is not None:
        async for row in await session.stream(queries.TURNS, untold):
            yield Difference("turn", row.place, row.stored, row.recomputed)
