"""Spreadsheets going out: what all of them share, so that nothing in a cell is ever run."""

from io import BytesIO
from typing import Any

from app.workbooks import SAFE_OPTIONS

_LONGEST_CELL = 32_767

HEADER = {"bold": True, "font_color": "#FFFFFF", "bg_color": "#1F4E79", "border": 1, "border_color": "#BFBFBF"}
HEADER |= {"valign": "vcenter", "text_wrap": True}
CELL = {"border": 1, "border_color": "#D9D9D9", "valign": "top", "text_wrap": True}


def new_book() -> tuple[BytesIO, Any]:
    """A workbook in memory. Text stays text: no formulas, no links, no numbers made of strings."""
    import xlsxwriter  # noqa: PLC0415 - takes long to import, and few workers need it

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {**SAFE_OPTIONS, "default_date_format": "dd/mm/yyyy hh:mm"})
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
