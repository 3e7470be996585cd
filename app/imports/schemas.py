"""What imports look like on the wire."""

from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from app.clock import Instant

Outcome = Literal["current", "superseded", "unchanged", "rejected"]
OUTCOMES: tuple[Outcome, ...] = ("current", "superseded", "unchanged", "rejected")


class Out(BaseModel):
    model_config = ConfigDict(frozen=True)


class CountsOut(Out):
    """received = current + superseded + unchanged + rejected."""

    received: int
    current: int
    superseded: int
    unchanged: int
    rejected: int


class RowErrorOut(Out):
    """What is wrong with a row: its line in the file, the column as the file calls it."""

    line: int
    column: str | None
    pointer: str
    code: str
    detail: str
    candidates: list[str]


class ImportOut(Out):
    """A file. `source` is csv, ndjson or xlsx, `read_as` how it was understood, `errors` the first 100."""

    id: UUID
    state: Literal["previewed", "committed"]
    source: Literal["csv", "ndjson", "xlsx"]
    read_as: dict[str, object]
    unit: str | None
    created_at: Instant
    committed_at: Instant | None
    counts: CountsOut
    errors: list[RowErrorOut]


class ImportRowOut(Out):
    """A row as it was understood. `code` is that of its first complaint, `sent` its cells where it was refused."""

    line: int
    outcome: Outcome
    code: str | None
    candidates: list[str]
    task: str | None
    unit: str | None
    status: str | None
    effective_at: Instant | None
    note: str | None
    errors: list[RowErrorOut]
    sent: dict[str, object] | None
