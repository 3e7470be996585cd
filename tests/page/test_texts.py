"""The page speaks three languages equally well."""

import re
import string
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.language import LANGUAGES, Language
from app.page import texts
from app.page.bars import bar
from app.page.countdown import distance
from app.page.rendering import compile_templates, pages

HOME = Path(texts.__file__).parent


def _fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_language_says_everything(lang: Language) -> None:
    ours, vietnamese = texts.table(lang), texts.table("vi")
    assert list(ours) == list(vietnamese)
    for key, text in ours.items():
        assert text.strip() == text
        assert text
        assert _fields(text) == _fields(vietnamese[key]), key


def test_no_text_is_left_unsaid() -> None:
    sources = [*HOME.glob("templates/*.html"), *HOME.glob("*.py")]
    everything = "\n".join(path.read_text("utf-8") for path in sources)
    keys = {re.sub(r"\.(one|other)$", "", key) if key != "trouble.other" else key for key in texts.table("vi")}
    for key in keys:
        stems = {key, key.rsplit(".", 1)[0] + ".", key.rsplit("_", 1)[0] + "_"}
        assert any(
            f'"{stem}' in everything or f"'{stem}" in everything or f'"{stem}' in everything for stem in stems
        ), key


@pytest.mark.parametrize(("lang", "said"), [("vi", "16:05 27/6"), ("en", "27 Jun 16:05"), ("ja", "6月27日 16:05")])
def test_a_moment_in_a_table_is_short_and_vietnamese(lang: Language, said: str) -> None:
    assert texts.short(lang, datetime(2025, 6, 27, 9, 5, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)) == said


@pytest.mark.parametrize(
    ("lang", "said"), [("vi", "06:30 01/01/2026"), ("en", "1 Jan 2026 06:30"), ("ja", "2026年1月1日 06:30")]
)
def test_a_moment_of_another_year_than_the_one_shown_says_its_year(lang: Language, said: str) -> None:
    at = datetime(2025, 12, 31, 23, 30, tzinfo=UTC)
    assert texts.short(lang, at, datetime(2025, 12, 31, 16, tzinfo=UTC)) == said
    assert "2026" not in texts.short(lang, at, datetime(2025, 12, 31, 18, tzinfo=UTC))


def test_one_day_is_not_one_days() -> None:
    say = texts.in_language("en")
    assert (say("time.days", n=1), say("time.days", n=2)) == ("1 day", "2 days")
    assert (texts.number("vi", 4278), texts.number("en", 4278)) == ("4.278", "4,278")


@pytest.mark.parametrize(
    ("apart", "said"),
    [
        (timedelta(days=3, hours=7, minutes=20), "3 days 7 hours left"),
        (timedelta(days=41, hours=7), "41 days left"),
        (timedelta(hours=5, minutes=12), "5 hours 12 minutes left"),
        (timedelta(minutes=12), "12 minutes left"),
        (timedelta(seconds=20), "1 minute left"),
        (timedelta(0), "now"),
        (-timedelta(seconds=59), "now"),
        (-timedelta(minutes=1), "1 minute ago"),
        (-timedelta(days=2), "2 days ago"),
    ],
)
def test_time_is_counted_down_to_the_minute_and_up_again(apart: timedelta, said: str) -> None:
    at = datetime(2025, 6, 30, 16, 59, 59, tzinfo=UTC)
    assert distance(at, at + apart, texts.in_language("en")).sentence == said


def test_a_bar_is_as_long_as_its_units() -> None:
    line = {
        "provinces_total": 34,
        "provinces_completed": 26,
        "provinces_verified": 7,
        "provinces_in_progress": 4,
        "provinces_blocked": 4,
        "provinces_not_started": 0,
    }
    drawn = bar(line)
    assert [(part.state, part.x, part.width) for part in drawn.segments] == [
        ("verified", 0, 70),
        ("completed", 70, 190),
        ("in_progress", 260, 40),
        ("blocked", 300, 40),
    ]
    assert (drawn.width, drawn.cuts.count("M")) == (340, 33)


def test_a_bar_of_nothing_is_still_a_bar() -> None:
    nothing = {"provinces_total": 0, "assignments_verified": 0, "assignments_completed": 0, "assignments_total": 0}
    assert (bar(nothing).segments, bar(nothing).width) == ((), 340)


def test_a_template_of_another_release_does_not_come_between_the_texts_of_this_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    compile_templates()
    page = pages.get_template("room.html")
    monkeypatch.setattr("os.path.getmtime", lambda _: 0.0)  # as if the file had been written since
    assert pages.get_template("room.html") is page
