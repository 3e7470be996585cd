"""Columns are as wide as their longest word in every language, and fill the page."""

import pytest

from app.language import LANGUAGES, Language
from app.reports.files.text_width import column_widths, text_width
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
