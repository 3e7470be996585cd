"""Tables of an official DOCX document: repeated headers, rows that stay whole, a caption that is read out."""

from collections.abc import Iterable, Sequence
from typing import Any

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell, _Row

from app.reports.files.docx_parts import CENTRE, LEFT, run

CELL_MARGIN = 57
"""Twentieths of a point: 1 mm."""


def table(
    document: Document,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    widths: Sequence[float],
    *,
    size: float,
    left: frozenset[int],
    caption: str,
) -> Table:
    """A table whose header is repeated on every page, and whose rows are never split between pages. Widths in mm.

    `caption` is what a screen reader announces it as.
    """
    content = [head, *rows]
    made: Table = document.add_table(rows=len(content), cols=len(head), style="Table Grid")
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    _describe(made, caption)
    for column, width in zip(made.columns, widths, strict=True):
        column.width = Mm(width)
    for number, (row, texts) in enumerate(zip(made.rows, content, strict=True)):
        _keep_together(row, header=number == 0)
        for column, (cell, text) in enumerate(zip(row.cells, texts, strict=True)):
            cell.width = Mm(widths[column])
            _fill(cell, text, size, bold=number == 0, align=LEFT if number and column in left else CENTRE)
    return made


def _describe(made: Table, caption: str) -> None:
    """Narrow margins in the cells, and the caption that is read out."""
    properties = made._tbl.tblPr  # noqa: SLF001
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), str(CELL_MARGIN))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    look = properties.find(qn("w:tblLook"))
    properties.insert(list(properties).index(look) if look is not None else len(properties), margins)
    told = OxmlElement("w:tblCaption")
    told.set(qn("w:val"), caption)
    properties.append(told)


def _fill(cell: _Cell, text: str, size: float, *, bold: bool, align: Any) -> None:
    made = cell.paragraphs[0]
    made.alignment = align
    made.paragraph_format.space_before = made.paragraph_format.space_after = Pt(1.5)
    run(made, text, bold=bold, size=size)
    properties = cell._tc.get_or_add_tcPr()  # noqa: SLF001
    middle = OxmlElement("w:vAlign")
    middle.set(qn("w:val"), "center")
    properties.append(middle)


def shade(cell: _Cell, colour: str) -> None:
    properties, shading = cell._tc.get_or_add_tcPr(), OxmlElement("w:shd")  # noqa: SLF001
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", colour)):
        shading.set(qn(f"w:{name}"), value)
    properties.insert(list(properties).index(properties.find(qn("w:vAlign"))), shading)


def keep_rows_whole(made: Table) -> None:
    for row in made.rows:
        _keep_together(row, header=False)


def keep_on_one_page(made: Table) -> None:
    _keep_with_next(made.rows[:-1])


def keep_ends_together(made: Table) -> None:
    """So that no page has one row alone: the header stays with the first two rows, and the last three stay together."""
    _keep_with_next([*made.rows[:2], *made.rows[-3:-1]])


def _keep_with_next(rows: Iterable[_Row]) -> None:
    for row in rows:
        for cell in row.cells:
            cell.paragraphs[0].paragraph_format.keep_with_next = True


def _keep_together(row: Any, *, header: bool) -> None:
    properties = row._tr.get_or_add_trPr()  # noqa: SLF001
    properties.append(OxmlElement("w:cantSplit"))
    if header:
        properties.append(OxmlElement("w:tblHeader"))
