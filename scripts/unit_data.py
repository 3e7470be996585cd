"""Writes the data files of Viet Nam's administrative units from the `vietnamadminunits` package: scripts/unit-data.

The service carries the files, not the package, which needs numpy and shapely. Rows with a later date than the package's
decree are written by hand, one for each change of a name or kind, and are kept.
"""

import json
import sqlite3
import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from app.catalogue.seed.unit_data import FORMER_COMMUNES_FILE, FORMER_PROVINCES_FILE, UNITS_FILE

DECREE, VALID_FROM = "19/2025/QĐ-TTg", "2025-07-01"
"""The Prime Minister's list of units and their codes."""
UNIT_COLUMNS = ("code", "kind", "province", "name", "latitude", "longitude", "valid_from", "decree")
FORMER_COLUMNS = ("name", "code", "replaced_on", "decree")
FORMER_COMMUNE_COLUMNS = ("code", "names")
"""What was merged into a commune, as a whole or in part, on 1 July 2025."""

# The type is read from the name: in four rows the package's own type column says the other one.
KINDS = {
    "Tỉnh ": "province",
    "Thành phố ": "municipality",
    "Xã ": "commune",
    "Phường ": "ward",
    "Đặc khu ": "special_zone",
}
MERGER = ("2025-07-01", "202/2025/QH15")
# The package knows the provinces just before the mergers; Huế had become a city half a year earlier.
BEFORE_THAT = (("Thừa Thiên Huế", "46", "2025-01-01", "175/2024/QH15"),)

Row = tuple[str, ...]

_PROVINCES = "select distinct provinceCode, province, '', provinceLat, provinceLon from admin_units order by 1"
_FORMER_COMMUNES = "select provinceKey, districtKey, wardKey, ward from admin_units_legacy"
_KEYS = "select provinceKey, wardKey, wardCode, ward from admin_units"
_COMMUNES = "select wardCode, ward, provinceCode, wardLat, wardLon from admin_units order by 1"


def main() -> None:
    _write(UNITS_FILE, UNIT_COLUMNS, unit_rows(later=read(UNITS_FILE)))
    _write(FORMER_PROVINCES_FILE, FORMER_COLUMNS, former_province_rows())
    _write(FORMER_COMMUNES_FILE, FORMER_COMMUNE_COLUMNS, former_commune_rows())


def unit_rows(later: Iterable[Row] = ()) -> list[Row]:
    """Provinces, then communes, each by code; a unit with several rows has them in the order of their dates."""
    found = [_unit(*row) for query in (_PROVINCES, _COMMUNES) for row in _select(query)]
    amended = [row for row in later if row[6] > VALID_FROM]
    return sorted([*found, *amended], key=lambda row: (row[2] != "", row[0], row[6]))


def _unit(code: str, name: str, province: str, latitude: float, longitude: float) -> Row:
    name = unicodedata.normalize("NFC", name)
    kind = next(kind for prefix, kind in KINDS.items() if name.startswith(prefix))
    return (code, kind, province, name, str(latitude), str(longitude), VALID_FROM, DECREE)


def former_province_rows() -> list[Row]:
    mergers = json.loads((_package() / "converter_2025.json").read_text("utf-8"))["DICT_PROVINCE"]
    codes = dict(_select("select distinct provinceKey, provinceCode from admin_units"))
    names = dict(_select("select distinct provinceKey, provinceShort from admin_units_legacy"))
    merged = ((names[old], codes[new], *MERGER) for new, olds in mergers.items() for old in olds if old not in codes)
    return sorted([*merged, *BEFORE_THAT], key=lambda row: (row[1], row[0]))


def former_commune_rows() -> list[Row]:
    """Each commune of today with the names of those that it came of, but its own."""
    converter = json.loads((_package() / "converter_2025.json").read_text("utf-8"))
    names = {f"{p}_{d}_{w or ''}": name for p, d, w, name in _select(_FORMER_COMMUNES) if name}
    today = {(p, w): (code, name) for p, w, code, name in _select(_KEYS)}
    found: dict[str, set[str]] = {}
    for province, ward, old in _mergers(converter):
        code, name = today[province, ward]
        if old in names and names[old] != name:
            found.setdefault(code, set()).add(unicodedata.normalize("NFC", names[old]))
    return [(code, "; ".join(sorted(those))) for code, those in sorted(found.items())]


def _mergers(converter: Any) -> Iterator[Row]:
    """The keys of a province, of one of its communes, and of one that was merged into it."""
    for province, wards in converter["DICT_PROVINCE_WARD_NO_DIVIDED"].items():
        for ward, olds in wards.items():
            yield from ((province, ward, old) for old in olds)
    for province, olds in converter["DICT_PROVINCE_WARD_DIVIDED"].items():
        for old, parts in olds.items():
            yield from ((province, part["newWardKey"], old) for part in parts)


def _select(sql: str) -> list[tuple[Any, ...]]:
    """Rows of the package's own SQLite file; importing the package would load shapely and numpy."""
    file = f"{(_package() / 'dataset.db').as_uri()}?mode=ro&immutable=1"
    with closing(sqlite3.connect(file, uri=True)) as database:
        return database.execute(sql).fetchall()


def _package() -> Path:
    spec = find_spec("vietnamadminunits")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("vietnamadminunits")
    return Path(spec.origin).resolve().parent / "data"


def read(file: Path) -> Iterator[Row]:
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return (tuple(line.split("\t")) for line in lines[1:])


def _write(file: Path, columns: Row, rows: Iterable[Row]) -> None:
    file.write_text("".join("\t".join(row) + "\n" for row in [columns, *rows]), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
