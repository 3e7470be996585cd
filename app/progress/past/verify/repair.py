"""`tiendo verify --repair`: stores every derived figure as the history says; the history itself is never changed."""

from app.db import Database
from app.progress.past import transitions
from app.progress.past.verify import repair_queries as queries


async def repair(database: Database) -> None:
    """Compute the stored figures again. While it takes, reports wait, for as long as a lock is waited for."""
    async with database.background() as session:
        for statement in (
            queries.LOCK,
            queries.ASSIGNMENT_STATES,
            queries.RULINGS,
            queries.TALLIES,
            queries.LAST_REPORTS,
            queries.FORGET_PROJECTION,
        ):
            await session.execute(statement)
    await transitions.project(database)
