"""What a cell says to its field: a name, a status, a moment, a day, a note, links, a number of a document."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, TypeVar

from app.imports.reading.limits import (
    LONGEST_LINK,
    LONGEST_NAME,
    LONGEST_NOTE,
    LONGEST_NUMBER,
    LONGEST_TIME,
    MOST_LINKS,
    AtPlace,
    Unreadable,
    shortened,
)
from app.imports.reading.values.cells import (
    DateCell,
    FormulaCell,
    LinkCell,
    PercentCell,
    SpanCell,
    seen,
    shown,
    value_of,
)
from app.imports.reading.values.text import clean, clean_name
from app.imports.reading.values.times import VIETNAM, ReadMoment, in_viet_nam, read_moment, read_rfc3339
from app.imports.reading.words.statuses import status_of

T = TypeVar("T")
_MOST_KNOWN = 20_000
_LIKE_A_DATE = re.compile(r"\d{1,4}[/. -](?:\d{1,2}|[A-Za-z]{3})[/. -]\d{2,4}(?: [\d:]{4,8})?")
_ONE_LINK = re.compile(r"https?://[^\s<>\"/?#@:;,]+(?:[/?#][^\s<>\";,]*)?(?<!['.])", re.ASCII)


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
            raise refusals[cell]
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
        raise Unreadable("wrong-type", seen=shortened(str(value)[:200]))
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
    if isinstance(value, bool | int | float | PercentCell | SpanCell):
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
    if isinstance(value, DateCell):
        raise Unreadable("date-for-number", seen=shown(value.at))
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


def links_in(cell: Any) -> tuple[str, ...]:
    """The links of a cell, or the one behind its text.

    Raises:
        Unreadable: `not-a-link` or `too-many-links`.

    """
    if type(cell) is str and len(cell) < LONGEST_LINK and cell.isascii() and _ONE_LINK.fullmatch(cell):
        return (cell,)
    value = value_of(cell)
    if isinstance(cell, FormulaCell) and (target := _target_of(cell.formula)):
        value = LinkCell(seen(value), target)
    if isinstance(value, LinkCell):
        value = opened_by(value)
    if isinstance(value, list):
        found = [link for part in value[: MOST_LINKS + 1] if (link := text_of(part, LONGEST_LINK))]
    else:
        found = parted(text_of(value, (LONGEST_LINK + 1) * MOST_LINKS) or "")
    if len(found) > MOST_LINKS:
        raise Unreadable("too-many-links", max=MOST_LINKS)
    for link in found:
        if len(link) > LONGEST_LINK:
            raise Unreadable("too-long", max=LONGEST_LINK)
        if not is_link(link):
            raise Unreadable("not-a-link", seen=shortened(link))
    return tuple(dict.fromkeys(found))


def parted(text: str) -> list[str]:
    """Links parted by blanks, line breaks, `;` or `,`, which may stand within an address; a full stop may end it."""
    found: list[str] = []
    for word in text.split():
        start = 0
        for place in _borders(word):
            found.append(word[start:place])
            start = place + 1
        found.append(word[start:])
    return [link for word in found if (link := _without_stop(word.strip(";,<>\"'“”")))]


def _without_stop(link: str) -> str:
    return link[:-1] if link.endswith(".") and not link.endswith("..") else link


def _borders(word: str) -> list[int]:
    lower = word.lower()
    return [
        place
        for place, letter in enumerate(word)
        if letter in ";," and lower.startswith(("http://", "https://", "www."), place + 1)
    ]


def opened_by(cell: LinkCell) -> str:
    """The address behind a text that is words for it; else the text, whose links are what a person sees."""
    written = {word.rstrip("/") for word in parted(cell.text) if "://" in word}
    return cell.target if written <= {cell.target.rstrip("/")} else cell.text


NOT_IN_A_LINK = re.compile(r'[\s\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069<>"]')
"""The same as in `updates.reports`, which a child process does not import."""


def is_link(text: str) -> bool:
    scheme, _, rest = text.partition("://")
    host = rest.partition("/")[0].partition("?")[0].partition("#")[0].rpartition("@")[2]
    return scheme.lower() in ("http", "https") and bool(host.partition(":")[0]) and not NOT_IN_A_LINK.search(text)


def _target_of(formula: str) -> str | None:
    """The address in `HYPERLINK("https://…","xem")`."""
    name, _, rest = formula.partition('("')
    return rest.partition('"')[0] if name.strip().upper() == "HYPERLINK" else None
