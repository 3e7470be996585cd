"""The shapes of what the demonstration tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from app.status import Status

MINISTRY = "ministry"


@dataclass(frozen=True, slots=True)
class Work:
    """An assignment."""

    owner: str
    task: str
    unit: str


@dataclass(frozen=True, slots=True)
class DemoReport:
    """A report: `by` is the unit that sent it, or the ministry."""

    work: Work
    status: Status
    effective_at: datetime
    recorded_at: datetime
    by: str
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: date | None = None


@dataclass(frozen=True, slots=True)
class DemoRuling:
    """A deadline or `not_applicable`, as it holds from `recorded_at` on."""

    work: Work
    recorded_at: datetime
    deadline: datetime | None
    not_applicable: bool
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What became of an obstacle: by whom, when, with which words, and until when an answer was promised."""

    at: datetime
    by: str
    state: str
    response: str
    promised_by: date | None = None


@dataclass(frozen=True, slots=True)
class DemoObstacle:
    """An obstacle, the request in it and how it went on."""

    at: datetime
    unit: str
    task: str | None
    group: str
    title: str
    detail: str
    addressed_to: str
    needed_by: date | None
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class DemoBulletin:
    """A bulletin, and the moment at which it was read out."""

    as_of: datetime
    issued_at: datetime
    title: str
    proposals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Story:
    """Everything in the order in which it was recorded, with the ids that follow from it."""

    updates: Mapping[UUID, DemoReport]
    rulings: Mapping[UUID, DemoRuling]
