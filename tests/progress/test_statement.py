"""The sentence reads as an official wrote it, for any figure, in each language."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import seed
from app.language import Language
from app.level import Level
from app.progress.figures.statement import moment, statement

FIVE_PM = datetime(2025, 6, 27, 10, tzinfo=UTC)
LANGS: tuple[Language, ...] = ("vi", "en", "ja")
EQUIPMENT = {
    "vi": "Tính đến 17 giờ ngày 27/6/2025, 26/34 tỉnh, thành phố đã hoàn thành trang bị cho các trung tâm "
    "phục vụ hành chính công; còn 8 địa phương chưa hoàn thành.",
    "en": "As of 17:00 on 27 June 2025, 26 of 34 provinces and cities have equipped their public administrative "
    "service centres; the other 8 have yet to do so.",
    "ja": "2025年6月27日17時現在、34省・市のうち26省・市で行政サービスセンターの設備整備が完了しており、"
    "残る8省・市ではまだ完了していません。",
}


def say(
    lang: Language,
    total: int,
    completed: int,
    missing: tuple[str, ...] = (),
    *,
    category: str = "hotlines",
    level: Level = "province",
) -> str:
    """The sentence without its opening."""
    sentence = statement(
        lang,
        category=category,
        name="N",
        level=level,
        at=FIVE_PM,
        total=total,
        completed=completed,
        missing=missing,
    )
    return sentence.partition("現在、" if lang == "ja" else ", ")[2]


@pytest.mark.parametrize("lang", LANGS)
def test_the_report_of_27_june_is_said_in_full(lang: Language) -> None:
    said = statement(lang, category="equipment", name="", level="province", at=FIVE_PM, total=34, completed=26)
    assert said == EQUIPMENT[lang]


def test_nobody_has_done_it() -> None:
    assert say("vi", 34, 0) == (
        "trong số 34 tỉnh, thành phố, chưa có địa phương nào công khai đường dây nóng hỗ trợ người dân, doanh nghiệp."
    )
    assert say("en", 34, 0) == (
        "none of the 34 provinces and cities has yet published its hotlines for people and enterprises."
    )
    assert say("ja", 34, 0) == "34省・市のうち、住民・企業向けホットラインの公表が完了した省・市はまだありません。"


def test_one_has_done_it() -> None:
    assert say("vi", 34, 1).endswith("; còn 33 địa phương chưa hoàn thành.")
    assert say("en", 34, 1).startswith("1 of 34 provinces and cities has published its hotlines")
    assert say("ja", 34, 1).startswith("34省・市のうち1省・市で")


def test_all_have_done_it() -> None:
    assert say("vi", 34, 34) == (
        "toàn bộ 34/34 tỉnh, thành phố đã công khai đường dây nóng hỗ trợ người dân, doanh nghiệp."
    )
    assert say("en", 34, 34) == (
        "all 34 provinces and cities have published their hotlines for people and enterprises."
    )
    assert say("ja", 34, 34) == "34省・市のすべてで住民・企業向けホットラインの公表が完了しています。"


def test_nothing_applies() -> None:
    assert say("vi", 0, 0) == "không có địa phương nào có nhiệm vụ thuộc nội dung “N”."
    assert say("en", 0, 0) == "no province or city has work under “N”."
    assert say("ja", 0, 0) == "「N」の対象となる省・市はありません。"


def test_a_single_unit_is_not_counted() -> None:
    assert say("en", 1, 0) == (
        "the only province or city with this work has not yet published its hotlines for people and enterprises."
    )
    assert say("vi", 1, 1).startswith("địa phương duy nhất có nhiệm vụ này đã công khai")


def test_the_last_one_is_named() -> None:
    assert say("vi", 34, 33, ("Lào Cai",)).endswith("; chỉ còn Lào Cai chưa hoàn thành.")
    assert say("en", 34, 33, ("Lao Cai",)).endswith("; only Lao Cai has yet to do so.")
    assert say("ja", 34, 33, ("ラオカイ省",)).endswith("残るラオカイ省ではまだ完了していません。")


def test_two_are_named() -> None:
    assert say("vi", 34, 32, ("Lào Cai", "Gia Lai")).endswith("; còn Lào Cai và Gia Lai chưa hoàn thành.")
    assert say("en", 34, 32, ("Lao Cai", "Gia Lai")).endswith("; Lao Cai and Gia Lai have yet to do so.")
    assert say("ja", 34, 32, ("ラオカイ省", "ザライ省")).endswith("残るラオカイ省とザライ省ではまだ完了していません。")


def test_three_are_named_and_four_are_counted() -> None:
    assert say("vi", 34, 31, ("A", "B", "C")).endswith("; còn A, B và C chưa hoàn thành.")
    assert say("ja", 34, 31, ("A", "B", "C")).endswith("残るA、B、Cではまだ完了していません。")
    assert say("en", 34, 30, ("A", "B", "C", "D")).endswith("; the other 4 have yet to do so.")


def test_agencies_are_called_what_they_are() -> None:
    two = ("Bộ Khoa học và Công nghệ", "Bộ Tài chính")
    assert say("vi", 10, 8, two, category="central-support", level="agency") == (
        "8/10 bộ, cơ quan, doanh nghiệp đã hoàn thành nhiệm vụ hỗ trợ các địa phương; "
        "còn Bộ Khoa học và Công nghệ cùng Bộ Tài chính chưa hoàn thành."
    )
    ministry = ("Ministry of Finance",)
    assert say("en", 10, 9, ministry, category="central-support", level="agency") == (
        "9 of 10 ministries, agencies and enterprises have completed their support for the provinces; "
        "only the Ministry of Finance has yet to do so."
    )
    assert say("vi", 10, 10, level="agency").startswith("cả 10 bộ, cơ quan, doanh nghiệp đã")


def test_commune_level_work_is_counted_in_provinces() -> None:
    said = say("en", 34, 3, category="commune-infrastructure", level="commune")
    assert said.startswith("3 of 34 provinces and cities have given all their communes")


def test_a_category_made_later_is_called_by_its_name() -> None:
    assert say("vi", 34, 8, category="x").startswith("8/34 tỉnh, thành phố đã hoàn thành nội dung “N”;")
    assert say("en", 34, 8, category="x").startswith("8 of 34 provinces and cities have completed the work under “N”;")
    assert say("ja", 34, 8, category="x").startswith("34省・市のうち8省・市で「N」が完了しており、")


@pytest.mark.parametrize("lang", LANGS)
def test_every_seeded_category_has_words_of_its_own(lang: Language) -> None:
    for category in seed.categories():
        assert "N" not in say(lang, 34, 8, category=category.code)


@pytest.mark.parametrize(
    ("lang", "on_the_hour", "past_the_hour"),
    [
        ("vi", "17 giờ ngày 27/6/2025", "0 giờ 05 phút ngày 01/7/2025"),
        ("en", "17:00 on 27 June 2025", "00:05 on 1 July 2025"),
        ("ja", "2025年6月27日17時", "2025年7月1日0時5分"),
    ],
)
def test_a_moment_is_written_in_vietnamese_time(lang: Language, on_the_hour: str, past_the_hour: str) -> None:
    assert moment(lang, FIVE_PM) == on_the_hour
    assert moment(lang, datetime(2025, 6, 30, 17, 5, tzinfo=UTC)) == past_the_hour


def test_january_and_february_are_written_with_a_zero_in_vietnamese() -> None:
    assert moment("vi", datetime(2026, 2, 3, 1, tzinfo=UTC)) == "8 giờ ngày 03/02/2026"


def test_a_moment_without_an_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="offset"):
        moment("vi", datetime(2025, 6, 27, 17))  # noqa: DTZ001 - that is what is refused


@given(
    lang=st.sampled_from(LANGS),
    category=st.sampled_from([*(category.code for category in seed.categories()), "other"]),
    level=st.sampled_from(["province", "commune", "agency"]),
    total=st.integers(0, 40),
    share=st.floats(0, 1),
    named=st.booleans(),
)
def test_any_figure_makes_one_whole_sentence(
    *, lang: Language, category: str, level: Level, total: int, share: float, named: bool
) -> None:
    completed = round(total * share)
    missing = tuple(f"Tỉnh {number}" for number in range(total - completed)) if named else ()
    said = say(lang, total, completed, missing, category=category, level=level)
    assert said.endswith("。" if lang == "ja" else ".")
    assert "{" not in said
    assert "  " not in said
