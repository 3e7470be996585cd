"""What the inbox looks like on the wire, and who somebody is with what waits for them."""

from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.auth.schemas import MeOut
from app.clock import Instant


class Reason(StrEnum):
    """Why something waits, the most pressing first."""

    RETURNED = "returned"
    ANSWER_OVERDUE = "answer_overdue"
    PROMISE_BROKEN = "promise_broken"
    ANSWERED = "answered"
    TO_ANSWER = "to_answer"
    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    BLOCKED = "blocked"
    CHANGED = "changed"


class WaitingOut(BaseModel):
    """How many wait for each reason; one piece of work may be counted under several."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    returned: int
    answer_overdue: int
    promise_broken: int
    answered: int
    to_answer: int
    overdue: int
    due_soon: int
    blocked: int


class InboxCountsOut(WaitingOut):
    """`changed` is null unless the question names a cursor."""

    changed: int | None


class InboxItemOut(BaseModel):
    """Work or an obstacle. `note`, `by` and `at` are those of what was said last.

    Of an obstacle `status` is its state, `deadline` when the answer is due, `promised_by` until when it is promised.
    """

    model_config = ConfigDict(frozen=True)

    kind: Literal["assignment", "obstacle"]
    reasons: list[Reason]
    task: str | None
    task_name: str | None
    category: str | None
    unit: str
    unit_name: str
    province: str | None
    obstacle: UUID | None
    title: str | None
    status: str
    deadline: Instant | None
    promised_by: Instant | None
    note: str | None
    by: str | None
    at: Instant | None


class InboxOut(BaseModel):
    """Counts of all, and a page of the items. `changes_cursor` is a cursor of `/v1/changes`: the next `since`."""

    model_config = ConfigDict(frozen=True)

    counts: InboxCountsOut
    items: list[InboxItemOut]
    next_cursor: str | None
    changes_cursor: str


class MeWithInboxOut(MeOut):
    """`inbox` counts what waits for the unit; null for those without one."""

    inbox: WaitingOut | None
