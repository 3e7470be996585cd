"""Recording reports: everything that reaches the history goes through here."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.errors import Complaint
from app.ids import ids_at
from app.status import VERDICTS
from app.updates import queries, rules
from app.updates.reports import Report
from app.updates.rules import Subject

TICK = timedelta(microseconds=1)
AT_ONCE = 5_000
Decided = TypeVar("Decided")


@dataclass(frozen=True, slots=True)
class Entry:
    """A good report, ready to be stored: `current` unless a newer one is already there."""

    index: int
    id: UUID
    subject: Subject
    report: Report
    effective_at: datetime
    current: bool


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the reports of one request, by their place in it."""

    recorded_at: datetime
    entries: tuple[Entry, ...]
    complaints: dict[int, tuple[Complaint, ...]]

    @property
    def superseded(self) -> int:
        return sum(not entry.current for entry in self.entries)


async def record(
    session: AsyncSession,
    catalogue: Catalogue,
    who: Identity,
    reports: Sequence[Report],
    *,
    atomic: bool = True,
    dry_run: bool = False,
) -> Recorded:
    """Judge reports and store the good ones; in an atomic request none, when one is bad.

    A report wins over what its assignment stood at when its effective time is the same or later. All that is stored
    together shares one `recorded_at`, and keeps the order it was sent in.
    """
    subjects, complaints = await _aside(reports, sort_out, catalogue, who, reports)
    found = await look_at(session, subjects, lock=not dry_run)
    recorded_at = _moment(found)
    then = await _statuses_then(session, reports, subjects, found)
    entries = await _aside(reports, _judge, reports, subjects, found, then, recorded_at, complaints)
    if dry_run or (atomic and complaints):
        return Recorded(recorded_at, entries, complaints)
    await store(session, who, entries, recorded_at)
    return Recorded(recorded_at, entries, complaints)


async def _aside(reports: Sequence[Report], decide: Callable[..., Decided], *given: Any) -> Decided:
    """A pure decision: at once for a few reports, beside the event loop for many."""
    return await asyncio.to_thread(decide, *given) if len(reports) > AT_ONCE else decide(*given)


async def store(session: AsyncSession, who: Identity, entries: Sequence[Entry], recorded_at: datetime) -> None:
    """Add good reports to the history, and move what stands and what is counted. Their assignments are locked."""
    if not entries:
        return
    await session.execute(
        queries.ADD,
        {
            **_keys(entry.subject for entry in entries),
            "ids": [entry.id for entry in entries],
            "statuses": [entry.report.status for entry in entries],
            "effective": [entry.effective_at for entry in entries],
            "notes": [entry.report.note for entry in entries],
            "evidence": ["\n".join(entry.report.evidence) or None for entry in entries],
            "document_numbers": [entry.report.document_number for entry in entries],
            "document_dates": [entry.report.document_date for entry in entries],
            "recorded_at": recorded_at,
            "token": who.token,
        },
    )
    await session.execute(queries.MOVE, {**_keys(entry.subject for entry in entries), "recorded_at": recorded_at})


def sort_out(
    catalogue: Catalogue, who: Identity, reports: Sequence[Report]
) -> tuple[dict[int, Subject], dict[int, tuple[Complaint, ...]]]:
    """Which assignment each report is about, and what is wrong with those that are about none."""
    subjects: dict[int, Subject] = {}
    complaints: dict[int, tuple[Complaint, ...]] = {}
    now = clock.now()
    for index, report in enumerate(reports):
        subject = rules.find_subject(report, who, catalogue)
        about_subject = subject if isinstance(subject, list) else []
        if isinstance(subject, Subject):
            subjects[index] = subject
        wrong = (*report.complaints, *about_subject, *rules.standing_alone(report, who, now))
        if wrong:
            complaints[index] = wrong
    return subjects, complaints


async def look_at(session: AsyncSession, subjects: dict[int, Subject], *, lock: bool) -> dict[Subject, Any]:
    """Where the assignments stand, locked or not."""
    wanted = _keys(sorted(set(subjects.values()), key=lambda s: (s.owner, s.task, s.unit)))
    rows = await session.execute(queries.LOCK if lock else queries.LOOK, wanted)
    return {Subject(row.owner, row.task, row.unit): row for row in rows}


def _moment(found: dict[Subject, Any]) -> datetime:
    """The database's clock, and in any case later than what was recorded of these assignments before."""
    moments = [row.now for row in found.values()]
    moments += [row.recorded_at + TICK for row in found.values() if row.recorded_at]
    return max(moments, default=clock.now())


async def _statuses_then(
    session: AsyncSession, reports: Sequence[Report], subjects: dict[int, Subject], found: dict[Subject, Any]
) -> dict[int, Any]:
    """The status at the moment of each verdict that looks back behind the current report."""
    back = []
    for index, subject in subjects.items():
        report, row = reports[index], found.get(subject)
        if report.status in VERDICTS and report.effective_at and row and row.effective_at:
            back += [index] if report.effective_at < row.effective_at else []
    if not back:
        return {}
    moments = [reports[index].effective_at for index in back]
    rows = await session.execute(queries.STATUS_AT, {**_keys(subjects[i] for i in back), "moments": moments})
    by_moment = {(row.task, row.unit, row.as_of): row for row in rows}
    return {i: by_moment[subjects[i].task, subjects[i].unit, reports[i].effective_at] for i in back}


def _judge(
    reports: Sequence[Report],
    subjects: dict[int, Subject],
    found: dict[Subject, Any],
    then: dict[int, Any],
    recorded_at: datetime,
    complaints: dict[int, tuple[Complaint, ...]],
) -> tuple[Entry, ...]:
    """The entries of the good reports, in order; what is wrong with the others is added to the complaints."""
    ids, entries = ids_at(recorded_at), []
    earlier: dict[Subject, list[Entry]] = defaultdict(list)
    for index, subject in subjects.items():
        row = found.get(subject)
        if row is None:
            nothing = Complaint("/task", "no-such-assignment", "the unit does not have this task")
            complaints[index] = (*complaints.get(index, ()), nothing)
            continue
        report = reports[index]
        effective_at = rules.settled(report.effective_at, recorded_at)
        judged = report.status in VERDICTS  # only a verdict needs to know what it judges
        status_then = _status_then(effective_at, then.get(index, row), earlier[subject]) if judged else row.status
        wrong = tuple(rules.against(report, not_applicable=row.not_applicable, status_then=status_then))
        if wrong or index in complaints:
            complaints[index] = (*complaints.get(index, ()), *wrong)
            continue
        entry = Entry(index, next(ids), subject, report, effective_at, current=False)
        earlier[subject].append(entry)
        entries.append(entry)
    winners = {entry.id for subject, those in earlier.items() for entry in _winner(those, found[subject])}
    return tuple(replace(entry, current=entry.id in winners) for entry in entries)


def _status_then(effective_at: datetime, before: Any, earlier: Sequence[Entry]) -> str:
    """The status at a moment, by what stood before this request and what the request itself said earlier."""
    best, status = before.effective_at, str(before.status)
    for entry in earlier:
        if entry.effective_at <= effective_at and (best is None or entry.effective_at >= best):
            best, status = entry.effective_at, str(entry.report.status)
    return status


def _winner(entries: Sequence[Entry], row: Any) -> Iterator[Entry]:
    """The entry that the assignment stands at afterwards, if it is one of these."""
    last = max(entries, key=lambda entry: (entry.effective_at, entry.index), default=None)
    if last and (row.effective_at is None or last.effective_at >= row.effective_at):
        yield last


def _keys(subjects: Any) -> dict[str, list[str]]:
    those = list(subjects)
    return {
        "owners": [subject.owner for subject in those],
        "tasks": [subject.task for subject in those],
        "units": [subject.unit for subject in those],
    }
