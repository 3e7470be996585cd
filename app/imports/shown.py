"""Imports and their rows as their readers see them: in their language, with the columns as the file calls them."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec

from app.errors import Complaint, InvalidInput
from app.imports.import_rows import ImportRow, sent_from_json
from app.imports.judged import Judged
from app.imports.reading.values.cells import seen, shown
from app.imports.remarks import Remark, place_of, sentence, short
from app.imports.schemas import (
    ImportOut,
    ImportRowOut,
    ImportSummaryOut,
    LeftAloneOut,
    RowErrorOut,
    StoodOut,
    UndoOut,
    WarningOut,
)
from app.imports.template_texts import header_of
from app.imports.undoing import Undo
from app.language import Language
from app.messages import say, text
from app.scope import EVERYTHING

MOST_ERRORS = 100


class SheetColumns:
    """The columns of a sheet: their headers in order, and what the file calls each field."""

    def __init__(self, columns: Sequence[Mapping[str, Any]]) -> None:
        self.headers = [column["header"] for column in columns]
        self.fields = [column["field"] for column in columns]
        self._places = {field: place for place, field in enumerate(self.fields) if field}

    @classmethod
    def of_titles(cls, headers: Sequence[str], fields: Sequence[str | None]) -> "SheetColumns":
        return cls([{"header": header, "field": field} for header, field in zip(headers, fields, strict=True)])

    def only(self, places: Sequence[int]) -> "SheetColumns":
        return self.of_titles([self.headers[place] for place in places], [self.fields[place] for place in places])

    def of(self, pointer: str, cells: Sequence[object] = ()) -> tuple[str | None, object]:
        """The header of the column that a complaint is about, and its cell. A name goes before its code."""
        field = pointer.split("/")[1] if "/" in pointer else ""
        places = [self._places[name] for name in (field, f"{field}_code") if name in self._places]
        if not places:
            return None, None
        filled = [place for place in places if place < len(cells) and cells[place] not in (None, "")]
        place = (filled or places)[0]
        return self.headers[place], cells[place] if place < len(cells) else None


def sheets_of(file: Any) -> dict[str | None, SheetColumns]:
    """The columns of each sheet of an import; a single one is that of rows without a sheet, too."""
    sheets = {sheet["name"]: SheetColumns(sheet["columns"]) for sheet in file.read_as["sheets"]}
    return sheets | {None: next(iter(sheets.values()))} if sheets else {None: SheetColumns([])}


def summary_out(file: Any) -> ImportSummaryOut:
    return ImportSummaryOut.model_validate({**_facts(file)})


def _facts(file: Any) -> dict[str, Any]:
    unit = None if file.unit == EVERYTHING else file.unit
    state = "undone" if file.undone_at else file.state
    return {**file._mapping, "unit": unit, "state": state}  # noqa: SLF001 - SQLAlchemy's way


def import_out(file: Any, bad: Sequence[ImportRow], language: Language, *, verdicts: bool) -> ImportOut:
    sheets = sheets_of(file)
    errors = [error for row in bad for error in row_errors(row, sheets, language, verdicts=verdicts)]
    read_as = {name: value for name, value in file.read_as.items() if name != "headers"}
    several = len(file.read_as["sheets"]) > 1
    told = msgspec.convert(file.warnings, list[Remark])
    warnings = [_warning(one, language, names_sheet=several) for one in told]
    more = {"read_as": read_as, "errors": errors[:MOST_ERRORS], "warnings": warnings, "undo": _undo(file, language)}
    return ImportOut.model_validate({**_facts(file), **more})


def _warning(remark: Remark, language: Language, *, names_sheet: bool) -> WarningOut:
    sheet = remark.parameters.get("sheet") if names_sheet else None
    if remark.code == "columns-chosen":
        read_as = [_chosen(one, language) for one in remark.parameters["columns"]]
        remark = msgspec.structs.replace(remark, parameters={**remark.parameters, "columns": read_as})
    said = sentence(remark, language)
    return WarningOut(code=remark.code, detail=f"{short(str(sheet))}: {said}" if sheet else said)


def _chosen(column: str, language: Language) -> str:
    """A header and what it was read as, in the words of the template."""
    header, _, field = column.rpartition(": ")
    return f"{header}: {text('column.left-out', language) if field == '-' else header_of(field, language)}"


def _undo(file: Any, language: Language) -> UndoOut | None:
    if file.undo is None:
        return None
    undo = msgspec.convert(file.undo, Undo)
    left = [
        LeftAloneOut(
            update=one.update, task=one.task, unit=one.unit, code=one.remark.code, detail=sentence(one.remark, language)
        )
        for one in undo.left_alone
    ]
    return UndoOut(at=file.undone_at, answered=undo.answered, left_alone=left)


def row_out(
    row: ImportRow, sheets: Mapping[str | None, SheetColumns], language: Language, *, verdicts: bool
) -> ImportRowOut:
    report = row.report
    moves = report.before is not None
    return ImportRowOut(
        line=report.line,
        sheet=report.sheet,
        outcome=row.outcome,
        code=report.remarks[0].code if report.remarks else None,
        candidates=row.candidates,
        task=report.task,
        unit=report.unit,
        status=report.status,
        effective_at=report.effective_at,
        day=report.day,
        note=report.note,
        before=StoodOut(**report.before._asdict()) if report.before else None,
        after=StoodOut(status=str(report.status), effective_at=report.effective_at, day=report.day) if moves else None,
        errors=row_errors(row, sheets, language, verdicts=verdicts),
        sent=_sent(row, sheets),
    )


def _sent(row: ImportRow, sheets: Mapping[str | None, SheetColumns]) -> dict[str, object] | None:
    if row.sent is None:
        return None
    headers = sheets[row.report.sheet].headers
    return {header: cell for header, cell in zip(headers, sent_from_json(row.sent), strict=False) if header}


def row_errors(
    row: ImportRow, sheets: Mapping[str | None, SheetColumns], language: Language, *, verdicts: bool
) -> list[RowErrorOut]:
    columns, cells = sheets[row.report.sheet], sent_from_json(row.sent)
    errors = []
    for remark in row.report.remarks:
        header, cell = columns.of(remark.pointer, cells)
        errors.append(
            RowErrorOut(
                line=row.report.line,
                sheet=row.report.sheet,
                column=header,
                pointer=f"/lines/{row.report.line}{remark.pointer}",
                code=remark.code,
                detail=sentence(remark, language, seen=seen_in(cell), verdicts=verdicts),
                candidates=list(remark.parameters.get("candidates", ())),
            )
        )
    return errors


def atomic_refusal(
    rows: Iterable[ImportRow],
    judged: Judged,
    sheets: Mapping[str | None, SheetColumns],
    language: Language,
    *,
    verdicts: bool,
) -> InvalidInput:
    """What a file is refused with as a whole when one of its rows is bad; no more rows are read than it names."""
    every = (error for row in rows for error in row_errors(row, sheets, language, verdicts=verdicts))
    errors = [Complaint(error.pointer, error.code, _with_its_place(error)) for error in islice(every, MOST_ERRORS)]
    left = sum(map(len, judged.remarks.values())) - len(errors)
    more: dict[str, Any] = {"more": left} if left else {}
    bad = say("rows-bad", bad=len(judged.remarks), received=len(judged.outcomes))
    return InvalidInput(bad, errors=errors, **more)


def _with_its_place(error: RowErrorOut) -> str:
    """The sentence behind what the pointer does not tell: the sheet, and the column as the file calls it."""
    place = place_of(error.sheet, error.line) if error.sheet else None
    return ": ".join(part for part in (place, error.column, error.detail) if part)


def seen_in(cell: Any) -> str:
    """What a person sees in a cell."""
    if not isinstance(cell, Mapping):
        return " ".join(map(seen_in, cell)) if isinstance(cell, list) else seen(cell)
    if "date" in cell:
        return shown(datetime.fromisoformat(cell["date"]))
    return next((seen_in(cell[key]) for key in ("error", "text", "value", "link") if key in cell), "")
