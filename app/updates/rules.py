"""Rules of reporting: who may report what about which moment. Pure."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue, Unit
from app.errors import Complaint
from app.messages import Sentence, say
from app.status import COMPLETE, REPORTABLE, VERDICTS, Status
from app.updates.reports import Report

CLOCK_SKEW = timedelta(minutes=5)
"""How far ahead a reporter's wrong clock may be."""

AUTHORITY = frozenset({"not-your-unit", "not-your-role"})
"""Codes of complaints about the caller's authority."""


class AssignmentKey(NamedTuple):
    """The assignment that a report is about."""

    owner: str
    task: str
    unit: str


class AssignmentState(NamedTuple):
    """The current state of an assignment, and when it was read."""

    not_applicable: bool
    status: str
    effective_at: datetime | None
    recorded_at: datetime | None
    complete_since: datetime | None
    now: datetime


def addressed(report: Report, who: Identity) -> str | None:
    """The unit a report is about: the one it names, or the reporter's own."""
    return report.unit or who.unit


def find_assignment(report: Report, who: Identity, catalogue: Catalogue) -> AssignmentKey | list[Complaint]:
    """The assignment a report is about, or why there is none that its sender may report on."""
    unit_code = addressed(report, who)
    task, unit = catalogue.tasks.get(report.task or ""), catalogue.units.get(unit_code or "")
    complaints = []
    if task is None and report.task is not None:
        complaints.append(Complaint("/task", "unknown-task", say("unknown-task", seen=report.task)))
    if unit_code is None and not _about(report, "/unit"):
        complaints.append(Complaint("/unit", "missing", say("missing.unit")))
    elif unit is None and unit_code is not None:
        complaints.append(Complaint("/unit", "unknown-unit", say("unknown-unit.plain", seen=unit_code)))
    elif unit is not None and not _may_report(report, who, unit.owner, unit.code):
        complaints.append(Complaint("/unit", "not-your-unit", say("not-your-unit.json", seen=unit.code)))
    if task and unit and task.level != unit.level:
        complaints.append(Complaint("/unit", "no-such-assignment", other_level(task.code, task.level, unit)))
    if complaints or task is None or unit is None:
        return complaints
    return AssignmentKey(unit.owner, task.code, unit.code)


def other_level(task: str, level: str, unit: Unit) -> Sentence:
    """That a task is for units of another level."""
    levels = {"level": say(f"level.{level}"), "unit_level": say(f"level.{unit.level}")}
    return say("no-such-assignment.level", task=task, unit=unit.code, **levels)


def _may_report(report: Report, who: Identity, owner: str, unit: str) -> bool:
    if report.status in VERDICTS:
        return who.sees_everything or who.owns(owner, unit)
    return who.owns(owner, unit) or (report.status is None and who.sees_everything)


def complaints_of_form(report: Report, who: Identity) -> Iterator[Complaint]:
    """What is wrong with the form of a report; instead of a status that there is not, those that are the caller's."""
    for complaint in report.complaints:
        if (complaint.pointer, complaint.code) == ("/status", "unknown-value") and not who.role.at_least(Role.MINISTRY):
            sentence = complaint.sentence
            seen = sentence.parameters.get("seen") if isinstance(sentence, Sentence) else None
            possible = [status for status in Status if status in REPORTABLE]
            yield complaint._replace(sentence=say("unknown-value.possible", seen=seen, expected=possible))
        else:
            yield complaint


def _about(report: Report, pointer: str) -> bool:
    return any(complaint.pointer in ("", pointer) for complaint in report.complaints)


def is_trivially_valid(report: Report, latest: datetime) -> bool:
    """Whether `validate_alone` certainly has no complaint: cheap, and true of nearly every report."""
    if report.complaints or report.status is None or report.status in VERDICTS:
        return False
    return report.effective_at is None or report.effective_at <= latest


def validate_alone(report: Report, who: Identity, now: datetime) -> Iterator[Complaint]:
    """Complaints that do not depend on the assignment's state: role, time, note."""
    may_judge = who.role.at_least(Role.MINISTRY)
    if report.status in VERDICTS and not may_judge:
        yield Complaint("/status", "not-your-role", say("not-your-role.verdict", status=report.status))
    if report.effective_at and report.effective_at > now + CLOCK_SKEW:
        yield Complaint("/effective_at", "in-the-future", say("in-the-future.json"))
    has_note = (report.note or "").strip() or _about(report, "/note")
    if report.status is Status.RETURNED and may_judge and not has_note:
        yield Complaint("/note", "note-required", say("note-required.json"))


def validate_against_assignment(report: Report, *, not_applicable: bool, status_then: str) -> Iterator[Complaint]:
    """Complaints that depend on the assignment: whether it applies, and its status at the moment of the report."""
    if not_applicable:
        yield Complaint("/task", "not-applicable", say("not-applicable.json"))
    if report.status in VERDICTS and not Status(status_then).complete:
        yield Complaint("/status", "not-complete", say("not-complete.status", status=status_then))


def clamp_effective_at(effective_at: datetime | None, recorded_at: datetime) -> datetime:
    """The effective time that is stored: never later than `recorded_at`."""
    return min(effective_at, recorded_at) if effective_at else recorded_at


def touches_completion_streak(report: Report, effective_at: datetime, complete_since: datetime | None) -> bool:
    """Whether a report older than the current one may change `complete_since`.

    Open work has no streak of complete reports. A report of open work within the streak cuts it; a report of complete
    work before it may extend it.
    """
    if complete_since is None:
        return False
    return (report.status in COMPLETE) == (effective_at < complete_since)
