"""Rows to reports: which assignment each row names and what it says, with every complaint about it. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

import msgspec

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.errors import Complaint
from app.imports.judging.rows import TemplateBase, base_from_text, digest_of_names
from app.imports.reading.rows import ReadRow
from app.imports.remarks import Remark
from app.imports.row_names import BesideCodes, Names, RowNames, shown_unit
from app.status import Status
from app.updates.reports import Report, read_report, within_bounds


class Planned(msgspec.Struct, frozen=True, gc=False):
    """A row as a report. `remarks` are about what is wrong with it whatever was reported before."""

    line: int
    report: Report
    day: date | None = None
    base: TemplateBase | None = None
    sheet: str | None = None
    remarks: tuple[Remark, ...] = ()


def plan(rows: Iterable[ReadRow], sheets: Sequence[str | None], who: Identity, catalogue: Catalogue) -> list[Planned]:
    planner = _Planner(who, catalogue, sheets)
    return [planner.planned(row) for row in rows]


class _Planner:
    """Remembers what each written name meant: a file says the same few names again and again."""

    def __init__(self, who: Identity, catalogue: Catalogue, sheets: Sequence[str | None]) -> None:
        self._catalogue = catalogue
        self._sheets = sheets if len(sheets) > 1 else [None]
        self._own = who.unit
        self._names = RowNames(who.owner, catalogue)
        self._meant_tasks: dict[Names, str | None] = {}
        self._meant_units: dict[tuple[Names, str | None], str | None] = {}

    def planned(self, row: ReadRow) -> Planned:
        return self._plainly(row) or self._carefully(row)

    def sheet(self, row: ReadRow) -> str | None:
        return self._sheets[row.sheet] if len(self._sheets) > 1 else None

    def _plainly(self, row: ReadRow) -> Planned | None:
        """The row, when its names were understood before and nothing is wrong with it."""
        if row.complaints or row.base is not None or row.status is None:
            return None
        task = self._meant_tasks.get((row.task_code, row.task))
        if task is None:
            return None
        names = (row.unit_code, row.unit), self._level(task)
        if names not in self._meant_units:
            return None
        report = _report(row, task, self._meant_units[names])
        return Planned(row.line, report, row.day, None, self.sheet(row)) if within_bounds(report) else None

    def _carefully(self, row: ReadRow) -> Planned:
        remarks = [Remark(f"/{one.field}" if one.field else "", one.code, one.params) for one in row.complaints]
        base = base_from_text(row.base) if row.base else None
        beside = _names_beside_codes(row, base)
        task = self._names.task((row.task_code, row.task), remarks, beside)
        level = self._level(task)
        unit = self._names.unit((row.unit_code, row.unit), level, remarks, beside)
        if unit is None and not any(remark.pointer in ("", "/unit", "/unit_code") for remark in remarks):
            unit = self._own  # said now: another of the unit, or above it, may commit the file
        if task is not None and not remarks and row.base is None:
            self._meant_tasks[row.task_code, row.task] = task
            self._meant_units[(row.unit_code, row.unit), level] = unit
        if row.base and base is None:
            remarks.append(Remark("/base", "base-mismatch"))
        report = _report(row, task, unit)
        if all(remark.pointer for remark in remarks):  # else it was no row at all
            remarks += [*_about_shape(report, row, {remark.pointer for remark in remarks})]
        complaints = tuple(Complaint(remark.pointer, remark.code, "") for remark in remarks)
        remarks += self._offers_at_home(unit)
        if any(complaint.pointer == "/unit" for complaint in complaints):
            report = msgspec.structs.replace(report, task=None)  # without its unit nothing can be said of its work
        report = msgspec.structs.replace(report, complaints=complaints)
        return Planned(row.line, report, row.day, base, self.sheet(row), tuple(remarks))

    def _offers_at_home(self, unit: str | None) -> list[Remark]:
        """What is told beside the complaint that a unit is another's, which comes with who may report on it."""
        codes = self._names.similar_at_home.get(unit or "", ())
        named_so = [shown_unit(self._catalogue, code) for code in codes]
        return [Remark("/unit", "not-your-unit", {"candidates": list(codes), "named": named_so})] if codes else []

    def _level(self, task: str | None) -> str | None:
        return self._catalogue.tasks[task].level if task else None


def _names_beside_codes(row: ReadRow, base: TemplateBase | None) -> BesideCodes:
    """Where a template row calls its task and unit as it was filled, they may have other names since."""
    if row.base is None:
        return "of a file's own"
    is_complete = row.task_code and row.unit_code and row.task and row.unit
    is_as_filled = base is not None and is_complete and base.names == digest_of_names(row.task or "", row.unit or "")
    return "as filled" if is_as_filled else "typed over"


def _report(row: ReadRow, task: str | None, unit: str | None) -> Report:
    return Report(
        task,
        unit,
        Status(row.status) if row.status else None,
        row.effective_at,
        row.note,
        row.evidence,
        row.document_number,
        row.document_date,
    )


def _about_shape(report: Report, row: ReadRow, about: set[str]) -> Iterator[Remark]:
    """What is missing, too long or no link; what was already said about a field is not said again as its absence."""
    if report.status is not None and within_bounds(report):
        return
    fields: dict[str, Any] = {
        "task": report.task,
        "unit": report.unit,
        "status": report.status,
        "note": report.note,
        "evidence": list(report.evidence) or None,
    }
    if report.document_number:
        day = report.document_date
        fields["document"] = {"number": report.document_number, "date": day.isoformat() if day else None}
    for complaint in read_report({name: value for name, value in fields.items() if value is not None}).complaints:
        pointer = complaint.pointer.replace("/document/", "/document_")
        if pointer in about or (pointer.startswith("/evidence") and "/evidence" in about):
            continue
        cleared = row.base is not None and pointer == "/status" and complaint.code == "missing"
        yield Remark(pointer, "status-cleared" if cleared else complaint.code)
