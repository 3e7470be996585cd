"""Planned rows as they are kept between preview and commit, and back again.

A refused row is kept by itself, with its complaints and its cells. Good rows are kept in bundles, one for each stretch
of lines and outcome: a row each would cost as much as adding the reports to the history.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from app.errors import Complaint
from app.imports.plan import Planned
from app.imports.readers.table import Cell, Row
from app.imports.schemas import Outcome
from app.imports.values import as_sent
from app.status import Status
from app.updates.reports import Report

STRETCH = 500
"""The lines 1 to 500 are kept apart from 501 to 1000, and so on: so a page is read without the rest of the file."""


class KeptComplaint(msgspec.Struct, frozen=True):
    pointer: str
    code: str
    detail: str


class KeptReport(msgspec.Struct, frozen=True, omit_defaults=True):
    task: str | None = None
    unit: str | None = None
    status: Status | None = None
    effective_at: datetime | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: dt.date | None = None
    silent: frozenset[str] = frozenset()
    complaints: tuple[KeptComplaint, ...] = ()
    candidates: tuple[str, ...] = ()


class KeptRow(NamedTuple):
    """A row of an import."""

    line: int
    outcome: Outcome
    report: KeptReport
    sent: str | None = None


class _Stored(NamedTuple):
    """A row of the table: a refused row of the file, or a bundle of good ones under the line of its first."""

    line: int
    outcome: Outcome
    report: str
    sent: str | None = None


class _Good(msgspec.Struct, frozen=True, array_like=True):
    line: int
    task: str
    unit: str | None
    status: Status
    effective_at: datetime | None
    note: str | None
    evidence: tuple[str, ...]
    document_number: str | None
    document_date: dt.date | None


class _Bundle(msgspec.Struct, frozen=True, array_like=True):
    silent: frozenset[str]
    rows: tuple[_Good, ...]


_encoder = msgspec.json.Encoder()
_reports = msgspec.json.Decoder(KeptReport)
_bundles = msgspec.json.Decoder(_Bundle)


def columns(
    rows: Callable[[], Iterable[Row]],
    planned: Sequence[Planned],
    outcomes: Sequence[Outcome],
    complaints: Mapping[int, tuple[Complaint, ...]],
) -> dict[str, list[Any]]:
    """All rows of a file, for the table. The file is read again for the cells of those that are refused."""
    lines = {planned[index].line for index in complaints}
    sent = {row.line: row.sent for row in rows() if row.line in lines} if lines else {}
    stored = [*_bundled(planned, outcomes), *_refused(planned, outcomes, complaints, sent)]
    names = ("lines", "outcomes", "reports", "sent")
    return dict(zip(names, map(list, zip(*stored, strict=True)), strict=True))


def _bundled(planned: Sequence[Planned], outcomes: Sequence[Outcome]) -> Iterator[_Stored]:
    bundles: dict[tuple[int, Outcome, frozenset[str]], list[_Good]] = defaultdict(list)
    for row, outcome in zip(planned, outcomes, strict=True):
        if outcome != "rejected":
            bundles[stretch_of(row.line), outcome, row.silent].append(_good(row.line, row.report))
    for (_, outcome, silent), rows in bundles.items():
        yield _Stored(rows[0].line, outcome, _encoder.encode(_Bundle(silent, tuple(rows))).decode())


def stretch_of(line: int) -> int:
    return (line - 1) // STRETCH


def _good(line: int, report: Report) -> _Good:
    return _Good(
        line,
        report.task or "",
        report.unit,
        report.status or Status.NOT_STARTED,
        report.effective_at,
        report.note,
        report.evidence,
        report.document_number,
        report.document_date,
    )


def _refused(
    planned: Sequence[Planned],
    outcomes: Sequence[Outcome],
    complaints: Mapping[int, tuple[Complaint, ...]],
    sent: Mapping[int, tuple[Cell, ...]],
) -> Iterator[_Stored]:
    for index, those in complaints.items():
        row = planned[index]
        yield _Stored(row.line, outcomes[index], _refused_to_json(row, those), _sent_to_json(sent[row.line]))


def _refused_to_json(row: Planned, complaints: tuple[Complaint, ...]) -> str:
    report = row.report
    kept = KeptReport(
        report.task,
        report.unit,
        report.status,
        report.effective_at,
        report.note,
        report.evidence,
        report.document_number,
        report.document_date,
        row.silent,
        tuple(KeptComplaint(*complaint) for complaint in complaints),
        row.candidates,
    )
    return _encoder.encode(kept).decode()


def _sent_to_json(cells: tuple[Cell, ...]) -> str:
    return _encoder.encode([as_sent(cell) for cell in cells]).decode()


def sent_from_json(text: str | None) -> list[object]:
    return list(msgspec.json.decode(text)) if text else []


def unpacked(stored: Iterable[Any]) -> list[KeptRow]:
    """The rows of the file that rows of the table hold, in the order of the file."""
    return sorted((row for one in stored for row in _unpacked(one)), key=lambda row: row.line)


def _unpacked(stored: Any) -> Iterator[KeptRow]:
    if not stored.report.startswith("["):
        yield KeptRow(stored.line, stored.outcome, _reports.decode(stored.report), stored.sent)
        return
    bundle = _bundles.decode(stored.report)
    for good in bundle.rows:
        report = KeptReport(
            good.task,
            good.unit,
            good.status,
            good.effective_at,
            good.note,
            good.evidence,
            good.document_number,
            good.document_date,
            bundle.silent,
        )
        yield KeptRow(good.line, stored.outcome, report)


def planned(line: int, kept: KeptReport) -> Planned:
    """A good row as it was understood when it was previewed."""
    report = Report(
        kept.task,
        kept.unit,
        kept.status,
        kept.effective_at,
        kept.note,
        kept.evidence,
        kept.document_number,
        kept.document_date,
    )
    return Planned(line, report, kept.silent)
