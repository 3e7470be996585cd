"""What the libraries write that provincial teams use: openpyxl, xlsxwriter and pandas."""

import io
from datetime import date, datetime
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tests.imports.corpus.case import written_by
from tests.imports.corpus.parts import GOOD, GOOD_TABLE, HEADER

AT = datetime(2025, 6, 27, 17)  # noqa: DTZ001 - a cell of Excel knows no time zone


def saved(book: Any) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@written_by("openpyxl", GOOD_TABLE)
def openpyxl_plain() -> bytes:
    book: Any = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(GOOD)
    return saved(book)


@written_by(
    "openpyxl, every kind of cell",
    """
    line | unit        | task     | time                   | note | number | date
    4    | 4           | hotlines | 2025-06-27 17:00+07:00 | 12   | 1234   | 27/06/2025
    6    | !cell-error | hotlines | 2025-06-27 17:00+07:00 | TRUE | 5      | 27/06/2025
    """,
    warnings={"sheets-left-out": {"sheets": ["Khác", "Ẩn"]}, "hidden-rows": {"count": 1}},
)
def openpyxl_every_cell() -> bytes:
    book: Any = openpyxl.Workbook()
    book.active.title = "Khác"
    book.active.append(("gì", "đó"))
    hidden = book.create_sheet("Ẩn")
    hidden.append(HEADER)
    hidden.append(GOOD)
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Báo cáo")
    sheet.append(("Tỉnh Thanh Hóa",))
    sheet.append(())
    sheet.append(("STT", *HEADER, "Số văn bản", "Ngày văn bản"))
    sheet.append((1, 4, "hotlines", "Hoàn thành", AT, 12.0, 1234, date(2025, 6, 27)))
    sheet.append(())
    sheet.append((2, "#REF!", "hotlines", "Hoàn thành", 45835.708333333336, True, 5.0, 45835))
    sheet["B6"].data_type = "e"
    sheet.row_dimensions[4].hidden = True
    return saved(book)


@written_by("openpyxl, counting from 1904", "line | time\n2 | 2025-06-27 17:00+07:00")
def openpyxl_1904() -> bytes:
    book: Any = openpyxl.Workbook()
    book.epoch = CALENDAR_MAC_1904
    book.active.append(HEADER)
    book.active.append(("38", "hotlines", "completed", AT, ""))
    return saved(book)


@written_by(
    "openpyxl, a formula that nobody calculated",
    "line | status | note\n2 | completed | !formula-not-calculated",
)
def openpyxl_formula() -> bytes:
    book: Any = openpyxl.Workbook()
    book.active.append(HEADER)
    book.active.append(("38", "hotlines", "completed", "", "=1+1"))
    return saved(book)


@written_by(
    "xlsxwriter, with merges, hidden columns and a drop-down",
    """
    line | unit      | unit_code | task_code | status      | base | time
    5    | Thanh Hóa | 38        | hotlines  | in_progress | u-1  |
    6    | Thanh Hóa | 38        | staffing  |             | -    |
    7    | Thanh Hóa | 38        | equipment | completed   | u-2  | 2025-06-27 17:00+07:00
    """,
)
def xlsxwriter_template() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet("Tiến Độ")
    when = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    grey = book.add_format({"bg_color": "#F2F2F2"})
    sheet.merge_range("A1:G1", "Báo cáo tiến độ – Thanh Hóa", grey)
    header = (
        "Mã nhiệm vụ",
        "Mã đơn vị",
        "base",
        "Đơn vị",
        "Hạn",
        "Trạng thái",
        "Thời điểm",
        "Ý kiến của Bộ",
    )
    sheet.write_row(3, 0, header)
    for line, (task, base, status, at) in enumerate(
        (
            ("hotlines", "u-1", "Đang thực hiện", None),
            ("staffing", "-", "", None),
            ("equipment", "u-2", "Hoàn thành", AT),
        ),
        4,
    ):
        sheet.write_row(line, 0, (task, "38", base, "Thanh Hóa"))
        sheet.write_datetime(line, 4, datetime(2025, 6, 30, 23, 59), when)  # noqa: DTZ001
        sheet.write(line, 5, status, grey)
        if at:
            sheet.write_datetime(line, 6, at, when)
    sheet.set_column(0, 2, None, None, {"hidden": True})
    sheet.data_validation("F5:F9", {"validate": "list", "source": ["Hoàn thành", "Đang thực hiện"]})
    book.close()
    return out.getvalue()


def frame() -> Any:
    import pandas as pd  # noqa: PLC0415 - a second to import, for the few tests that need it

    moments = pd.to_datetime(["2025-06-27 17:00", "2025-06-26 00:00", None])
    return pd.DataFrame(
        {
            "Đơn vị": [38.0, 38.0, None],
            "Nhiệm vụ": ["hotlines", "staffing", "equipment"],
            "Trạng thái": ["Hoàn thành", "Đang thực hiện", "Hoàn thành"],
            "Thời điểm": moments,
            "Ghi chú": ["xong", None, float("nan")],
        }
    )


_OF_THE_FRAME = """
    line | unit     | task      | status      | time                   | note
    2    | 38       | hotlines  | completed   | 2025-06-27 17:00+07:00 | xong
    3    | 38       | staffing  | in_progress | {day} |
    4    | !missing | equipment | completed   |                        |
"""


@written_by("pandas with openpyxl", _OF_THE_FRAME.format(day="26/06/2025"))
def pandas_workbook() -> bytes:
    out = io.BytesIO()
    frame().to_excel(out, index=False)
    return out.getvalue()


@written_by(
    "pandas with xlsxwriter and its index",
    _OF_THE_FRAME.format(day="26/06/2025"),
    warnings={"columns-not-read": {"columns": ["(A)"]}},
)
def pandas_with_index() -> bytes:
    out = io.BytesIO()
    frame().to_excel(out, engine="xlsxwriter")
    return out.getvalue()


@written_by("pandas", _OF_THE_FRAME.format(day="26/06/2025"), source="csv")
def pandas_csv() -> bytes:
    written: str = frame().to_csv(index=False)
    return written.encode()


@written_by(
    "pandas, lines of JSON",
    """
    line | unit     | task      | status      | time        | note
    1    | 38       | hotlines  | completed   | !naive-time | xong
    2    | 38       | staffing  | in_progress | !naive-time |
    3    | !missing | equipment | completed   |             |
    """,
    source="ndjson",
)
def pandas_ndjson() -> bytes:
    written: str = frame().to_json(orient="records", lines=True, date_format="iso", force_ascii=False)
    return written.encode()
