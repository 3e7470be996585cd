"""The report as an official Vietnamese document (DOCX).

It is written with python-docx and not from a Word template, so that the whole form is source code which types and
tests cover, and no text of a report passes through a template language.
"""

from datetime import UTC

from docx.document import Document
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from app.reports.blocks import Section, TableBlock, TextBlock
from app.reports.files.docx_parts import (
    CENTRE,
    JUSTIFY,
    begin_section,
    blank,
    body,
    paragraph,
    rule,
    run,
    speak_vietnamese,
    to_bytes,
)
from app.reports.files.docx_tables import keep_ends_together, keep_on_one_page, shade, table
from app.reports.files.letterhead import addressees, attached_to, letterhead, signature
from app.reports.files.text_width import fitting
from app.reports.report import ProgressReport
from app.reports.sections import ROMAN, SIGNS, appendices, sections

LIGHTS = {"green": "E2F0D9", "yellow": "FFF2CC", "red": "F8D7DA"}
STATES = {"verified": "A9D08E", "completed": "E2F0D9", "in_progress": "DDEBF7", "blocked": "F8D7DA"}
"""Colours of states; they only repeat a word or a sign."""
TEXT_WIDTH = 160.0
"""Millimetres between the margins."""
KEPT_WHOLE = 8
"""Rows of a table that is not divided between pages."""
LONGEST_PROPERTY = 255
NOTE_SIZE = 9.0
TABLE_SIZES = {"vi": (11.0, 10.0, 9.5), "en": (11.0, 10.0, 9.5), "ja": (10.0, 9.5, 9.0)}
"""A smaller one for a table of many columns."""


def write(report: ProgressReport) -> bytes:
    document = blank(report.lang)
    _properties(document, report)
    letterhead(document, report)
    _title(document, report)
    addressees(document, report)
    _opening(document, report)
    for roman, section in zip(ROMAN, sections(report), strict=False):
        _section(document, report, roman, section)
    if closing := report.closing:
        body(document, (closing, False)).paragraph_format.keep_with_next = True  # no signature alone on a page
    if report.lang == "vi":
        signature(document, report.letterhead)
    for roman, section in zip(ROMAN, appendices(report), strict=False):
        _appendix(document, report, roman, section)
    return to_bytes(document)


def _properties(document: Document, report: ProgressReport) -> None:
    properties, at = document.core_properties, report.as_of.astimezone(UTC).replace(tzinfo=None)
    properties.title, properties.author, properties.comments = report.title[:LONGEST_PROPERTY], "Tiến Độ", ""
    properties.created = properties.modified = at  # so that equal reports have equal bytes
    properties.last_modified_by, properties.language = "Tiến Độ", report.lang


def _title(document: Document, report: ProgressReport) -> None:
    paragraph(document, report.say("report").upper(), style="Title", align=CENTRE)
    paragraph(document, report.subject, align=CENTRE, bold=True, after=2)
    if report.spoken not in report.subject:
        _moment(document, report, after=2)
    rule(paragraph(document, align=CENTRE, after=8), 50, 160)


def _moment(document: Document, report: ProgressReport, *, after: float) -> None:
    said = report.say("in_brackets", said=report.say("as_of", moment=report.spoken))
    paragraph(document, said, align=CENTRE, italic=report.lang != "ja", after=after)


def _opening(document: Document, report: ProgressReport) -> None:
    for note in report.notes:
        run(body(document), note, italic=report.lang != "ja")
    body(document, (report.summary, False))


def _section(document: Document, report: ProgressReport, roman: str, section: Section) -> None:
    made = paragraph(document, f"{roman}. {section.title.upper()}", style="Heading 1", align=JUSTIFY, after=6)
    made.paragraph_format.space_before = Pt(8)
    made.paragraph_format.first_line_indent = Mm(10)
    _blocks(document, report, section)


def _appendix(document: Document, report: ProgressReport, roman: str, section: Section) -> None:
    """Its pages are numbered on their own, and its head says which document it belongs to: Decree 30, annex I, IV."""
    begin_section(document)
    paragraph(document, report.say("appendix", roman=roman), style="Heading 1", align=CENTRE)
    paragraph(document, section.title.upper(), align=CENTRE, bold=True)
    _moment(document, report, after=2)
    if report.lang == "vi":
        paragraph(document, attached_to(report), align=CENTRE, italic=True, size=13, after=2)
    rule(paragraph(document, align=CENTRE, after=8), 50, 160)
    _blocks(document, report, section, is_appendix=True)


def _blocks(document: Document, report: ProgressReport, section: Section, *, is_appendix: bool = False) -> None:
    for block, following in zip(section.blocks, (*section.blocks[1:], None), strict=True):
        if isinstance(block, TableBlock):
            _grid(document, report, block)
            if following or not is_appendix:  # behind a page that the table fills, it would make an empty one
                paragraph(document, size=6).paragraph_format.line_spacing = Pt(6)
        else:
            _text(document, block).paragraph_format.keep_with_next = isinstance(following, TableBlock)


def _text(document: Document, text: TextBlock) -> Paragraph:
    if text.is_note:
        return paragraph(document, text.said, size=NOTE_SIZE, after=3)
    made = body(document, *([(text.lead, True)] if text.lead else []), (text.said, False))
    if text.is_vietnamese:
        speak_vietnamese(made)
    return made


def _grid(document: Document, report: ProgressReport, grid: TableBlock) -> None:
    size, widths = fitting(grid.head, grid.rows, TEXT_WIDTH, TABLE_SIZES[report.lang])
    made = table(document, grid.head, grid.rows, widths, size=size, left=grid.left, caption=grid.caption)
    if grid.shades == "lights":
        _shade(made, {report.say(f"light.{light}"): colour for light, colour in LIGHTS.items()})
    elif grid.shades == "states":
        _shade(made, {SIGNS[state]: colour for state, colour in STATES.items()})
    (keep_on_one_page if len(grid.rows) <= KEPT_WHOLE else keep_ends_together)(made)


def _shade(made: Table, words: dict[str, str]) -> None:
    """Colour the cells of states."""
    for row in made.rows[1:]:
        for cell in row.cells:
            if colour := words.get(cell.text):
                shade(cell, colour)
