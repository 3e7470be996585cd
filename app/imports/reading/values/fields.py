"""What a cell says to its field: a name, a status, a moment, a day, a note, links, a number of a document."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar

from app.imports.reading.limits import (
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_NUMBER,
    LONGEST_TIME,
    AtPlace,
    Unreadable,
    shortened,
)
from app.imports.reading.values.cells import (
    DateCell,
    MonthCell,
    PercentCell,
    SpanCell,
    as_json,
    seen,
    value_of,
)
from app.imports.reading.values.text import clean, clean_name
from app.imports.reading.values.times import VIETNAM, ReadMoment, in_viet_nam, read_moment, read_rfc3339
from app.imports.reading.words.statuses import status_of

T = TypeVar("T")
_MOST_KNOWN = 20_000
_LIKE_A_DATE = re.compile(r"\d{1,4}[/. -](?:\d{1,2}|[A-Za-z]{3})[/. -]\d{2,4}(?: [\d:]{4,8})?")


def remembered(read: Callable[[Any], T]) -> Callable[[Any], T]:
    """The same reader, which looks at each text once: a column repeats the same few."""
    known: dict[str, T] = {}
    refusals: dict[str, Unreadable] = {}

    def again(cell: Any) -> T:
        if type(cell) is not str:
            return read(cell)
        if cell in known:
            return known[cell]
        if cell in refusals:
            raise refusals[cell].with_traceback(None)  # which would hold the rows of every cell that said the same
        if len(known) + len(refusals) > _MOST_KNOWN:
            known.clear()
            refusals.clear()
        try:
            found = known[cell] = read(cell)
        except Unreadable as refusal:
            refusals[cell] = refusal
            raise
        return found

    return again


def text_of(cell: Any, longest: int, cleaned: Callable[[str], str] = clean) -> str | None:
    """The cell as text; None for an empty one."""
    if type(cell) is not str:
        cell = _written(value_of(cell))
        if cell is None:
            return None
    if len(cell) > longest * 4:  # decomposed, a letter is up to four; what is longer is not looked at
        raise Unreadable("too-long", max=longest)
    text = cleaned(cell)
    if len(text) > longest:
        raise Unreadable("too-long", max=longest)
    return text or None


def _written(value: Any) -> str | None:
    if isinstance(value, list | dict) or (isinstance(value, float) and not math.isfinite(value)):
        raise Unreadable("wrong-type", seen=shortened(as_json(value)))
    return None if value is None else seen(value)


def name_of(cell: Any) -> str | None:
    return text_of(cell, LONGEST_NAME, clean_name)


def hidden_of(cell: Any) -> str | None:
    return text_of(cell, LONGEST_NOTE)


def note_of(cell: Any) -> str | None:
    return text_of(cell, LONGEST_NOTE)


def status_in(cell: Any) -> str | None:
    """One of the six statuses, by its code or one of its words.

    Raises:
        Unreadable: `unknown-value`.

    """
    written = name_of(cell)
    if written is None:
        return None
    status = status_of(written)
    if status is None:
        raise Unreadable("unknown-value", seen=shortened(written))
    return status.value


def moment_in(cell: Any) -> ReadMoment | None:
    """The moment of a cell: a date cell, or what `read_moment` understands. Midnight of a date cell is a bare day."""
    if type(cell) is str and cell[10:11] == "T" and (at := read_rfc3339(cell)):
        return ReadMoment(at)
    value = value_of(cell)
    if isinstance(value, DateCell):
        return _of_date_cell(value.at)
    if isinstance(value, bool | int | float | PercentCell | SpanCell | MonthCell):
        raise Unreadable("malformed-time", seen=shortened(seen(value)))
    if type(value) is str and len(value) > LONGEST_TIME * 4:
        raise Unreadable("malformed-time", seen=shortened(value))
    text = text_of(value, LONGEST_TIME, clean_name)
    return None if text is None else read_moment(text)


def _of_date_cell(at: datetime) -> ReadMoment:
    instant = in_viet_nam(at)
    return ReadMoment(None, at.date()) if at.time() == time() else ReadMoment(instant)


def day_in(cell: Any) -> ReadMoment | None:
    """The calendar day of a cell, here."""
    try:
        moment = moment_in(cell)
    except Unreadable as refusal:
        code = "malformed-date" if refusal.code == "malformed-time" else refusal.code
        raise Unreadable(code, **refusal.params) from None  # type: ignore[arg-type]
    if moment is None or moment.day:
        return moment
    return ReadMoment(None, _here(moment.at), moment.is_day_first)


def _here(at: datetime | None) -> date | None:
    return at.astimezone(VIETNAM).date() if at else None


def number_in(cell: Any) -> str | None:
    """The number of a document; a date is what a spreadsheet made of it.

    Raises:
        Unreadable: `date-for-number`.

    """
    value = value_of(cell)
    if isinstance(value, DateCell | MonthCell):
        raise Unreadable("date-for-number", seen=seen(value))
    text = text_of(value, LONGEST_NUMBER)
    if text and _is_a_date(text):
        raise Unreadable("date-for-number", seen=shortened(text))
    return text


def _is_a_date(text: str) -> bool:
    if not _LIKE_A_DATE.fullmatch(text):
        return False
    try:
        return read_moment(text) is not None
    except Unreadable:
        return False
    except AtPlace:
        return True
