"""What imports look like on the wire."""

import datetime as dt
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.clock import Instant

Outcome = Literal["current", "superseded", "unchanged", "rejected"]
OUTCOMES: tuple[Outcome, ...] = ("current", "superseded", "unchanged", "rejected")


class ImportSchema(BaseModel):
    model_config = ConfigDict(frozen=True)


class CountsOut(ImportSchema):
    """received = current + superseded + unchanged + rejected."""

    received: int
    current: int
    superseded: int
    unchanged: int
    rejected: int


class RowErrorOut(ImportSchema):
    """What is wrong with a row: its line in the file (and its sheet, where several were read), and the column as the
    file calls it. `candidates` are for this field.
    """

    line: int
    sheet: str | None
    column: str | None
    pointer: str
    code: str
    detail: str
    candidates: list[str]


class WarningOut(ImportSchema):
    """What the sender of a file should know though nothing is refused for it."""

    code: str
    detail: str


class LeftAloneOut(ImportSchema):
    """A report of an undone file that was left as it is, and why."""

    update: UUID
    task: str
    unit: str
    code: str
    detail: str


class UndoOut(ImportSchema):
    """`answered` reports were answered by what held before the file, at their own moments."""

    at: Instant
    answered: int
    left_alone: list[LeftAloneOut]


class ImportSummaryOut(ImportSchema):
    """A file that was sent. `source` is csv, ndjson or xlsx."""

    id: UUID
    state: Literal["previewed", "committed", "undone"]
    source: Literal["csv", "ndjson", "xlsx"]
    unit: str | None
    sent_by: str
    created_at: Instant
    committed_at: Instant | None
    undone_at: Instant | None
    counts: CountsOut


class ImportOut(ImportSummaryOut):
    """The same with how it was understood (`read_as`), the first 100 `errors`, and the `warnings`."""

    read_as: dict[str, object]
    errors: list[RowErrorOut]
    warnings: list[WarningOut]
    undo: UndoOut | None


class StoodOut(ImportSchema):
    """Where an assignment stands, and since when; after a row with a bare `day` the commit settles the moment."""

    status: str
    effective_at: Instant | None
    day: dt.date | None = None


class ImportRowOut(ImportSchema):
    """A row as it was understood. `code` is that of its first complaint, `sent` its cells where it was refused.

    `before` and `after` are there where it changes what stands.
    """

    line: int
    sheet: str | None
    outcome: Outcome
    code: str | None
    candidates: list[str]
    task: str | None
    unit: str | None
    status: str | None
    effective_at: Instant | None
    day: dt.date | None
    note: str | None
    before: StoodOut | None
    after: StoodOut | None
    errors: list[RowErrorOut]
    sent: dict[str, object] | None


class ColumnOut(ImportSchema):
    """What a header means in the files of one's unit; `field` is `-` for a column that is left out."""

    header: str
    field: str
    since: Instant


class ColumnsOut(ImportSchema):
    items: list[ColumnOut]
