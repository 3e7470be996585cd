"""What reading a file gives: its sheets, its rows, and why it may be refused. No sentences: codes with parameters."""

from datetime import date, datetime
from typing import Any, Literal, NamedTuple

Field = Literal[
    "task",
    "task_code",
    "unit",
    "unit_code",
    "status",
    "effective_at",
    "note",
    "evidence",
    "document_number",
    "document_date",
    "base",
]
"""What a column may be."""
HIDDEN_IN_TEMPLATES: tuple[Literal["task_code", "unit_code", "base"], ...] = ("task_code", "unit_code", "base")
"""Columns by which a template's rows are recognised. Nobody looks at them."""


Source = Literal["csv", "ndjson", "xlsx"]
Params = dict[str, str | int | list[str]]
Cell = Any
"""A cell as it was sent: text, a number, a truth value, nothing, a list or object of NDJSON, or one key of `CELL_KEYS`
with its value: `{"formula": "=A1+1", "value": 2}`, `{"error": "#REF!"}`, `{"date": "2025-06-27T17:00:00"}`,
`{"link": "https://…", "text": "xem"}`."""
CELL_KEYS = ("formula", "error", "date", "link")


class CellComplaint(NamedTuple):
    """What is wrong with one field of a row; `field` is empty when it is the row as a whole."""

    field: str
    code: str
    params: Params


class ReadRow(NamedTuple):
    """A row with its cells understood. A field that was complained about is None (no links).

    `sheet` counts from 0 in `ReadFile.sheets`. The time is an instant (`effective_at`, with the zone that was written,
    +07:00 where none was), a bare `day`, or neither.
    """

    sheet: int
    line: int
    task: str | None = None
    task_code: str | None = None
    unit: str | None = None
    unit_code: str | None = None
    status: str | None = None
    effective_at: datetime | None = None
    day: date | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: date | None = None
    base: str | None = None
    complaints: tuple[CellComplaint, ...] = ()


class Column(NamedTuple):
    """A column: its header as it stands there, and what it is read as.

    `known`: by its header. `chosen`: by `?column=` or a mapping that was remembered. `set-aside`: a known header that
    is no field (`STT`, `Hạn`). `not-read`: nobody knows what it is; warned about when it has content.
    """

    header: str
    field: Field | None
    how: Literal["known", "chosen", "set-aside", "not-read"]
    has_content: bool = False


class Sheet(NamedTuple):
    """A sheet that was read (of CSV and NDJSON the only one, without a name)."""

    name: str | None
    header_line: int
    columns: tuple[Column, ...]
    hidden_rows: int
    skipped: tuple[tuple[int, str], ...]
    """Lines with text that are no rows (sections, totals, signatures): the first of them, with their text."""
    skipped_count: int
    units: Literal["absent", "empty", "filled"]
    """Whether there is a unit column, and whether anything stands in it."""
    hidden_columns: tuple[str, ...] = ()
    """Columns that are read though nobody sees them, where they hold anything."""
    titles: tuple[tuple[int, str], ...] = ()
    """What stands above the header, cell by cell, with its line."""


class SheetLeftOut(NamedTuple):
    name: str
    reason: Literal["hidden", "no-header", "empty", "not-chosen"]


FileWarningCode = Literal[
    "sheets-left-out", "columns-not-read", "columns-chosen", "hidden-columns", "hidden-rows", "rows-skipped"
]


class FileWarning(NamedTuple):
    """Something about the file as a whole that its sender should know."""

    code: FileWarningCode
    params: Params


class FileRefusal(NamedTuple):
    """Why a file is refused as a whole. `params` has `sheet`, `line`, `column`, `seen` where there is a first place.

    `others` are refused for the same kind of reason, each with a place of its own.
    """

    code: str
    params: Params
    others: tuple["FileRefusal", ...] = ()


class Summary(NamedTuple):
    """What is known once the last row was read."""

    source: Source
    read_as: dict[str, str]
    sheets: tuple[Sheet, ...]
    left_out: tuple[SheetLeftOut, ...]


class Wanted(NamedTuple):
    """What the sender says about a file: which sheets, and what columns are.

    `columns` maps a header, as it is written, to a field or to `-`; it goes before what the header says by itself, and
    has to be in the file. `remembered` is the same from earlier files, and need not.
    """

    sheets: tuple[str, ...] = ()
    columns: tuple[tuple[str, str], ...] = ()
    remembered: tuple[tuple[str, str], ...] = ()
