"""Schemas of the progress endpoints. The answers are encoded without them; they describe the interface."""

from typing import Literal

from pydantic import BaseModel, Field

from app.catalogue.schemas import Names
from app.clock import Instant
from app.level import Level
from app.progress.answers.timeline import Step
from app.progress.figures.figures import Light, Reporting
from app.status import Status

State = Literal["completed", "blocked", "in_progress", "not_started"]
Reason = Literal["overdue", "due_soon", "blocked"]


class Head(BaseModel):
    """`as_of`: effective time; `known_at`: only what had been recorded by then, null for all."""

    campaign: str
    as_of: Instant
    known_at: Instant | None


class LightsOut(BaseModel):
    green: int
    yellow: int
    red: int


class LineOut(BaseModel):
    """One line of the report. `completion` = provinces_completed / provinces_total to 4 decimals, null where nothing
    applies; `missing`: codes of provinces with applicable work that is not completed.
    """

    code: str
    position: int
    name: str
    names: Names
    provinces_total: int
    provinces_completed: int
    provinces_verified: int
    provinces_in_progress: int
    provinces_blocked: int
    provinces_not_started: int
    assignments_total: int
    assignments_completed: int
    assignments_verified: int
    completed_on_time: int
    completed_late: int
    overdue_open: int
    completion: float | None
    missing: list[str]
    statement: str


class ProgressOut(Head):
    provinces_total: int
    provinces_completed: int
    lights: LightsOut
    statement: str
    categories: list[LineOut]


class ReasonAssignmentOut(BaseModel):
    task: str
    unit: str
    unit_name: str
    status: Status
    deadline: Instant | None


class ReasonOut(BaseModel):
    """Why a light is not green: how many assignments, and the first three of them."""

    kind: Reason
    count: int
    assignments: list[ReasonAssignmentOut]


class ProvinceProgressOut(BaseModel):
    """Ranked by categories completed, then share of assignments, then fewest overdue; equal provinces share a rank."""

    code: str
    name: str
    light: Light | None
    reasons: list[ReasonOut]
    reporting: Reporting
    categories_completed: int
    categories_total: int
    assignments_completed: int
    assignments_verified: int
    assignments_total: int
    assignments_blocked: int
    overdue_open: int
    last_update_at: Instant | None
    rank: int


class ProvincesOut(Head):
    items: list[ProvinceProgressOut]


class MatrixOut(Head):
    """A row a province, a column a category; null where nothing applies."""

    provinces: list[str]
    categories: list[str]
    states: list[list[State | None]]
    verified: list[list[bool | None]]


class AgainstOriginalOut(BaseModel):
    completed_on_time: int
    completed_late: int
    overdue_open: int


class ProvinceCategoryOut(BaseModel):
    """A province's work in a category; `against_original_deadline`: had no deadline been moved."""

    code: str
    name: str
    state: State | None
    verified: bool | None
    assignments_total: int
    assignments_completed: int
    assignments_verified: int
    assignments_in_progress: int
    assignments_blocked: int
    assignments_returned: int
    assignments_not_started: int
    completed_on_time: int
    completed_late: int
    overdue_open: int
    against_original_deadline: AgainstOriginalOut


class OpenAssignmentOut(BaseModel):
    task: str
    category: str
    unit: str
    status: Status
    effective_at: Instant | None
    deadline: Instant | None
    original_deadline: Instant | None
    overdue: bool


class CommuneNotDoneOut(BaseModel):
    code: str
    name: str
    assignments_completed: int
    assignments_total: int


class CommunesOut(BaseModel):
    """Communes by the share of their work in a category that is complete: over 50 %, over 70 %, all."""

    category: str
    communes_total: int
    over_50: int
    over_70: int
    all: int
    not_done: list[CommuneNotDoneOut]


class ProvinceDetailOut(Head, ProvinceProgressOut):
    """`open_assignments`: the province's own, not yet complete; its communes' work stands under `communes`.

    `delay_hours`: past the deadlines, over all work that is overdue or was completed late; of these it waited
    `delay_waiting_hours` for an agency's answer to an obstacle, the rest is `delay_own_hours`.
    """

    delay_hours: float
    delay_own_hours: float
    delay_waiting_hours: float
    categories: list[ProvinceCategoryOut]
    open_assignments: list[OpenAssignmentOut]
    communes: list[CommunesOut]


class AgencyProgressOut(BaseModel):
    """What an agency owes: own work, and answers to obstacles (times in hours, from the question to the answer).

    Of the obstacles without an answer (`obstacles_open`): `answers_overdue` should have been answered by now,
    `first_answer_due` is the earliest day on which one is due, and `promises_broken` counts the days promised for an
    answer that have passed. `light` is red also while an answer is overdue.
    """

    code: str
    name: str
    light: Light | None
    reporting: Reporting
    assignments_total: int
    assignments_completed: int
    assignments_verified: int
    assignments_open: int
    overdue_open: int
    last_update_at: Instant | None
    obstacles_open: int
    oldest_open_since: Instant | None
    answers_overdue: int
    first_answer_due: Instant | None
    promises_broken: int
    obstacles_answered: int
    median_answer_hours: float | None


class AgenciesOut(Head):
    items: list[AgencyProgressOut]


class SilentUnitOut(BaseModel):
    """A unit with open work that never reported (`never`), or that is silent (`stale`)."""

    code: str
    name: str
    level: Level
    province: str | None
    reporting: Literal["never", "stale"]
    last_update_at: Instant | None
    assignments_open: int


class SilentOut(Head):
    """Silent units: those that never reported first, then the longest silent. `total` counts all of them."""

    total: int
    items: list[SilentUnitOut]
    next_cursor: str | None


class PointOut(BaseModel):
    at: Instant
    provinces_completed: int
    assignments_completed: int


class SeriesOut(BaseModel):
    category: str
    points: list[PointOut]


class TimelineOut(Head):
    """`points` of one category or of all together, or the `series` of several."""

    step: Step
    category: str | None = None
    points: list[PointOut] | None = None
    series: list[SeriesOut] | None = None


class ChangeOut(BaseModel):
    province: str
    province_name: str
    category: str
    category_name: str
    before: State | None
    after: State | None


class LineChangeOut(BaseModel):
    """Provinces completed at both moments, and assignments."""

    code: str
    name: str
    before: int
    after: int
    assignments_before: int
    assignments_after: int


class LightChangeOut(BaseModel):
    """Null where nothing applied."""

    province: str
    name: str
    before: Light | None
    after: Light | None


class LightChangesOut(BaseModel):
    """How many provinces had each light at both moments, and whose changed."""

    before: LightsOut
    after: LightsOut
    changes: list[LightChangeOut]


class CompareOut(BaseModel):
    campaign: str
    known_at: Instant | None
    from_: Instant = Field(alias="from")
    from_known_at: Instant | None
    from_bulletin: int | None
    to: Instant
    to_known_at: Instant | None
    to_bulletin: int | None
    changes: list[ChangeOut]
    categories: list[LineChangeOut]
    lights: LightChangesOut
    sentences: list[str]
