"""Schemas of the change feed, one for each kind of change."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from app.clock import Instant
from app.updates.schemas import StatusUpdateOut


class ChangeKind(StrEnum):
    """A verdict is the ministry's on completed work; a ruling changes an assignment's deadline or applicability."""

    UPDATE = "update"
    VERDICT = "verdict"
    RULING = "ruling"
    OBSTACLE = "obstacle"
    BULLETIN = "bulletin"


class UpdateChangeOut(StatusUpdateOut):
    """A report, or a verdict. `by` is the name of the token, null where the history is not yours to read."""

    kind: Literal[ChangeKind.UPDATE, ChangeKind.VERDICT]
    by: str | None


class _Change(BaseModel):
    model_config = ConfigDict(frozen=True, from_attributes=True)

    id: UUID
    recorded_at: Instant
    by: str | None


class RulingChangeOut(_Change):
    """A deadline or `not_applicable` as it holds from `recorded_at` on."""

    kind: Literal[ChangeKind.RULING]
    task: str
    category: str
    unit: str
    province: str | None
    deadline: Instant | None
    not_applicable: bool
    reason: str | None


class ObstacleEventChangeOut(_Change):
    """An obstacle that was reported, promised an answer, answered or reopened; only for readers who may see it."""

    kind: Literal[ChangeKind.OBSTACLE]
    obstacle: UUID
    unit: str
    province: str | None
    task: str | None
    title: str
    addressed_to: str
    state: str
    response: str | None
    answer_due: Instant
    promised_by: Instant | None


class BulletinChangeOut(_Change):
    """A bulletin that was issued. It belongs to no unit."""

    kind: Literal[ChangeKind.BULLETIN]
    campaign: str
    number: int
    title: str
    as_of: Instant


ChangeOut = Annotated[
    UpdateChangeOut | RulingChangeOut | ObstacleEventChangeOut | BulletinChangeOut, Field(discriminator="kind")
]


class ChangesOut(BaseModel):
    """A page of the change feed. `next_cursor` is always present, also on an empty page."""

    model_config = ConfigDict(frozen=True)

    items: list[ChangeOut]
    next_cursor: str
