"""A written name leads to the unit that it names, or to none."""

import unicodedata
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.catalogue import seed
from app.catalogue.name_index import UnitName
from app.catalogue.seed.unit_data import former_communes, units
from app.catalogue.spelling import fold, marked
from app.catalogue.unit_names import Ambiguous, Found, Match, UnitNames, Unknown
from app.level import Level

HANOI, HAI_PHONG, THANH_HOA, TAY_NINH = "01", "31", "38", "80"
BA_DINH, CAM_GIANG, CAM_GIANG_WITH_A_GRAVE = "00004", "10888", "10903"


@cache
def names() -> UnitNames:
    return UnitNames(_all())


@cache
def _all() -> tuple[UnitName, ...]:
    units = (*seed.provinces(), *seed.communes(), *seed.agencies())
    return tuple(UnitName(unit.code, unit.level, unit.province, unit.names["vi"]) for unit in units)


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("Thanh Hóa", "38"),
        ("Thanh Hoá", "38"),
        ("thanh hoa", "38"),
        ("TỈNH THANH HÓA", "38"),
        ("T. Thanh Hóa", "38"),
        (" Tinh  Thanh Hoa ", "38"),
        ("TP. Hồ Chí Minh", "79"),
        ("TP.HCM", "79"),
        ("tphcm", "79"),
        ("Hồ Chí Minh", "79"),
        ("Hanoi", "01"),
        ("Ðà Nẵng", "48"),
        ("Đăk Lăk", "66"),
        ("Quảng Ngải", "51"),
    ],
)
def test_a_province_is_found_however_it_is_usually_written(written: str, code: str) -> None:
    assert names().find(written, level="province") == Found(code)


@pytest.mark.parametrize(
    "written",
    [
        "Phường Ba Đình",
        "phuong ba dinh",
        "P. Ba Đình",
        "P.Ba Đình",
        "Ba Đình",
        "Phường Ba Đình, Hà Nội",
        "Ba Đình - Hà Nội",
        "Ba Đình (TP. Hà Nội)",
    ],
)
def test_a_commune_is_found_in_its_province_however_it_is_usually_written(written: str) -> None:
    assert names().find(written, within=HANOI, level="commune") == Found(BA_DINH)


@pytest.mark.parametrize(("written", "code"), [("Ea H’Leo", "24184"), ("Lâm Viên–Đà Lạt", "24778")])
def test_dashes_and_apostrophes_do_not_matter(written: str, code: str) -> None:
    assert names().find(written, level="commune") == Found(code)


@pytest.mark.parametrize("written", ["vnpt", "VNPT", "Tập đoàn Bưu chính Viễn thông Việt Nam"])
def test_an_agency_is_found_by_code_and_by_name(written: str) -> None:
    found = names().find(written, level="agency")
    assert isinstance(found, Found)
    assert found.code == "vnpt"


def test_accents_decide_where_they_are_written() -> None:
    assert names().find("Xã Cẩm Giang", within=HAI_PHONG) == Found(CAM_GIANG)
    assert names().find("Xã Cẩm Giàng", within=HAI_PHONG) == Found(CAM_GIANG_WITH_A_GRAVE)


def test_without_accents_two_that_differ_by_them_are_ambiguous() -> None:
    assert names().find("xa cam giang", within=HAI_PHONG) == Ambiguous((CAM_GIANG, CAM_GIANG_WITH_A_GRAVE))


def test_a_name_that_has_no_accents_may_be_another_written_without_them() -> None:
    """Xã Thanh An lies in the same province as Xã Thạnh An: the accent of `Xã` shows that accents are written."""
    assert names().find("Xã Thanh An", within="79") == Found("25807")
    assert names().find("Thanh An", within="79") == Ambiguous(("25807", "27676"))


def test_a_wrong_accent_is_another_commune_and_no_answer() -> None:
    """Sa Pả was abolished in 2025, and went into Sa Pa, another ward of before; Sà Pa never was."""
    sa_pa = next(unit for unit in _all() if unit.name == "Phường Sa Pa")
    assert names().find("Phường Sa Pả", within="15", level="commune") == Found(sa_pa.code, "former name")
    assert names().find("Phường Sà Pa", within="15", level="commune") == Unknown((sa_pa.code,))


def test_the_kind_decides_between_two_of_the_same_letters() -> None:
    both = names().find("dong tien", within=THANH_HOA, level="commune")
    assert isinstance(both, Ambiguous)
    kinds = {names().find(f"{kind} dong tien", within=THANH_HOA, level="commune") for kind in ("xa", "phuong")}
    assert kinds == {Found(code) for code in both.candidates}


@pytest.mark.parametrize("written", ["Xã Ba Đình", "Quận Ba Đình", "Thị trấn Ba Đình"])
def test_another_kind_is_another_unit_and_offers_the_one_of_that_name(written: str) -> None:
    unknown = names().find(written, within=HANOI, level="commune")
    assert isinstance(unknown, Unknown)
    assert unknown.candidates[0] == BA_DINH


def test_a_commune_name_that_many_provinces_have_is_ambiguous_without_one() -> None:
    everywhere = names().find("Xã Tân Thành", level="commune")
    assert isinstance(everywhere, Ambiguous)
    assert len(everywhere.candidates) == 7
    assert names().find("Xã Tân Thành, Tây Ninh", level="commune") == Found("25534")


def test_a_province_that_is_written_wins_over_the_one_looked_in() -> None:
    assert names().find("Phường Ba Đình, Hà Nội", within=HAI_PHONG, level="commune") == Found(BA_DINH)


@pytest.mark.parametrize("written", ["Hà Giang", "tinh ha giang"])
def test_a_former_province_means_its_successor_and_says_so(written: str) -> None:
    assert names().find(written, level="province") == Found("08", "former name")


def test_a_former_province_still_says_where_a_commune_is() -> None:
    assert names().find("Phường Thủ Dầu Một, Bình Dương", level="commune") == Found("25747")


def test_a_former_province_is_not_taken_for_one_when_a_commune_has_its_name() -> None:
    assert names().find("Xã Bình Dương", within="52") == Found("21733")


@pytest.mark.parametrize(
    ("written", "level", "code"),
    [("04", None, "04"), ("4", "province", "04"), ("4", "commune", "00004"), ("00004", "commune", "00004")],
)
def test_a_code_is_found_with_and_without_its_leading_zeros(written: str, level: Level | None, code: str) -> None:
    assert names().find(written, level=level) == Found(code, "code")


def test_a_number_that_fits_a_province_and_a_commune_is_ambiguous() -> None:
    assert names().find("4") == Ambiguous(("00004", "04"))


def test_the_code_of_a_province_is_not_taken_for_a_commune() -> None:
    assert names().find("04", level="commune") == Unknown(())


def test_a_name_of_both_levels_is_the_one_the_task_asks_for() -> None:
    province, commune = names().find("Phú Thọ", level="province"), names().find("Phú Thọ", level="commune", within="25")
    assert isinstance(province, Found)
    assert isinstance(commune, Found)
    assert names().find("Phú Thọ", within="25") == Ambiguous((commune.code, province.code))


@pytest.mark.parametrize(
    "written", ["", " ", "\u0301", "xã \u0301", "\0", "\ud800", "x" * 500, "-,-,-", "999999999999"]
)
def test_nonsense_is_unknown(written: str) -> None:
    assert isinstance(names().find(written), Unknown)


def test_an_unknown_name_offers_at_most_five_that_look_like_it() -> None:
    unknown = names().find("Xã Thanh Phog", level="commune")
    assert isinstance(unknown, Unknown)
    assert 1 <= len(unknown.candidates) <= 5


def test_folding_leaves_bare_words() -> None:
    assert fold("TP. Đà  Nẵng") == "tp da nang"


def _as_written(text: str) -> str:
    return text


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFD", text)


def _tone_on_the_second_vowel(text: str) -> str:
    for old, new in (("òa", "oà"), ("óa", "oá"), ("ỏa", "oả"), ("õa", "oã"), ("ọa", "oạ"), ("ủy", "uỷ"), ("ũy", "uỹ")):
        text = text.replace(old, new)
    return text


def _abbreviated(text: str) -> str:
    for long, short in (("Phường ", "P. "), ("Xã ", "X. "), ("Đặc khu ", "ĐK "), ("Thành phố ", "TP.")):
        if text.startswith(long):
            return text.replace(long, short, 1)
    return text


def _without_its_kind(text: str) -> str:
    for kind in ("Phường ", "Xã ", "Đặc khu ", "Thành phố "):
        text = text.removeprefix(kind)
    return text


_NOTATIONS: list[Callable[[str], str]] = [_as_written, str.upper, str.lower, _tone_on_the_second_vowel]
_FORMS: list[Callable[[str], str]] = [_composed, _decomposed]
_LENGTHS: list[Callable[[str], str]] = [_as_written, _abbreviated, _without_its_kind]


@given(
    unit=st.sampled_from(_all()),
    length=st.sampled_from(_LENGTHS),
    notation=st.sampled_from(_NOTATIONS),
    form=st.sampled_from(_FORMS),
)
def test_every_spelling_with_its_accents_finds_the_unit(
    unit: UnitName,
    length: Callable[[str], str],
    notation: Callable[[str], str],
    form: Callable[[str], str],
) -> None:
    written = form(notation(length(unit.name)))
    match = names().find(written, within=unit.province, level=_level(unit))
    if written.isascii():
        assert unit.code in _codes(match)
    else:
        assert isinstance(match, Found)
        assert match.code == unit.code


@given(unit=st.sampled_from(_all()), length=st.sampled_from(_LENGTHS))
def test_without_accents_it_is_the_unit_or_ambiguous_never_another(
    unit: UnitName, length: Callable[[str], str]
) -> None:
    match = names().find(fold(length(unit.name)), within=unit.province, level=_level(unit))
    assert unit.code in _codes(match)


def test_all_of_them_are_found_by_their_own_name_and_only_once() -> None:
    for unit in _all():
        found = names().find(unit.name, within=unit.province, level=_level(unit))
        assert isinstance(found, Found)
        assert found.code == unit.code


@given(written=st.text(max_size=60), within=st.sampled_from([None, HANOI, TAY_NINH]))
def test_any_text_has_an_answer(written: str, within: str | None) -> None:
    assert isinstance(names().find(written, within=within), Found | Ambiguous | Unknown)


def _codes(match: Match) -> tuple[str, ...]:
    assert not isinstance(match, Unknown)
    return (match.code,) if isinstance(match, Found) else match.candidates


def _level(unit: UnitName) -> Level:
    levels: dict[str, Level] = {"province": "province", "commune": "commune", "agency": "agency"}
    return levels[unit.level]


@pytest.mark.parametrize(
    "written",
    [
        *("UBND xã Nga Sơn", "Ủy ban nhân dân xã Nga Sơn", "UBND Xã Nga Sơn, tỉnh Thanh Hóa", "16093 - Xã Nga Sơn"),
        *("16093 Nga Sơn", "16093. UBND xã Nga Sơn", "Xã Nga Sơn (16093)", "Xã Nga Sơn (huyện Nga Sơn cũ)"),
        *("Xã Nga Sơn, huyện Nga Sơn", "xa nga son, h. nga son", "Nga Sơn (huyện Nga Sơn, tỉnh Thanh Hóa)"),
    ],
)
def test_a_commune_is_found_with_what_offices_write_around_its_name(written: str) -> None:
    for within in (THANH_HOA, None):
        found = names().find(written, within=within, level="commune")
        assert isinstance(found, Found)
        assert found.code == "16093"


@pytest.mark.parametrize("written", ["38 - Thanh Hóa", "38. Tỉnh Thanh Hóa", "UBND tỉnh Thanh Hóa", "Thanh Hóa (38)"])
def test_a_province_is_found_with_what_offices_write_around_its_name(written: str) -> None:
    found = names().find(written, level="province")
    assert isinstance(found, Found)
    assert found.code == THANH_HOA


@pytest.mark.parametrize(
    "written",
    [
        *("38 - Nghệ An", "16096 - Xã Nga Sơn", "1. Xã Nga Sơn", "Xã Nga Sơn, Xã Hậu Lộc", "Xã Nga Sơn (cũ)"),
        *("Thanh Hóa, Nghệ An", "UBND tỉnh Nghệ An, Thanh Hóa", "Xã Nga Sơn, Thanh Hóa, Nghệ An"),
        *("UBND", "UBND huyện Nga Sơn", "UBND phường Hải Bình, TP Đà Nẵng", "Xã Nga Sơn (16093, 38)", "16093 - 38"),
    ],
)
def test_what_is_written_around_a_name_and_says_otherwise_makes_it_unknown(written: str) -> None:
    assert isinstance(names().find(written, within=THANH_HOA, offer=False), Unknown)


def test_a_former_province_beside_a_commune_says_where_to_look() -> None:
    assert names().find("Phường Hà Nam (tỉnh Hà Nam cũ)", offer=False) == names().find("Phường Hà Nam, Ninh Bình")
    assert names().find("UBND phường Hạc Thành (TP Thanh Hóa cũ)", offer=False) == Found("14797")


@pytest.mark.parametrize(
    "written",
    [
        *("Xã Nga Yên", "Nga Yên", "xa nga yen", "Thị trấn Nga Sơn", "UBND xã Nga Yên", "Xã Nga Yên, Thanh Hóa"),
        *("Xã Nga Yên, huyện Nga Sơn", "Xã Nga Yên (huyện Nga Sơn cũ)"),
    ],
)
def test_a_commune_of_before_the_reform_leads_to_the_one_it_went_into(written: str) -> None:
    assert names().find(written, within=THANH_HOA, level="commune") == Found("16093", "former name")


def test_a_commune_that_was_divided_leads_to_all_its_parts() -> None:
    found = names().find("Phường Kim Mã", within=HANOI, level="commune")
    assert isinstance(found, Ambiguous)
    assert {BA_DINH, "00008", "00025"} <= {*found.candidates}


def test_a_name_of_today_goes_before_one_of_before_the_reform() -> None:
    assert names().find("Xã Nga Sơn", within=THANH_HOA) == Found("16093")
    assert names().find("Phường Ba Đình", within=HANOI) == Found(BA_DINH)


@pytest.mark.parametrize(
    ("written", "within", "code"),
    [
        ("Xã Đông Tiến", THANH_HOA, "15853"),
        ("Xã Đông Tiến, Thanh Hóa", None, "15853"),
        ("UBND xã Đông Thanh", THANH_HOA, "15853"),
        ("Đông Thanh", THANH_HOA, "15853"),
        ("Xã Đông Thanh, huyện Đông Sơn (cũ)", THANH_HOA, "15853"),
        ("Xã An Thanh", HAI_PHONG, "11131"),
        ("Xã Thanh Phước", TAY_NINH, "25654"),
    ],
)
def test_a_former_name_is_none_of_todays_that_has_more_accents(written: str, within: str | None, code: str) -> None:
    """Xã Đồng Tiến and Xã Đông Thành are communes of today in the same province."""
    assert names().find(written, within=within, level="commune", offer=False) == Found(code, "former name")


def test_no_former_name_as_it_is_written_leads_to_a_commune_that_it_did_not_go_into() -> None:
    provinces = {unit.code: unit.province for unit in units()}
    became: dict[tuple[str, str], set[str]] = {}
    for name, code in former_communes():
        became.setdefault((name, provinces[code]), set()).add(code)
    for (name, province), codes in became.items():
        found = names().find(name, within=province, level="commune", offer=False)
        assert not isinstance(found, Found) or found.code in codes or _is_called(found.code, name), name


def _is_called(code: str, name: str) -> bool:
    return marked(next(unit.name for unit in _all() if unit.code == code)) == marked(name)


@pytest.mark.parametrize(
    ("written", "within", "codes"),
    [
        ("Xã Đông Tien", THANH_HOA, ("15724", "15853")),
        ("an thanh", HAI_PHONG, ("10792", "11131")),
        ("Xã Mỹ Tho", "82", ("28261", "30076")),
    ],
)
def test_a_name_with_some_accents_that_another_commune_may_have_is_ambiguous(
    written: str, within: str, codes: tuple[str, ...]
) -> None:
    """Đồng Tiến is a commune and Đông Tiến was one; Phường Mỹ Tho and Xã Mỹ Thọ both are."""
    assert names().find(written, within=within, level="commune") == Ambiguous(codes)


@pytest.mark.parametrize("written", ["xa dong thanh", "Xã Dong Thanh", "DONG THANH"])
def test_a_name_without_any_accents_is_one_of_today(written: str) -> None:
    assert names().find(written, within=THANH_HOA, level="commune") == Found("16033")
