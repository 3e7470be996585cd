"""NDJSON: one report a line, with the names of the JSON interface or those of a file."""

import io
from collections.abc import Iterator
from typing import Any

from pydantic_core import from_json

from app.errors import Complaint
from app.imports.readers.table import MOST_COLUMNS, Row, Table, refused, within_limits
from app.imports.words import FIELDS, Field, field_of
from app.json_input import escape

_LONGEST_LINE = 1_000_000
_COLUMNS = tuple(field for field in FIELDS if not field.endswith("_code"))
_OWN_NAMES = frozenset(_COLUMNS)


def read_ndjson(body: bytes) -> Table:
    """The rows of an NDJSON file. A line that is not JSON is a bad row, and the others are read."""
    if body.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise refused("wrong-magic", "this is an Excel file, not NDJSON; send it with the content type of .xlsx")
    headers = {field: place for place, field in enumerate(_COLUMNS)}

    def rows() -> Iterator[Row]:
        return within_limits(_rows(body, headers), "the file is empty")

    return Table("ndjson", headers.keys(), rows, {"encoding": "utf-8"})


def _rows(body: bytes, headers: dict[str, int]) -> Iterator[Row]:
    for line, written in enumerate(io.BytesIO(body), 1):
        text = written.removeprefix(b"\xef\xbb\xbf") if line == 1 else written
        if text.strip():
            yield _row(line, text.removesuffix(b"\n"), headers)


def _row(line: int, written: bytes, headers: dict[str, int]) -> Row:
    try:
        value = from_json(written, allow_inf_nan=False)
    except ValueError as error:
        return _bad(line, written, "malformed-json", str(error))
    if not isinstance(value, dict):
        return _bad(line, written, "wrong-type", "a line is one JSON object")
    if value.keys() <= _OWN_NAMES:  # nearly always, and then a name is its field
        return Row(line, value, tuple(map(value.get, headers)))
    said: dict[Field, Any] = {}
    complaints = []
    for name, cell in value.items():
        field = field_of(name)
        if name == "document":
            complaints += _document(cell, said)
        elif field is None:
            complaints.append(Complaint(f"/{escape(name[:100])}", "unknown-field", "there is no such field"))
        elif field in said:
            complaints.append(Complaint(f"/{field}", "duplicate-column", "the field is there twice"))
        else:
            said[field] = cell
    return Row(line, said, _sent(value, said, headers), tuple(complaints))


def _bad(line: int, written: bytes, code: str, detail: str) -> Row:
    text = written[:_LONGEST_LINE].decode(errors="replace").strip()
    return Row(line, {}, (text,), (Complaint("", code, detail),))


def _document(cell: Any, said: dict[Field, Any]) -> list[Complaint]:
    """`{"number", "date"}` as the two columns of a file."""
    if cell is None:
        cell = {"number": None, "date": None}
    if not isinstance(cell, dict):
        return [Complaint("/document", "wrong-type", "a document is an object with number and date")]
    said |= {f"document_{name}": cell.get(name) for name in ("number", "date")}
    return [
        Complaint(f"/document/{escape(name[:100])}", "unknown-field", "there is no such field")
        for name in cell
        if name not in ("number", "date")
    ]


def _sent(value: dict[str, Any], said: dict[Field, Any], headers: dict[str, int]) -> tuple[Any, ...]:
    """The line as cells: its fields in their columns, others behind them."""
    cells = dict(said)
    cells |= {name: cell for name, cell in value.items() if name != "document" and field_of(name) is None}
    for name in cells:
        if len(headers) < MOST_COLUMNS and len(name) <= 100:
            headers.setdefault(name, len(headers))
    return tuple(cells.get(name) for name in headers)
