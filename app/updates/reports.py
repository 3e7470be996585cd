"""One report as it was sent, with the complaints about its shape. Pure."""

import datetime as dt
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, create_model
from pydantic_core import PydanticCustomError

from app import clock
from app.clock import Day, Instant
from app.errors import Complaint
from app.json_input import MAX_NAMED, complaint_from, named
from app.status import Status
from app.updates.report_limits import MAX_CODE, MAX_DOCUMENT_NUMBER, MAX_LINK, MAX_LINKS, MAX_NOTE, NOT_IN_A_LINK

Code = Annotated[str, StringConstraints(min_length=1, max_length=MAX_CODE)]
Note = Annotated[str, StringConstraints(max_length=MAX_NOTE)]


def is_link(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and not NOT_IN_A_LINK.search(url)
    except ValueError:
        return False


def _link(url: str) -> str:
    if not is_link(url):
        raise PydanticCustomError("not-a-link", "evidence is an http or https link")
    return url


Link = Annotated[str, StringConstraints(max_length=MAX_LINK), AfterValidator(_link)]


class Document(BaseModel):
    """The official document behind a report: its number and date."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: Annotated[str, StringConstraints(min_length=1, max_length=MAX_DOCUMENT_NUMBER)]
    date: Day | None = None


class StatusUpdateIn(BaseModel):
    """A report: what is true of an assignment, and since when (default: now). `unit` may be left out: your own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    task: Code
    unit: Code | None = None
    status: Status
    effective_at: Instant | None = None
    note: Note | None = None
    evidence: Annotated[list[Link], Field(max_length=MAX_LINKS)] = []
    document: Document | None = None


_Loose: Any = create_model(
    "_Loose",
    __config__=ConfigDict(frozen=True),
    **{name: (field.rebuild_annotation() | None, None) for name, field in StatusUpdateIn.model_fields.items()},  # type: ignore[call-overload]
)


class Report(msgspec.Struct, frozen=True, gc=False):
    """What could be read of a report, and the complaints about the rest; it is valid when there are none."""

    task: str | None
    unit: str | None
    status: Status | None
    effective_at: datetime | None = None
    note: str | None = None
    evidence: tuple[str, ...] = ()
    document_number: str | None = None
    document_date: dt.date | None = None
    complaints: tuple[Complaint, ...] = ()


class _PlainDocument(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    number: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_DOCUMENT_NUMBER)]
    date: dt.date | None = None


_PlainCode = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_CODE)]
_PlainLink = Annotated[str, msgspec.Meta(max_length=MAX_LINK)]


class _Plain(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A report in the common form, checked in a fifth of the time, without complaints."""

    task: _PlainCode
    status: Status
    unit: _PlainCode | None = None
    effective_at: str | None = None
    note: Annotated[str, msgspec.Meta(max_length=MAX_NOTE)] | None = None
    evidence: Annotated[tuple[_PlainLink, ...], msgspec.Meta(max_length=MAX_LINKS)] = ()
    document: _PlainDocument | None = None


NAMED_IN_A_ROW = 5
"""Unknown fields of each row of a batch that an answer names: all rows together may have many."""


def read_report(raw: object, most_named: int = MAX_NAMED) -> Report:
    """A report from JSON, with every complaint about its shape."""
    return read_plainly(raw) or read_carefully(raw, most_named)


def read_reports(raw: Iterable[object]) -> list[Report]:
    return [read_report(row, NAMED_IN_A_ROW) for row in raw]


def read_plainly(raw: object) -> Report | None:
    """The report if it is valid and in the common form; None means that `read_report` must read it."""
    try:
        sent = msgspec.convert(raw, _Plain)
        effective_at = None if sent.effective_at is None else clock.read(sent.effective_at)
    except (msgspec.ValidationError, PydanticCustomError):
        return None
    if not all(map(is_link, sent.evidence)):
        return None
    number, day = (sent.document.number, sent.document.date) if sent.document else (None, None)
    return Report(sent.task, sent.unit, sent.status, effective_at, sent.note or None, sent.evidence, number, day)


def within_bounds(report: Report) -> bool:
    """Whether fields that were read one by one make a valid report: lengths and links are still to be checked."""
    if not report.task or len(report.task) > MAX_CODE:
        return False
    if report.unit is not None and not 0 < len(report.unit) <= MAX_CODE:
        return False
    if report.note and len(report.note) > MAX_NOTE:
        return False
    number = report.document_number
    if (number and len(number) > MAX_DOCUMENT_NUMBER) or (number is None and report.document_date is not None):
        return False
    links = report.evidence
    return not links or (len(links) <= MAX_LINKS and all(len(link) <= MAX_LINK and is_link(link) for link in links))


def read_carefully(raw: object, most_named: int = MAX_NAMED) -> Report:
    try:
        return _report(StatusUpdateIn.model_validate(raw))
    except ValidationError as error:
        details = error.errors(include_url=False)
    bad = {detail["loc"][0] for detail in details if detail["loc"]}
    rest = {name: value for name, value in raw.items() if name not in bad} if isinstance(raw, dict) else {}
    return _report(_Loose.model_validate(rest), named([complaint_from(detail) for detail in details], most_named))


def _report(sent: Any, complaints: Sequence[Complaint] = ()) -> Report:
    return Report(
        task=sent.task,
        unit=sent.unit,
        status=sent.status,
        effective_at=sent.effective_at,
        note=sent.note or None,
        evidence=tuple(sent.evidence or ()),
        document_number=sent.document and sent.document.number,
        document_date=sent.document and sent.document.date,
        complaints=tuple(complaints),
    )
