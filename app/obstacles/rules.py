"""Rules of obstacles: who may report, answer and promise, and how long an answer was owed. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple, Protocol

from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue, Unit
from app.errors import Complaint, Conflict, InvalidInput, NotYourRole
from app.messages import say
from app.obstacles.working_days import Holidays, answer_due
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
    @property
    def answer_due(self) -> datetime: ...
    @property
    def promised_by(self) -> datetime | None: ...


class Wait(NamedTuple):
    """A period in which an answer was owed; `until` is None while it still is. `due` is the answer's own deadline."""

    since: datetime
    until: datetime | None
    due: datetime


class Parties(NamedTuple):
    """Whose obstacle it is, and the agency that it is addressed to."""

    owner: str
    unit: str
    addressed_to: str


class SentChange(NamedTuple):
    """A change as it was sent: without `state` that stays; `promised_by` counts where `promises` is true."""

    state: State | None
    response: str | None
    promises: bool = False
    promised_by: datetime | None = None


class ObstacleState(NamedTuple):
    """What holds of an obstacle after a change."""

    state: State
    answer_due: datetime
    promised_by: datetime | None


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


def may_reopen(who: Identity, about: Parties) -> bool:
    """Whether the caller may: the unit, the ministry, the admin. The agency would give itself a new deadline."""
    return who.sees_everything or who.owns(about.owner, about.unit)


def refuse_change(who: Identity, about: Parties, before: ObstacleState, sent: SentChange, at: datetime) -> None:
    """Refuse a change that the caller may not make, that the present state does not allow, or that changes nothing.

    Raises:
        NotYourRole: a unit answers its own obstacle, or promises in the agency's place; it may only reopen it, which
            the agency may not.
        Conflict: only what was answered can be opened again, and what was answered is no longer acknowledged or
            promised.
        InvalidInput: `reason-required` for declining and reopening, `nothing-to-change`, `in-the-past`.

    """
    answers, after = may_answer(who, about.addressed_to), sent.state or before.state
    if not answers:
        _refuse_unit(sent, after)
    if after is State.OPEN and before.state.answered and not may_reopen(who, about):
        raise NotYourRole(errors=[Complaint("/state", "not-your-role", say("not-your-role.obstacle"))])
    if sent.response is None and after is before.state and not _moves_promise(before, sent):
        said = say("nothing-to-change.state", state=before.state)
        raise InvalidInput(errors=[Complaint("", "nothing-to-change", said)])
    adds_words = after is before.state and answers
    if after is State.OPEN and not before.state.answered and not adds_words:
        raise Conflict(say("conflict.open", state=before.state))
    if after is State.ACKNOWLEDGED and before.state.answered:
        raise Conflict(say("conflict.answered", state=before.state))
    if sent.promised_by and after.answered:
        raise Conflict(say("conflict.promise", state=after))
    _refuse_words(sent, before.state, at)


def _refuse_unit(sent: SentChange, after: State) -> None:
    """What only those may do who answer."""
    wrong = {"/state": after is not State.OPEN, "/promised_by": sent.promises}
    found = [
        Complaint(where, "not-your-role", say("not-your-role.obstacle")) for where, is_so in wrong.items() if is_so
    ]
    if found:
        raise NotYourRole(errors=found)


def _refuse_words(sent: SentChange, before: State, at: datetime) -> None:
    """A reason that is missing, and a promise that has passed already."""
    found, after = [], sent.state or before
    only_promises = sent.promises and after is before
    if sent.response is None and after in (State.OPEN, State.DECLINED) and not only_promises:
        found.append(Complaint("/response", "reason-required", say("reason-required.state", state=after)))
    if sent.promised_by and sent.promised_by <= at:
        found.append(Complaint("/promised_by", "in-the-past", say("in-the-past")))
    if found:
        raise InvalidInput(errors=found)


def _moves_promise(before: ObstacleState, sent: SentChange) -> bool:
    return sent.promises and sent.promised_by != before.promised_by


def after_change(before: ObstacleState, sent: SentChange, at: datetime, holidays: Holidays) -> ObstacleState:
    """What holds after a change. One that is reopened is due anew, and the agency has promised nothing yet."""
    state = sent.state or before.state
    reopened = before.state.answered and not state.answered
    kept = None if reopened else before.promised_by
    return ObstacleState(
        state,
        answer_due(at, holidays) if reopened else before.answer_due,
        sent.promised_by if sent.promises else kept,
    )


def waits(changes: Sequence[StateChange]) -> list[Wait]:
    """The periods in which an answer was owed, from the events in order: reported or reopened, until answered."""
    found: list[Wait] = []
    begun: StateChange | None = None
    for change in changes:
        answered = State(change.state).answered
        if begun is None and not answered:
            begun = change
        elif begun is not None and answered:
            found.append(Wait(begun.at, change.at, begun.answer_due))
            begun = None
    return found if begun is None else [*found, Wait(begun.at, None, begun.answer_due)]


def promises_broken(changes: Sequence[StateChange], since: datetime, at: datetime) -> int:
    """The promises that passed without an answer since a wait began."""
    until = [*(change.at for change in changes[1:]), at]
    return len(
        {
            change.promised_by
            for change, end in zip(changes, until, strict=True)
            if change.at >= since and not State(change.state).answered
            if change.promised_by and change.promised_by < min(end, at)
        }
    )


def waiting_hours(those: Sequence[Wait], at: datetime) -> float:
    """How long an answer was owed, all waits together, to the hundredth of an hour."""
    total = sum((max((wait.until or at) - wait.since, timedelta()) for wait in those), timedelta())
    return round(total / timedelta(hours=1), 2)


def is_overdue(wait: Wait, at: datetime) -> bool:
    """Of an answer that is still owed: its third working day has passed."""
    return wait.until is None and wait.due < at


def overdue(state: State, needed_by: datetime | None, at: datetime) -> bool:
    return needed_by is not None and needed_by < at and not state.answered


def last_answer(changes: Sequence[Any]) -> str | None:
    """The last response of the answering side; a reason for reopening is only in the history."""
    said = [change.response for change in changes if change.response and change.state != State.OPEN]
    return said[-1] if said else None
