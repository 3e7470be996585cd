"""Today's readers, giving what the new one will give."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, time
from typing import Any

from app.errors import MalformedFile
from app.imports import values
from app.imports.plan import Doubt  # noqa: F401
from app.imports.readers import read_file as read_table
from app.imports.readers.table import Row
from app.imports.reading.rows import CellComplaint, Column, FileWarning, ReadRow, Refusal, Sheet, Wanted
from app.imports.values import Unreadable
from app.imports.words import field_of, status_of


class FileRefused(Exception):
    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal


class ReadFile:
    def __init__(self, source: str, read_as: dict[str, Any], rows: list[ReadRow], sent: list[Any], headers: list[str]):
        self.source, self.read_as, self.rows, self._sent = source, read_as, rows, sent
        columns = tuple(
            Column(h, field_of(h), "known")  # type: ignore[arg-type]
            for h in headers
        )
        self.sheets = (Sheet(read_as.get("sheet"), int(read_as.get("header_line") or 1), columns, 0, (), 0, "filled"),)
        self.left_out: tuple[Any, ...] = ()
        self.warnings: tuple[FileWarning, ...] = ()

    def sent(self, index: int) -> Sequence[Any]:
        return [values.as_sent(cell) for cell in self._sent[index]]


async def read(source: str, body: bytes, wanted: Wanted = Wanted()) -> ReadFile:  # noqa: B008
    kinds = {"csv": "text/csv", "ndjson": "application/x-ndjson", "xlsx": values.XLSX}
    try:
        table = await read_table(kinds[source], body)
        return await asyncio.to_thread(_read, table)
    except MalformedFile as problem:
        raise FileRefused(Refusal(problem.errors[0].code, {})) from None


def _read(table: Any) -> ReadFile:
    rows = list(table.rows)
    any_unit = any(row.said.get("unit") or row.said.get("unit_code") for row in rows)
    return ReadFile(
        table.source,
        {k: v for k, v in table.read_as.items() if k != "columns"},
        [_row(row, any_unit=any_unit) for row in rows],
        [row.sent for row in rows],
        list(table.headers),
    )


def _row(row: Row, *, any_unit: bool) -> ReadRow:
    said = dict(row.said)
    wrong = [CellComplaint(c.pointer.lstrip("/"), c.code, {}) for c in row.complaints]
    found: dict[str, Any] = {}

    def take(field: str, reader: Any) -> None:
        try:
            found[field] = reader(said.get(field))
        except Unreadable as error:
            wrong.append(CellComplaint(field.removesuffix("_code"), error.code, {"seen": str(said.get(field))[:80]}))
            found[field] = None

    for field in ("task", "task_code", "unit", "unit_code", "note", "document_number", "base"):
        take(field, values.text_of)
    take("evidence", lambda cell: tuple(values.links_of(cell)))
    take("document_date", values.day_of)
    take("status", _status)
    take("effective_at", values.moment_of)
    moment, cell = found.pop("effective_at"), said.get("effective_at")
    day = None
    if moment is not None and _is_bare(cell, moment):
        day, moment = values.day_of(cell), None
    about = {one.field for one in wrong}
    if "task" not in about and not (found["task"] or found["task_code"]):
        wrong.append(CellComplaint("task", "missing", {}))
    if "status" not in about and found["status"] is None and not found["base"]:
        wrong.append(CellComplaint("status", "missing", {}))
    has_unit = "unit" in said or "unit_code" in said
    if any_unit and has_unit and "unit" not in about and not (found["unit"] or found["unit_code"]):
        wrong.append(CellComplaint("unit", "missing", {}))
    if found["document_date"] and not found["document_number"] and "document_number" not in about:
        wrong.append(CellComplaint("document_number", "missing", {}))
    found["evidence"] = found["evidence"] or ()
    return ReadRow(0, row.line, effective_at=moment, day=day, complaints=tuple(wrong), **found)


def _status(cell: Any) -> str | None:
    written = values.text_of(cell)
    if written is None:
        return None
    status = status_of(written)
    if status is None:
        raise Unreadable("unknown-value", "")
    return str(status)


def _is_bare(cell: Any, moment: datetime) -> bool:
    if isinstance(cell, datetime):
        return cell.tzinfo is None and cell.time() == time(0)
    return isinstance(cell, str) and ":" not in cell and "h" not in cell.lower() and "gi" not in cell.lower()
