"""The data files of units say what the package says that they are made from, and a unit can change with time."""

from datetime import date
from pathlib import Path

import pytest

from app.catalogue.seed.unit_data import FORMER_COMMUNES_FILE, FORMER_PROVINCES_FILE, UNITS_FILE, in_force, units
from scripts import unit_data

REFORM = date(2025, 7, 1)
PRODUCTION = (Path(__file__).parents[2] / "requirements.prod.lock").read_text("utf-8")


def test_the_units_are_those_of_the_package() -> None:
    stored = [row for row in unit_data.read(UNITS_FILE) if row[6] == unit_data.VALID_FROM]
    assert stored == unit_data.unit_rows()


def test_the_former_provinces_are_those_of_the_package() -> None:
    assert list(unit_data.read(FORMER_PROVINCES_FILE)) == unit_data.former_province_rows()


def test_the_former_communes_are_those_of_the_package() -> None:
    assert list(unit_data.read(FORMER_COMMUNES_FILE)) == unit_data.former_commune_rows()


def test_a_row_added_by_hand_is_kept_behind_the_one_it_amends() -> None:
    city = ("75", "municipality", "", "Thành phố Đồng Nai", "11.4369", "107.034", "2031-01-01", "a later decree")
    rows = unit_data.unit_rows(later=[city])
    assert len(rows) == 34 + 3321 + 1
    assert rows[rows.index(city) - 1][:4] == ("75", "province", "", "Tỉnh Đồng Nai")


def test_a_kind_and_a_name_change_on_their_day() -> None:
    province = next(unit for unit in units() if unit.code == "75")
    city = province._replace(kind="municipality", name="Thành phố Đồng Nai", valid_from=date(2031, 1, 1))
    assert in_force([city, province], date(2030, 12, 31)) == [province]
    assert in_force([city, province], date(2031, 1, 1)) == [city]


def test_no_unit_is_in_force_before_the_reform() -> None:
    assert in_force(units(), date(2025, 6, 30)) == []
    assert len(in_force(units(), REFORM)) == 34 + 3321


@pytest.mark.parametrize("package", ["vietnamadminunits", "numpy", "shapely", "geopy"])
def test_production_does_not_carry_what_the_files_are_made_with(package: str) -> None:
    assert f"\n{package}==" not in f"\n{PRODUCTION}"
