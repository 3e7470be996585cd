"""Schemas of recorded reports. For incoming ones see `reports`."""

import datetime as dt
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, SkipValidation

from app.clock import Instant
from app.status import Status
from app.updates.reports import StatusUpdateIn


class DocumentOut(BaseModel):
    number: str
    date: dt.date | None


class StatusUpdateOut(BaseModel):
    """A report as stored. `is_current` is false when a newer one was already there: stored, but history.

    `import` is the file that it came from, `undoes` the report of that file that it reverses.
    """

    model_config = ConfigDict(frozen=True, serialize_by_alias=True)

    id: UUID
    task: str
    category: str
    unit: str
    province: str | None
    status: Status
    effective_at: Instant
    recorded_at: Instant
    note: str | None
    evidence: list[str]
    document: DocumentOut | None
    is_current: bool
    import_id: Annotated[UUID | None, Field(serialization_alias="import")] = None
    undoes: UUID | None = None


Unchecked = Annotated[StatusUpdateIn, SkipValidation]
"""Documented as a report; checked row by row, so that every complaint about it comes at once."""


class BatchIn(BaseModel):
    """1 to 10,000 reports, in the order in which they are to be recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    max_values: ClassVar[int] = 400_000
    """10,000 reports with every field, twenty links and a document have 310,000."""

    updates: Annotated[list[Unchecked], Field(min_length=1, max_length=10_000)]


class ComplaintOut(BaseModel):
    pointer: str
    code: str
    detail: str


class BatchOut(BaseModel):
    """received = stored + rejected, stored = current + superseded; in a dry run: what it would have been."""

    received: int
    stored: int
    current: int
    superseded: int
    rejected: int
    dry_run: bool
    errors: list[ComplaintOut]
