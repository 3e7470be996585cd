"""A planned row as it is kept between preview and commit, and back again."""

import datetime as dt
from datetime import datetime

import msgspec

from app.errors import Complaint
from app.imports.plan import Planned
from app.imports.values import as_sent
from app.status import Status
from app.updates.reports import Report


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


_encoder = msgspec.json.Encoder()
_reports = msgspec.json.Decoder(KeptReport)


def to_json(row: Planned, complaints: tuple[Complaint, ...]) -> str:
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


def sent_to_json(row: Planned) -> str:
    return _encoder.encode([as_sent(cell) for cell in row.sent]).decode()


def sent_from_json(text: str | None) -> list[object]:
    return list(msgspec.json.decode(text)) if text else []


def from_json(text: str) -> KeptReport:
    return _reports.decode(text)


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
