"""The rows of an import as they are kept between preview and commit, and back again.

A refused row is kept by itself, with its complaints and its cells. Good rows are kept in bundles, one for each run
of the file and outcome: a row each would cost as much as adding the reports to the history.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import msgspec

from app.errors import Complaint
from app.imports.judging.rows import TemplateBase, base_to_text
from app.imports.plan import Planned
from app.imports.remarks import Remark
from app.imports.schemas import Outcome
from app.status import Status
from app.updates.reports import Report

BUNDLE_ROWS = 500
"""The rows 1 to 500 are kept apart from 501 to 1000, and so on: so a page is read without the rest of the file."""


class Stood(NamedTuple):
    """Where an assignment stood before a row."""

    status: str
    effective_at: datetime | None


class KeptReport(msgspec.Struct, frozen=True, omit_defaults=True):
    line: int = 0
    sheet: str | None = None
    task: str | None = None
    unit: str | None = None
    status: Status | None = None
    effective_at: datetime | None = None
    day: dt.date | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: dt.date | None = None
    base: TemplateBase | None = None
    before: Stood | None = None
    remarks: tuple[Remark, ...] = ()


class ImportRow(NamedTuple):
    """A row of an import: its place among all rows of the file, and what became of it."""

    place: int
    outcome: Outcome
    report: KeptReport
    sent: str | None = None

    @property
    def candidates(self) -> list[str]:
        return [code for remark in self.report.remarks for code in remark.parameters.get("candidates", ())]


class _Stored(NamedTuple):
    """A row of the table: a refused row of the file, or a bundle of good ones under the place of its first."""

    place: int
    outcome: Outcome
    report: str
    sent: str | None = None


class _Good(msgspec.Struct, frozen=True, array_like=True):
    place: int
    line: int
    task: str
    unit: str | None
    status: Status
    effective_at: datetime | None
    day: dt.date | None
    note: str | None
    evidence: tuple[str, ...]
    document_number: str | None
    document_date: dt.date | None
    base: TemplateBase | None
    before: Stood | None


class _Bundle(msgspec.Struct, frozen=True, array_like=True):
    sheet: str | None
    rows: tuple[_Good, ...]


_encoder = msgspec.json.Encoder()
_reports = msgspec.json.Decoder(KeptReport)
_bundles = msgspec.json.Decoder(_Bundle)


def columns(
    planned: Sequence[Planned],
    outcomes: Sequence[Outcome],
    before: Mapping[int, Stood],
    remarks: Mapping[int, tuple[Remark, ...]],
    sent: Callable[[int], Sequence[Any]],
) -> dict[str, list[Any]]:
    """All rows of a file, for the table. `sent` gives the cells of a row, and is asked for those that are refused."""
    stored = [*_bundled(planned, outcomes, before), *_refused(planned, remarks, sent)]
    names = ("places", "outcomes", "reports", "sent")
    return dict(zip(names, map(list, zip(*stored, strict=True)), strict=True))


def _bundled(planned: Sequence[Planned], outcomes: Sequence[Outcome], before: Mapping[int, Stood]) -> Iterator[_Stored]:
    bundles: dict[tuple[int, Outcome, str | None], list[_Good]] = defaultdict(list)
    for index, (row, outcome) in enumerate(zip(planned, outcomes, strict=True)):
        if outcome != "rejected":
            good = _good(index + 1, row, before.get(index))
            bundles[bundle_of(index + 1), outcome, row.sheet].append(good)
    for (_, outcome, sheet), rows in bundles.items():
        yield _Stored(rows[0].place, outcome, _encoder.encode(_Bundle(sheet, tuple(rows))).decode())


def bundle_of(place: int) -> int:
    return (place - 1) // BUNDLE_ROWS


def _good(place: int, row: Planned, before: Stood | None) -> _Good:
    report = row.report
    return _Good(
        place,
        row.line,
        report.task or "",
        report.unit,
        report.status or Status.NOT_STARTED,
        report.effective_at,
        row.day,
        report.note,
        report.evidence,
        report.document_number,
        report.document_date,
        row.base,
        before,
    )


def _refused(
    planned: Sequence[Planned], remarks: Mapping[int, tuple[Remark, ...]], sent: Callable[[int], Sequence[Any]]
) -> Iterator[_Stored]:
    for index in sorted(remarks):  # in the order of the file, for its cells are decoded batch by batch
        row = refused(index, planned[index], remarks[index], sent(index))
        yield _Stored(row.place, row.outcome, _to_json(row.report), row.sent)


def refused(index: int, row: Planned, remarks: tuple[Remark, ...], cells: Sequence[Any]) -> ImportRow:
    report = row.report
    kept = KeptReport(
        row.line,
        row.sheet,
        report.task,
        report.unit,
        report.status,
        report.effective_at,
        row.day,
        report.note,
        report.evidence,
        report.document_number,
        report.document_date,
        row.base,
        None,
        remarks,
    )
    return ImportRow(index + 1, "rejected", kept, _sent_to_json(cells))


def _sent_to_json(cells: Sequence[Any]) -> str:
    return _to_json(list(cells))


def _to_json(value: object) -> str:
    """What PostgreSQL can keep: NUL is shown as the sign for it."""
    return _encoder.encode(value).decode().replace("\\u0000", "␀")


def sent_from_json(text: str | None) -> list[object]:
    return list(msgspec.json.decode(text)) if text else []


def cells_of(row: ImportRow, fields: Sequence[str | None]) -> list[object]:
    """The cells of a row as they were sent; of one that was good before, as it was understood."""
    if row.sent is not None:
        return sent_from_json(row.sent)
    report = row.report
    said: dict[str, object] = {
        "task": report.task,
        "task_code": report.task,
        "unit": report.unit,
        "unit_code": report.unit,
        "status": report.status,
        "effective_at": report.effective_at.isoformat() if report.effective_at else None,
        "note": report.note,
        "evidence": "\n".join(report.evidence) or None,
        "document_number": report.document_number,
        "document_date": f"{report.document_date:%d/%m/%Y}" if report.document_date else None,
        "base": base_to_text(report.base) if report.base else None,
    }
    if report.day:
        said["effective_at"] = f"{report.day:%d/%m/%Y}"
    return [said.get(field) if field else None for field in fields]


def unpacked(stored: Iterable[Any]) -> list[ImportRow]:
    """The rows of the file that rows of the table hold, in the order of the file."""
    return sorted((row for one in stored for row in _unpacked(one)), key=lambda row: row.place)


def _unpacked(stored: Any) -> Iterator[ImportRow]:
    if not stored.report.startswith("["):
        yield ImportRow(stored.place, stored.outcome, _reports.decode(stored.report), stored.sent)
        return
    bundle = _bundles.decode(stored.report)
    for good in bundle.rows:
        report = KeptReport(
            good.line,
            bundle.sheet,
            good.task,
            good.unit,
            good.status,
            good.effective_at,
            good.day,
            good.note,
            good.evidence,
            good.document_number,
            good.document_date,
            good.base,
            good.before,
        )
        yield ImportRow(good.place, stored.outcome, report)


def planned(row: ImportRow, remarks: tuple[Remark, ...] = ()) -> Planned:
    """A row as it was understood when it was previewed, with what is wrong with it whatever was reported since."""
    kept = row.report
    report = Report(
        kept.task,
        kept.unit,
        kept.status,
        kept.effective_at,
        kept.note,
        kept.evidence,
        kept.document_number,
        kept.document_date,
        tuple(Complaint(remark.pointer, remark.code, "") for remark in remarks),
    )
    return Planned(kept.line, report, kept.day, kept.base, kept.sheet, remarks)
