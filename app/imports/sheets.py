"""Spreadsheets going out: what all of them share, so that nothing in a cell is ever run, and all of it can be read."""

import math
import unicodedata
from collections.abc import Iterable
from io import BytesIO
from typing import Any

from app.workbooks import SAFE_OPTIONS

_LONGEST_CELL = 32_767
_LINE_HEIGHT = 16.0
_HIGHEST = 409.0
"""In points; spreadsheets take no more."""
FILTER_BUTTON = 3
"""How many letters of a header the button of its filter covers."""

HEADER = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "border": 1, "border_color": "#BFBFBF"}
HEADER |= {"valign": "vcenter", "text_wrap": True}
CELL = {"border": 1, "border_color": "#D9D9D9", "valign": "top", "text_wrap": True}


def new_book(*, is_1904: bool = False) -> tuple[BytesIO, Any]:
    """A workbook in memory. Text stays text: no formulas, no links, no numbers made of strings."""
    import xlsxwriter  # noqa: PLC0415 - takes long to import, and few workers need it

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {**SAFE_OPTIONS, "default_date_format": "dd/mm/yyyy hh:mm", "date_1904": is_1904})
    book.set_properties({"title": "Tiến Độ", "author": "Tiến Độ"})
    return out, book


def write(sheet: Any, row: int, column: int, value: object, style: Any) -> None:
    """A cell as what it is. Whatever is not a number or a truth value is text."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, column, value, style)
    elif isinstance(value, int | float) and abs(value) < 1e15:
        sheet.write_number(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value)[:_LONGEST_CELL], style)


def height(texts: Iterable[tuple[str, float]], most_lines: int | None = None) -> float:
    """How high a row has to be for texts in columns of given widths: not every program finds that out by itself."""
    lines = max((lines_of(text, width) for text, width in texts), default=1)
    return min(_LINE_HEIGHT * min(lines, most_lines or lines), _HIGHEST)


def lines_of(text: str, width: float) -> int:
    """How many lines a text takes in a column, broken between words."""
    return sum(max(1, math.ceil(letters(line) / (width * 0.9))) for line in text.splitlines()) or 1


def letters(text: str) -> int:
    """How many letters wide a text is; Japanese ones take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)
