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
from app.demo.shapes import DemoObstacle
from app.ids import ids_at
from app.obstacles import queries
from app.obstacles.rules import State


async def store_obstacles(session: AsyncSession, owners: dict[str, str]) -> None:
    """Each with its history. `owners` says which top-level unit a unit belongs to."""
    rng = Random(f"{SEED}:obstacles")  # noqa: S311 - a story, not a secret
    for obstacle in obstacles():
        parameters = {
            **_parameters(obstacle),
            "owner": owners[obstacle.unit],
            "id": next(ids_at(obstacle.at, rng.getrandbits)),
        }
        await session.execute(queries.ADD, parameters)
        for event in _events(obstacle, parameters, rng):
            await session.execute(queries.ADD_EVENT, event)
        for change in obstacle.changes:
            moved = {"owner": parameters["owner"], "id": parameters["id"], "state": State(change.state)}
            await session.execute(queries.MOVE, moved)


def _parameters(obstacle: DemoObstacle) -> dict[str, Any]:
    return {
        "unit": obstacle.unit,
        "task": obstacle.task,
        "group": obstacle.group,
        "title": obstacle.title,
        "detail": obstacle.detail,
        "addressed_to": obstacle.addressed_to,
        "needed_by": obstacle.needed_by and end_of_day(obstacle.needed_by),
        "at": obstacle.at,
        "token": f"demo:{obstacle.unit}",
    }


def _events(obstacle: DemoObstacle, parameters: dict[str, Any], rng: Random) -> Iterator[dict[str, Any]]:
    """The report itself is the first."""
    yield _event(parameters, rng, obstacle.at, obstacle.unit, State.OPEN, None)
    for change in obstacle.changes:
        yield _event(parameters, rng, change.at, change.by, State(change.state), change.response)


def _event(
    parameters: dict[str, Any], rng: Random, at: datetime, by: str, state: State, response: str | None
) -> dict[str, Any]:
    made: UUID = next(ids_at(at, rng.getrandbits))
    return {
        "owner": parameters["owner"],
        "id": made,
        "obstacle": parameters["id"],
        "unit": parameters["unit"],
        "addressed_to": parameters["addressed_to"],
        "at": at,
        "state": state,
        "response": response,
        "token": f"demo:{by}",
    }
