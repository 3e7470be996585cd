"""Names of units by their letters: the readings of a written name, and the units that bear each of them. Pure."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from app.catalogue.spelling import agrees, bare, fold, marked
from app.level import Level


class UnitName(NamedTuple):
    code: str
    level: str
    province: str | None
    name: str


class _Prefix(NamedTuple):
    marked: str
    level: Level
    kind: str


_KINDS: tuple[tuple[str, Level, str], ...] = (
    ("tỉnh", "province", "province"),
    ("t", "province", "province"),
    ("thành phố", "province", "province"),
    ("tp", "province", "province"),
    ("t p", "province", "province"),
    ("xã", "commune", "commune"),
    ("x", "commune", "commune"),
    ("phường", "commune", "ward"),
    ("p", "commune", "ward"),
    ("đặc khu", "commune", "special zone"),
    ("đk", "commune", "special zone"),
    # Kinds abolished in 2025 match no unit: such a unit may have become another commune.
    ("thị trấn", "commune", "township"),
    ("thị xã", "commune", "town"),
    ("quận", "commune", "urban district"),
    ("huyện", "commune", "district"),
)
_PREFIXES = {fold(written): _Prefix(marked(written), level, kind) for written, level, kind in _KINDS}


class NameReading(NamedTuple):
    """One reading of a written name: all of it, or the part after a prefix."""

    level: Level | None
    kind: str | None
    name: str

    @property
    def key(self) -> str:
        return bare(self.name)


def readings(written: str) -> Iterator[NameReading]:
    words = marked(written).split()
    for count in (2, 1):
        head = " ".join(words[:count])
        prefix = _PREFIXES.get(bare(head)) if len(words) > count else None
        if prefix and agrees(head, prefix.marked):
            yield NameReading(prefix.level, prefix.kind, "".join(words[count:]))
    yield NameReading(None, None, "".join(words))


@dataclass(frozen=True, slots=True)
class UnitNameEntry:
    code: str
    level: str
    province: str | None
    kind: str | None
    name: str

    def fits(self, reading: NameReading, within: str | None, level: Level | None) -> bool:
        return (
            level in (None, self.level)
            and reading.level in (None, self.level)
            and (reading.kind in (None, self.kind) or self.kind is None)
            and (within is None or self.level != "commune" or self.province == within)
        )


NameIndex = dict[str, list[UnitNameEntry]]


def _entries(unit: UnitName) -> Iterator[UnitNameEntry]:
    if unit.level == "agency":
        for spelling in _agency_spellings(unit.name):
            yield UnitNameEntry(unit.code, unit.level, None, None, marked(spelling).replace(" ", ""))
        return
    own = next(reading for reading in readings(unit.name) if reading.level in (None, unit.level))
    yield UnitNameEntry(unit.code, unit.level, unit.province, own.kind, own.name)


def _agency_spellings(name: str) -> set[str]:
    """`Tổng công ty A (B)` is also called `Tổng công ty A`, and `B`."""
    outside, _, inside = name.partition("(")
    return {spelling for spelling in (name, outside, inside) if marked(spelling)}


def name_index(units: Iterable[UnitName]) -> NameIndex:
    index: NameIndex = {}
    for unit in units:
        for entry in _entries(unit):
            index.setdefault(bare(entry.name), []).append(entry)
    return index
