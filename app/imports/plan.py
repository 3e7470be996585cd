"""Rows to reports: which assignment each row names and what it says, with every complaint about it. Pure."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

import msgspec

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue, named
from app.catalogue.spelling import fold
from app.catalogue.unit_names import Ambiguous, Found, Level, Unknown
from app.errors import Complaint
from app.imports import values
from app.imports.readers.table import Cell, Row
from app.imports.values import Unreadable
from app.imports.words import Field, status_of
from app.status import Status
from app.updates.reports import Report, read_report, within_bounds

MOST_OFFERS = 500
SILENT_UNLESS_SENT = frozenset({"note", "evidence", "document_number", "document_date"})
Names = tuple[Cell, Cell]
"""What a row calls its task or its unit: the code and the name."""


class Planned(msgspec.Struct, frozen=True, gc=False):
    """A row as a report. About the fields in `silent` it has no column, and so says nothing."""

    line: int
    report: Report
    silent: frozenset[str] = frozenset()
    candidates: tuple[str, ...] = ()


class Doubt(Unreadable):
    """A name that may mean several things, or none: with what it may have meant."""

    def __init__(self, code: str, detail: str, candidates: tuple[str, ...]) -> None:
        super().__init__(code, detail)
        self.candidates = candidates


def plan(rows: Iterable[Row], who: Identity, catalogue: Catalogue) -> list[Planned]:
    return list(_Planner(who, catalogue).all(rows))


class _Planner:
    """Remembers what each written name meant: a file says the same few names again and again."""

    def __init__(self, who: Identity, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._home = who.owner
        self._offers = MOST_OFFERS
        self._meanings: dict[tuple[str, str, str | None], str | Doubt] = {}
        self._tasks = _tasks_by_name(catalogue)
        self._meant_tasks: dict[Names, str] = {}
        self._meant_units: dict[tuple[Names, str | None], str | None] = {}
        self._statuses: dict[Cell, Status] = {}
        self._silences: dict[tuple[Field, ...], frozenset[str]] = {}

    def all(self, rows: Iterable[Row]) -> Iterator[Planned]:
        for row in rows:
            report = None if row.complaints else self._plainly(row.said)
            yield Planned(row.line, report, self.silent(row)) if report else _Reading(self, row).planned()

    def _plainly(self, said: Mapping[Field, Cell]) -> Report | None:
        """The report of a row whose words were understood before, when nothing is wrong with it."""
        try:
            task = self._meant_tasks[tasks_in(said)]
            unit = self._meant_units[units_in(said), self.level(task)]
            status = self._statuses[said.get("status")]
            moment, note = values.moment_of(said.get("effective_at")), values.text_of(said.get("note"))
            number, day = values.text_of(said.get("document_number")), values.day_of(said.get("document_date"))
            links = tuple(values.links_of(said.get("evidence")))
        except (KeyError, TypeError, Unreadable):  # a TypeError: a list where a name belongs
            return None
        report = Report(task, unit, status, moment, note, links, number, day)
        return report if within_bounds(report) else None

    def status(self, cell: Cell) -> Status | None:
        status = status_in(cell)
        if status and type(cell) is str:
            self._statuses[cell] = status
        return status

    def remember(self, said: Mapping[Field, Cell], task: str, unit: str | None) -> None:
        """Only of text: to a dict, the number 1 and TRUE are the same. What a unit's name means is up to the level."""
        tasks, units = tasks_in(said), units_in(said)
        if all(type(name) is str or name is None for name in (*tasks, *units)):
            self._meant_tasks[tasks] = task
            self._meant_units[units, self.level(task)] = unit

    def silent(self, row: Row) -> frozenset[str]:
        columns = tuple(row.said)
        silent = self._silences.get(columns)
        if silent is None:
            silent = self._silences[columns] = SILENT_UNLESS_SENT.difference(columns)
        return silent

    def task(self, written: str) -> str:
        return self._meaning("task", written, None, lambda: self._task(written))

    def unit(self, written: str, level: str | None) -> str:
        return self._meaning("unit", written, level, lambda: self._unit(written, level))

    def level(self, task: str | None) -> str | None:
        return self._catalogue.tasks[task].level if task else None

    def _meaning(self, kind: str, written: str, level: str | None, find: Callable[[], str]) -> str:
        key = (kind, written, level)
        if key not in self._meanings:
            try:
                self._meanings[key] = find()
            except Doubt as doubt:
                self._meanings[key] = doubt
        meaning = self._meanings[key]
        if isinstance(meaning, Doubt):
            raise meaning
        return meaning

    def _task(self, written: str) -> str:
        if written in self._catalogue.tasks:
            return written
        codes = self._tasks.get(fold(written), ())
        if len(codes) > 1:
            raise Doubt("ambiguous-task", f"{_short(written)} may be: {', '.join(codes)}", codes)
        if not codes:
            raise Doubt("unknown-task", f"there is no task {_short(written)}", ())
        return codes[0]

    def _unit(self, written: str, level: str | None) -> str:
        names = self._catalogue.unit_names
        # To look for what was meant takes a while; who sees so many offers knows that the whole column is wrong.
        self._offers -= 1
        match = names.find(written, within=self._home, level=cast("Level | None", level), offer=self._offers > 0)
        if isinstance(match, Unknown) and level:
            # Another level's unit is understood too, so that the complaint can say what is really wrong.
            other = names.find(written, within=self._home, offer=False)
            match = other if isinstance(other, Found) else match
        if isinstance(match, Found):
            return match.code
        kind = "ambiguous-unit" if isinstance(match, Ambiguous) else "unknown-unit"
        candidates = match.candidates
        asked = f"{_short(written)} may be: {self._called(candidates)}" if candidates else ""
        raise Doubt(kind, asked or f"there is no unit {_short(written)}", candidates)

    def _called(self, codes: tuple[str, ...]) -> str:
        units = self._catalogue.units
        return ", ".join(f"{code} {named(units[code].names, 'vi')}" for code in codes)


class _Reading:
    """One row being read: the fields so far, and the complaints about the others."""

    def __init__(self, planner: _Planner, row: Row) -> None:
        self._planner = planner
        self._row = row
        self._complaints = list(row.complaints)
        self._candidates: tuple[str, ...] = ()

    def planned(self) -> Planned:
        row = self._row
        if row.complaints and not row.said:
            report = Report(None, None, None, complaints=row.complaints)
        else:
            report = self._report()
        return Planned(row.line, report, self._planner.silent(row), self._candidates)

    def _report(self) -> Report:
        task = self._named("task", self._planner.task)
        level = self._planner.level(task)
        unit = self._named("unit", lambda written: self._planner.unit(written, level))
        if task is not None and not self._complaints:
            self._planner.remember(self._row.said, task, unit)
        fields = {
            "task": task,
            "unit": unit,
            "status": self._read("status", self._planner.status),
            "effective_at": self._read("effective_at", values.moment_of),
            "note": self._read("note", values.text_of),
            "evidence": self._read("evidence", values.links_of),
            "document": self._document(),
        }
        report = read_report({name: value for name, value in fields.items() if value is not None})
        return self._with_complaints(report)

    def _with_complaints(self, report: Report) -> Report:
        """What was already said about a field is not said again as its absence."""
        if not self._complaints and not report.complaints:
            return report
        about = {complaint.pointer for complaint in self._complaints}
        complaints = [c for c in map(_by_column, report.complaints) if c.pointer not in about]
        bad_unit = "/unit" in about
        return Report(
            # Without its unit nothing can be said of its assignment.
            task=None if bad_unit else report.task,
            unit=report.unit,
            status=report.status,
            effective_at=report.effective_at,
            note=report.note,
            evidence=report.evidence,
            document_number=report.document_number,
            document_date=report.document_date,
            complaints=(*self._complaints, *complaints),
        )

    def _named(self, field: str, find: Callable[[str], str]) -> str | None:
        """The code stands beside the name in the template; where both are written they have to mean the same."""
        code: str | None = self._read(f"{field}_code", lambda cell: _found(cell, find), pointer=field)
        said = len(self._complaints)
        name: str | None = self._read(field, lambda cell: _found(cell, find))
        if code is None or len(self._complaints) > said:
            if code is not None:
                del self._complaints[said:]
            return code or name
        if name is not None and name != code:
            self._complaints.append(
                Complaint(f"/{field}", f"contradictory-{field}", f"the code says {code}, the name means {name}")
            )
        return code

    def _read(self, field: str, reader: Callable[[Cell], Any], pointer: str | None = None) -> Any:
        cell = self._row.said.get(field)
        if cell is None:
            return None
        try:
            return reader(cell)
        except Unreadable as error:
            self._complaints.append(Complaint(f"/{pointer or field}", error.code, error.detail))
            self._candidates = getattr(error, "candidates", ()) or self._candidates
            return None

    def _document(self) -> dict[str, object] | None:
        said = len(self._complaints)
        number = self._read("document_number", values.text_of)
        date = self._read("document_date", values.day_of)
        if number is None and date is not None and len(self._complaints) == said:
            self._complaints.append(Complaint("/document_number", "missing", "a document with a date has a number"))
        return {"number": number, "date": date} if number is not None else None


def _found(cell: Cell, find: Callable[[str], str]) -> str | None:
    written = values.text_of(cell)
    return find(written) if written is not None else None


def tasks_in(said: Mapping[Field, Cell]) -> Names:
    return said.get("task_code"), said.get("task")


def units_in(said: Mapping[Field, Cell]) -> Names:
    return said.get("unit_code"), said.get("unit")


def status_in(cell: Cell) -> Status | None:
    written = values.text_of(cell)
    if written is None:
        return None
    status = status_of(written)
    if status is None:
        raise Unreadable("unknown-value", f"{_short(written)} is no status")
    return status


def _by_column(complaint: Complaint) -> Complaint:
    """`/document/number` is a column of its own in a file."""
    return complaint._replace(pointer=complaint.pointer.replace("/document/", "/document_"))


def _short(written: str) -> str:
    return written if len(written) <= 80 else f"{written[:79]}…"


def _tasks_by_name(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for task in catalogue.tasks.values():
        for name in {fold(task.code), *(fold(name) for name in task.names.values())}:
            found[name] = (*found.get(name, ()), task.code)
    return found
