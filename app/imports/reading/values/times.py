"""What a text says of time: an instant, or a bare day. A time without a zone is the wall clock of Viet Nam."""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import NamedTuple

from app.imports.reading.limits import LONGEST_TIME, AtPlace, Unreadable, shortened

VIETNAM = timezone(timedelta(hours=7))
"""The same all year round, and in all years that are taken."""
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)

_CLOCK = re.compile(
    r"(?<![\d/.-])(?P<hour>\d{1,2})\s*(?:giờ|時|[:hg])\s*"
    r"(?:(?P<minute>\d{1,2})(?!\d|[/.-]\d|\s*(?:tháng|thg)\b)(?:\s*(?:phút|p\b|分))?"
    r"(?:\s*:\s*(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?)?"
    r"\s*(?P<half>\b(?:am|pm|a\.m\.|p\.m\.|sa|ch|sáng|chiều|trưa|tối)(?![^\W\d_]))?"
)
_ZONE = re.compile(
    r"(?:(?:\b(?:utc|gmt)|(?<=\d)z)\s*(?P<sign>[+-])|\+)(?P<hours>\d{1,2})(?::?(?P<minutes>\d{2}))?\)?$"
    r"|(?P<zero>\b(?:utc|gmt)|(?<=\d)\s?z)\)?$"
)
"""`8:00-10:00` is a span of hours: a minus alone makes a zone only in RFC 3339, which is read before."""
_NUMBERS = re.compile(r"(?P<first>\d{1,4})(?P<part>[/.-])(?P<second>\d{1,2})(?P=part)(?P<third>\d{1,4})")
_IN_WORDS = re.compile(
    r"(?P<day>\d{1,2})\s*(?:tháng|thg)\s*\.?(?P<month>\d{1,2})\s*(?:,?\s*năm\s*|[ ,/]\s*)(?P<year>\d{4})"
)
_JAPANESE = re.compile(r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日")
_ENGLISH = re.compile(
    r"(?:(?P<day>\d{1,2})[ -](?P<name>[a-z]{3,9})|(?P<named>[a-z]{3,9}) (?P<days>\d{1,2}),?)[ -](?P<year>\d{4}|\d{2})"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MIDNIGHT = (0, 0, 0, 0)
_END_OF_DAY = (24, 0, 0, 0)
"""`24h00` is not read as the next day: what was done by the end of a deadline's day would be late."""
_FILLER = re.compile(r"\b(?:ngày|lúc|vào|hồi|at|on)\b|,")
_NOON, _NO_HOUR = 12, 25
_MORNING = ("am", "a.m.", "sa", "sáng")
_AFTERNOON = ("pm", "p.m.", "ch", "chiều", "tối")


class ReadMoment(NamedTuple):
    """An instant or a bare day. Midnight on a clock without a zone, `27/06/2025 00:00`, is what programs make of a day
    when they save it as text; of a workbook the same cell is the day, too.

    `is_day_first`: a day beyond 12 stood in front, as a program that reads the month first
    would not have understood it. `is_naive`: a clock stood there without a zone.
    """

    at: datetime | None = None
    day: date | None = None
    is_day_first: bool = False
    is_naive: bool = False


def read_moment(text: str) -> ReadMoment:
    """The moment that a text says.

    Raises:
        Unreadable: `malformed-time` or `time-out-of-range`.
        AtPlace: `month-first`: the text proves that its column has the month in front.

    """
    if text[10:11] == "T" and (at := read_rfc3339(text)):
        return ReadMoment(at)
    if len(text) > LONGEST_TIME:
        raise Unreadable("malformed-time", seen=shortened(text))
    try:
        return _read(text)
    except Unreadable as refusal:
        tidy = _tidied(text)
        if refusal.code != "malformed-time" or tidy == text:
            raise
    try:
        return _read(tidy)
    except Unreadable as refusal:
        refusal.params["seen"] = shortened(text)
        raise


def _tidied(text: str) -> str:
    """Without what says no more: the day of the week, blanks within a date, a stop behind it, `(giờ Việt Nam)`."""
    plain = _HERE.sub("", _WEEKDAY.sub("", text.strip()))
    return _MINUTES.sub(r"\1", _AROUND_PARTS.sub(r"\1", plain)).rstrip(" .")


def _read(text: str) -> ReadMoment:
    plain = " ".join(_FILLER.sub(" ", _T_BETWEEN.sub(r"\1 \2", text.lower())).split())
    zone, plain = _zone(plain, text)
    clock, plain = _clock(plain)
    day, is_day_first = _day(plain, text)
    is_naive = clock is not None and zone is None
    if clock is None or (zone is None and clock == _MIDNIGHT and ":" in text):
        if zone is not None:
            raise Unreadable("malformed-time", seen=shortened(text))
        _in_range(datetime(day.year, day.month, day.day, tzinfo=VIETNAM))
        return ReadMoment(None, day, is_day_first, is_naive)
    try:
        at = datetime(day.year, day.month, day.day, *clock, tzinfo=zone or VIETNAM)
    except ValueError:
        told = {"is_midnight": 1} if clock == _END_OF_DAY else {}
        raise Unreadable("malformed-time", seen=shortened(text), **told) from None
    return ReadMoment(_in_range(at), None, is_day_first, is_naive)


_WEEKDAY = re.compile(
    r"^(?:(?:thứ|t)\s?(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ nhật|cn|(?:mon|tues|wednes|thurs|fri|satur|sun)day)\b"
    r"[\s,.:]*",
    re.IGNORECASE,
)
_HERE = re.compile(r"\s*\(?(?:giờ (?:việt nam|vn|hà nội)|ict)\)?\s*$", re.IGNORECASE)
_AROUND_PARTS = re.compile(r"(?<=\d)\s*([/.])\s*(?=\d)")
_MINUTES = re.compile(r"([hHgG:]\s?\d{1,2})['’′]")
_T_BETWEEN = re.compile(r"(\d)t(\d)")


def in_viet_nam(at: datetime) -> datetime:
    """A wall clock without a zone as an instant."""
    return _in_range(at.replace(tzinfo=VIETNAM))


def read_rfc3339(text: str) -> datetime | None:
    """The instant of a text as programs write it; None for any other text."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return _in_range(at) if at.tzinfo else None


def _in_range(at: datetime) -> datetime:
    try:
        inside = _EARLIEST <= at < _LATEST
    except OverflowError:
        inside = False
    if not inside:
        raise Unreadable("time-out-of-range")
    return at


def _zone(plain: str, text: str) -> tuple[tzinfo | None, str]:
    found = _ZONE.search(plain)
    # A zone stands behind an hour.
    if not found or not _CLOCK.search(plain[: found.start()]):
        return None, plain
    rest = plain[: found.start()].rstrip(" (")
    if found["zero"]:
        return UTC, rest
    offset = timedelta(hours=int(found["hours"]), minutes=int(found["minutes"] or 0))
    if offset >= timedelta(hours=15) or int(found["minutes"] or 0) > 59:
        raise Unreadable("malformed-time", seen=shortened(text))
    return timezone(-offset if found["sign"] == "-" else offset), rest


def _clock(plain: str) -> tuple[tuple[int, int, int, int] | None, str]:
    """Hour, minute, second and microsecond, and the rest of the text."""
    found = _CLOCK.search(plain)
    if not found:
        return None, plain
    hour, half = int(found["hour"]), found["half"]
    if half:
        hour = _of_24(hour, half)
    fraction = int(((found["fraction"] or "") + "000000")[:6])
    clock = (hour, int(found["minute"] or 0), int(found["second"] or 0), fraction)
    return clock, f"{plain[: found.start()]} {plain[found.end() :]}".strip()


def _of_24(hour: int, half: str) -> int:
    """The hour of a whole day. `13:00 SA` and `12 giờ tối` are none: nobody can say which half was meant."""
    if (half in _MORNING and hour > _NOON) or (half == "tối" and hour == _NOON):
        return _NO_HOUR
    if half in _AFTERNOON:
        return hour + 12 if hour < 12 else hour
    if half == "trưa":
        return hour + 12 if hour < 4 else hour
    return 0 if hour == 12 else hour


def _day(plain: str, text: str) -> tuple[date, bool]:
    for pattern in (_NUMBERS, _IN_WORDS, _JAPANESE, _ENGLISH):
        found = pattern.fullmatch(plain.strip())
        if found:
            break
    else:
        raise Unreadable("malformed-time", seen=shortened(text))
    try:
        if pattern is _NUMBERS:
            return _numeric(found, text)
        if pattern is _ENGLISH:
            month = _MONTHS.index((found["name"] or found["named"])[:3]) + 1
            return date(_year(found["year"]), month, int(found["day"] or found["days"])), False
        return date(int(found["year"]), int(found["month"]), int(found["day"])), False
    except ValueError:
        raise Unreadable("malformed-time", seen=shortened(text)) from None


def _numeric(found: re.Match[str], text: str) -> tuple[date, bool]:
    first, second, third = found["first"], int(found["second"]), found["third"]
    if len(first) == 4 and len(third) <= 2:
        return date(int(first), second, int(third)), False
    if len(first) > 2 or len(third) not in (2, 4):
        raise ValueError
    if int(first) <= 12 < second <= 31:
        raise AtPlace("month-first", shortened(text))
    return date(_year(third), second, int(first)), int(first) > 12


def _year(written: str) -> int:
    return int(written) if len(written) == 4 else 2000 + int(written)
