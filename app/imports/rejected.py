"""The refused rows as they were sent, each with the reason: to be corrected and sent again."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.imports.import_rows import ImportRow, sent_from_json
from app.imports.sheets import CELL, HEADER, new_book, write
from app.imports.shown import SheetColumns, row_errors
from app.imports.template import choose_status, print_nicely, statuses_to_choose
from app.imports.template_texts import LINE, REJECTED, WHY
from app.language import Language

_WIDE = frozenset({"task", "note", "evidence"})
_HIDDEN_IN_TEMPLATES = frozenset({"task_code", "unit_code", "base", "as_filled"})
_DATE, _MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"


def rejected_workbook(
    sheets: Mapping[str | None, SheetColumns], found: Sequence[ImportRow], language: Language, verdicts: bool
) -> bytes:
    """A sheet for each that was sent: its columns as they were, then why, then the line it stood on."""
    out, book = new_book()
    names = dict.fromkeys(row.report.sheet for row in found) or {None: None}
    styles = {
        "head": book.add_format(HEADER),
        "cell": book.add_format(CELL),
        "day": book.add_format({**CELL, "num_format": _DATE, "align": "left"}),
        "moment": book.add_format({**CELL, "num_format": _MOMENT, "align": "left"}),
        "why": book.add_format({**CELL, "bg_color": "#FDE9E7"}),
    }
    for name in names:
        sheet = book.add_worksheet(name if len(names) > 1 else REJECTED[language])
        rows = [row for row in found if row.report.sheet == name]
        _sheet(sheet, sheets, sheets[name], rows, styles, language, verdicts=verdicts)
    book.close()
    return out.getvalue()


def _sheet(
    sheet: Any,
    sheets: Mapping[str | None, SheetColumns],
    columns: SheetColumns,
    rows: Sequence[ImportRow],
    styles: Mapping[str, Any],
    language: Language,
    *,
    verdicts: bool,
) -> None:
    width = len(columns.headers)
    for place, title in enumerate([*columns.headers, WHY[language], LINE[language]]):
        write(sheet, 0, place, title, styles["head"])
    _widths(sheet, columns)
    for number, row in enumerate(rows, 1):
        for place, cell in enumerate(sent_from_json(row.sent)[:width]):
            write_as_sent(sheet, number, place, cell, styles)
        write(sheet, number, width, _why(row, sheets, language, verdicts=verdicts), styles["why"])
        write(sheet, number, width + 1, row.report.line, styles["cell"])
    if "status" in columns.fields:
        status = columns.fields.index("status")
        words = statuses_to_choose(verdicts=verdicts, language=language)
        choose_status(sheet, (1, status, max(1, len(rows)), status), words, language)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), width + 1)
    print_nicely(sheet, 0, language)


def _widths(sheet: Any, columns: SheetColumns) -> None:
    is_template = "base" in columns.fields
    for place, field in enumerate(columns.fields):
        hidden = is_template and field in _HIDDEN_IN_TEMPLATES
        sheet.set_column(place, place, 36 if field in _WIDE else 18, None, {"hidden": hidden})
    sheet.set_column(len(columns.fields), len(columns.fields), 60)
    sheet.set_column(len(columns.fields) + 1, len(columns.fields) + 1, 12)


def _why(row: ImportRow, sheets: Mapping[str | None, SheetColumns], language: Language, *, verdicts: bool) -> str:
    errors = row_errors(row, sheets, language, verdicts=verdicts)
    return "\n".join(f"{error.column}: {error.detail}" if error.column else error.detail for error in errors)


def write_as_sent(sheet: Any, row: int, place: int, cell: Any, styles: Mapping[str, Any]) -> None:
    """A cell as what it was. A formula comes back as what it showed: its own text would be taken for the cell's."""
    if isinstance(cell, Mapping) and "formula" in cell:
        cell = cell.get("value")
    if isinstance(cell, Mapping) and "date" in cell:
        moment = _moment(str(cell["date"]))
        if moment is not None:
            style = styles["day" if moment.time() == datetime.min.time() else "moment"]
            sheet.write_datetime(row, place, moment, style)
            return
    write(sheet, row, place, shown_cell(cell), styles["cell"])


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is None and 1900 < moment.year < 10_000 else None


def shown_cell(cell: Any) -> Any:
    """What of a cell can be written down again: its error, its moment, its text with its link."""
    if cell is None:
        return ""
    if isinstance(cell, Mapping):
        for key in ("error", "date"):
            if key in cell:
                return str(cell[key])
        return cell.get("link") or cell.get("text") or ""
    if isinstance(cell, list):
        return " ".join(str(shown_cell(part)) for part in cell)
    return cell
