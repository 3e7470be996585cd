"""Rows that name no unit, below a line or on a sheet that names another one than the sender's. Pure."""

import re
import unicodedata
from collections.abc import Iterator, Sequence

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.catalogue.spelling import fold
from app.catalogue.unit_names import Ambiguous, Found, Match
from app.imports.reading.rows import CellComplaint, ReadRow, Sheet

_NUMBER = re.compile(r"(?:[IVXLC]{1,6}|\w|\d{1,3})[.):\s]\s*")
_LEVELS = ("tinh ", "thanh pho ", "tp ", "xa ", "phuong ", "dac khu ", "ubnd ", "uy ban nhan dan ")
_WITHIN = re.compile(
    r"(?<![^\W_])(?:ubnd|uỷ ban|[uủ]y ban|tỉnh|thành phố|tp|xã|phường|đặc khu)(?![^\W_])", re.IGNORECASE
)
"""Where the name of a unit begins within a title."""
_MOST_WITHIN = 2
_LONGEST_NAME = 8
"""In words, with the authority and the level in front: `UBND xã Mường Lát`."""
_ADDRESSED = ("kinh gui", "noi nhan")
"""Who gets a report is not who made it."""


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
        if who.unit in codes:
            yield line, None
        elif codes and who.owner not in codes:  # the sender's own province stands above the table of any commune
            yield line, text


def _units(text: str, who: Identity, catalogue: Catalogue) -> set[str]:
    """The units that a title may name: `I. Xã Nga Sơn`, `Đơn vị: Nga Sơn`. A number is none: sheets are called 1, 2."""
    if not any(map(str.isalpha, text)) or fold(text).startswith(_ADDRESSED):
        return set()
    for name in _names(unicodedata.normalize("NFC", text)):
        if codes := _named_by(name, who, catalogue):
            return codes
    return set()


def _named_by(name: str, who: Identity, catalogue: Catalogue) -> set[str]:
    """The units of a name that says what it is, or is that of a province or of a commune of the sender's province."""
    if not any(map(str.isalpha, name)):
        return set()
    has_level = f"{fold(name)} ".startswith(_LEVELS)
    for within in (who.owner, None):
        codes = _codes(catalogue.unit_names.find(name, within=within, offer=False))
        if codes and (has_level or _are_provinces(codes, catalogue) or _are_at_home(codes, who, catalogue)):
            return codes
    return set()


def _names(text: str) -> Iterator[str]:
    """What of a title may be a name: all of it, what follows its number or its colon, what goes before its brackets.

    Last come the words from `xã` or `UBND` on: `Báo cáo của xã Nga Sơn tháng 6`.
    """
    number = _NUMBER.match(text)
    for title in (text, text[number.end() :] if number else "", text.rpartition(":")[2] if ":" in text else ""):
        if title.strip():
            yield title.strip()
            yield title.partition("(")[0].strip()
    for begin in list(_WITHIN.finditer(text))[:_MOST_WITHIN]:
        words = text[begin.start() :].split()[:_LONGEST_NAME]
        for count in range(len(words), 1, -1):
            yield " ".join(words[:count])


def _codes(match: Match) -> set[str]:
    if isinstance(match, Found):
        return {match.code}
    return {*match.candidates} if isinstance(match, Ambiguous) else set()


def _are_provinces(codes: set[str], catalogue: Catalogue) -> bool:
    return all(catalogue.units[code].level == "province" for code in codes)


def _are_at_home(codes: set[str], who: Identity, catalogue: Catalogue) -> bool:
    return all(who.owner in (code, catalogue.units[code].province) for code in codes)
