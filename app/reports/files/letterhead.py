"""The head and the foot of an official Vietnamese document, by Decree 30/2020/NĐ-CP."""

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt
from docx.table import Table
from docx.text.paragraph import Paragraph

from app.clock import in_vietnam
from app.progress.figures.days import official_parts, written_day
from app.reports.files.docx_parts import CENTRE, LEFT, paragraph, rule
from app.reports.files.docx_tables import keep_rows_whole
from app.reports.report import Letterhead, ProgressReport

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
NUMBER = "Số:          /{symbol}"
"""The ministry's registry adds the number: the document leaves its place empty."""
ATTACHED = "(Kèm theo Báo cáo số          /{symbol} ngày {day} tháng {month} năm {year} {of})"
LONG_ISSUER = 60
"""Letters of a name that may take more than one line."""

_LEFT, _RIGHT = 73, 96


def letterhead(document: Document, report: ProgressReport) -> None:
    """The issuer on the left; state, motto, place and date on the right. State and motto only in Vietnamese."""
    left, right = _pair(document, _LEFT, _RIGHT).rows[0].cells
    paragraph(left, report.letterhead.issuer.upper(), bold=True, size=12, after=1)
    rule(paragraph(left), 24, _LEFT - 4)
    if report.lang == "vi":
        paragraph(left, NUMBER.format(symbol=report.letterhead.symbol), size=13)
        paragraph(right, STATE, bold=True, size=12)
        paragraph(right, MOTTO, bold=True, size=13, after=1)
        rule(paragraph(right), 58, _RIGHT - 4)
    paragraph(right, _place_and_date(report), italic=report.lang != "ja", size=13)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001 - the empty one that every cell begins with
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def addressees(document: Document, report: ProgressReport) -> None:
    """`Kính gửi:` with one addressee on its line, several in a list below it, under the colon."""
    those = report.letterhead.addressees
    if report.lang != "vi" or not those:
        return
    if len(those) == 1:
        paragraph(document, f"Kính gửi: {those[0]}", align=CENTRE, after=8)
        return
    paragraph(document, "Kính gửi:", align=LEFT).paragraph_format.left_indent = Mm(35)
    for one in those:
        is_last = one is those[-1]
        made = paragraph(document, f"- {one}{'.' if is_last else ';'}", align=LEFT, after=8 if is_last else 0)
        made.paragraph_format.left_indent, made.paragraph_format.first_line_indent = Mm(58), Mm(-3)


def signature(document: Document, head: Letterhead) -> None:
    """The recipients, and the signature with the room for it; the table stays on one page, and not alone."""
    _keep(document.add_paragraph())
    left, right = _pair(document, 80, 80).rows[0].cells
    paragraph(left, "Nơi nhận:", align=LEFT, bold=True, italic=True, size=12)
    for recipient in _recipients(head):
        paragraph(left, recipient, align=LEFT, size=11)
    for line in filter(None, (head.on_behalf, head.position)):
        paragraph(right, line.upper(), bold=True, size=14)
    if head.position:
        paragraph(right, head.signer, bold=True, size=14).paragraph_format.space_before = Pt(72)
    else:
        paragraph(right, "NGƯỜI BÁO CÁO", bold=True, size=14)
        paragraph(right, "(Ký, ghi rõ họ tên)", italic=True, size=13)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001


def _recipients(head: Letterhead) -> list[str]:
    those = head.recipients or ("…………………………", "Lưu: VT")
    *others, last = (one.rstrip(".;, ") for one in those)
    return [*(f"- {one};" for one in others), f"- {last}."]


def _keep(made: Paragraph) -> None:
    made.paragraph_format.keep_with_next = True


def _pair(document: Document, left: float, right: float) -> Table:
    made: Table = document.add_table(rows=1, cols=2)
    keep_rows_whole(made)
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, cell, width in zip(made.columns, made.rows[0].cells, (left, right), strict=True):
        column.width = cell.width = Mm(width)
    return made


def _place_and_date(report: ProgressReport) -> str:
    written = written_day(report.lang, in_vietnam(report.drawn_up))
    return report.say("place_and_date", place=report.letterhead.place, date=written, **_official_date(report))


def attached_to(report: ProgressReport) -> str:
    """Which document an appendix belongs to; the registry adds the number here, too."""
    head = report.letterhead
    of = f"của {head.issuer}"
    together = of.replace(" ", "\u00a0") if len(of) < LONG_ISSUER else of
    return ATTACHED.format(symbol=head.symbol, of=together, **_official_date(report))


def _official_date(report: ProgressReport) -> dict[str, str]:
    drawn_up = in_vietnam(report.drawn_up)
    day, month = official_parts(drawn_up)
    return {"day": day, "month": month, "year": str(drawn_up.year)}
