"""Which rows say nothing new: the row says in every field what already holds. Pure."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from app.imports.plan import Planned
from app.updates.reports import Report
from app.updates.rules import AssignmentKey


class Said(NamedTuple):
    """What a report says, apart from when."""

    status: str
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: object = None


NOTHING_YET = Said("not_started")


@dataclass
class Held:
    """What the history holds: all that was said of a moment, in order of recording, and where it stands now."""

    at: dict[tuple[AssignmentKey, datetime], list[Said]] = field(default_factory=dict)
    standing: dict[AssignmentKey, tuple[datetime, Said]] = field(default_factory=dict)


def asked_about(
    rows: Sequence[Planned], subjects: Mapping[int, AssignmentKey], last: Mapping[AssignmentKey, datetime]
) -> tuple[dict[AssignmentKey, list[datetime]], set[AssignmentKey]]:
    """The moments, and the assignments as they stand, of which the history may hold what rows say."""
    moments: dict[AssignmentKey, list[datetime]] = defaultdict(list)
    present: set[AssignmentKey] = set()
    for index, subject in subjects.items():
        at, until = rows[index].report.effective_at, last.get(subject)
        if until is None:
            continue
        if at is None:
            present.add(subject)
        elif at <= until:
            moments[subject].append(at)
    return moments, present


def said_in(report: Report) -> Said:
    return Said(str(report.status), report.note, tuple(report.evidence), report.document_number, report.document_date)


def says(row: Planned, held: Said) -> bool:
    """Whether a row says what is held, in every field that it has."""
    mine = said_in(row.report)
    return all(
        ours == theirs for name, ours, theirs in zip(Said._fields, mine, held, strict=True) if name not in row.silent
    )


def unchanged(rows: Sequence[Planned], subjects: Mapping[int, AssignmentKey], held: Held) -> set[int]:
    """The indexes of the rows that say what already holds.

    A row with a time is held against the winner of its moment; one without against what stands once all rows with a
    time are counted in. Each row is judged as if the rows before it were stored, so a correction is never swallowed.
    """
    present = _present(rows, subjects)
    moments = _moments(rows, subjects, held, present)
    same: set[int] = set()
    standing = dict(held.standing)
    for (subject, at), those in moments.items():
        same |= _unchanged_at(rows, those, held.at.get((subject, at), []))
        if (last := those[-1]) not in same and (subject not in standing or at >= standing[subject][0]):
            standing[subject] = (at, said_in(rows[last].report))
    for subject, those in present.items():
        same |= _in_turn(rows, those, standing[subject][1] if subject in standing else NOTHING_YET)
    return same


def _present(rows: Sequence[Planned], subjects: Mapping[int, AssignmentKey]) -> dict[AssignmentKey, list[int]]:
    """The rows without a time."""
    present: dict[AssignmentKey, list[int]] = defaultdict(list)
    for index, subject in subjects.items():
        if rows[index].report.effective_at is None:
            present[subject].append(index)
    return present


def _moments(
    rows: Sequence[Planned], subjects: Mapping[int, AssignmentKey], held: Held, present: Collection[AssignmentKey]
) -> dict[tuple[AssignmentKey, datetime], list[int]]:
    """The rows with a time, where it matters: something is held of it, or a row without a time comes after it."""
    moments: dict[tuple[AssignmentKey, datetime], list[int]] = defaultdict(list)
    if not present and not held.at:
        return moments
    for index, subject in subjects.items():
        at = rows[index].report.effective_at
        if at is not None and (subject in present or (subject, at) in held.at):
            moments[subject, at].append(index)
    return moments


def _unchanged_at(rows: Sequence[Planned], those: Sequence[int], before: Sequence[Said]) -> set[int]:
    """A file that corrects itself and was sent before ends in what holds: then all of it was said already."""
    if not before:
        return set()
    known = all(any(says(rows[index], held) for held in before) for index in those)
    if known and says(rows[those[-1]], before[-1]):
        return set(those)
    return _in_turn(rows, those, before[-1])


def _in_turn(rows: Sequence[Planned], those: Sequence[int], holds: Said) -> set[int]:
    same = set()
    for index in those:
        if says(rows[index], holds):
            same.add(index)
        else:
            holds = said_in(rows[index].report)
    return same
