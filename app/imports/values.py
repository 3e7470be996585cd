"""What a cell says: text, a moment, a day, links. A time without an offset is the wall clock of Viet Nam."""

import math
import re
import unicodedata
from datetime import UTC, date, datetime

from pydantic_core import PydanticCustomError

from app import clock
from app.clock import VIETNAM
from app.imports.readers.table import Cell
from app.imports.readers.workbook import CellError

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WORDS = re.compile(r"\b(ngày|lúc|vào)\b|,", re.IGNORECASE)
_TIME = (
    r"(?P<hour>\d{1,2})(?::|\s*h\s*|\s*giờ\s*)"
    r"(?:(?P<minute>\d{2})(?:\s*phút)?(?::(?P<second>\d{2})(?P<fraction>\.\d{1,6})?)?)?"
)
_DAY_FIRST = r"(?P<day>\d{1,2})(?P<part>[/.-])(?P<month>\d{1,2})(?P=part)(?P<year>\d{4})"
_YEAR_FIRST = r"(?P<year>\d{4})(?P<part>[/-])(?P<month>\d{1,2})(?P=part)(?P<day>\d{1,2})"
_WALL_CLOCK = [
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for day in (_DAY_FIRST, _YEAR_FIRST)
    for pattern in (rf"{day}(?:[ T]\s*{_TIME})?", rf"{_TIME}\s+{day}")
]
_SURROGATE = re.compile("[\ud800-\udfff]")
_OFFSET = re.compile(r".*\d[T ]\d.*(?:Z|[+-]\d{2}:\d{2})", re.IGNORECASE | re.ASCII | re.DOTALL)


class Unreadable(Exception):
    """A stable code and a sentence."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


def text_of(cell: Cell) -> str | None:
    """The cell as text, composed (NFC) and trimmed; None for an empty one. Numbers lose a `.0`."""
    if cell is None:
        return None
    if type(cell) is str:
        return _storable_text(cell)
    if isinstance(cell, CellError):
        raise Unreadable("cell-error", f"the cell shows {cell}")
    if isinstance(cell, list | dict) or (isinstance(cell, float) and not math.isfinite(cell)):
        raise Unreadable("wrong-type", "this is one text")
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return _shown(cell)
    return _storable_text(cell if isinstance(cell, str) else str(cell))


def _storable_text(text: str) -> str | None:
    if not text:
        return None
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
        if _SURROGATE.search(text):
            raise Unreadable("lone-surrogate", "the cell holds half a character")
    if "\0" in text or "_x0000_" in text:
        raise Unreadable("nul-character", "the cell holds a NUL character")
    return text.strip() or None


def _shown(moment: datetime) -> str:
    return f"{moment:%d/%m/%Y}" if moment.time() == datetime.min.time() else f"{moment:%d/%m/%Y %H:%M:%S}"


def moment_of(cell: Cell) -> datetime | None:
    """A moment: RFC 3339, a date cell, or `27/06/2025 17:00` and its like; a bare day means its first moment."""
    if type(cell) is str and cell[10:11] == "T" and cell[-6:-5] in ("+", "-"):  # RFC 3339, as programs write it
        try:
            return clock.read(cell)
        except PydanticCustomError:
            pass  # it may still be a wall clock's
    if isinstance(cell, datetime):
        return _in_range(cell if cell.tzinfo else cell.replace(tzinfo=VIETNAM))
    if isinstance(cell, bool | int | float):
        raise _no_moment()
    text = text_of(cell)
    if text is None:
        return None
    return _in_range(text if _OFFSET.fullmatch(text) else _wall_clock(text))


def _in_range(value: object) -> datetime:
    try:
        return clock.read(value)
    except PydanticCustomError as error:
        raise Unreadable(error.type, error.message()) from None


def _wall_clock(text: str) -> datetime:
    plain = " ".join(_WORDS.sub(" ", text).split())
    for pattern in _WALL_CLOCK:
        if found := pattern.fullmatch(plain):
            return _assembled(found.groupdict())
    raise _no_moment()


def _assembled(parts: dict[str, str | None]) -> datetime:
    numbers = {name: int(parts[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")}
    microsecond = round(float(parts["fraction"] or 0) * 1_000_000)
    try:
        return datetime(**numbers, microsecond=microsecond, tzinfo=VIETNAM)
    except ValueError:
        raise Unreadable("malformed-time", "there is no such day or hour; the day stands before the month") from None


def _no_moment() -> Unreadable:
    return Unreadable(
        "malformed-time", "not a time: write it like 27/06/2025 17:00 (in Viet Nam) or 2025-06-27T17:00:00+07:00"
    )


def day_of(cell: Cell) -> date | None:
    """A calendar day, as a cell, as `27/06/2025` or as `2025-06-27`."""
    if cell is None:
        return None
    if isinstance(cell, datetime):
        return (cell.astimezone(VIETNAM) if cell.tzinfo else cell).date()
    if isinstance(cell, date):
        return cell
    text = None if isinstance(cell, bool | int | float) else text_of(cell)
    if text is None and isinstance(cell, str):
        return None
    try:
        return _wall_clock(text or "").date()
    except Unreadable:
        raise Unreadable("malformed-date", "not a date: write it like 27/06/2025 or 2025-06-27") from None


def links_of(cell: Cell) -> list[str]:
    """The links of a cell, parted by spaces or lines; a list as it is."""
    if cell is None:
        return []
    if isinstance(cell, list):
        return [text_of(link) or "" for link in cell]
    return (text_of(cell) or "").split()


def as_sent(cell: Cell) -> object:
    """The cell as it is kept to be given back: what JSON and PostgreSQL can hold, dates as they are written here."""
    if isinstance(cell, datetime):
        return _shown(cell) if cell.tzinfo is None else clock.text(cell.astimezone(UTC))
    if isinstance(cell, str):
        return _storable(cell)
    if isinstance(cell, list):
        return " ".join(str(as_sent(part)) for part in cell)
    return cell if cell is None or isinstance(cell, int | float | bool) else _storable(str(cell))


def _storable(text: str) -> str:
    return text.replace("\0", "␀").encode(errors="replace").decode()
