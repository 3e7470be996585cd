"""The template: work as a spreadsheet with drop-downs, ready to be filled in, sorted, printed and sent back."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.catalogue.catalogue import Catalogue, named
from app.imports.judging.content import ReportContent, filled_from
from app.imports.judging.rows import TemplateBase, base_to_text, digest_of_names
from app.imports.reading.rows import HIDDEN_IN_TEMPLATES
from app.imports.reading.words.statuses import status_word
from app.imports.sheets import CELL, FILTER_BUTTON, HEADER, height, new_book, write
from app.imports.template_texts import (
    CHOOSE,
    GUIDE,
    GUIDE_LINES,
    HEADERS,
    LEAD,
    MOMENT,
    NOTHING_OPEN,
    NOTHING_WAITS,
    PAGE,
    TABLE,
    TITLE,
    TITLE_OF_VERDICTS,
    VERDICT_GUIDE_LINES,
    Column,
)
from app.language import Language
from app.status import REPORTABLE, VERDICTS, Status

_GREY = {**CELL, "bg_color": "#F2F2F2"}
_HEADER_ROW = 3
_MOST_LINES = 8
_GUIDE_WIDTH = 100
HIDDEN: tuple[Column, ...] = HIDDEN_IN_TEMPLATES
WIDTHS: dict[Column, float] = {
    "task_code": 16, "unit_code": 10, "base": 12, "task": 44, "unit": 24, "deadline": 16, "verdict": 32,
    "reported": 40, "status": 17, "effective_at": 16, "note": 34, "evidence": 32, "document_number": 18,
    "document_date": 13,
}  # fmt: skip
INPUT: tuple[Column, ...] = ("status", "effective_at", "note", "evidence", "document_number", "document_date")


class Template(NamedTuple):
    """Whose template it is and what is in it. `id` marks every row, so that its files are known to be of one kind."""

    id: str
    at: datetime
    unit: str | None
    verdicts: bool
    language: Language

    @property
    def columns(self) -> tuple[Column, ...]:
        other_side: Column = "reported" if self.verdicts else "verdict"
        return (*HIDDEN, "task", "unit", "deadline", other_side, *INPUT)


def template_workbook(work: Sequence[Any], template: Template, catalogue: Catalogue) -> bytes:
    """A row for each piece of work: grey what is told, white what is asked, hidden what makes it exact."""
    out, book = new_book()
    sheet = book.add_worksheet(TABLE[template.language])
    styles = _styles(book)
    _head(sheet, styles, template, catalogue, empty=not work)
    for number, row in enumerate(work, _HEADER_ROW + 1):
        _line(sheet, number, _values(row, template, catalogue), template, styles)
    last = _HEADER_ROW + max(1, len(work))
    _validate(sheet, last, template)
    _look(sheet, last, template)
    lines = VERDICT_GUIDE_LINES if template.verdicts else GUIDE_LINES
    guide_sheet(book, template.language, lines[template.language])
    book.close()
    return out.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    moment, day = {"num_format": "dd/mm/yyyy hh:mm", "align": "left"}, {"num_format": "dd/mm/yyyy", "align": "left"}
    return {
        "title": book.add_format({"bold": True, "font_size": 15, "font_color": "#1F4E79"}),
        "lead": book.add_format({"italic": True, "font_color": "#595959"}),
        "header": book.add_format(HEADER),
        "grey": book.add_format(_GREY),
        "deadline": book.add_format({**_GREY, **moment}),
        "white": book.add_format(CELL),
        "effective_at": book.add_format({**CELL, **moment}),
        "document_date": book.add_format({**CELL, **day}),
    }


def _head(sheet: Any, styles: dict[str, Any], template: Template, catalogue: Catalogue, *, empty: bool) -> None:
    language = template.language
    whose = f" – {named(catalogue.units[template.unit].names, language)}" if template.unit else ""
    title = TITLE_OF_VERDICTS if template.verdicts else TITLE
    lead = (NOTHING_WAITS if template.verdicts else NOTHING_OPEN) if empty else LEAD
    at = f"{clock.in_vietnam(template.at):%H:%M %d/%m/%Y}"
    first = len(HIDDEN)
    sheet.write_string(0, first, title[language] + whose, styles["title"])
    sheet.write_string(1, first, lead[language].format(at=at), styles["lead"])
    sheet.set_row(0, 24)
    shown = [column for column in template.columns if column not in HIDDEN]
    titles = ((HEADERS[column][language], WIDTHS[column] - FILTER_BUTTON) for column in shown)
    sheet.set_row(_HEADER_ROW, height(titles) + 6)
    for place, column in enumerate(template.columns):
        hidden = {"hidden": True} if column in HIDDEN else {}
        sheet.set_column(place, place, WIDTHS[column], None, hidden)
        sheet.write_string(_HEADER_ROW, place, HEADERS[column][language], styles["header"])


def _values(row: Any, template: Template, catalogue: Catalogue) -> dict[Column, object]:
    language = template.language
    filled = filled_from(_content(row) if row.update_id else None)
    papers = {} if template.verdicts else _papers(filled)
    task, unit = named(catalogue.tasks[row.task].names, language), catalogue.unit_name(row.unit, language)
    return {
        "task_code": row.task,
        "unit_code": row.unit,
        "base": base_to_text(TemplateBase(template.id, row.update_id, digest_of_names(task, unit))),
        "task": task,
        "unit": unit,
        "deadline": _wall_clock(row.deadline),
        "verdict": row.note if row.status in VERDICTS else None,
        "reported": _reported(row),
        "status": status_word(Status(row.status), language),
        **papers,
    }


def _content(row: Any) -> ReportContent:
    return ReportContent(row.status, row.note, tuple(row.evidence or ()), row.document_number, row.document_date)


def _papers(filled: ReportContent) -> dict[Column, object]:
    return {
        "evidence": "\n".join(filled.evidence),
        "document_number": filled.document_number,
        "document_date": filled.document_date,
    }


def _reported(row: Any) -> str:
    """What the unit says of its work: when, in which words, with which papers."""
    at = f"{clock.in_vietnam(row.effective_at):%d/%m/%Y %H:%M}" if row.effective_at else ""
    document = " – ".join(
        part for part in (row.document_number, row.document_date and f"{row.document_date:%d/%m/%Y}") if part
    )
    return "\n".join(part for part in (at, row.note, *(row.evidence or ()), document) if part)


def _line(sheet: Any, number: int, values: dict[Column, object], template: Template, styles: dict[str, Any]) -> None:
    shown = [(column, value) for column, value in values.items() if column in template.columns and column not in HIDDEN]
    texts = ((value, WIDTHS[column]) for column, value in shown if isinstance(value, str))
    sheet.set_row(number, height(texts, _MOST_LINES))
    for place, column in enumerate(template.columns):
        value = values.get(column)
        style = styles.get(column) or styles["white" if column in INPUT else "grey"]
        if hasattr(value, "year"):
            sheet.write_datetime(number, place, value, style)
        else:
            write(sheet, number, place, value, style)


def _wall_clock(at: datetime | None) -> datetime | None:
    return clock.in_vietnam(at).replace(tzinfo=None) if at else None


def statuses_to_choose(*, verdicts: bool, language: Language) -> list[str]:
    possible = VERDICTS if verdicts else REPORTABLE
    return [status_word(status, language) for status in Status if status in possible]


def _validate(sheet: Any, last: int, template: Template) -> None:
    status, moment = template.columns.index("status"), template.columns.index("effective_at")
    words = statuses_to_choose(verdicts=template.verdicts, language=template.language)
    choose_status(sheet, (_HEADER_ROW + 1, status, last, status), words, template.language)
    told = {"input_title": HEADERS["effective_at"][template.language], "input_message": MOMENT[template.language]}
    sheet.data_validation(_HEADER_ROW + 1, moment, last, moment, {"validate": "any", **told})


def choose_status(sheet: Any, where: tuple[int, int, int, int], words: Sequence[str], language: Language) -> None:
    """A drop-down. A row may show a word that is not in it, such as that of a return: so it warns, and no more."""
    title, message = CHOOSE[language]
    rule = {"validate": "list", "source": list(words), "error_type": "warning", "ignore_blank": True}
    sheet.data_validation(*where, {**rule, "error_title": title, "error_message": message})


def _look(sheet: Any, last: int, template: Template) -> None:
    """Not protected, so that it is sorted and filtered as one likes; on paper a page is as wide as the table."""
    sheet.freeze_panes(_HEADER_ROW + 1, template.columns.index("unit") + 1)
    sheet.autofilter(_HEADER_ROW, 0, last, len(template.columns) - 1)
    sheet.hide_gridlines(2)
    print_nicely(sheet, _HEADER_ROW, template.language)


def print_nicely(sheet: Any, header_row: int, language: Language) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(header_row)
    sheet.set_footer(f"&L&8Tiến Độ&R&8{PAGE[language]}")


def guide_sheet(book: Any, language: Language, lines: Sequence[str]) -> None:
    """A short sheet of guidance; it has no header, so it is not read when the file comes back."""
    sheet = book.add_worksheet(GUIDE[language])
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, _GUIDE_WIDTH)
    sheet.write_string(0, 1, GUIDE[language], book.add_format({"bold": True, "font_size": 15, "font_color": "#1F4E79"}))
    sheet.set_row(0, 24)
    number, line = (
        book.add_format({"valign": "top", "bold": True}),
        book.add_format({"text_wrap": True, "valign": "top"}),
    )
    for place, text in enumerate(lines, 1):
        sheet.write_string(place + 1, 0, f"{place}.", number)
        sheet.write_string(place + 1, 1, text, line)
        sheet.set_row(place + 1, height([(text, _GUIDE_WIDTH)]))
    sheet.set_paper(9)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
