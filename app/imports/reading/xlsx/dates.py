"""Numbers and texts of a workbook that are dates, as a spreadsheet counts them."""

from datetime import datetime, timedelta
from typing import Any

from app.imports.reading.values.cells import DateCell, ErrorCell, MonthCell, SpanCell

_FROM_1900, _FROM_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)  # noqa: DTZ001 - a wall clock has no zone
_AFTER_THE_LAST = 2_950_000
"""In the year 9976: what is beyond is no date."""
_MILLISECONDS = 24 * 60 * 60 * 1000


def date_cell(number: float, *, is_1904: bool) -> Any:
    """The date that a number shows as: to the millisecond, which is all that a spreadsheet shows.

    A number outside the calendar shows as ####, one below a day as a time of day.
    """
    if 0 <= number < 1:
        return span_cell(number)
    if not 0 <= number < _AFTER_THE_LAST:
        return ErrorCell("####")
    days = int(number)
    since = timedelta(days=days, milliseconds=round((number - days) * _MILLISECONDS))
    return DateCell((_FROM_1904 if is_1904 else _FROM_1900) + since)


def month_cell(number: float, *, is_1904: bool) -> Any:
    """The same of a number that shows as a month and a year."""
    cell = date_cell(number, is_1904=is_1904)
    return MonthCell(cell.at) if isinstance(cell, DateCell) else cell


def span_cell(number: float) -> SpanCell:
    """A duration in hours, minutes and seconds."""
    seconds = round(min(abs(number), 1e7) * 24 * 60 * 60)
    return SpanCell(f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}")


def iso_cell(written: str) -> Any:
    """A date that is written as one; else the text."""
    try:
        return DateCell(datetime.fromisoformat(written.removesuffix("Z")).replace(tzinfo=None))
    except ValueError:
        return written
