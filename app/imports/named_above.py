"""Rows that name no unit, below a line or on a sheet that names another one than the sender's. Pure."""

import re
from collections.abc import Iterator, Sequence

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.catalogue.spelling import fold
from app.catalogue.unit_names import Ambiguous, Found, Match
from app.imports.reading.rows import CellComplaint, ReadRow, Sheet

_NUMBER = re.compile(r"(?:[IVXLC]{1,6}|\w|\d{1,3})[.):\s]\s*")
_LEVELS = ("tinh ", "thanh pho ", "tp ", "xa ", "phuong ", "dac khu ", "ubnd ", "uy ban nhan dan ")


def with_units_of_others(
    rows: list[ReadRow], sheets: Sequence[Sheet], who: Identity, catalogue: Catalogue
) -> list[ReadRow]:
    """The rows; those that would become the sender's own though another unit is named above them lack a unit."""
    if who.unit is None:
        return rows
    named = {number: [*_named(sheet, who, catalogue)] for number, sheet in enumerate(sheets) if sheet.units != "filled"}
    if not any(named.values()):
        return rows
    return [_with_unit(row, named.get(row.sheet, ())) for row in rows]


def _with_unit(row: ReadRow, named: Sequence[tuple[int, str | None]]) -> ReadRow:
    above = next((text for line, text in reversed(named) if line < row.line), None)
    if above is None or row.unit is not None or row.unit_code is not None:
        return row
    return row._replace(complaints=(*row.complaints, CellComplaint("unit", "missing", {"above": above})))


def _named(sheet: Sheet, who: Identity, catalogue: Catalogue) -> Iterator[tuple[int, str | None]]:
    """The name of the sheet, its titles and the lines that name a unit: their text if it is another's, None if not."""
    for line, text in ((0, sheet.name or ""), *sheet.titles, *sheet.skipped):
        codes = _units(text, who, catalogue)
        if codes:
            yield line, None if {who.unit, who.owner} & codes else text


def _units(text: str, who: Identity, catalogue: Catalogue) -> set[str]:
    """The units that a title may name: `I. Xã Nga Sơn`, `Nghệ An`. A number is none: sheets are called 1, 2 and 3."""
    match = _NUMBER.match(text)
    title = text[match.end() :] if match else text
    if not any(map(str.isalpha, title)):
        return set()
    names = catalogue.unit_names
    for within in (who.owner, None):
        codes = _codes(names.find(title, within=within, offer=False))
        if codes and (f"{fold(title)} ".startswith(_LEVELS) or _are_provinces(codes, catalogue)):
            return codes
    return set()


def _codes(match: Match) -> set[str]:
    if isinstance(match, Found):
        return {match.code}
    return {*match.candidates} if isinstance(match, Ambiguous) else set()


def _are_provinces(codes: set[str], catalogue: Catalogue) -> bool:
    return all(catalogue.units[code].level == "province" for code in codes)
