"""Schemas of obstacles."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from app.clock import Deadline, Instant
from app.obstacles.rules import Group, State

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Title = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300, pattern=r"^[^\x00-\x1f\x7f]*$")
]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=4000)]


def _left_out() -> Any:
    """What a field holds that was not sent."""


class ObstacleIn(BaseModel):
    """A difficulty, and what is asked of which agency until when. `unit` may be left out: your own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Code | None = None
    task: Code | None = None
    group: Group
    title: Title
    detail: Text
    addressed_to: Code
    needed_by: Deadline | None = None


class ObstaclePatch(BaseModel):
    """An answer, or a reason for opening it again. Without `state` it stays, and `response` adds to it."""

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"minProperties": 1})

    state: State = Field(default_factory=_left_out)
    response: Text | None = None


class ObstacleChangeOut(BaseModel):
    """One event of the history: who set which state when, with which text. The first is the report."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: Instant
    state: State
    response: str | None
    token: str
    token_name: str | None


class ObstacleOut(BaseModel):
    """An obstacle in its present state.

    `waiting_since` is when the answer that is owed now began to be owed, null once it is answered; `answered_at` is
    when that was. `waiting_hours` is all the time in which one was owed. `response` is the last answer.
    """

    model_config = ConfigDict(frozen=True)

    id: UUID
    unit: str
    unit_name: str
    province: str | None
    owner: str
    task: str | None
    group: Group
    title: str
    detail: str
    addressed_to: str
    addressed_to_name: str
    needed_by: Instant | None
    state: State
    response: str | None
    reported_at: Instant
    answered_at: Instant | None
    waiting_since: Instant | None
    waiting_hours: float
    overdue: bool
    history: list[ObstacleChangeOut]
