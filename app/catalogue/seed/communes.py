"""The 3,321 communes, wards and special zones since 1 July 2025."""

import unicodedata
from functools import cache

from app.catalogue.seed.dataset import rows
from app.catalogue.seed.shapes import Kind, Names, SeedUnit

# The type is read from the name: in four rows the data's own type column says the other one.
_KINDS: tuple[tuple[str, Kind, str], ...] = (
    ("Xã ", "commune", "Commune"),
    ("Phường ", "ward", "Ward"),
    ("Đặc khu ", "special_zone", "Special Zone"),
)


@cache
def communes() -> tuple[SeedUnit, ...]:
    return tuple(_commune(*row) for row in rows(_COMMUNES))


def _commune(code: str, name: str, province: str, latitude: float, longitude: float) -> SeedUnit:
    name = unicodedata.normalize("NFC", name)
    prefix, kind, english = next(entry for entry in _KINDS if name.startswith(entry[0]))
    return SeedUnit(
        code=code,
        level="commune",
        kind=kind,
        owner=province,
        province=province,
        names=_names(name, f"{_unaccented(name.removeprefix(prefix))} {english}"),
        latitude=latitude,
        longitude=longitude,
    )


def _names(own: str, english: str) -> Names:
    """In Japanese a commune keeps its own name: there is no settled katakana for 3,321 of them."""
    return {"vi": own, "en": english, "ja": own}


def _unaccented(text: str) -> str:
    letters = unicodedata.normalize("NFD", text.replace("Đ", "D").replace("đ", "d"))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_COMMUNES = """
select wardCode, ward, provinceCode, wardLat, wardLon
from admin_units
order by wardCode
"""
