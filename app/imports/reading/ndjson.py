"""NDJSON: one report a line, with the names of the JSON interface or those of a file."""

import io
import json
import math
from collections import Counter
from typing import Any, NoReturn

from app.imports.reading.limits import (
    LONGEST_CELL,
    LONGEST_SEEN,
    MOST_COMPLAINTS,
    AtPlace,
    Unreadable,
    all_refused,
    refused,
    shortened,
)
from app.imports.reading.rows import CellComplaint, Column, Field, FileRefusal, ReadRow, Sheet, Summary
from app.imports.reading.table import Sink
from app.imports.reading.values.cells import as_json, is_blank
from app.imports.reading.values.fields import (
    day_in,
    moment_in,
    name_of,
    note_of,
    number_in,
    remembered,
    status_in,
)
from app.imports.reading.values.links import links_in
from app.imports.reading.values.slots import SLOTS, place_moments
from app.imports.reading.values.times import ReadMoment
from app.imports.reading.words.meaning import own_field_of

_FIELDS: tuple[Field, ...] = (
    *("task", "task_code", "unit", "unit_code", "status", "effective_at", "note", "evidence", "document_number"),
    "document_date",
)


def _moment_in(cell: Any) -> ReadMoment | None:
    """A moment as in any file, but a clock has a zone: what a program writes need not be the clock of Viet Nam."""
    moment = moment_in(cell)
    if moment is not None and moment.is_naive:
        raise Unreadable("naive-time", seen=shortened(str(cell)))
    return moment


_READERS = {
    "task": remembered(name_of),
    "unit": remembered(name_of),
    "status": remembered(status_in),
    "effective_at": remembered(_moment_in),
    "note": note_of,
    "evidence": links_in,
    "document_number": number_in,
    "document_date": remembered(day_in),
}
_READERS |= {"task_code": _READERS["task"], "unit_code": _READERS["unit"]}
_PARTS: tuple[tuple[str, Field], ...] = (("number", "document_number"), ("date", "document_date"))
_MOST_NAMES = 64
_LONGEST_NAME = 100
_MOST_BITS = 63
_COMPLAINTS = len(ReadRow._fields) - 1


class Duplicate(ValueError):
    """A name stands twice in an object."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def read_ndjson(body: bytes, sink: Sink) -> Summary:
    """Read the rows of an NDJSON file. A line that is not JSON is a bad row, and the others are read."""
    reader = _Reader()
    for line, written in enumerate(io.BytesIO(body), 1):
        text = written.removeprefix(b"\xef\xbb\xbf") if line == 1 else written
        if text.strip():
            row, sent = reader.row(line, text)
            if not reader.refusals:
                sink.add(row, sent)
    if reader.refusals:
        raise all_refused(reader.refusals.values())
    if not reader.rows:
        raise refused("no-rows")
    columns = tuple(map(_column, reader.names))
    sheet = Sheet(None, 0, columns, 0, (), 0, "filled" if reader.has_units else "absent")
    return Summary("ndjson", {"encoding": "utf-8"}, (sheet,), ())


def _column(name: str) -> Column:
    field = own_field_of(name)
    return Column(name, field, "known" if field else "not-read", has_content=True)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise Duplicate(next(name for name, count in Counter(name for name, _ in pairs).items() if count > 1))
    return found


def _no_number(_: str) -> NoReturn:
    raise ValueError("not a number")


_decode = json.JSONDecoder(object_pairs_hook=_pairs, parse_constant=_no_number).decode


class _Reader:
    """Remembers the names that lines use: together they are the columns."""

    def __init__(self) -> None:
        self.rows = 0
        self.has_units = False
        self.refusals: dict[tuple[str, str], FileRefusal] = {}
        """By their codes and their fields: of each field the first place is named."""
        self.names: dict[str, int] = {field: place for place, field in enumerate(_FIELDS)}

    def row(self, line: int, written: bytes) -> tuple[ReadRow, list[Any]]:
        self.rows += 1
        try:
            value = _decode(written.decode())
        except Duplicate as twice:
            return self._bad(line, written, "duplicate-field", twice.name)
        except (ValueError, RecursionError):
            return self._bad(line, written, "malformed-json")
        if not isinstance(value, dict):
            return self._bad(line, written, "wrong-type")
        said, others, complaints = _said(value)
        slots: list[Any] = [0, line, *ReadRow._field_defaults.values()]
        for field, cell in said.items():
            self._read(line, field, cell, slots, complaints)
        _complete(slots, complaints)
        slots[_COMPLAINTS] = _bounded(complaints)
        self.has_units |= slots[SLOTS["unit"]] is not None or slots[SLOTS["unit_code"]] is not None
        return ReadRow._make(slots), self._sent(said, others)

    @staticmethod
    def _bad(line: int, written: bytes, code: str, seen: str | None = None) -> tuple[ReadRow, list[Any]]:
        """A line that is no row at all, and what of it is seen in the message."""
        text = written.decode(errors="replace").strip()
        params = {"seen": shortened((seen or text)[: LONGEST_SEEN * 2])}
        sent = [None] * _FIELDS.index("note") + [text[:32_767]]  # a note alone makes a row, which lacks all else
        return ReadRow(0, line, complaints=(CellComplaint("", code, {**params}),)), sent

    def _read(self, line: int, field: Field, cell: Any, slots: list[Any], complaints: list[CellComplaint]) -> None:
        if is_blank(cell):
            return
        try:
            value = _READERS[field](cell)
        except Unreadable as why:
            complaints.append(CellComplaint(field, why.code, why.params))
        except AtPlace as why:
            place = {"cells": [f"{field} ({line})"], "shows": [why.seen]}
            where = {"line": line, "column": field, "seen": why.seen}
            self.refusals.setdefault((why.code, field), refused(why.code, **where, **place).refusal)
        else:
            if value is not None:
                slots[SLOTS[field]] = value

    def _sent(self, said: dict[Field, Any], others: dict[str, Any]) -> list[Any]:
        """The line as cells: its fields in their columns, others behind them."""
        cells: dict[str, Any] = dict(said.items())
        for name, cell in others.items():
            if name not in self.names and (len(self.names) >= _MOST_NAMES or len(name) > _LONGEST_NAME):
                continue
            self.names.setdefault(name, len(self.names))
            cells[name] = cell
        return [_plain(cells.get(name)) for name in self.names]


def _plain(cell: Any) -> Any:
    """A cell that JSON and PostgreSQL can hold, whatever was sent: what is nested or endless is kept as its text."""
    if isinstance(cell, list) and all(isinstance(part, str) for part in cell):
        return cell
    if isinstance(cell, list | dict):
        return _text(cell)
    if isinstance(cell, float) and not math.isfinite(cell):
        return str(cell)
    if isinstance(cell, int) and cell.bit_length() > _MOST_BITS:
        return str(cell)
    return cell


def _text(cell: Any) -> str:
    try:
        return json.dumps(cell, ensure_ascii=False)[:LONGEST_CELL]
    except RecursionError:
        return "…"


def _said(value: dict[str, Any]) -> tuple[dict[Field, Any], dict[str, Any], list[CellComplaint]]:
    """Each field with its cell, what is there besides, and what is wrong with that."""
    said: dict[Field, Any] = {}
    others: dict[str, Any] = {}
    complaints: list[CellComplaint] = []
    for name, cell in value.items():
        field = name if name in _READERS else own_field_of(name)
        if name == "document":
            _document(cell, said, complaints)
        elif field not in _READERS:
            others[name] = cell
            complaints.append(CellComplaint("", "unknown-field", {"seen": shortened(name)}))
        elif field in said:
            complaints.append(CellComplaint(field, "duplicate-field", {"seen": shortened(name)}))
        else:
            said[field] = cell  # type: ignore[index]
    return said, others, complaints


def _document(cell: Any, said: dict[Field, Any], complaints: list[CellComplaint]) -> None:
    """`{"number", "date"}` as the two columns of a file."""
    if cell is None:
        return
    if not isinstance(cell, dict):
        complaints.append(
            CellComplaint("document_number", "wrong-type", {"seen": shortened(as_json(cell)), "is_object": 1})
        )
        said["document_number"] = cell if isinstance(cell, str) else None
        return
    for name, field in _PARTS:
        if field in said:
            complaints.append(CellComplaint(field, "duplicate-field", {"seen": f"document.{name}"}))
        elif name in cell:
            said[field] = cell[name]
    others = [name for name in cell if name not in ("number", "date")]
    complaints += [CellComplaint("", "unknown-field", {"seen": shortened(f"document.{name}")}) for name in others]


def _complete(slots: list[Any], complaints: list[CellComplaint]) -> None:
    """Moments in their two places, and what is missing."""
    place_moments(slots, complaints)
    about = {complaint.field for complaint in complaints}
    if slots[SLOTS["task"]] is None and slots[SLOTS["task_code"]] is None and not about & {"task", "task_code"}:
        complaints.append(CellComplaint("task", "missing", {}))
    if slots[SLOTS["status"]] is None and "status" not in about:
        complaints.append(CellComplaint("status", "missing", {}))


def _bounded(complaints: list[CellComplaint]) -> tuple[CellComplaint, ...]:
    """The first hundred, and how many more there are."""
    if len(complaints) <= MOST_COMPLAINTS:
        return tuple(complaints)
    more = CellComplaint("", "more-complaints", {"more": len(complaints) - MOST_COMPLAINTS})
    return (*complaints[:MOST_COMPLAINTS], more)
