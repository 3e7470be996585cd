"""Which cells of a workbook show dates, durations or percents: all that matters of its styles."""

from collections.abc import Sequence

from app.imports.reading.limits import FileRefused
from app.imports.reading.xlsx.package import Package, local, parse

GENERAL, DATE, SPAN, PERCENT, MONTH = range(5)
_MOST_STYLES = 65_536
_MOST_OF_STYLES = 24 * 1024 * 1024
_LONGEST_CODE = 500
_BUILT_IN = dict.fromkeys((*range(14, 23), *range(27, 37), *range(50, 59)), DATE)
_BUILT_IN |= {17: MONTH, 9: PERCENT, 10: PERCENT, 45: SPAN, 46: SPAN, 47: SPAN}


def cell_formats(package: Package, name: str | None) -> Sequence[int]:
    """What the cells of each style show. A part that is broken says nothing: values count without it."""
    shown: list[int] = []
    codes: dict[int, int] = {}
    inside: list[str] = []

    def start(element: str, attributes: dict[str, str]) -> None:
        tag = local(element)
        if tag in ("cellXfs", "numFmts"):
            inside.append(tag)
        elif tag == "xf" and inside[-1:] == ["cellXfs"] and len(shown) < _MOST_STYLES:
            number = _number(attributes.get("numFmtId"))
            shown.append(codes.get(number, _BUILT_IN.get(number, GENERAL)))
        elif tag == "numFmt" and inside[-1:] == ["numFmts"] and len(codes) < _MOST_STYLES:
            codes[_number(attributes.get("numFmtId"))] = shows(attributes.get("formatCode", ""))

    def end(element: str) -> None:
        if inside and local(element) == inside[-1]:
            inside.pop()

    if name is None:
        return shown
    try:
        parse(package.pieces(name, _MOST_OF_STYLES), start, end)
    except FileRefused as refusal:
        if refusal.refusal.code == "document-type":
            raise
    return shown


def _number(text: str | None) -> int:
    return int(text) if text and len(text) < 10 and text.isdecimal() else -1


def shows(code: str) -> int:
    """What a format code makes of a number: letters outside of quotes and brackets say it."""
    bare, spans = _bare(code[:_LONGEST_CODE])
    letters = set(bare.lower())
    if spans or ("s" in letters and not letters & {"d", "y", "h"}):
        return SPAN
    if "general" not in bare.lower() and (letters & {"d", "y", "h"} or ("m" in letters and "0" not in letters)):
        return DATE if letters & {"d", "h"} else MONTH
    return PERCENT if "%" in letters else GENERAL


def _bare(code: str) -> tuple[str, bool]:
    """The first section of a code without texts, escapes and brackets, and whether it counts hours past a day."""
    letters: list[str] = []
    spans = False
    place = 0
    while place < len(code) and code[place] != ";":
        letter = code[place]
        if letter in '"[':
            close = code.find('"' if letter == '"' else "]", place + 1)
            inner = code[place + 1 : close if close > 0 else len(code)].lower()
            spans |= letter == "[" and bool(inner) and set(inner) <= set("hms")
            place = close if close > 0 else len(code)
        elif letter in "\\_*":
            place += 1
        else:
            letters.append(letter)
        place += 1
    return "".join(letters), spans
