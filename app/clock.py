"""Moments: the present, parsing and formatting RFC 3339, and Vietnamese wall-clock time."""

import re
from datetime import UTC, date, datetime, time
from typing import Annotated
from zoneinfo import ZoneInfo

import msgspec
from pydantic import BeforeValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)

_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+\- ]\d{2}:\d{2})?",
    re.ASCII,
)
_SIX_DIGITS = len("2025-06-27T17:00:00.000000+07:00")
"""Longer fractions are truncated, not rounded."""
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def now() -> datetime:
    """The present, in UTC. Only routes, commands and background tasks call it."""
    return datetime.now(UTC)  # noqa: TID251 - this is the clock


def minute_of(at: datetime) -> datetime:
    """The start of the minute that `at` lies in."""
    return at.replace(second=0, microsecond=0)


def in_vietnam(at: datetime) -> datetime:
    """The same moment on a Vietnamese wall clock."""
    return at.astimezone(VIETNAM)


def end_of_day(day: date) -> datetime:
    """23:59:59 of a Vietnamese day: what a bare date means as a deadline."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=VIETNAM).astimezone(UTC)


def text(at: datetime) -> str:
    """RFC 3339 in UTC, with the fraction only where there is one: `2025-06-27T10:00:00Z`."""
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def read(value: object) -> datetime:
    """An RFC 3339 moment with an offset, as UTC.

    A space before the offset reads as `+`, which is what a query string makes of an unescaped one.

    Raises:
        PydanticCustomError: `malformed-time`, `naive-time` or `time-out-of-range`.

    """
    if isinstance(value, datetime) and value.tzinfo:
        return _within_range(value)
    if isinstance(value, str) and (moment := _read_common(value)):
        return _within_range(moment)
    match = _RFC3339.fullmatch(value) if isinstance(value, str) else None
    if not match or not isinstance(value, str):
        raise PydanticCustomError(
            "malformed-time", "not a time: write it like 2025-06-27T17:00:00+07:00 (RFC 3339, with an offset)"
        )
    if not match[2]:
        raise PydanticCustomError("naive-time", "the time has no offset: write +07:00 or Z behind it")
    return _within_range(_parsed(value))


def _read_common(value: str) -> datetime | None:
    """A moment in the common form, parsed six times as fast; None means that `read` must parse it."""
    if len(value) > _SIX_DIGITS or value[-6:-5] not in ("+", "-") or value[-3:-2] != ":":
        return None
    try:
        return msgspec.convert(value, datetime)
    except msgspec.ValidationError:
        return None


def _parsed(value: str) -> datetime:
    head, tail = value[:10], value[11:]
    if tail[-6:-5] == " ":
        tail = tail[:-6] + "+" + tail[-5:]
    try:
        return datetime.fromisoformat(f"{head}T{tail.upper()}")
    except ValueError:
        raise PydanticCustomError("malformed-time", "there is no such day or hour") from None


def _within_range(moment: datetime) -> datetime:
    try:
        moment = moment.astimezone(UTC)
    except OverflowError:
        moment = LATEST
    if not EARLIEST <= moment < LATEST:
        raise PydanticCustomError("time-out-of-range", "the time is outside the years 1990 to 2199")
    return moment


def read_deadline(value: object) -> datetime:
    """A moment as in `read`, or a bare date, which means the end of that Vietnamese day."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return _within_range(end_of_day(date.fromisoformat(value)))
        except ValueError:
            raise PydanticCustomError("malformed-time", "there is no such day") from None
    return read(value)


def read_day(value: object) -> date:
    """A day as YYYY-MM-DD: pydantic alone would take a number for the seconds since 1970.

    Raises:
        PydanticCustomError: `malformed-date`.

    """
    try:
        if isinstance(value, str) and _DATE.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise PydanticCustomError("malformed-date", "not a date: write it like 2025-06-27")


_schema = WithJsonSchema({"type": "string", "format": "date-time"})

Instant = Annotated[datetime, BeforeValidator(read), _schema]
"""A moment on the wire: RFC 3339 with an offset going in, UTC coming out as in `text`, microseconds kept."""

Day = Annotated[date, BeforeValidator(read_day), WithJsonSchema({"type": "string", "format": "date"})]
"""A day on the wire."""

Deadline = Annotated[
    datetime,
    BeforeValidator(read_deadline),
    WithJsonSchema({"type": "string", "description": "RFC 3339 with an offset, or a date (its end in Viet Nam)."}),
]
