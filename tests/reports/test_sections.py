"""What the sections of a report say, from one report as a value."""

from dataclasses import replace

import pytest

from app.reports.sections import missing, numbered, provinces
from tests.reports.conftest import a_report

A_LINE = a_report().lines[0]


@pytest.mark.parametrize(
    ("total", "left", "said"),
    [
        (34, (), ""),
        (34, ("Huế", "Lai Châu"), ""),
        (34, ("Huế", "Lai Châu", "Sơn La", "Cà Mau"), "Chưa hoàn thành: Huế, Lai Châu, Sơn La, Cà Mau."),
        (1, ("Huế",), "Chưa hoàn thành: Huế."),
        (2, ("Huế", "Lai Châu"), "Chưa hoàn thành: Huế, Lai Châu."),
        (4, ("Huế", "Lai Châu", "Sơn La", "Cà Mau"), ""),
    ],
)
def test_who_is_left_follows_where_the_sentence_does_not_say_it(total: int, left: tuple[str, ...], said: str) -> None:
    """Whatever letters the sentence happens to hold."""
    whatever = "Huế, Lai Châu, Sơn La, Cà Mau và Thừa Thiên Huế."
    line = replace(A_LINE, total=total, completed=total - len(left), missing=left, said=whatever)
    assert missing(a_report(lines=(line,)), line) == said


def test_several_proposals_have_numbers_unless_they_came_with_marks_of_their_own() -> None:
    assert numbered(("Đề nghị A.", "Đề nghị B.")) == ("1. Đề nghị A.", "2. Đề nghị B.")
    for typed in (("Chỉ một.",), ("1. A", "2. B"), ("- A", "- B"), ("a) A", "b) B"), ("Sau đây:", "– A")):
        assert numbered(typed) == typed


def test_a_province_without_work_is_not_said_to_report_regularly() -> None:
    idle = replace(a_report().provinces[0], light=None, tasks_total=0, tasks_completed=0, reporting="fresh")
    (row,) = provinces(a_report(provinces=(idle,)))
    assert (row[2], row[-1]) == ("Không áp dụng", "Không áp dụng")
