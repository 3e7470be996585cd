"""The refused rows as they were sent, each with the reason: to be corrected and sent again."""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from app.imports.import_rows import ImportRow
from app.imports.reading.rows import HIDDEN_IN_TEMPLATES
from app.imports.refused_table import RefusedTable, refused_table
from app.imports.sheets import CELL, FILTER_BUTTON, HEADER, height, letters, new_book, write
from app.imports.shown import SheetColumns, row_errors
from app.imports.template import choose_status, guide_sheet, print_nicely, statuses_to_choose
from app.imports.template_texts import GUIDE, LINE, REJECTED, REJECTED_LINES, WHY
from app.language import Language

_DATE, _MOMENT = "dd/mm/yyyy", "dd/mm/yyyy hh:mm"
_MOST_LINES = 4
_LONGEST_TITLE = 31
_NOT_IN_A_TITLE = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ufffe\uffff]")
_ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"})
_NOT_CALCULATED = {"error": "#N/A"}
_HIDDEN_WIDTH = 12.0
_NARROWEST, _WIDEST, _WHY_WIDTH, _LINE_WIDTH = 9.0, 26.0, 46.0, 10.0


def rejected_workbook(
    sheets: Mapping[str | None, SheetColumns],
    found: Sequence[ImportRow],
    read_as: Mapping[str, Any],
    language: Language,
    verdicts: bool,
) -> bytes:
    """A sheet for each that was sent: its columns as they were, then why, then the line it stood on."""
    out, book = new_book(is_1904=read_as.get("dates_from") == "1904")
    names = dict.fromkeys(row.report.sheet for row in found) or {None: None}
    styles = {
        "head": book.add_format(HEADER),
        "cell": book.add_format(CELL),
        "day": book.add_format({**CELL, "num_format": _DATE, "align": "left"}),
        "moment": book.add_format({**CELL, "num_format": _MOMENT, "align": "left"}),
        "text": book.add_format({**CELL, "num_format": "@"}),
        "why": book.add_format({**CELL, "bg_color": "#FDE9E7"}),
    }
    titles = sheet_titles([name or "" for name in names]) if len(names) > 1 else [REJECTED[language]]
    for name, title in zip(names, titles, strict=True):
        sheet = book.add_worksheet(title)
        rows = [row for row in found if row.report.sheet == name]
        table = refused_table(sheets[name], rows, read_as, language)
        reasons = [_why(row, sheets, language, verdicts=verdicts) for row in rows]
        _sheet(sheet, table, rows, reasons, styles, language, verdicts=verdicts)
    if GUIDE[language].casefold() not in map(str.casefold, titles):
        guide_sheet(book, language, REJECTED_LINES[language])
    book.close()
    return out.getvalue()


def sheet_titles(names: Sequence[str]) -> list[str]:
    """Names that Excel takes for sheets, each once, whatever the sheets were called that were sent."""
    titles: list[str] = []
    taken: set[str] = set()
    for place, name in enumerate(names, 1):
        plain = " ".join(_NOT_IN_A_TITLE.sub(" ", name)[:_LONGEST_TITLE].split()).strip("'") or f"{place}"
        title = plain if plain.casefold() not in {*taken, "history"} else f"{plain[: _LONGEST_TITLE - 6]} ({place})"
        titles.append(title)
        taken.add(title.casefold())
    return titles


def _sheet(
    sheet: Any,
    table: RefusedTable,
    rows: Sequence[ImportRow],
    reasons: Sequence[str],
    styles: Mapping[str, Any],
    language: Language,
    *,
    verdicts: bool,
) -> None:
    columns, cells = table
    width = len(columns.headers)
    headers = [*columns.headers, WHY[language], LINE[language]]
    widths = _widths(columns, cells)
    hidden = _hidden(columns)
    kinds = [_kind(field, [sent[place] for sent in cells]) for place, field in enumerate(columns.fields)]
    for place, title in enumerate(headers):
        write(sheet, 0, place, title, styles["head"])
        is_hidden = place in hidden
        sheet.set_column(place, place, _HIDDEN_WIDTH if is_hidden else widths[place], None, {"hidden": is_hidden})
    shown = [(place, title) for place, title in enumerate(headers) if place not in hidden]
    sheet.set_row(0, height((title, widths[place] - FILTER_BUTTON) for place, title in shown) + 6)
    for number, (row, sent, why) in enumerate(zip(rows, cells, reasons, strict=True), 1):
        for place, cell in enumerate(sent):
            write_as_sent(sheet, number, place, cell, {**styles, "cell": styles[kinds[place]]})
        write(sheet, number, width, why, styles["why"])
        write(sheet, number, width + 1, row.report.line, styles["cell"])
        texts = [(_text(cell), widths[place]) for place, cell in enumerate(sent) if place not in hidden]
        # The reason is shown whole; of a long note as much as helps to know it again.
        sheet.set_row(number, max(height(texts, _MOST_LINES), height([(why, _WHY_WIDTH)])) + 2)
    if "status" in columns.fields:
        status = columns.fields.index("status")
        words = statuses_to_choose(verdicts=verdicts, language=language)
        choose_status(sheet, (1, status, max(1, len(rows)), status), words, language)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(1, len(rows)), width + 1)
    print_nicely(sheet, 0, language)


def _kind(field: str | None, cells: Sequence[Any]) -> str:
    """The style of a column. Where moments were sent as text, a corrected one stays text, too: mixed they are refused.

    A number of a document is text, so that no date is made of it.
    """
    if field == "document_number":
        return "text"
    if field not in ("effective_at", "document_date"):
        return "cell"
    if any(isinstance(cell, Mapping) and "date" in cell for cell in cells):
        return "moment" if field == "effective_at" else "day"
    return "text" if any(cell not in (None, "") for cell in cells) else "cell"


def _hidden(columns: SheetColumns) -> set[int]:
    """The columns that a template hides: they stay so."""
    if "base" not in columns.fields:
        return set()
    return {place for place, field in enumerate(columns.fields) if field in HIDDEN_IN_TEMPLATES}


def _widths(columns: SheetColumns, rows: Sequence[Sequence[Any]]) -> list[float]:
    """As wide as what stands in a column, within limits: so the reason beside it is not printed too small."""
    widths = []
    for place, header in enumerate(columns.headers):
        longest = max(map(letters, header.split()), default=0) + FILTER_BUTTON
        lines = [line for row in rows for line in _text(row[place]).splitlines()]
        needed = max([longest, *map(letters, lines)]) + 2.0
        widths.append(min(max(needed, _NARROWEST), _WIDEST))
    return [*widths, _WHY_WIDTH, _LINE_WIDTH]


def _why(row: ImportRow, sheets: Mapping[str | None, SheetColumns], language: Language, *, verdicts: bool) -> str:
    errors = row_errors(row, sheets, language, verdicts=verdicts)
    return "\n".join(f"{error.column}: {error.detail}" if error.column else error.detail for error in errors)


def write_as_sent(sheet: Any, row: int, place: int, cell: Any, styles: Mapping[str, Any]) -> None:
    """A cell as what it was. A formula comes back as what it showed: its own text would be taken for the cell's.

    One that was never calculated shows an error: an empty cell would say that nothing was meant.
    """
    if isinstance(cell, Mapping) and "formula" in cell:
        cell = _NOT_CALCULATED if cell.get("value") is None else cell["value"]
    if isinstance(cell, Mapping) and cell.get("error") in _ERRORS:
        sheet.write_formula(row, place, f"={cell['error']}", styles["cell"], cell["error"])
        return
    if isinstance(cell, Mapping) and "date" in cell:
        moment = _moment(str(cell["date"]))
        if moment is not None:
            style = styles["day" if moment.time() == datetime.min.time() else "moment"]
            sheet.write_datetime(row, place, moment, style)
            return
    write(sheet, row, place, shown_cell(cell), styles["cell"])


def _text(cell: Any) -> str:
    """What a cell shows."""
    if isinstance(cell, Mapping) and "formula" in cell:
        cell = _NOT_CALCULATED if cell.get("value") is None else cell["value"]
    moment = _moment(str(cell["date"])) if isinstance(cell, Mapping) and "date" in cell else None
    if moment is not None:
        return f"{moment:%d/%m/%Y}" if moment.time() == datetime.min.time() else f"{moment:%d/%m/%Y %H:%M}"
    return str(shown_cell(cell))


def _moment(written: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment if moment.tzinfo is None and 1900 < moment.year < 10_000 else None


def shown_cell(cell: Any) -> Any:
    """What of a cell can be written down again: its error, its moment, its text."""
    if cell is None:
        return ""
    if isinstance(cell, Mapping):
        for key in ("error", "date"):
            if key in cell:
                return str(cell[key])
        return cell.get("text") or ""
    if isinstance(cell, list):
        return " ".join(str(shown_cell(part)) for part in cell)
    return cell
