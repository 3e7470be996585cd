"""A row of a file as it is judged: what it says, of which moment, and what it was filled from. Pure."""

import hashlib
import re
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

import msgspec

from app import clock
from app.catalogue.spelling import fold
from app.imports.judging.content import ReportContent

_TEMPLATE = re.compile(r"[0-9a-f]{32}", re.ASCII)
_UPDATE = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
_NAMES = re.compile(r"[0-9a-f]{16}", re.ASCII)


class TemplateBase(NamedTuple):
    """What a template row was filled from: the template, and the update that stood then; None where there was none.

    `names` is the digest of what its task and unit were called then; None in a mark of before there was one.
    """

    template: str
    update: UUID | None
    names: str | None = None


def base_to_text(base: TemplateBase) -> str:
    """The hidden mark of a template row."""
    mark = f"{base.template}:{base.update or '-'}"
    return f"{mark}:{base.names}" if base.names else mark


def base_from_text(mark: str) -> TemplateBase | None:
    """What a hidden mark says; None when it is not one that a template was given."""
    template, update, names = [*mark.strip().split(":", 2), "", ""][:3]
    if not _TEMPLATE.fullmatch(template) or not (update == "-" or _UPDATE.fullmatch(update)):
        return None
    if names and not _NAMES.fullmatch(names):
        return None
    return TemplateBase(template, None if update == "-" else UUID(update), names or None)


def digest_of_names(task: str, unit: str) -> str:
    """What a row calls its task and its unit, so that a name typed over is told from one that was changed since."""
    written = f"{fold(task)}\n{fold(unit)}"
    return hashlib.sha256(written.encode()).hexdigest()[:16]


class JudgedRow(msgspec.Struct, frozen=True, gc=False):
    """A row that names an assignment. It has a time, a bare day, or neither.

    `is_left_out`: its preview refused it. It is not judged again, but the file said it all the same, after other rows.
    """

    index: int
    line: int
    content: ReportContent
    effective_at: datetime | None = None
    day: date | None = None
    base: TemplateBase | None = None
    sheet: str | None = None
    is_left_out: bool = False

    @property
    def has_no_time(self) -> bool:
        return self.effective_at is None and self.day is None


class LastRow(NamedTuple):
    """The last word of an earlier committed file on an assignment. One that was undone counts against its own bytes."""

    content: ReportContent
    effective_at: datetime | None
    committed_at: datetime
    is_undone: bool = False


class RefusedRow(NamedTuple):
    """The last word of earlier files, where it was refused because of what had been reported; and since when."""

    content: ReportContent
    effective_at: datetime | None
    refused_since: datetime


class Sending(NamedTuple):
    """A file on its way: when it is judged, and whose it is. `unit` is `*` for the ministry.

    `without_times`: its times say nothing but when it was sent, so it is judged as if it had none.
    """

    now: datetime
    token: str
    unit: str
    is_ministry: bool = False
    without_times: bool = False

    @property
    def today(self) -> date:
        return clock.in_vietnam(self.now).date()


def day_of(at: datetime) -> date:
    """The Vietnamese day that a moment lies in."""
    return clock.in_vietnam(at).date()


def bounds_of(day: date) -> tuple[datetime, datetime]:
    """The first moment of a Vietnamese day, and that of the next."""
    begins = datetime.combine(day, time(), tzinfo=clock.VIETNAM)
    return begins, begins + timedelta(days=1)


def moment_of(row: JudgedRow, sending: Sending) -> datetime | None:
    """The moment that a row speaks of; None is now.

    Without a time, with a bare day of today, and with a time that has not come yet it speaks of now.
    """
    if sending.without_times or row.has_no_time:
        return None
    at = written_moment_of(row)
    return at if at and at <= sending.now else None


def written_moment_of(row: JudgedRow) -> datetime | None:
    """The moment that a row is stored with where it has come, even where the times of its file are not judged."""
    return clock.end_of_day(row.day) if row.day else row.effective_at


def of_one_moment(at: datetime | None) -> float:
    """The order of moments: now comes last."""
    return at.timestamp() if at else float("inf")


def is_bare_day(row: JudgedRow, sending: Sending) -> bool:
    return row.day is not None and not sending.without_times


def has_time(row: JudgedRow, sending: Sending) -> bool:
    return row.effective_at is not None and not sending.without_times
