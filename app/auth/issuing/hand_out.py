"""The file of a hand-out: which unit gets which token, as XLSX or CSV. It is made once and stored nowhere."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple

from app import clock
from app.workbooks import SAFE_OPTIONS, harmless

Form = Literal["csv", "xlsx"]
MEDIA_TYPES: dict[Form, str] = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
HEADERS = ("Mã đơn vị", "Đơn vị", "Tỉnh, thành phố", "Mã số", "Mã truy cập", "Hết hạn")
WIDTHS = (12, 34, 24, 14, 58, 24)


class HandedOut(NamedTuple):
    """A token that was made for a unit."""

    unit: str
    unit_name: str
    province: str
    id: str
    token: str


def hand_out_file(made: Sequence[HandedOut], expires_at: datetime | None, form: Form) -> bytes:
    until = clock.text(expires_at) if expires_at else ""
    lines = [HEADERS, *((*one, until) for one in made)]
    return _csv(lines) if form == "csv" else _xlsx(lines)


def _csv(lines: Sequence[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(map(harmless, line) for line in lines)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(lines: Sequence[tuple[str, ...]]) -> bytes:
    import xlsxwriter  # noqa: PLC0415 - takes long to import, and few workers need it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, SAFE_OPTIONS) as book:
        sheet = book.add_worksheet("Mã truy cập")
        for column, width in enumerate(WIDTHS):
            sheet.set_column(column, column, width)
        for number, line in enumerate(lines):
            sheet.write_row(number, 0, line, book.add_format({"bold": number == 0}) if number == 0 else None)
        sheet.freeze_panes(1, 0)
    return out.getvalue()
