"""Finding the unit of a written name: exact except for accents, case and prefixes, never a guess."""

import difflib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Literal

from app.catalogue.name_index import NameIndex, NameReading, UnitName, UnitNameEntry, name_index, readings
from app.catalogue.seed.provinces import ALIASES
from app.catalogue.seed.unit_data import former_communes, former_provinces, units
from app.catalogue.spelling import agrees, fold, marked
from app.catalogue.written_units import is_district, without_authority, written_unit
from app.level import Level

Via = Literal["code", "name", "former name"]


@dataclass(frozen=True, slots=True)
class Found:
    code: str
    via: Via = "name"


@dataclass(frozen=True, slots=True)
class Ambiguous:
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Unknown:
    candidates: tuple[str, ...]


Match = Found | Ambiguous | Unknown
_Hit = tuple[NameReading, UnitNameEntry]

_LONGEST_NAME = 200
_SEPARATOR = re.compile(r"[,;/(–—-]")
_WIDTHS: tuple[tuple[Level, int], ...] = (("province", 2), ("commune", 5))


class UnitNames:
    """An index built once from all units; a look-up is a few dictionary reads."""

    def __init__(self, units: Iterable[tuple[str, str, str | None, str]]) -> None:
        known = [UnitName(*unit) for unit in units]
        self._units = {unit.code.casefold(): unit for unit in known}
        provinces = {unit.code for unit in known if unit.level == "province"}
        self._current = name_index([*known, *_provinces(ALIASES, provinces)])
        self._keys = _keys_by_province(self._current)
        self._former = name_index(_provinces(((former.name, former.code) for former in former_provinces()), provinces))

    def find(self, written: str, *, within: str | None = None, level: Level | None = None, offer: bool = True) -> Match:
        """Look for a commune in `within`, unless its own province is written; for `level`, when the task says it.

        Without `offer` it does not search similar names, which takes a thousand times longer than the rest.
        """
        written = written.strip()
        if len(written) > _LONGEST_NAME or not fold(written):
            return Unknown(())
        match = (
            self._by_code(written, level)
            or self._by_current_name(written, within, level)
            or self._by_former_name(written, level)
            or self._by_former_commune(written, within, level)
            or self._with_its_province(written, level, offer=offer)
        )
        if match is None or isinstance(match, Unknown):
            match = self._as_offices_write(written, within, level) or match
        return match or Unknown(self._near(without_authority(written), within, level) if offer else ())

    def _by_code(self, written: str, level: Level | None) -> Match | None:
        """A code as it is, or with the leading zeros that a spreadsheet dropped."""
        unit = self._units.get(written.casefold())
        if unit and level in (None, unit.level):
            return Found(unit.code, "code")
        if not (written.isascii() and written.isdecimal()) or written.startswith("0"):
            return None
        padded = [(sort, self._units.get(written.zfill(width))) for sort, width in _WIDTHS if level in (None, sort)]
        return _verdict([unit.code for sort, unit in padded if unit and unit.level == sort], "code")

    def _by_current_name(self, written: str, within: str | None, level: Level | None) -> Match | None:
        """A name of today. Where accents are missing, another commune of today or before may be meant: no guess.

        `Xã Đông Tiến` is one of before 2025 as it is written, not one of those that are called Đồng Tiến today.
        """
        hits = _hits(self._current, written, within, level)
        match = _meant(hits, written, level)
        if match is None or _as_written(hits) or not any(entry.level == "commune" for _, entry in hits):
            return match
        former = _hits(_former_communes(), written, within, "commune")
        if _as_written(former) and _has_accents(written):
            return None
        today = {entry.name for _, entry in hits}
        others = [entry.code for reading, entry in former if entry.name not in today and _may_mean(reading, entry)]
        of_any_kind = _as_written(_hits(self._current, written, within, level, of_any_kind=True))
        return _verdict([*_codes(match), *of_any_kind, *filter(self._is_known, others)], "name")

    def _is_known(self, code: str) -> bool:
        return code.casefold() in self._units

    def _by_former_name(self, written: str, level: Level | None) -> Match | None:
        if level not in (None, "province"):
            return None
        match = _meant(_hits(self._former, written, None, level), written, level)
        return Found(match.code, "former name") if isinstance(match, Found) else match

    def _by_former_commune(self, written: str, within: str | None, level: Level | None) -> Match | None:
        """The communes of today that one of before 2025 went into, as a whole or in part."""
        if level not in (None, "commune"):
            return None
        match = _meant(_hits(_former_communes(), written, within, "commune"), written, "commune")
        return _verdict([code for code in _codes(match) if self._is_known(code)], "former name")

    def _with_its_province(self, written: str, level: Level | None, *, offer: bool) -> Match | None:
        """`Phường Ba Đình, Hà Nội`: the last part that is a province says where to look for the rest."""
        if level not in (None, "commune"):
            return None
        for cut in [*_SEPARATOR.finditer(written)][:-4:-1]:
            left, province = written[: cut.start()], self._province(written[cut.end() :])
            if isinstance(province, Found) and fold(left):
                there = province.code
                found = self._by_current_name(left, there, "commune")
                return (
                    found
                    or self._by_former_commune(left, there, "commune")
                    or Unknown(self._near(left, there, "commune") if offer else ())
                )
        return None

    def _as_offices_write(self, written: str, within: str | None, level: Level | None) -> Match | None:
        """With an authority, a code or a former district around the name: all that is written has to agree."""
        unit = written_unit(written)
        if (unit.name == written and unit.code is None) or not fold(unit.name):
            return None
        said = {place: self._province(place) for place in unit.places}
        there = {match.code for match in said.values() if isinstance(match, Found)}
        if len(there) > 1 or not all(isinstance(match, Found) or is_district(place) for place, match in said.items()):
            return None
        where = next(iter(there), within)
        match = self._by_current_name(unit.name, where, level)
        match = match or self._by_former_commune(unit.name, where, level)
        found = {*_codes(match)}
        if there and any(self._units[code.casefold()].level == "province" for code in found - there):
            return None
        if unit.code is None or match is None:
            return match
        coded = self._by_code(unit.code, level)
        return coded if isinstance(coded, Found) and coded.code in found else None

    def _province(self, written: str) -> Match | None:
        current = _hits(self._current, written, None, "province")
        return _meant(current, written, "province") or self._by_former_name(written, "province")

    def _near(self, written: str, within: str | None, level: Level | None) -> tuple[str, ...]:
        """Up to five codes with similar names, nearest first: candidates for the sender, never a result."""
        wanted = next(readings(written)).key
        close = difflib.get_close_matches(wanted, self._comparable(wanted, within), n=5, cutoff=0.75)
        anything = NameReading(None, None, "")
        near = [entry.code for key in close for entry in self._current[key] if entry.fits(anything, within, level)]
        return tuple(dict.fromkeys(near))[:5]

    def _comparable(self, wanted: str, within: str | None) -> list[str]:
        """Over the whole country only names with the same beginning: a file may have many bad rows."""
        start = "" if within else wanted[:1]
        keys = self._keys[within] if within else self._current
        return [key for key in keys if key.startswith(start) and abs(len(key) - len(wanted)) <= 2]


@cache
def _former_communes() -> NameIndex:
    """Made when the first name is not understood; most files need it never."""
    provinces = {unit.code: unit.province for unit in units()}
    return name_index(UnitName(code, "commune", provinces.get(code), name) for name, code in former_communes())


def _hits(
    index: NameIndex, written: str, within: str | None, level: Level | None, *, of_any_kind: bool = False
) -> list[_Hit]:
    return [
        (reading, entry)
        for reading in readings(written)
        for entry in index.get(reading.key, ())
        if entry.fits(reading._replace(kind=None) if of_any_kind else reading, within, level)
    ]


def _meant(hits: list[_Hit], written: str, level: Level | None) -> Match | None:
    exact = _as_written(hits)
    if exact and _has_accents(written):
        return _verdict(exact, "name")
    # The 34 names differ in their letters, so a wrong accent cannot mean another province.
    lenient = level == "province"
    return _verdict([entry.code for reading, entry in hits if lenient or agrees(reading.name, entry.name)], "name")


def _as_written(hits: list[_Hit]) -> list[str]:
    return [entry.code for reading, entry in hits if reading.name == entry.name]


def _has_accents(written: str) -> bool:
    return marked(written) != fold(written)


def _may_mean(reading: NameReading, entry: UnitNameEntry) -> bool:
    """Whether a name is one that went: as it is written, or with more accents where it has some."""
    has_some = reading.name != reading.key
    return reading.name == entry.name or (has_some and agrees(reading.name, entry.name))


def _codes(match: Match | None) -> tuple[str, ...]:
    if match is None:
        return ()
    return (match.code,) if isinstance(match, Found) else match.candidates


def _keys_by_province(index: NameIndex) -> defaultdict[str | None, list[str]]:
    keys: defaultdict[str | None, list[str]] = defaultdict(list)
    for key, entries in index.items():
        for province in {entry.province for entry in entries}:
            keys[province].append(key)
    return keys


def _provinces(names: Iterable[tuple[str, str]], known: set[str]) -> list[UnitName]:
    return [UnitName(code, "province", None, name) for name, code in names if code in known]


def _verdict(codes: list[str], via: Via) -> Match | None:
    distinct = sorted(set(codes))
    if len(distinct) > 1:
        return Ambiguous(tuple(distinct))
    return Found(distinct[0], via) if distinct else None
