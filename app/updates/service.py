"""Recording reports in full: judging them, and storing the good ones with what follows from them."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.errors import Complaint
from app.ids import ids_at
from app.status import VERDICTS
from app.updates import queries, rules
from app.updates.reports import Report
from app.updates.rules import AssignmentKey, AssignmentState

TICK = timedelta(microseconds=1)
UNANNOUNCED_ROWS = 1
"""Reports of one request without a lock on their owners. Two already lock rows of the tally until their commit, and a
batch with reports of every province would wait for these until its lock timeout, and fail as a whole."""
INLINE_ROWS = 5_000
ROWS_PER_STATEMENT = 5_000
"""The event loop is free again between two slices."""
Complaints = dict[int, tuple[Complaint, ...]]
Decided = TypeVar("Decided")


class Entry(msgspec.Struct, frozen=True, gc=False):
    """A valid report, ready to be stored: `current` unless a newer one is already there.

    It `moves` its assignment when the assignment's state may be another afterwards, which only the history can tell.
    """

    index: int
    id: UUID
    subject: AssignmentKey
    report: Report
    effective_at: datetime
    current: bool
    moves: bool
    undoes: UUID | None = None


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the reports of one request, by their place in it."""

    recorded_at: datetime
    entries: tuple[Entry, ...]
    complaints: Complaints


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

    A report becomes current when its effective time is that of the current report or later. All that is stored
    together shares one `recorded_at`, and keeps the order it was sent in.
    """
    subjects, complaints = await offload(reports, resolve_assignments, catalogue, who, reports, clock.now())
    found = await read_current(session, subjects, lock=not dry_run)
    recorded = await decide(session, reports, subjects, complaints, found)
    if not dry_run and not (atomic and complaints):
        await store(session, who, recorded)
    return recorded


async def offload(reports: Sequence[object], decide: Callable[..., Decided], *given: Any) -> Decided:
    """Run a pure function inline for few reports, in a worker thread for many."""
    return await start_offload(reports, decide, *given)


def start_offload(reports: Sequence[object], decide: Callable[..., Decided], *given: Any) -> Awaitable[Decided]:
    """The same without waiting, so that statements sent to PostgreSQL meanwhile run at the same time."""
    loop = asyncio.get_running_loop()
    if len(reports) > INLINE_ROWS:
        return loop.run_in_executor(None, decide, *given)
    done: asyncio.Future[Decided] = loop.create_future()
    done.set_result(decide(*given))
    return done


async def decide(
    session: AsyncSession,
    reports: Sequence[Report],
    subjects: dict[int, AssignmentKey],
    complaints: Complaints,
    found: Mapping[AssignmentKey, AssignmentState],
) -> Recorded:
    """What becomes of the reports, by the current states of their assignments. Adds to the complaints."""
    recorded_at = recording_time(found)
    verdicts = {index: subject for index, subject in subjects.items() if reports[index].status in VERDICTS}
    then = await _statuses_then(session, reports, verdicts, found)
    judged = set(verdicts.values())
    entries = await offload(reports, _judge, reports, subjects, judged, found, then, recorded_at, complaints)
    return Recorded(recorded_at, entries, complaints)


async def store(session: AsyncSession, who: Identity, recorded: Recorded, import_id: UUID | None = None) -> None:
    """Add good reports to the history, and update states, counts and last reports. Their assignments are locked.

    `import_id` is the file that they came in.
    """
    if not recorded.entries:
        return
    those = {"recorded_at": recorded.recorded_at, "token": who.token, "import_id": import_id}
    for start in range(0, len(recorded.entries), ROWS_PER_STATEMENT):
        await session.execute(queries.ADD, those | _columns(recorded.entries[start : start + ROWS_PER_STATEMENT]))
    if moving := sorted({entry.subject for entry in recorded.entries if entry.moves}):
        await session.execute(queries.UPDATE_CURRENT_STATE, as_columns(moving))
    reported = as_columns({entry.subject for entry in recorded.entries})
    await session.execute(queries.SET_LAST_REPORT, reported | {"recorded_at": recorded.recorded_at})


def _columns(entries: Sequence[Entry]) -> dict[str, Any]:
    return {
        **as_columns(entry.subject for entry in entries),
        "ids": [entry.id for entry in entries],
        "statuses": " ".join([str(entry.report.status) for entry in entries]),
        "effective": [entry.effective_at for entry in entries],
        "notes": _unless_empty([entry.report.note for entry in entries]),
        "evidence": _unless_empty(["\n".join(entry.report.evidence) or None for entry in entries]),
        "document_numbers": _unless_empty([entry.report.document_number for entry in entries]),
        "document_dates": _unless_empty([entry.report.document_date for entry in entries]),
        "undoes": _unless_empty([entry.undoes for entry in entries]),
    }


def _unless_empty(column: list[Any]) -> list[Any]:
    """`unnest` fills up shorter columns with nulls, so a column without values need not be sent."""
    return column if any(column) else []


def resolve_assignments(
    catalogue: Catalogue, who: Identity, reports: Sequence[Report], now: datetime
) -> tuple[dict[int, AssignmentKey], Complaints]:
    """Which assignment each report is about, and what is wrong with those that are about none."""
    subjects: dict[int, AssignmentKey] = {}
    complaints: Complaints = {}
    known: dict[tuple[str | None, str | None], AssignmentKey] = {}
    latest = now + rules.CLOCK_SKEW
    for index, report in enumerate(reports):
        names, plain = (report.task, report.unit), rules.is_trivially_valid(report, latest)
        if plain and names in known:
            subjects[index] = known[names]
            continue
        subject = rules.find_assignment(report, who, catalogue)
        about_subject = subject if isinstance(subject, list) else []
        if isinstance(subject, AssignmentKey):
            subjects[index] = subject
        alone = () if plain else rules.validate_alone(report, who, now)
        wrong = (*rules.complaints_of_form(report, who), *about_subject, *alone)
        if wrong:
            complaints[index] = wrong
        elif plain and isinstance(subject, AssignmentKey):
            known[names] = subject
    return subjects, complaints


async def read_current(
    session: AsyncSession, subjects: dict[int, AssignmentKey], *, lock: bool
) -> dict[AssignmentKey, AssignmentState]:
    """The current states of assignments, locked or not."""
    wanted = as_columns(sorted(set(subjects.values())))
    if lock and len(subjects) > UNANNOUNCED_ROWS:
        await session.execute(queries.LOCK_OWNERS_FOR_BULK, {"owners": wanted["owners"]})
    rows = await session.execute(queries.LOCK_ASSIGNMENTS if lock else queries.READ_ASSIGNMENTS, wanted)
    return {AssignmentKey(owner, task, unit): AssignmentState(*those) for owner, task, unit, *those in rows}


def recording_time(found: Mapping[AssignmentKey, AssignmentState]) -> datetime:
    """The database's clock, and in any case later than what was recorded of these assignments before."""
    now = max((row.now for row in found.values()), default=clock.now())
    last = max((row.recorded_at for row in found.values() if row.recorded_at), default=None)
    return max(now, last + TICK) if last else now


async def _statuses_then(
    session: AsyncSession,
    reports: Sequence[Report],
    subjects: dict[int, AssignmentKey],
    found: Mapping[AssignmentKey, AssignmentState],
) -> dict[int, Any]:
    """The status at the moment of each verdict that is of an earlier time than the current report."""
    back = []
    for index, subject in subjects.items():
        report, row = reports[index], found.get(subject)
        if report.effective_at and row and row.effective_at:
            back += [index] if report.effective_at < row.effective_at else []
    if not back:
        return {}
    moments = [reports[index].effective_at for index in back]
    rows = await session.execute(queries.STATUS_AT, {**as_columns(subjects[i] for i in back), "moments": moments})
    by_moment = {(row.task, row.unit, row.as_of): row for row in rows}
    return {i: by_moment[subjects[i].task, subjects[i].unit, reports[i].effective_at] for i in back}


def _judge(
    reports: Sequence[Report],
    subjects: dict[int, AssignmentKey],
    judged: set[AssignmentKey],
    found: Mapping[AssignmentKey, AssignmentState],
    then: dict[int, Any],
    recorded_at: datetime,
    complaints: Complaints,
) -> tuple[Entry, ...]:
    """The entries of the good reports, in order; what is wrong with the others is added to the complaints.

    `judged` are the assignments that a verdict is about: of them what was said earlier in the request matters.
    """
    good: dict[int, datetime] = {}
    exempt = {subject for subject, row in found.items() if row.not_applicable}
    earlier: dict[AssignmentKey, list[tuple[datetime, str]]] = defaultdict(list)
    for index, subject in subjects.items():
        if subject not in found:
            nothing = Complaint("/task", "no-such-assignment")
            complaints[index] = (*complaints.get(index, ()), nothing)
            continue
        report = reports[index]
        effective_at = rules.clamp_effective_at(report.effective_at, recorded_at)
        if subject in judged or subject in exempt:
            row = found[subject]
            status_then = _status_then(effective_at, then.get(index, row), earlier[subject])
            if wrong := tuple(
                rules.validate_against_assignment(report, not_applicable=row.not_applicable, status_then=status_then)
            ):
                complaints[index] = (*complaints.get(index, ()), *wrong)
        if index not in complaints:
            good[index] = effective_at
            if subject in judged:
                earlier[subject].append((effective_at, str(report.status)))
    winners = _winners(good, subjects, found)
    entries = []
    for (index, effective_at), id_ in zip(good.items(), ids_at(recorded_at), strict=False):
        subject, report, current = subjects[index], reports[index], index in winners
        moves = current or rules.touches_completion_streak(report, effective_at, found[subject].complete_since)
        entries.append(Entry(index, id_, subject, report, effective_at, current, moves))
    return tuple(entries)


def _status_then(effective_at: datetime, before: Any, earlier: Sequence[tuple[datetime, str]]) -> str:
    """The status at a moment, by the state before this request and by earlier reports of the request itself."""
    best, status = before.effective_at, str(before.status)
    for at, said in earlier:
        if at <= effective_at and (best is None or at >= best):
            best, status = at, said
    return status


def _winners(
    good: dict[int, datetime], subjects: dict[int, AssignmentKey], found: Mapping[AssignmentKey, AssignmentState]
) -> set[int]:
    """The places of the reports that are current afterwards; of two of one moment, the later one."""
    last: dict[AssignmentKey, int] = {}
    for index, effective_at in good.items():
        best = last.get(subjects[index])
        if best is None or effective_at >= good[best]:
            last[subjects[index]] = index
    before = {subject: found[subject].effective_at for subject in last}
    return {index for subject, index in last.items() if (at := before[subject]) is None or good[index] >= at}


def as_columns(subjects: Iterable[AssignmentKey]) -> dict[str, str]:
    """The assignments as the parameters of a statement, each column as one text; no code has a space in it."""
    columns = list(zip(*subjects, strict=True)) or [(), (), ()]
    return dict(zip(("owners", "tasks", "units"), map(" ".join, columns), strict=True))
