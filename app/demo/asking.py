"""Storing the obstacles of the story, with what became of them."""

from collections.abc import Iterator
from datetime import datetime
from random import Random
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.clock import end_of_day
from app.demo.june27 import SEED
from app.demo.obstacles import obstacles
from app.demo.shapes import Difficulty
from app.ids import ids_at
from app.obstacles import queries
from app.obstacles.rules import State


async def store_obstacles(session: AsyncSession, owners: dict[str, str]) -> None:
    """Each with its history. `owners` says which top-level unit a unit belongs to."""
    rng = Random(f"{SEED}:obstacles")  # noqa: S311 - a story, not a secret
    for told in obstacles():
        asked = {**_asked(told), "owner": owners[told.unit], "id": next(ids_at(told.at, rng.getrandbits))}
        await session.execute(queries.ADD, asked)
        for event in _events(told, asked, rng):
            await session.execute(queries.ADD_EVENT, event)
        for change in told.changes:
            moved = {"owner": asked["owner"], "id": asked["id"], "state": State(change.state)}
            await session.execute(queries.MOVE, moved)


def _asked(told: Difficulty) -> dict[str, Any]:
    return {
        "unit": told.unit,
        "task": told.task,
        "group": told.group,
        "title": told.title,
        "detail": told.detail,
        "addressed_to": told.addressed_to,
        "needed_by": told.needed_by and end_of_day(told.needed_by),
        "at": told.at,
        "token": f"demo:{told.unit}",
    }


def _events(told: Difficulty, asked: dict[str, Any], rng: Random) -> Iterator[dict[str, Any]]:
    """The report itself is the first."""
    yield _event(asked, rng, told.at, told.unit, State.OPEN, None)
    for change in told.changes:
        yield _event(asked, rng, change.at, change.by, State(change.state), change.response)


def _event(
    asked: dict[str, Any], rng: Random, at: datetime, by: str, state: State, response: str | None
) -> dict[str, Any]:
    made: UUID = next(ids_at(at, rng.getrandbits))
    return {
        "owner": asked["owner"],
        "id": made,
        "obstacle": asked["id"],
        "unit": asked["unit"],
        "addressed_to": asked["addressed_to"],
        "at": at,
        "state": state,
        "response": response,
        "token": f"demo:{by}",
    }
