"""Columns are as wide as their longest word in every language, and fill the page."""

import pytest

from app.language import LANGUAGES, Language
from app.reports.files.text_width import ROOM, column_widths, fitting, text_width
from app.reports.words import table

KEYS = ("position", "name", "share", "verified", "tasks", "on_time", "late", "overdue")


def test_a_text_is_as_wide_as_its_letters() -> None:
    assert text_width("hạn", 11) == text_width("han", 11)
    assert text_width("Yellow", 11) == pytest.approx(11.42, abs=0.01)
    assert text_width("完了", 10) == pytest.approx(7.06, abs=0.01)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_no_word_of_a_head_or_cell_is_broken(lang: Language) -> None:
    head = [table(lang)[f"col.{key}"] for key in KEYS]
    rows = [["11", "Hạ tầng kỹ thuật và mạng truyền số liệu", "3/34", "0", "4.226/6.642", "4.226", "0", "0"]]
    widths = column_widths(head, rows, 160, 11 if lang != "ja" else 10)
    assert sum(widths) == pytest.approx(160)
    for title, cell, width in zip(head, rows[0], widths, strict=True):
        if lang != "ja":
            assert max(text_width(word, 11, bold=True) for word in title.split()) < width - 2
        assert max(text_width(word, 10) for word in cell.split()) < width - 2
    assert max(widths) == widths[1]


def test_what_does_not_fit_is_shared_in_proportion() -> None:
    assert sum(column_widths(["x" * 80, "y" * 80], [], 100, 11)) == pytest.approx(100)


def test_a_short_content_has_room_to_spare_for_renderers_that_round_up() -> None:
    head = ("Tỉnh, thành phố", "Lý do", "Báo cáo")
    rows = [("Hà Nội", "4 việc quá hạn; 1 việc vướng mắc" * 3, "Đều đặn")]
    *_, reporting = column_widths(head, rows, 100.0, 11.0)
    assert reporting >= 1.05 * text_width("Đều đặn", 11.0) + 2.8


def test_what_is_long_has_more_room_than_what_is_short() -> None:
    head = ("TT", "Đơn vị", "Quá hạn", "Việc cụ thể")
    long = "Bảo đảm hạ tầng kỹ thuật của xã, phường, đặc khu – Xã Tân An; Kết nối mạng truyền số liệu – Xã Phú Tân"
    rows = [("1", "An Giang", "5", long), ("2", "Tổng công ty Viễn thông MobiFone", "1", "–")]
    _, unit, _, work = column_widths(head, rows, 160.0, 11.0)
    assert work > 2 * unit


def test_a_short_head_of_ideographs_is_not_broken() -> None:
    _, tasks = column_widths(("項目", "完了した業務"), [("行政サービスセンターの設備" * 4, "26/34")], 80.0, 10.0)
    assert tasks > text_width("完了した業務", 10.0, bold=True)


def test_where_short_heads_have_no_room_the_shortest_still_stay_whole() -> None:
    keys = ("position", "agency", "obstacles_open", "oldest", "due", "answers_overdue", "broken", "answered", "median")
    head = [table("ja")[f"col.{key}"] for key in keys]
    rows = [["1", "ベトナム郵政通信グループ（VNPT）", "2", "2025/06/12", "2025/06/17", "2", "1", "0", "161時間"]]
    widths = column_widths(head, rows, 160.0, 10.0)
    for title, width in zip(head, widths, strict=True):
        assert len(title) > 4 or width > text_width(title, 10.0, bold=True)


def test_a_table_of_many_columns_is_set_smaller() -> None:
    head = [table("en")[f"col.{key}"].replace("{number}", "1") for key in (*KEYS[:3], "since", *KEYS[3:])]
    long = "Guidance on the procedures handed to communes now that the district level is abolished"
    rows = [["11", long, "17/34", "+14", "0", "6,602/6,641", "6,586", "16", "39"]]
    size, widths = fitting(head, rows, 160.0, (11.0, 10.0, 9.5))
    assert size < 11
    assert max(widths) == widths[1] > ROOM * 160
    assert fitting(head[:4], [rows[0][:4]], 160.0, (11.0, 10.0))[0] == 11
