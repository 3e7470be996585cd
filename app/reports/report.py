"""The report as one frozen value, from which all four formats are written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.language import Language
from app.reports.words import say

State = Literal["verified", "completed", "in_progress", "blocked", "not_started"]


@dataclass(frozen=True, slots=True)
class Line:
    """One category. `said` is the statement without its introduction; `changed` what differs since the bulletin."""

    position: int
    code: str
    name: str
    statement: str
    said: str
    completed: int
    total: int
    completion: float | None
    verified: int
    in_progress: int
    blocked: int
    not_started: int
    tasks_completed: int
    tasks_total: int
    tasks_verified: int
    on_time: int
    late: int
    overdue: int
    missing: tuple[str, ...]
    changed: str = ""


@dataclass(frozen=True, slots=True)
class LightReason:
    """Why a light is not green: how many assignments, and the first of them by name."""

    kind: str
    count: int
    first: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Province:
    code: str
    name: str
    light: str | None
    reasons: tuple[LightReason, ...]
    reporting: str
    categories_completed: int
    categories_total: int
    tasks_completed: int
    tasks_total: int
    tasks_verified: int
    tasks_blocked: int
    overdue: int
    last_update_at: datetime | None
    rank: int
    states: tuple[State | None, ...]
    """Its row of the matrix: a state for each line of the report, None where nothing applies."""


@dataclass(frozen=True, slots=True)
class IssuedBulletin:
    """`restated`: one line about what later reports have changed; empty when nothing."""

    number: int
    issued_at: datetime
    restated: str
    changed: str


@dataclass(frozen=True, slots=True)
class ProgressReport:
    """`drawn_up`: the day of the knowledge in it, which is the date of the document."""

    lang: Language
    title: str
    spoken: str
    as_of: datetime
    known_at: datetime | None
    drawn_up: datetime
    notes: tuple[str, ...]
    statement: str
    provinces_completed: int
    provinces_total: int
    lights: tuple[tuple[str, int], ...]
    lines: tuple[Line, ...]
    provinces: tuple[Province, ...]
    columns: tuple[tuple[int, str], ...]
    """The matrix's columns: position and name of each line."""
    bulletin: IssuedBulletin | None = None

    def say(self, key: str, **values: object) -> str:
        return say(self.lang, key, **values)

    @property
    def summary(self) -> str:
        """Who has completed everything, and how many stand at which light."""
        return f"{self.statement}{self.say('space')}{self.say('lights', **dict(self.lights))}"

    def reasons_of(self, province: Province) -> str:
        return self.say("mark").join(self.say(f"reason.{one.kind}", n=one.count) for one in province.reasons)

    def light_of(self, province: Province) -> str:
        """In words; where nothing applies, that."""
        return self.say(f"light.{province.light}") if province.light else self.say("cell.none")

    def state_of(self, state: State | None) -> str:
        return self.say(f"cell.{state or 'none'}")
