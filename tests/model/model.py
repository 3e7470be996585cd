"""The domain in plain Python, slow and from the contract alone: what was decided, what was reported, what holds."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from tests.model.obstacles import Obstacle

T = TypeVar("T")

FOREVER = datetime.max.replace(tzinfo=UTC)
COMPLETE = ("completed", "verified")
VERDICTS = ("verified", "returned")
SOON = timedelta(hours=48)
SILENCE = timedelta(hours=72)


@dataclass(frozen=True)
class Unit:
    code: str
    level: str
    province: str | None

    @property
    def owner(self) -> str:
        return self.province or self.code


@dataclass(frozen=True)
class Category:
    code: str
    position: int


@dataclass(frozen=True)
class Task:
    code: str
    category: str
    level: str
    deadline: datetime | None


@dataclass(frozen=True)
class Update:
    """A report as stored. Later by `(recorded_at, id)` wins among those of the same effective time."""

    id: UUID
    status: str
    effective_at: datetime
    recorded_at: datetime
    note: str | None = None
    file: str | None = None
    undoes: UUID | None = None

    @property
    def place(self) -> tuple[datetime, datetime, UUID]:
        return self.effective_at, self.recorded_at, self.id

    @property
    def complete(self) -> bool:
        return self.status in COMPLETE


@dataclass(frozen=True)
class Moment:
    """What was true at `as_of`, by what had been recorded by `known_at` (None: by all that is recorded)."""

    as_of: datetime
    known_at: datetime | None = None

    @property
    def recorded_by(self) -> datetime:
        return self.known_at or FOREVER

    @property
    def reported_by(self) -> datetime:
        """What was neither recorded later than `as_of` nor later than `known_at`."""
        return min(self.as_of, self.recorded_by)


@dataclass
class Ruled(Generic[T]):
    """A value with one clock: the original, and what was decided at each moment afterwards."""

    original: T
    decisions: list[tuple[datetime, T]] = field(default_factory=list)

    def at(self, known_by: datetime) -> T:
        value = self.original
        for recorded_at, decided in self.decisions:  # in the order of recording
            if recorded_at <= known_by:
                value = decided
        return value


@dataclass
class Assignment:
    task: Task
    unit: Unit
    created_at: datetime
    deadline: Ruled[datetime | None]
    not_applicable: Ruled[bool] = field(default_factory=lambda: Ruled(original=False))
    updates: list[Update] = field(default_factory=list)

    def counts(self, moment: Moment) -> bool:
        return self.created_at <= moment.reported_by and not self.not_applicable.at(moment.recorded_by)

    def winners(self, moment: Moment) -> list[Update]:
        """The update that holds at each effective time up to the moment, in the order of those times."""
        best: dict[datetime, Update] = {}
        for update in sorted(self.updates, key=lambda u: (u.recorded_at, u.id)):
            if update.effective_at <= moment.as_of and update.recorded_at <= moment.recorded_by:
                best[update.effective_at] = update
        return [best[at] for at in sorted(best)]

    def standing(self, moment: Moment) -> "ModelState":
        winners = self.winners(moment) if self.updates else []
        status = winners[-1].status if winners else "not_started"
        return ModelState.at(moment.as_of, self, status, self.deadline.at(moment.recorded_by), _run_began(winners))


def _run_began(winners: list[Update]) -> datetime | None:
    """When the unbroken run of complete statuses that reaches up to the last winner began; None without one."""
    began = None
    for update in winners:
        if not update.complete:
            began = None
        elif began is None:
            began = update.effective_at
    return began


class ModelState(NamedTuple):
    """Where an applicable assignment stands at a moment."""

    assignment: Assignment
    status: str
    deadline: datetime | None
    since: datetime | None
    complete: bool
    on_time: bool
    overdue: bool
    due_soon: bool

    @classmethod
    def at(
        cls, as_of: datetime, assignment: Assignment, status: str, deadline: datetime | None, since: datetime | None
    ) -> "ModelState":
        complete, due = status in COMPLETE, deadline or FOREVER
        return cls(
            assignment,
            status,
            deadline,
            since,
            complete,
            on_time=since is not None and since <= due,
            overdue=not complete and due < as_of,
            due_soon=not complete and as_of <= due <= as_of + SOON,
        )

    def against(self, deadline: datetime | None, as_of: datetime) -> "ModelState":
        """The same work, had it had another deadline."""
        return ModelState.at(as_of, self.assignment, self.status, deadline, self.since)

    @property
    def owner(self) -> str:
        return self.assignment.unit.owner

    @property
    def late(self) -> bool:
        return self.complete and not self.on_time

    @property
    def blocked(self) -> bool:
        return self.status == "blocked"


class LastWord(NamedTuple):
    """What a committed file said last of a piece of work; `at` where it had a time."""

    status: str
    note: str | None
    at: datetime | None
    committed_at: datetime


class RefusedWord(NamedTuple):
    """What the files of somebody said last of a piece of work, in vain because of what was reported; since when."""

    unit: str
    status: str
    note: str | None
    at: datetime | None
    since: datetime


@dataclass
class CommittedFile:
    """A file that was stored: whose it was, whether its times were those of its sending, what it said last."""

    id: str
    who: str
    unit: str
    digest: bytes
    stamped: bool
    templates: set[str]
    words: dict[tuple[str, str], LastWord]
    undone: bool = False


@dataclass
class World:
    """One campaign: who owes what, and all that was ever said about it."""

    campaign: str
    units: dict[str, Unit]
    categories: list[Category] = field(default_factory=list)
    tasks: dict[str, Task] = field(default_factory=dict)
    assignments: dict[tuple[str, str], Assignment] = field(default_factory=dict)
    obstacles: dict[UUID, Obstacle] = field(default_factory=dict)
    files: list[CommittedFile] = field(default_factory=list)
    refused: dict[tuple[str, tuple[str, str]], RefusedWord] = field(default_factory=dict)
    """By who sent it, and the piece of work."""
    founded_at: datetime | None = None
    """When its units and lines were made: an answer with an earlier `known_at` has none of them."""

    def is_known(self, moment: Moment) -> bool:
        return not (moment.known_at and self.founded_at) or moment.known_at >= self.founded_at

    @property
    def provinces(self) -> list[str]:
        return sorted(unit.code for unit in self.units.values() if unit.level == "province")

    def add_unit(self, unit: Unit, created_at: datetime) -> None:
        """A new unit owes the tasks of its level, with the deadlines that these began with."""
        self.units[unit.code] = unit
        for task in self.tasks.values():
            if task.level == unit.level:
                self.assignments[task.code, unit.code] = Assignment(task, unit, created_at, Ruled(task.deadline))

    def add_task(self, task: Task, created_at: datetime) -> None:
        self.tasks[task.code] = task
        for unit in self.units.values():
            if unit.level == task.level:
                self.assignments[task.code, unit.code] = Assignment(task, unit, created_at, Ruled(task.deadline))

    def updates(self) -> Iterator[tuple[Unit, Update]]:
        for assignment in self.assignments.values():
            for update in assignment.updates:
                yield assignment.unit, update

    def newest_recorded_at(self, *, rulings: bool, obstacles: bool) -> datetime:
        """The newest thing recorded: a report, new work; rulings and obstacles' changes where these are to count."""
        moments = [assignment.created_at for assignment in self.assignments.values()]
        moments += [update.recorded_at for _, update in self.updates()]
        if obstacles:
            moments += [at for obstacle in self.obstacles.values() for at, _ in obstacle.changes]
        if rulings:
            moments += self.ruled_at()
        return max(moments)

    def ruled_at(self) -> list[datetime]:
        return [
            recorded_at
            for assignment in self.assignments.values()
            for ruled in (assignment.deadline, assignment.not_applicable)
            for recorded_at, _ in ruled.decisions
        ]

    def status_now(self, task: str, unit: str, effective_at: datetime) -> str:
        """The status at an effective time, by all that is recorded: what a verdict is judged by."""
        return self.assignments[task, unit].standing(Moment(effective_at)).status

    def standings(self, moment: Moment) -> list[ModelState]:
        """All that counts at a moment."""
        return [a.standing(moment) for a in self.assignments.values() if a.counts(moment)]

    def last_heard(self, owner: str, moment: Moment) -> datetime | None:
        """The newest report of a top-level unit or of its communes that had been recorded."""
        heard = [u.recorded_at for unit, u in self.updates() if unit.owner == owner]
        return max((at for at in heard if at <= moment.reported_by), default=None)

    def last_heard_itself(self, code: str, moment: Moment) -> datetime | None:
        """The newest report of a unit, not of its communes."""
        heard = [u.recorded_at for unit, u in self.updates() if unit.code == code]
        return max((at for at in heard if at <= moment.reported_by), default=None)
