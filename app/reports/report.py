"""The report as one frozen value, from which all four formats are written."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.language import Language
from app.progress.figures.figures import Reporting, is_silent_with_work
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
    before: int | None = None
    """Provinces completed by the bulletin that the report is compared with."""

    @property
    def change(self) -> int | None:
        """By how many that number has changed; None where it was not counted then, or nothing applies now."""
        return None if self.before is None or not self.total else self.completed - self.before


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
    reporting: Reporting
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

    @property
    def is_silent(self) -> bool:
        return is_silent_with_work(self.reporting, self.tasks_total - self.tasks_completed)

    def state_of(self, line: int) -> State | None:
        return self.states[line]


@dataclass(frozen=True, slots=True)
class OverdueWork:
    """A unit, how many of its assignments are overdue, and the first of them by name."""

    name: str
    count: int
    first: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AgencyOwing:
    """What an agency owes: its own tasks, obstacles without an answer, since when, and how fast it answered."""

    name: str
    obstacles_open: int
    oldest: str
    overdue: int
    due: str
    broken: int
    answered: int
    median: str
    light: str | None = None
    tasks_completed: int = 0
    tasks_total: int = 0
    tasks_overdue: int = 0
    oldest_at: datetime | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SilentUnit:
    name: str
    reporting: Reporting


@dataclass(frozen=True, slots=True)
class ComparedBulletin:
    """The bulletin that the report is compared with."""

    number: int
    spoken: str


@dataclass(frozen=True, slots=True)
class Letterhead:
    """What stands around the text, in the report's language. Empty: the campaign has nothing of its own."""

    issuer: str
    symbol: str
    place: str
    on_behalf: str = ""
    position: str = ""
    signer: str = ""
    addressees: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()


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
    since: ComparedBulletin | None = None
    overdue: tuple[OverdueWork, ...] = ()
    agencies: tuple[AgencyOwing, ...] = ()
    silent: tuple[SilentUnit, ...] = ()
    """Agencies; silent provinces are among `provinces`."""
    silent_communes: int = 0
    proposals: tuple[str, ...] = ()
    computed_at: str = ""
    """The knowledge that what was not frozen with a bulletin is by."""
    letterhead: Letterhead = Letterhead("", "", "")

    def say(self, key: str, **values: object) -> str:
        return say(self.lang, key, **values)

    @property
    def subject(self) -> str:
        """What the report is about, for under the word "report": a title that begins with it says it once."""
        rest = re.sub(rf"^{re.escape(self.say('report'))}\s+", "", self.title, flags=re.IGNORECASE)
        return rest[:1].upper() + rest[1:]

    @property
    def closing(self) -> str:
        """The sentence that an official report ends with; where a translation is read, none."""
        subject = self.subject[:1].lower() + self.subject[1:]
        return self.say("closing", subject=subject, issuer=self.letterhead.issuer)

    @property
    def summary(self) -> str:
        """Who has completed everything, and how many stand at which light."""
        return f"{self.statement}{self.say('space')}{self.say('lights', **dict(self.lights))}"

    @property
    def has_work(self) -> bool:
        """Whether anything applies to anybody."""
        return any(line.tasks_total for line in self.lines)

    def reasons_of(self, province: Province) -> str:
        return self.say("mark").join(self.say(f"reason.{one.kind}", n=one.count) for one in province.reasons)

    def light_of(self, province: Province | AgencyOwing) -> str:
        """In words; where nothing applies, that."""
        return self.say(f"light.{province.light}") if province.light else self.say("cell.none")

    def rank_of(self, province: Province) -> int | None:
        """None where nothing applies: all of them would be the first."""
        return province.rank if province.tasks_total else None

    def reporting_of(self, province: Province) -> str:
        """In words; where nothing applies, that."""
        return self.say(f"reporting.{province.reporting}" if province.tasks_total else "cell.none")

    def state_of(self, state: State | None) -> str:
        return self.say(f"cell.{state or 'none'}")
