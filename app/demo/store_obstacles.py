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
from app.obstacles.rules import ObstacleState, SentChange, State, after_change
from app.obstacles.working_days import Holidays, answer_due

NO_HOLIDAYS = Holidays()
"""There is none in June; the story is the same whatever is set."""


async def store_obstacles(session: AsyncSession, owners: dict[str, str]) -> None:
    """Each with its history. `owners` says which top-level unit a unit belongs to."""
    rng = Random(f"{SEED}:obstacles")  # noqa: S311 - a story, not a secret
    for obstacle in obstacles():
        parameters = {
            **_parameters(obstacle),
            "owner": owners[obstacle.unit],
            "id": next(ids_at(obstacle.at, rng.getrandbits)),
            "answer_due": answer_due(obstacle.at, NO_HOLIDAYS),
        }
        await session.execute(queries.ADD, parameters)
        for event in _events(obstacle, parameters, rng):
            await session.execute(queries.ADD_EVENT, event)
            moved = {name: event[name] for name in ("owner", "state", "answer_due", "promised_by")}
            if event["at"] != obstacle.at:
                await session.execute(queries.MOVE, {**moved, "id": parameters["id"]})


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
    state = ObstacleState(State.OPEN, parameters["answer_due"], None)
    yield _event(parameters, rng, obstacle.at, obstacle.unit, state, None)
    for change in obstacle.changes:
        promised = end_of_day(change.promised_by) if change.promised_by else None
        sent = SentChange(State(change.state), change.response, promised is not None, promised)
        state = after_change(state, sent, change.at, NO_HOLIDAYS)
        yield _event(parameters, rng, change.at, change.by, state, change.response)


def _event(
    parameters: dict[str, Any], rng: Random, at: datetime, by: str, state: ObstacleState, response: str | None
) -> dict[str, Any]:
    made: UUID = next(ids_at(at, rng.getrandbits))
    return {
        "owner": parameters["owner"],
        "id": made,
        "obstacle": parameters["id"],
        "unit": parameters["unit"],
        "addressed_to": parameters["addressed_to"],
        "at": at,
        **state._asdict(),
        "response": response,
        "token": f"demo:{by}",
    }
