"""The 3,321 communes, wards and special zones since 1 July 2025."""

import unicodedata
from functools import cache

from app.catalogue.seed.shapes import Kind, Names, SeedUnit
from app.catalogue.seed.unit_data import UnitRow, in_force, units
from app.catalogue.seed.work import campaign

_KINDS: dict[str, tuple[Kind, str, str]] = {
    "commune": ("commune", "Xã ", "Commune"),
    "ward": ("ward", "Phường ", "Ward"),
    "special_zone": ("special_zone", "Đặc khu ", "Special Zone"),
}


@cache
def communes() -> tuple[SeedUnit, ...]:
    listed = in_force(units(), campaign().go_live.date())
    return tuple(_commune(row) for row in listed if row.province)


def _commune(row: UnitRow) -> SeedUnit:
    kind, prefix, english = _KINDS[row.kind]
    return SeedUnit(
        code=row.code,
        level="commune",
        kind=kind,
        owner=row.province,
        province=row.province,
        names=_names(row.name, f"{_unaccented(row.name.removeprefix(prefix))} {english}"),
        latitude=row.latitude,
        longitude=row.longitude,
    )


def _names(own: str, english: str) -> Names:
    """In Japanese a commune keeps its own name: there is no settled katakana for 3,321 of them."""
    return {"vi": own, "en": english, "ja": own}


def _unaccented(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))
