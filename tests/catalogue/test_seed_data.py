"""The seeded catalogue is the one that was in force on 1 July 2025."""

from collections import Counter
from itertools import chain

from app.catalogue import seed
from app.catalogue.seed.unit_data import units
from app.catalogue.spelling import fold
from app.clock import end_of_day

_NAMED_IN_THE_REPORT = (
    "equipment",
    "information-systems",
    "procedures-published",
    "commune-procedures",
    "processes-and-forms",
    "access-points",
    "hotlines",
    "reporting-system",
    "online-meetings",
    "staffing",
)


def test_there_are_34_provinces_six_of_them_cities() -> None:
    assert Counter(unit.kind for unit in seed.provinces()) == {"province": 28, "municipality": 6}


def test_there_are_3321_communes_of_three_kinds() -> None:
    assert Counter(unit.kind for unit in seed.communes()) == {"commune": 2621, "ward": 687, "special_zone": 13}


def test_every_code_is_used_once() -> None:
    codes = [unit.code for unit in _units()]
    assert len(codes) == len(set(codes)) == 34 + 3321 + 10


def test_every_commune_lies_in_one_of_the_provinces_and_belongs_to_it() -> None:
    provinces = {unit.code for unit in seed.provinces()}
    assert {unit.province for unit in seed.communes()} == provinces
    assert all(unit.owner == unit.province for unit in seed.communes())


def test_only_communes_lie_in_a_province() -> None:
    others = [*seed.provinces(), *seed.agencies()]
    assert all(unit.province is None and unit.owner == unit.code for unit in others)


def test_everything_has_a_name_in_each_language() -> None:
    work = [seed.campaign().names, *(it.names for it in seed.categories()), *(it.names for it in seed.tasks())]
    named = [*work, *(unit.names for unit in _units())]
    assert all(list(names) == ["vi", "en", "ja"] and all(names.values()) for names in named)


def test_the_provinces_are_named_as_the_data_names_them() -> None:
    listed = {
        row.code: row.name.removeprefix("Tỉnh ").removeprefix("Thành phố ") for row in units() if not row.province
    }
    assert {unit.code: unit.names["vi"].removeprefix("Thành phố ") for unit in seed.provinces()} == listed


def test_a_province_is_named_in_three_languages() -> None:
    assert _unit("38").names == {"vi": "Thanh Hóa", "en": "Thanh Hoa", "ja": "タインホア省"}
    assert _unit("79").names == {"vi": "Thành phố Hồ Chí Minh", "en": "Ho Chi Minh City", "ja": "ホーチミン市"}


def test_a_japanese_name_ends_in_the_kind() -> None:
    endings = {"province": "省", "municipality": "市"}
    assert all(unit.names["ja"].endswith(endings[unit.kind]) for unit in seed.provinces())


def test_a_commune_keeps_its_own_name_in_japanese() -> None:
    assert _unit("00004").names == {"vi": "Phường Ba Đình", "en": "Ba Dinh Ward", "ja": "Phường Ba Đình"}


def test_no_english_name_has_an_accent() -> None:
    assert all(unit.names["en"].isascii() for unit in _units())


def test_provinces_and_communes_lie_in_vietnam() -> None:
    for unit in [*seed.provinces(), *seed.communes()]:
        assert unit.latitude is not None
        assert unit.longitude is not None
        assert 7 < unit.latitude < 24
        assert 102 < unit.longitude < 116


def test_the_report_has_ten_lines_and_two_more_were_ordered() -> None:
    codes = [category.code for category in seed.categories()]
    assert codes == [*_NAMED_IN_THE_REPORT, "commune-infrastructure", "central-support"]
    assert [category.position for category in seed.categories()] == list(range(1, 13))


def test_each_of_the_ten_lines_has_a_province_task_of_the_same_code() -> None:
    own = {task.code for task in seed.tasks() if task.level == "province" and task.category == task.code}
    assert own == set(_NAMED_IN_THE_REPORT)


def test_every_category_has_work_of_one_level() -> None:
    levels: dict[str, set[str]] = {category.code: set() for category in seed.categories()}
    for task in seed.tasks():
        levels[task.category].add(task.level)
    assert levels == {
        **{code: {"province"} for code in _NAMED_IN_THE_REPORT},
        "commune-infrastructure": {"commune"},
        "central-support": {"agency"},
    }


def test_task_codes_and_positions_are_used_once() -> None:
    tasks = seed.tasks()
    assert len({task.code for task in tasks}) == len(tasks)
    assert [task.position for task in tasks] == list(range(1, len(tasks) + 1))


def test_everything_is_due_at_the_end_of_30_june() -> None:
    deadline = end_of_day(seed.campaign().deadline.date())
    assert deadline.isoformat() == "2025-06-30T16:59:59+00:00"
    assert {task.deadline for task in seed.tasks()} == {deadline, seed.campaign().deadline}


def test_every_task_says_when_it_is_well_done() -> None:
    assert all(task.quality_standard.endswith(".") for task in seed.tasks())


def test_a_former_province_leads_to_the_one_it_was_merged_into() -> None:
    codes = {former.name: former.code for former in seed.former_provinces()}
    assert len(codes) == 30
    assert (codes["Nam Định"], codes["Bà Rịa - Vũng Tàu"], codes["Thừa Thiên Huế"]) == ("37", "79", "46")


def test_no_former_province_bears_the_name_of_a_present_one() -> None:
    present = {fold(unit.names["vi"]) for unit in seed.provinces()}
    assert present.isdisjoint(fold(former.name) for former in seed.former_provinces())


def _units() -> chain[seed.SeedUnit]:
    return chain(seed.provinces(), seed.communes(), seed.agencies())


def _unit(code: str) -> seed.SeedUnit:
    return next(unit for unit in _units() if unit.code == code)
