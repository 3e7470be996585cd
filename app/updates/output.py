"""A stored report as its readers may see it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from app.catalogue.catalogue import Catalogue
from app.updates.reports import Report
from app.updates.rules import AssignmentKey
from app.updates.schemas import DocumentOut, StatusUpdateOut


def status_update_from_row(row: Any) -> StatusUpdateOut:
    return StatusUpdateOut.model_validate({**row._mapping, "document": document_of(row)})  # noqa: SLF001 - SQLAlchemy's way


def document_of(row: Any) -> dict[str, Any] | None:
    return {"number": row.document_number, "date": row.document_date} if row.document_number else None


def status_update_out(
    catalogue: Catalogue,
    subject: AssignmentKey,
    report: Report,
    *,
    id: UUID,  # noqa: A002 - the contract's word
    effective_at: datetime,
    recorded_at: datetime,
    current: bool,
) -> StatusUpdateOut:
    """A report as it was stored a moment ago."""
    unit = catalogue.units[subject.unit]
    document = DocumentOut(number=report.document_number, date=report.document_date) if report.document_number else None
    assert report.status is not None  # noqa: S101 - it was stored
    return StatusUpdateOut(
        id=id,
        task=subject.task,
        category=catalogue.tasks[subject.task].category,
        unit=unit.code,
        province=None if unit.level == "agency" else unit.owner,
        status=report.status,
        effective_at=effective_at,
        recorded_at=recorded_at,
        note=report.note,
        evidence=list(report.evidence),
        document=document,
        is_current=current,
    )
