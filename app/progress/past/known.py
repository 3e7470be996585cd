"""The projection of what was known: written beside the other one, in the same transaction."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.ids import lowest_at
from app.progress.past import known_queries as queries

BATCH_SIZE = 1_000
"""Assignments projected by one statement, each with all of its reports when the projection begins."""

SLACK = timedelta(seconds=1)
"""Ids are searched from a little before a moment: not all have its microseconds."""


async def project(
    session: AsyncSession, touched: Sequence[Any], closed_until: datetime | None, *, from_the_beginning: bool
) -> None:
    """Project what was recorded of assignments from the `known_from` of each on."""
    project_batch = queries.PROJECT_ALL if from_the_beginning else queries.PROJECT_NEW
    for start in range(0, len(touched), BATCH_SIZE):
        rows = touched[start : start + BATCH_SIZE]
        batch = {**_parameters(rows), "closed_until": closed_until}
        if not from_the_beginning:
            await session.execute(queries.REMOVE, batch)
            batch["from_id"] = _first_id(rows)
        await session.execute(project_batch, batch)


def _parameters(rows: Sequence[Any]) -> dict[str, Any]:
    return {
        "owners": [row.owner for row in rows],
        "tasks": [row.task for row in rows],
        "units": [row.unit for row in rows],
        "known_from": [row.known_from for row in rows],
    }


def _first_id(rows: Sequence[Any]) -> UUID:
    """The lowest id that a report may have which was recorded from the earliest of these moments on."""
    return lowest_at(min(row.known_from for row in rows) - SLACK)
