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
    """An answer, or a reason for opening it again. Without `state` it stays, and `response` adds to it.

    `promised_by`: until when the agency has promised to answer; null takes the promise back.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", json_schema_extra={"minProperties": 1})

    state: State = Field(default_factory=_left_out)
    response: Text | None = None
    promised_by: Deadline | None = Field(default_factory=_left_out)


class ObstacleChangeOut(BaseModel):
    """One event of the history: who set which state when, with which text. The first is the report.

    `answer_due` and `promised_by` are what holds from this change on.
    """

    model_config = ConfigDict(frozen=True, from_attributes=True)

    at: Instant
    state: State
    response: str | None
    answer_due: Instant
    promised_by: Instant | None
    token: str
    token_name: str | None


class ObstacleOut(BaseModel):
    """An obstacle in its present state.

    `waiting_since` is when the answer that is owed now began to be owed, null once it is answered; `answered_at` is
    when that was. `waiting_hours` is all the time in which one was owed. `response` is the last answer. `answer_due` is
    the end of the third working day after the report or the last reopening; `answer_overdue`: it has passed without an
    answer. `promises_broken` counts the agency's promises that have passed so since. `overdue`: the unit needed the
    answer by `needed_by`, which has passed without one.
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
    answer_due: Instant
    answer_overdue: bool
    promised_by: Instant | None
    promises_broken: int
    waiting_since: Instant | None
    waiting_hours: float
    overdue: bool
    history: list[ObstacleChangeOut]
