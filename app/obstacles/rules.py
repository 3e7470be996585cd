"""Rules of obstacles: who may report and answer them, and how long an answer was owed. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue, Unit
from app.errors import Complaint, Conflict, InvalidInput, NotYourRole
from app.messages import say
from app.updates.rules import other_level


class State(StrEnum):
    """An acknowledgement says that it was read; only `resolved` and `declined` are answers."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"
    DECLINED = "declined"

    @property
    def answered(self) -> bool:
        return self in (State.RESOLVED, State.DECLINED)


class Group(StrEnum):
    INFRASTRUCTURE = "infrastructure"
    SYSTEMS = "systems"
    INSTITUTION_STAFF = "institution_staff"
    SUPPORT = "support"


AUTHORITY = frozenset({"not-your-unit"})
"""Codes of complaints about the caller's authority."""

TASKS_OF = {"province": ("province", "commune"), "commune": ("commune",), "agency": ("agency",)}
"""The levels of the tasks that a unit's obstacle may name: a province also reports for its communes."""


class StateChange(Protocol):
    """A change of state, as the history keeps it."""

    @property
    def at(self) -> datetime: ...
    @property
    def state(self) -> str: ...


class Wait(NamedTuple):
    """A period in which an answer was owed; `until` is None while it still is."""

    since: datetime
    until: datetime | None


def unfit(sent: Any, who: Identity, catalogue: Catalogue) -> Iterator[Complaint]:
    """Everything that is wrong with a new obstacle."""
    code = sent.unit or who.unit
    unit, agency = catalogue.units.get(code or ""), catalogue.units.get(sent.addressed_to)
    if code is None:
        yield Complaint("/unit", "missing", say("missing.unit"))
    elif unit is None:
        yield Complaint("/unit", "unknown-unit", say("unknown-unit.plain", seen=code))
    elif not who.owns(unit.owner, unit.code):
        yield Complaint("/unit", "not-your-unit", say("not-your-unit.json", seen=code))
    if agency is None or agency.level != "agency":
        yield Complaint("/addressed_to", "unknown-unit", say("unknown-unit.agency", seen=sent.addressed_to))
    yield from _unfit_task(sent.task, unit, catalogue)


def _unfit_task(code: str | None, unit: Unit | None, catalogue: Catalogue) -> Iterator[Complaint]:
    if code is None:
        return
    task = catalogue.tasks.get(code)
    if task is None:
        yield Complaint("/task", "unknown-task", say("unknown-task", seen=code))
    elif unit and task.level not in TASKS_OF[unit.level]:
        yield Complaint("/task", "no-such-assignment", other_level(code, task.level, unit))


def may_answer(who: Identity, addressed_to: str) -> bool:
    """Whether the caller may answer: the agency addressed, the ministry, the admin."""
    return who.sees_everything or (who.role.at_least(Role.AGENCY) and who.unit == addressed_to)


def refuse_change(who: Identity, addressed_to: str, before: State, after: State, response: str | None) -> None:
    """Refuse a change that the caller may not make, that the present state does not allow, or that changes nothing.

    Raises:
        NotYourRole: a unit answers its own obstacle; it may only reopen it.
        Conflict: only what was answered can be opened again, and what was answered is no longer acknowledged.
        InvalidInput: `reason-required` for declining and reopening, `nothing-to-change`.

    """
    if not may_answer(who, addressed_to) and after is not State.OPEN:
        raise NotYourRole(errors=[Complaint("/state", "not-your-role", say("not-your-role.obstacle"))])
    if response is None and after is before:
        raise InvalidInput(errors=[Complaint("", "nothing-to-change", say("nothing-to-change.state", state=before))])
    adds_words = after is before and may_answer(who, addressed_to)
    if after is State.OPEN and not before.answered and not adds_words:
        raise Conflict(say("conflict.open", state=before))
    if after is State.ACKNOWLEDGED and before.answered:
        raise Conflict(say("conflict.answered", state=before))
    if response is None and after in (State.OPEN, State.DECLINED):
        said = say("reason-required.state", state=after)
        raise InvalidInput(errors=[Complaint("/response", "reason-required", said)])


def waits(changes: Sequence[StateChange]) -> list[Wait]:
    """The periods in which an answer was owed, from the events in order: reported or reopened, until answered."""
    found: list[Wait] = []
    since: datetime | None = None
    for change in changes:
        answered = State(change.state).answered
        if since is None and not answered:
            since = change.at
        elif since is not None and answered:
            found.append(Wait(since, change.at))
            since = None
    return found if since is None else [*found, Wait(since, None)]


def waiting_hours(those: Sequence[Wait], at: datetime) -> float:
    """How long an answer was owed, all waits together, to the hundredth of an hour."""
    total = sum((max((wait.until or at) - wait.since, timedelta()) for wait in those), timedelta())
    return round(total / timedelta(hours=1), 2)


def overdue(state: State, needed_by: datetime | None, at: datetime) -> bool:
    return needed_by is not None and needed_by < at and not state.answered


def last_answer(changes: Sequence[Any]) -> str | None:
    """The last response of the answering side; a reason for reopening is only in the history."""
    said = [change.response for change in changes if change.response and change.state != State.OPEN]
    return said[-1] if said else None
