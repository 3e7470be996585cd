"""Creating the catalogue: the seed, and the assignments of its tasks."""

from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.service import bump
from app.catalogue import queries
from app.catalogue.seed import agencies, campaign, categories, communes, provinces, tasks


async def seed(session: AsyncSession) -> None:
    """Add what is missing of the campaign `two-tier-2025`; existing rows stay unchanged.

    Its assignments exist from the campaign's opening.
    """
    two_tier = campaign()
    await session.execute(queries.ADD_CAMPAIGN, {**asdict(two_tier), "names": _json(two_tier.names)})
    await session.execute(queries.ADD_UNITS, {"units": _rows([*provinces(), *communes(), *agencies()])})
    await session.execute(queries.ADD_CATEGORIES, {"campaign": two_tier.code, "categories": _rows(categories())})
    await session.execute(queries.ADD_TASKS, {"tasks": _rows(tasks()), "created_at": two_tier.opening})
    await assign(session, created_at=two_tier.opening, tasks=[task.code for task in tasks()])
    await bump(session, "catalogue")


async def assign(
    session: AsyncSession, *, created_at: datetime, tasks: list[str] | None = None, units: list[str] | None = None
) -> None:
    """Create assignments for the units of each task's level: all of them, or those named. Existing ones stay."""
    await session.execute(queries.ASSIGN, {"created_at": created_at, "tasks": tasks, "units": units})


def _rows(things: Iterable[Any]) -> str:
    return _json([asdict(thing) for thing in things])


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
