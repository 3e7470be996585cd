"""The provinces and communes of Viet Nam, as the data files beside this module state them.

`scripts/unit-data` writes the files. A unit has one row for each name or kind that it has borne since 1 July 2025.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

UNITS_FILE = Path(__file__).parent / "units.tsv"
FORMER_PROVINCES_FILE = Path(__file__).parent / "former_provinces.tsv"
FORMER_COMMUNES_FILE = Path(__file__).parent / "former_communes.tsv"


class UnitRow(NamedTuple):
    """`province` is empty where the unit is a province itself; `decree` lists it from `valid_from` on."""

    code: str
    kind: str
    province: str
    name: str
    latitude: float
    longitude: float
    valid_from: date
    decree: str


class FormerProvince(NamedTuple):
    """A name that was replaced, and the code of the province that the area belongs to today."""

    name: str
    code: str
    replaced_on: date
    decree: str


def in_force(units: Iterable[UnitRow], on: date) -> list[UnitRow]:
    """One row for each unit: the latest that was valid on that day."""
    dated = sorted((unit for unit in units if unit.valid_from <= on), key=lambda unit: unit.valid_from)
    return list({unit.code: unit for unit in dated}.values())


@cache
def units() -> tuple[UnitRow, ...]:
    return tuple(
        UnitRow(code, kind, province, name, float(latitude), float(longitude), date.fromisoformat(since), decree)
        for code, kind, province, name, latitude, longitude, since, decree in _lines(UNITS_FILE)
    )


@cache
def former_provinces() -> tuple[FormerProvince, ...]:
    return tuple(
        FormerProvince(name, code, date.fromisoformat(replaced), decree)
        for name, code, replaced, decree in _lines(FORMER_PROVINCES_FILE)
    )


def former_communes() -> Iterator[tuple[str, str]]:
    """The names of before 1 July 2025, each with the code of a commune that its area belongs to today."""
    for code, names in _lines(FORMER_COMMUNES_FILE):
        yield from ((name, code) for name in names.split("; "))


def _lines(file: Path) -> Iterator[list[str]]:
    _columns, *lines = file.read_text("utf-8").splitlines()
    return (line.split("\t") for line in lines)
