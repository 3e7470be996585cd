"""One report as it was sent, and what is wrong with it so far. Pure."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic_core import PydanticCustomError

from app.clock import Instant
from app.errors import Complaint
from app.status import Status
from app.web import complaint_from

Code = Annotated[str, StringConstraints(min_length=1, max_length=64)]
Note = Annotated[str, StringConstraints(max_length=4000)]


def _link(url: str) -> str:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not set(url) & set(' \t\r\n<>"')
    except ValueError:
        good = False
    if not good:
        raise PydanticCustomError("not-a-link", "evidence is an http or https link")
    return url


Link = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_link)]


class Document(BaseModel):
    """The paper behind a report: its number and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[str, StringConstraints(min_length=1, max_length=100)]
    date: dt.date | None = None


class StatusUpdateIn(BaseModel):
    """A report: what is true of an assignment, and since when (default: now). `unit` may be left out: your own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Code
    unit: Code | None = None
    status: Status
    effective_at: Instant | None = None
    note: Note | None = None
    evidence: Annotated[list[Link], Field(max_length=20)] = []
    document: Document | None = None


_Loose: Any = create_model(
    "_Loose",
    __config__=ConfigDict(frozen=True),
    **{name: (field.rebuild_annotation() | None, None) for name, field in StatusUpdateIn.model_fields.items()},  # type: ignore[call-overload]
)


@dataclass(frozen=True, slots=True)
class Report:
    """What could be read of a report, and the complaints about the rest: it is good when there are none."""

    task: str | None
    unit: str | None
    status: Status | None
    effective_at: datetime | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: dt.date | None = None
    complaints: tuple[Complaint, ...] = ()


def read_report(raw: object) -> Report:
    """A report from JSON, with every complaint about its shape."""
    try:
        return _report(StatusUpdateIn.model_validate(raw))
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False)
    bad = {detail["loc"][0] for detail in details if detail["loc"]}
    rest = {name: value for name, value in raw.items() if name not in bad} if isinstance(raw, dict) else {}
    return _report(_Loose.model_validate(rest), [complaint_from(detail) for detail in details])


def _report(sent: Any, complaints: Sequence[Complaint] = ()) -> Report:
    return Report(
        task=sent.task,
        unit=sent.unit,
        status=sent.status,
        effective_at=sent.effective_at,
        note=sent.note,
        evidence=tuple(sent.evidence or ()),
        document_number=sent.document and sent.document.number,
        document_date=sent.document and sent.document.date,
        complaints=tuple(complaints),
    )
