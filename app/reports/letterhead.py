"""The head and the foot of an official Vietnamese document, by Decree 30/2020/NĐ-CP."""

from docx.document import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.shared import Mm, Pt
from docx.table import Table

from app.clock import in_vietnam
from app.reports.docx_parts import LEFT, paragraph, rule
from app.reports.report import ProgressReport

STATE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
NUMBER = "Số:          /BC-BKHCN"
"""The ministry adds number and signature: the document leaves their places empty."""

_LEFT, _RIGHT = 73, 96
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def letterhead(document: Document, report: ProgressReport) -> None:
    """The issuer on the left; state, motto, place and date on the right. State and motto only in Vietnamese."""
    left, right = _pair(document, _LEFT, _RIGHT).rows[0].cells
    paragraph(left, report.say("issuer"), bold=True, size=12, after=1)
    rule(paragraph(left), 24, _LEFT - 4)
    if report.lang == "vi":
        paragraph(left, NUMBER, size=13)
        paragraph(right, STATE, bold=True, size=12)
        paragraph(right, MOTTO, bold=True, size=13, after=1)
        rule(paragraph(right), 58, _RIGHT - 4)
    paragraph(right, _place_and_date(report), italic=report.lang != "ja", size=13)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001 - the empty one that every cell begins with
    document.add_paragraph().paragraph_format.space_after = Pt(2)


def signature(document: Document) -> None:
    """The recipients, and the signature."""
    document.add_paragraph()
    left, right = _pair(document, 80, 80).rows[0].cells
    paragraph(left, "Nơi nhận:", align=LEFT, bold=True, italic=True, size=12)
    for recipient in ("- …………………………;", "- Lưu: VT."):
        paragraph(left, recipient, align=LEFT, size=11)
    paragraph(right, "NGƯỜI BÁO CÁO", bold=True, size=14)
    paragraph(right, "(Ký, ghi rõ họ tên)", italic=True, size=13)
    for cell in (left, right):
        cell._tc.remove(cell.paragraphs[0]._p)  # noqa: SLF001


def _pair(document: Document, left: float, right: float) -> Table:
    made: Table = document.add_table(rows=1, cols=2)
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    for column, cell, width in zip(made.columns, made.rows[0].cells, (left, right), strict=True):
        column.width = cell.width = Mm(width)
    return made


def _place_and_date(report: ProgressReport) -> str:
    """Official style writes a zero before days under 10 and before January and February."""
    day = in_vietnam(report.drawn_up)
    if report.lang != "vi":
        return report.say(
            "place_and_date", day=day.day, month=day.month, month_name=_MONTHS[day.month - 1], year=day.year
        )
    month = f"{day.month:02}" if day.month <= 2 else str(day.month)
    return report.say("place_and_date", day=f"{day.day:02}", month=month, year=day.year)
