"""What becomes of each row of a file: names and authority first, then the steps of judgement, then what is stored."""

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.errors import Complaint
from app.imports import knowledge
from app.imports.import_rows import Stood
from app.imports.judging.content import ReportContent
from app.imports.judging.judge import Decisions, judge
from app.imports.judging.rows import JudgedRow, Sending
from app.imports.judging.rules import RowRefusal
from app.imports.plan import Planned
from app.imports.remarks import Remark
from app.imports.row_names import shown_unit
from app.imports.schemas import OUTCOMES, Outcome
from app.updates import rules as reporting
from app.updates.reports import Report
from app.updates.rules import AssignmentKey, AssignmentState
from app.updates.service import Recorded, decide, offload, read_current, resolve_assignments

AS_SHOWN = frozenset({"not-your-role", "not-your-unit", "note-required"})
"""What is no mistake in an untouched template row: it shows what the ministry or the unit has said."""


@dataclass(frozen=True)
class Judged:
    """What becomes of each row, by its place, and the reports among them that say something new."""

    outcomes: list[Outcome]
    recorded: Recorded
    subjects: Mapping[int, AssignmentKey]
    decisions: Decisions
    remarks: Mapping[int, tuple[Remark, ...]]
    before: Mapping[int, Stood] = field(default_factory=dict)

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(self.outcomes)
        return {"received": len(self.outcomes)} | {outcome: found[outcome] for outcome in OUTCOMES}


async def judge_rows(
    session: AsyncSession,
    catalogue: Catalogue,
    who: Identity,
    planned: Sequence[Planned],
    sending: Sending,
    *,
    digest: bytes,
    lock: bool,
    left_out: AbstractSet[int] = frozenset(),
) -> Judged:
    """What becomes of the rows. Nothing is stored yet; to be stored, their assignments have to be locked.

    `left_out` are rows that stay refused, by their index.
    """
    reports = [_settled(row, sending) for row in planned]
    subjects, complaints = await offload(reports, resolve_assignments, catalogue, who, reports, clock.now())
    _refuse_days_to_come(planned, sending, complaints)
    shown = _as_shown(planned, who, catalogue, complaints)
    sound = {i: subject for i, subject in subjects.items() if i not in complaints} | shown
    found = await read_current(session, sound, lock=lock)
    judgeable = await offload(planned, _judgeable, planned, sound, found, left_out)
    known = await knowledge.known_reports(session, judgeable, found, sending, digest)
    bases = await knowledge.bases_of(session, judgeable, digest)
    decisions = await offload(judgeable, judge, judgeable, known, bases, sending)
    for index, content in decisions.together.items():
        reports[index] = with_content(reports[index], content)
    decisions.unchanged.difference_update(left_out)
    for index in decisions.unchanged:
        complaints.pop(index, None)
    for index, refusal in decisions.refused.items():
        complaints[index] = (Complaint(f"/{refusal.field}", refusal.code, ""),)
    settled = decisions.unchanged | complaints.keys() | left_out
    new = {i: subject for i, subject in sound.items() if i not in settled}
    recorded = await decide(session, reports, new, complaints, found)
    _refuse_repeated(decisions, complaints)
    remarks = await offload(planned, _all_remarks, planned, complaints, decisions, catalogue)
    outcomes, before = await offload(planned, _became, len(planned), decisions, recorded, found)
    return Judged(outcomes, recorded, sound, decisions, remarks, before)


def _refuse_repeated(decisions: Decisions, complaints: dict[int, tuple[Complaint, ...]]) -> None:
    """Rows that say what a refused row says are refused with it."""
    for counted, repeated in decisions.repeated.items():
        if counted in complaints and counted not in decisions.refused:
            decisions.unchanged.difference_update(repeated)
            complaints.update(dict.fromkeys(repeated, complaints[counted]))


def _settled(row: Planned, sending: Sending) -> Report:
    """A bare day means its last second, or now when that has not come yet."""
    if row.day is None:
        return row.report
    end = clock.end_of_day(row.day)
    return msgspec.structs.replace(row.report, effective_at=end if end <= sending.now else None)


def _refuse_days_to_come(
    planned: Sequence[Planned], sending: Sending, complaints: dict[int, tuple[Complaint, ...]]
) -> None:
    today = sending.today
    for index, row in enumerate(planned):
        if row.day is not None and row.day > today:
            wrong = Complaint("/effective_at", "in-the-future", "")
            complaints[index] = (*complaints.get(index, ()), wrong)


def _as_shown(
    planned: Sequence[Planned], who: Identity, catalogue: Catalogue, complaints: Mapping[int, tuple[Complaint, ...]]
) -> dict[int, AssignmentKey]:
    """Template rows that are bad only if somebody meant to say what they show; whether so is to be judged."""
    shown = {}
    for index, those in complaints.items():
        row = planned[index]
        if row.base is None or not {complaint.code for complaint in those} <= AS_SHOWN:
            continue
        subject = reporting.find_assignment(msgspec.structs.replace(row.report, status=None), who, catalogue)
        if isinstance(subject, AssignmentKey):
            shown[index] = subject
    return shown


def _judgeable(
    planned: Sequence[Planned],
    sound: Mapping[int, AssignmentKey],
    found: Mapping[AssignmentKey, AssignmentState],
    left_out: AbstractSet[int],
) -> list[tuple[AssignmentKey, JudgedRow]]:
    """The rows about assignments that there are, in the order of the file."""
    return [
        (subject, judged_row(index, planned[index], is_left_out=index in left_out))
        for index, subject in sorted(sound.items())
        if subject in found
    ]


def judged_row(index: int, row: Planned, *, is_left_out: bool = False) -> JudgedRow:
    content, report = content_of(row.report), row.report
    return JudgedRow(index, row.line, content, report.effective_at, row.day, row.base, row.sheet, is_left_out)


def content_of(report: Report) -> ReportContent:
    return ReportContent(
        str(report.status), report.note, tuple(report.evidence), report.document_number, report.document_date
    )


def with_content(report: Report, content: ReportContent) -> Report:
    """A report with what the rows of its moment say together."""
    return msgspec.structs.replace(
        report,
        note=content.note,
        evidence=content.evidence,
        document_number=content.document_number,
        document_date=content.document_date,
    )


def _became(
    count: int, decisions: Decisions, recorded: Recorded, found: Mapping[AssignmentKey, AssignmentState]
) -> tuple[list[Outcome], dict[int, Stood]]:
    return _outcomes(count, decisions, recorded), _before(recorded, found)


def _outcomes(count: int, decisions: Decisions, recorded: Recorded) -> list[Outcome]:
    outcomes: list[Outcome] = ["rejected"] * count
    for index in decisions.unchanged:
        outcomes[index] = "unchanged"
    for entry in recorded.entries:
        outcomes[entry.index] = "current" if entry.current else "superseded"
    return outcomes


def _before(recorded: Recorded, found: Mapping[AssignmentKey, AssignmentState]) -> dict[int, Stood]:
    """Where the assignments stood that the file moves."""
    return {
        entry.index: Stood(found[entry.subject].status, found[entry.subject].effective_at)
        for entry in recorded.entries
        if entry.current
    }


def _all_remarks(
    planned: Sequence[Planned],
    complaints: Mapping[int, Sequence[Complaint]],
    decisions: Decisions,
    catalogue: Catalogue,
) -> dict[int, tuple[Remark, ...]]:
    return {i: _remarks(planned[i], those, decisions.refused.get(i), catalogue) for i, those in complaints.items()}


def _remarks(
    row: Planned, complaints: Sequence[Complaint], refusal: RowRefusal | None, catalogue: Catalogue
) -> tuple[Remark, ...]:
    """The complaints with what their sentences tell: from the reading of the row, or from its judgement."""
    parameters = {(remark.pointer, remark.code): dict(remark.parameters) for remark in row.remarks}
    if refusal:
        parameters[f"/{refusal.field}", refusal.code] = refusal.parameters
    task, unit = catalogue.tasks.get(row.report.task or ""), catalogue.units.get(row.report.unit or "")
    if unit:
        parameters.setdefault(("/unit", "not-your-unit"), {})["whose"] = shown_unit(catalogue, unit.code)
    if task and unit and task.level != unit.level:
        levels = {"level": task.level, "unit_level": unit.level}
        names = {"task": task.code, "unit": shown_unit(catalogue, unit.code)}
        parameters["/unit", "no-such-assignment"] = names | levels
    return tuple(Remark(c.pointer, c.code, parameters.get((c.pointer, c.code), {})) for c in complaints)


def times_as_sent(planned: Sequence[Planned], sent_at: datetime) -> bool:
    """Whether all times of a file lie within ten minutes of its sending, and so say little more than that."""
    times = [row.report.effective_at for row in planned if row.report.effective_at]
    days: list[date] = [row.day for row in planned if row.day]
    return bool(times) and not days and all(abs((at - sent_at).total_seconds()) <= 600 for at in times)
