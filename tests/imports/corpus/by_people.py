"""What people make of a table, in whatever program: headers of their own, notes between rows, times as they speak."""

from app.imports.reading.rows import Wanted
from tests.imports.corpus.case import written_by
from tests.imports.corpus.parts import book, lines, merged, sheet

COLUMNS = ("Đơn vị", "Nhiệm vụ", "Trạng thái")


def table(*rows: tuple[object, ...], behind: str = "") -> bytes:
    return book(sheet(lines(*rows), behind))


@written_by(
    "an office: title, numbers, sections, totals, signatures",
    """
    line | unit    | task     | status         | note
    8    | Nga Sơn | hotlines | completed      | xong
    9    | Nga Sơn | staffing | !unknown-value |
    14   | Nga Sơn | access-points | blocked   |
    """,
    warnings={"rows-skipped": {"count": 7}},
)
def a_report_with_everything_around_it() -> bytes:
    return table(
        ("UBND TỈNH THANH HÓA", None, None, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"),
        ("Số: 12/BC-UBND", None, None, "Độc lập - Tự do - Hạnh phúc"),
        ("BÁO CÁO TIẾN ĐỘ",),
        (),
        ("STT", "Tên xã", "Nội dung nhiệm vụ", "Tình trạng thực hiện", "Ghi chú"),
        ("(1)", "(2)", "(3)", "(4)=(2)+(3)", "(5)"),
        ("I", None, "Nhóm hạ tầng", None, None),
        (1, "Nga Sơn", "hotlines", "Hoàn thành", "xong"),
        (2, "Nga Sơn", "staffing", "Xong", None),
        (3,),
        ("STT", "Tên xã", "Nội dung nhiệm vụ", "Tình trạng thực hiện", "Ghi chú"),
        (4, "Nga Sơn", "equipment", None, None),
        ("II", None, "Nhóm khác"),
        (5, "Nga Sơn", "access-points", "Vướng mắc", None),
        ("Tổng cộng", None, None, "2/4", "50%"),
        (None, None, None, "Thanh Hóa, ngày 27 tháng 6 năm 2025", None),
        (None, "NGƯỜI LẬP BIỂU", None, "KT. CHỦ TỊCH", None),
        (None, "Nguyễn Văn A", None, "Trần Thị B", "(đã ký)"),
    )


@written_by(
    "an office, with rows that only look like totals and signatures",
    """
    line | task                             | status         | note
    2    | hotlines                         | !unknown-value | Giám đốc sở đã ký
    3    | Tổng số thủ tục đã được công khai | !unknown-value |
    4    | staffing                         | !missing       | Chủ tịch đã duyệt
    """,
    warnings={"rows-skipped": {"count": 2, "lines": ["5: Tổng số: 4 nhiệm vụ", "6: Giám đốc"]}},
)
def rows_like_totals_and_signatures() -> bytes:
    return table(
        ("Nhiệm vụ", "Trạng thái", "Ghi chú"),
        ("hotlines", "Xong", "Giám đốc sở đã ký"),
        ("Tổng số thủ tục đã được công khai", "Xong", None),
        ("staffing", None, "Chủ tịch đã duyệt"),
        ("Tổng số: 4 nhiệm vụ", "1/4", None),
        ("", "", "Giám đốc"),
    )


@written_by(
    "an office, statuses in its own words, and two who sign below them",
    """
    line | unit  | task     | status         | note
    2    | 14812 | hotlines | !unknown-value |
    3    | 14812 | Chủ tịch phân công trực | !unknown-value |
    4    | 14812 | access-points | !unknown-value | thiếu hồ sơ
    5    | 14812 | equipment | !unknown-value |
    6    | 14812 | staffing | in_progress    |
    """,
    warnings={"rows-skipped": {"count": 2, "lines": ["7: Nơi nhận Người lập Giám đốc", "8: Người lập KT. Chủ tịch"]}},
)
def statuses_that_begin_like_signatures() -> bytes:
    return table(
        (*COLUMNS, "Ghi chú"),
        ("14812", "hotlines", "Đã hoàn thành ngày 27 tháng 6 năm 2025"),
        ("14812", "Chủ tịch phân công trực", "Chủ tịch đã ký ban hành"),
        ("14812", "access-points", "Giám đốc Sở chưa duyệt", "thiếu hồ sơ"),
        ("14812", "equipment", "KT. xong"),
        ("14812", "staffing", "Đang thực hiện"),
        ("Nơi nhận", "Người lập", "Giám đốc"),
        (None, "Người lập", "KT. Chủ tịch"),
    )


@written_by(
    "an office, a status in its own words in a table without units",
    "line | task | status\n2 | hotlines | !unknown-value\n3 | Báo cáo trước ngày 27 tháng 6 năm 2025 | !unknown-value",
    warnings={"rows-skipped": {"count": 1, "lines": ["4: Người lập Thủ trưởng"]}},
)
def a_status_that_begins_like_a_signature_beside_no_unit() -> bytes:
    return table(
        COLUMNS[1:],
        ("hotlines", "Trưởng phòng đang xem"),
        ("Báo cáo trước ngày 27 tháng 6 năm 2025", "Đang làm dở"),
        ("Người lập", "Thủ trưởng"),
    )


_INSTEAD = """
    line | unit    | task     | status    | time       | note | links      | number | date
    2    | Nga Sơn | hotlines | completed | 27/06/2025 | x    | http://a.b | 1/UB   | 26/06/2025
"""
_ROW = ("Nga Sơn", "hotlines", "Hoàn thành", "27/06/2025", "x", "http://a.b", "1/UB", "26/06/2025")


@written_by("offices, other headers", _INSTEAD)
def other_headers() -> bytes:
    return table(
        (
            *("Tên xã", "Nội dung công việc", "Tình trạng", "Thời gian hoàn thành", "Diễn giải"),
            *("Đường link minh chứng", "Số, ký hiệu văn bản", "Ngày ban hành"),
        ),
        _ROW,
    )


@written_by("offices, still others", _INSTEAD)
def still_other_headers() -> bytes:
    return table(
        (
            *("ĐƠN VỊ THỰC HIỆN", "CÔNG VIỆC", "KẾT QUẢ THỰC HIỆN", "NGÀY HOÀN THÀNH", "Ghi chú:"),
            *("Tài liệu kèm theo", "Số/Ký hiệu", "Ngày ký văn bản"),
        ),
        _ROW,
    )


@written_by(
    "offices, with columns for others", _INSTEAD, warnings={"columns-not-read": {"columns": ["Kinh phí (triệu đồng)"]}}
)
def columns_that_are_set_aside() -> bytes:
    header = (
        *("Đơn vị", "Nhiệm vụ", "Trạng thái", "Thời điểm (ngày/tháng/năm)", "Ghi chú", "Minh chứng", "Số văn bản"),
        *("Ngày văn bản", "STT", "Hạn", "Thời hạn hoàn thành", "Đơn vị phối hợp", "Cán bộ phụ trách", "Đơn vị tính"),
        *("Ngày hoàn thành dự kiến", "Xã cũ", "Ý kiến của Bộ", "Kinh phí (triệu đồng)"),
    )
    return table(header, (*_ROW, *range(1, 11)))


@written_by(
    "a header nobody can be sure of",
    refused=("unclear-column", {"column": "Ngày báo cáo", "candidates": ["effective_at", "document_date"]}),
)
def an_unclear_column() -> bytes:
    return table((*COLUMNS, "Ngày báo cáo"), ("38", "hotlines", "Hoàn thành", "27/06/2025"))


@written_by("the same, and empty", "line | task\n2 | hotlines")
def an_unclear_column_without_content() -> bytes:
    return table((*COLUMNS, "Ngày báo cáo"), ("38", "hotlines", "Hoàn thành"))


@written_by(
    "the same, and somebody said what it is",
    "line | time\n2 | 27/06/2025",
    wanted=Wanted(columns=(("ngày báo cáo", "effective_at"),)),
    warnings={"columns-chosen": {"columns": ["Ngày báo cáo: effective_at"]}},
)
def a_column_that_was_chosen() -> bytes:
    return table((*COLUMNS, "Ngày báo cáo"), ("38", "hotlines", "Hoàn thành", "27/06/2025"))


@written_by(
    "the same, and it is left out",
    "line | time\n2 |",
    wanted=Wanted(remembered=(("Ngày báo cáo", "-"),)),
    warnings={"columns-chosen": {"columns": ["Ngày báo cáo: -"]}},
)
def a_column_that_was_left_out() -> bytes:
    return table((*COLUMNS, "Ngày báo cáo"), ("38", "hotlines", "Hoàn thành", "27/06/2025"))


@written_by(
    "a slip in what was said",
    refused=("unknown-column", {"column": "Ngày"}),
    wanted=Wanted(columns=(("Ngày", "note"),)),
)
def a_chosen_column_that_is_not_there() -> bytes:
    return table(COLUMNS, ("38", "hotlines", "Hoàn thành"))


@written_by("two columns of one field", refused=("duplicate-column", {"columns": ["Tỉnh", "Tên xã"]}))
def two_columns_of_units() -> bytes:
    return table(("Tỉnh", "Tên xã", "Nhiệm vụ", "Trạng thái"), ("Thanh Hóa", "Nga Sơn", "hotlines", "Hoàn thành"))


@written_by("two columns, one of which is the unit's own", refused=("unclear-column", {"column": "Đơn vị thực hiện"}))
def two_kinds_of_units() -> bytes:
    return table((*COLUMNS, "Đơn vị thực hiện"), ("38", "hotlines", "Hoàn thành", "Sở Nội vụ"))


@written_by("an empty unit among others", "line | unit\n2 | 38\n3 | !missing\n4 | 38")
def an_empty_unit() -> bytes:
    return table(COLUMNS, *((unit, "hotlines", "Hoàn thành") for unit in ("38", None, "38")))


@written_by("a column of units that is empty", "line | unit\n2 |\n3 |")
def no_units_at_all() -> bytes:
    return table(COLUMNS, *((None, "hotlines", "Hoàn thành") for _ in range(2)))


@written_by(
    "people, with what nobody sees",
    """
    line | unit            | task     | status      | note
    2    | 38              | hotlines | completed   | một hai
    3    | 38              | hotlines | in_progress | “trích”
    4    | Thanh Hóa       | hotlines | completed   | ABC１２
    5    | 38 - Thanh Hóa  | hotlines | blocked     | Đà Nẵng
    6    | UBND xã Nga Sơn | hotlines | not_started |
    """,
)
def invisible_characters() -> bytes:
    return table(
        ("\ufeffĐơn vị", "Nhiệm\u00a0vụ", "Trạng\u200b thái", "Ghi chú\u200e"),
        ("'38", "hotlines\u00a0", "Hoàn thành\u200b", "một\u00a0hai"),
        ("３８", "“hotlines”", "Đang\u00a0 thực\u00a0hiện", "“trích”"),
        ("\u200eThanh Hóa\u200e", "hotlines", "HOÀN THÀNH", "ABC１２"),
        ("38 - Thanh Hóa", "hotlines", "Vuong mac", "Đà Nẵng"),
        ("UBND xã Nga Sơn", "hotlines", "Chưa thực hiện.", None),
    )


@written_by(
    "people, saying done in their own words",
    """
    line | status
    2    | !unknown-value
    3    | !unknown-value
    4    | !unknown-value
    5    | !unknown-value
    6    | completed
    7    | in_progress
    8    | blocked
    9    | not_started
    10   | verified
    11   | returned
    """,
)
def words_of_status() -> bytes:
    words = (
        "Xong",
        "Đang làm",
        "Chưa",
        "100%",
        "完了",
        "Đang triển khai",
        "Blocked",
        "chưa bắt đầu",
        "Đã xác minh",
        "trả lại",
    )
    return table(COLUMNS, *(("38", "hotlines", word) for word in words))


@written_by(
    "people, saying when",
    """
    line | time
    2    | 2025-06-27 17:00+07:00
    3    | 2025-06-27 17:30+07:00
    4    | 27/06/2025
    5    | 27/06/2025
    6    | 2025-06-27 17:00+07:00
    7    | 2025-06-27 17:00+07:00
    8    | 27/06/2025
    9    | 2025-06-27 10:00+00:00
    10   | 2025-06-27 19:00+09:00
    11   | !malformed-time
    12   | !malformed-time
    13   | !malformed-time
    14   | 27/06/2025
    15   | !time-out-of-range
    """,
)
def times() -> bytes:
    said = (
        *("27/06/2025 17:00", "17h30 27/6/2025", "27.6.2025", "27/6/25", "5:00 CH 27/06/2025", "27/06/2025 5:00 PM"),
        *("ngày 27 tháng 6 năm 2025", "2025-06-27T10:00:00Z", "27/06/2025 19:00 +09:00", "hôm qua", "31/02/2025"),
        *("1T" * 10_000, "27/06/2025", "27/06/1889"),
    )
    return table((*COLUMNS, "Thời điểm"), *(("38", "hotlines", "Hoàn thành", word) for word in said))


@written_by(
    "an office: groups of columns that are called like a column themselves, over columns with numbers",
    """
    line | unit      | task     | status    | time       | number | date
    4    | Thanh Hoá | staffing | completed | 26/11/2025 | 12/QĐ  | 25/11/2025
    5    | Thanh Hoá | hotlines | blocked   |            |        |
    """,
)
def groups_called_like_columns() -> bytes:
    return table(
        ("STT", "Đơn vị", "Nhiệm vụ", "Kết quả", None, "Văn bản", None),
        (None, None, None, "Trạng thái", "Thời điểm", "Số", "Ngày"),
        ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)"),
        (1, "Thanh Hoá", "staffing", "HOÀN THÀNH", "26/11/2025", "12/QĐ", "25.11.2025"),
        (2, "Thanh Hoá", "hotlines", "Vướng mắc"),
        behind=merged("A1:A2", "B1:B2", "C1:C2", "D1:E1", "F1:G1"),
    )


@written_by(
    "somebody who writes the month first",
    refused=("month-first", {"line": 3, "column": "Thời điểm", "seen": "06/27/2025", "cells": ["D3"]}),
)
def months_first() -> bytes:
    return table(
        (*COLUMNS, "Thời điểm"), *(("38", "hotlines", "Hoàn thành", at) for at in ("06/05/2025", "06/27/2025"))
    )


@written_by(
    "people, parting links",
    """
    line | links
    2    | https://a.vn/1 https://b.vn/2
    3    | https://a.vn/x;y,z https://b.vn
    4    | http://a.vn https://b.vn https://c.vn
    5    | !not-a-link
    6    | !too-many-links
    """,
)
def parted_links() -> bytes:
    cells = (
        "https://a.vn/1;https://b.vn/2",
        "https://a.vn/x;y,z\nhttps://b.vn ;",
        "http://a.vn, https://b.vn,https://c.vn",
        "công văn 12",
        " ".join(f"https://a.vn/{n}" for n in range(21)),
    )
    return table((*COLUMNS, "Minh chứng"), *(("38", "hotlines", "Hoàn thành", cell) for cell in cells))


@written_by(
    "a title merged over the table, and groups over single columns", "line | task | number\n3 | hotlines | 1/UB"
)
def groups_below_a_title() -> bytes:
    rows = (
        ("KẾ HOẠCH TRIỂN KHAI", None, None, None),
        ("Đơn vị", "Nhiệm vụ", "Trạng thái", "Số văn bản"),
        ("38", "hotlines", "Hoàn thành", "1/UB"),
    )
    return table(*rows, behind=merged("A1:D1"))


@written_by("a sheet chosen by its name", "sheet | line\nẨn | 2", wanted=Wanted(sheets=("ẩn",)))
def a_chosen_sheet() -> bytes:
    content = sheet(lines(COLUMNS, ("38", "hotlines", "Hoàn thành")))
    return book({"Một": content, "Ẩn": content}, states={"Ẩn": "hidden"})


@written_by(
    "a slip in the name of a sheet",
    refused=("unknown-sheet", {"sheet": "Hai", "candidates": ["Một"]}),
    wanted=Wanted(sheets=("Hai",)),
)
def a_sheet_that_is_not_there() -> bytes:
    return book({"Một": sheet(lines(COLUMNS))})


@written_by("a table without a header", refused=("no-header", {"sheets": ["Sheet1"]}))
def no_header() -> bytes:
    return table(("a", "b"), ("c", "d"))


@written_by("a table without rows", refused=("no-rows", {}))
def no_rows() -> bytes:
    return table(COLUMNS, ("Tổng cộng",))
