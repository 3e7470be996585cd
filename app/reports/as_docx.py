"""The report as an official Vietnamese document (DOCX).

It is written with python-docx and not from a Word template, so that the whole form is source code which types and
tests cover, and no text of a report passes through a template language.
"""

from datetime import UTC

from docx.document import Document
from docx.shared import Mm, Pt
from docx.table import Table

from app.reports.as_markdown import SIGNS, figures, legend, missing, provinces
from app.reports.docx_parts import CENTRE, JUSTIFY, blank, body, paragraph, rule, run, shade, table, to_bytes
from app.reports.letterhead import letterhead, signature
from app.reports.report import ProgressReport

LIGHTS = {"green": "E2F0D9", "yellow": "FFF2CC", "red": "F8D7DA"}
STATES = {"verified": "A9D08E", "completed": "E2F0D9", "in_progress": "DDEBF7", "blocked": "F8D7DA"}
"""Colours of states; they only repeat a word or a sign."""


def write(report: ProgressReport) -> bytes:
    document = blank(report.lang)
    _properties(document, report)
    letterhead(document, report)
    _title(document, report)
    _opening(document, report)
    _lines(document, report)
    _figures(document, report)
    _missing(document, report)
    if report.lang == "vi":
        signature(document)
    _provinces(document, report)
    _matrix(document, report)
    return to_bytes(document)


def _properties(document: Document, report: ProgressReport) -> None:
    properties, at = document.core_properties, report.as_of.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.author, properties.comments = report.title, "Tiến Độ", ""
    properties.created = properties.modified = at  # so that equal reports have equal bytes
    properties.last_modified_by, properties.language = "Tiến Độ", report.lang


def _title(document: Document, report: ProgressReport) -> None:
    paragraph(document, report.say("report").upper(), style="Title", align=CENTRE)
    paragraph(document, report.title, align=CENTRE, bold=True, after=2)
    if report.spoken not in report.title:
        _moment(document, report, after=2)
    rule(paragraph(document, align=CENTRE, after=8), 50, 160)


def _moment(document: Document, report: ProgressReport, *, after: float) -> None:
    said = f"({report.say('as_of', moment=report.spoken)})"
    paragraph(document, said, align=CENTRE, italic=report.lang != "ja", after=after)


def _opening(document: Document, report: ProgressReport) -> None:
    for note in report.notes:
        run(body(document), note, italic=report.lang != "ja")
    body(document, (report.summary, False))


def _heading(document: Document, number: str, text: str) -> None:
    made = paragraph(document, f"{number}. {text.upper()}", style="Heading 1", align=JUSTIFY, after=6)
    made.paragraph_format.space_before = Pt(8)
    made.paragraph_format.keep_with_next = True
    made.paragraph_format.first_line_indent = Mm(10)


def _lines(document: Document, report: ProgressReport) -> None:
    _heading(document, "I", report.say("lines"))
    for line in report.lines:
        body(document, (f"{line.position}. {line.name}{report.say('colon')}", True), (line.said, False))


def _figures(document: Document, report: ProgressReport) -> None:
    _heading(document, "II", report.say("table"))
    keys = ("position", "name", "share", "verified", "tasks", "on_time", "late", "overdue")
    head = [report.say(f"col.{key}") for key in keys]
    rows = [figures(report, line) for line in report.lines]
    table(document, head, rows, (10, 50, 18, 15, 25, 15, 13, 14), size=11, left=frozenset({1}))


def _missing(document: Document, report: ProgressReport) -> None:
    _heading(document, "III", report.say("missing"))
    for line in report.lines:
        body(document, (f"{line.position}. {line.name}{report.say('colon')}", True), (missing(report, line), False))


def _appendix(document: Document, report: ProgressReport, roman: str, title: str) -> None:
    made = paragraph(document, report.say("appendix", roman=roman), style="Heading 1", align=CENTRE)
    made.paragraph_format.page_break_before = True
    paragraph(document, title.upper(), align=CENTRE, bold=True)
    _moment(document, report, after=8)


def _provinces(document: Document, report: ProgressReport) -> None:
    _appendix(document, report, "I", report.say("provinces"))
    keys = ("rank", "province", "light", "categories", "tasks", "reasons", "reporting")
    head = [report.say(f"col.{key}") for key in keys]
    widths = (14, 34, 14, 17, 21, 38, 22)
    made = table(document, head, list(provinces(report)), widths, size=11, left=frozenset({1, 5}))
    words = {report.say(f"light.{light}"): colour for light, colour in LIGHTS.items()}
    _shade(made, words)


def _matrix(document: Document, report: ProgressReport) -> None:
    _appendix(document, report, "II", report.say("matrix"))
    head = [report.say("col.province"), *(str(position) for position, _ in report.columns)]
    rows = [[one.name, *(SIGNS[state] for state in one.states)] for one in report.provinces]
    widths = (46, *[116 / len(report.columns) for _ in report.columns])
    made = table(document, head, rows, widths, size=11, left=frozenset({0}))
    _shade(made, {SIGNS[state]: colour for state, colour in STATES.items()})
    paragraph(document, legend(report), align=JUSTIFY, size=11).paragraph_format.space_before = Pt(6)


def _shade(made: Table, words: dict[str, str]) -> None:
    """Colour the cells of states."""
    for row in made.rows[1:]:
        for cell in row.cells:
            if colour := words.get(cell.text):
                shade(cell, colour)
