"""The template: a unit's open work as a spreadsheet with drop-downs, ready to be filled in and sent back."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from app import clock
from app.catalogue.catalogue import Catalogue, named
from app.imports.sheets import CELL, HEADER, new_book, write
from app.imports.words import status_word
from app.language import Language
from app.status import REPORTABLE, VERDICTS, Status

_TITLES: Mapping[Language, str] = {"vi": "Báo cáo tiến độ", "en": "Progress report", "ja": "進捗報告"}
_GUIDE: Mapping[Language, str] = {
    "vi": "Chọn trạng thái ở cột Trạng thái. Để trống Thời điểm nếu đúng vào lúc gửi. Dòng không đổi sẽ không ghi lại.",
    "en": "Choose the status. Leave the time empty when it is true as of sending. Rows left as they are add nothing.",
    "ja": "状態を選んでください。時点は、送信時点であれば空欄のままにします。変更のない行は記録されません。",
}
_CHOICE: Mapping[Language, tuple[str, str]] = {
    "vi": ("Trạng thái", "Hãy chọn một trạng thái trong danh sách."),
    "en": ("Status", "Choose a status from the list."),
    "ja": ("状態", "一覧から状態を選んでください。"),
}
_MOMENT: Mapping[Language, str] = {
    "vi": "Ngày và giờ Việt Nam, ví dụ 27/06/2025 17:00.",
    "en": "Day and hour in Viet Nam, such as 27/06/2025 17:00.",
    "ja": "ベトナム時間の日時。例：27/06/2025 17:00",
}
_GREY = {**CELL, "bg_color": "#F2F2F2"}
_OPEN = {**CELL, "locked": False}
_HEADER_ROW = 3
_HEIGHT = 15.5
_MOST_LINES = 8
_SPARE_ROWS = 200


class Column(NamedTuple):
    headers: Mapping[Language, str]
    width: float
    style: str


COLUMNS = (
    Column({"vi": "Mã nhiệm vụ", "en": "task_code", "ja": "タスクコード"}, 16, "fixed"),
    Column({"vi": "Mã đơn vị", "en": "unit_code", "ja": "機関コード"}, 10, "fixed"),
    Column({"vi": "Nhiệm vụ", "en": "Task", "ja": "タスク"}, 46, "fixed"),
    Column({"vi": "Đơn vị", "en": "Unit", "ja": "機関"}, 26, "fixed"),
    Column({"vi": "Hạn", "en": "Deadline", "ja": "期限"}, 17, "deadline"),
    Column({"vi": "Trạng thái", "en": "Status", "ja": "状態"}, 18, "open"),
    Column({"vi": "Thời điểm", "en": "Time", "ja": "時点"}, 17, "moment"),
    Column({"vi": "Ghi chú", "en": "Note", "ja": "備考"}, 40, "open"),
    Column({"vi": "Minh chứng", "en": "Evidence", "ja": "証拠"}, 36, "open"),
    Column({"vi": "Số văn bản", "en": "Document number", "ja": "文書番号"}, 20, "open"),
    Column({"vi": "Ngày văn bản", "en": "Document date", "ja": "文書日付"}, 14, "day"),
)
_STATUS, _TIME, _DATE = 5, 6, 10


def template_workbook(
    work: Sequence[Any], unit: str | None, catalogue: Catalogue, language: Language, *, verdicts: bool
) -> bytes:
    """The open work of a unit; what may not be changed is locked, the codes that make it exact are hidden."""
    out, book = new_book()
    sheet = book.add_worksheet("Tiến Độ")
    styles = _styles(book)
    _head(sheet, styles, catalogue, unit, language)
    for number, row in enumerate(work, _HEADER_ROW + 1):
        _line(sheet, number, row, catalogue, language, styles)
    last = _HEADER_ROW + len(work) + (0 if work else _SPARE_ROWS)
    _rules(sheet, last, language, VERDICTS if verdicts else REPORTABLE)
    _look(sheet, last)
    book.close()
    return out.getvalue()


def _styles(book: Any) -> dict[str, Any]:
    return {
        "title": book.add_format({"bold": True, "font_size": 15, "font_color": "#1F4E79"}),
        "guide": book.add_format({"italic": True, "font_color": "#595959"}),
        "header": book.add_format(HEADER),
        "fixed": book.add_format(_GREY),
        "deadline": book.add_format({**_GREY, "num_format": "dd/mm/yyyy hh:mm", "align": "left"}),
        "open": book.add_format(_OPEN),
        "moment": book.add_format({**_OPEN, "num_format": "dd/mm/yyyy hh:mm", "align": "left"}),
        "day": book.add_format({**_OPEN, "num_format": "dd/mm/yyyy", "align": "left"}),
    }


def _head(sheet: Any, styles: dict[str, Any], catalogue: Catalogue, unit: str | None, language: Language) -> None:
    whose = f" – {named(catalogue.units[unit].names, language)}" if unit else ""
    sheet.write_string(0, 2, _TITLES[language] + whose, styles["title"])
    sheet.write_string(1, 2, _GUIDE[language], styles["guide"])
    sheet.set_row(0, 24)
    sheet.set_row(_HEADER_ROW, 22)
    for place, column in enumerate(COLUMNS):
        hidden = {"hidden": True} if place < 2 else {}
        sheet.set_column(place, place, column.width, None, hidden)
        sheet.write_string(_HEADER_ROW, place, column.headers[language], styles["header"])


def _line(sheet: Any, number: int, row: Any, catalogue: Catalogue, language: Language, styles: dict[str, Any]) -> None:
    values = (
        row.task,
        row.unit,
        named(catalogue.tasks[row.task].names, language),
        catalogue.unit_name(row.unit, language),
        _wall_clock(row.deadline),
        status_word(Status(row.status), language),
        None,
        row.note,
        " ".join(row.evidence or ()),
        row.document_number,
        row.document_date,
    )
    sheet.set_row(number, _HEIGHT * _lines(values))
    for place, value in enumerate(values):
        style = styles[COLUMNS[place].style]
        if hasattr(value, "year"):
            sheet.write_datetime(number, place, value, style)
        else:
            write(sheet, number, place, value, style)


def _lines(values: Sequence[object]) -> int:
    """How many lines the longest text of a row takes in its column: not every program finds that out by itself."""
    widths = [column.width * 0.9 for column in COLUMNS]
    needed = [
        sum(math.ceil(max(1, len(line)) / width) for line in value.splitlines())
        for value, width in zip(values[2:], widths[2:], strict=True)
        if isinstance(value, str)
    ]
    return min(max(needed, default=1), _MOST_LINES)


def _wall_clock(at: datetime | None) -> datetime | None:
    return clock.in_vietnam(at).replace(tzinfo=None) if at else None


def _rules(sheet: Any, last: int, language: Language, statuses: frozenset[Status]) -> None:
    title, message = _CHOICE[language]
    words = [status_word(status, language) for status in Status if status in statuses]
    sheet.data_validation(
        _HEADER_ROW + 1,
        _STATUS,
        last,
        _STATUS,
        # A row that came back from the ministry keeps its word until it is reported on: the list warns, no more.
        {
            "validate": "list",
            "source": words,
            "error_type": "warning",
            "error_title": title,
            "error_message": message,
            "ignore_blank": True,
        },
    )
    sheet.data_validation(
        _HEADER_ROW + 1,
        _TIME,
        last,
        _TIME,
        {"validate": "any", "input_title": COLUMNS[_TIME].headers[language], "input_message": _MOMENT[language]},
    )


def _look(sheet: Any, last: int) -> None:
    sheet.freeze_panes(_HEADER_ROW + 1, 4)
    sheet.autofilter(_HEADER_ROW, 0, last, len(COLUMNS) - 1)
    sheet.protect("", {"format_columns": True, "format_rows": True, "sort": True, "autofilter": True})
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(_HEADER_ROW)
    sheet.hide_gridlines(2)
