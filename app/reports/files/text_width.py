"""How wide text is in Times New Roman, and the columns of a table that let no word be broken. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from math import ceil

_MM_PER_POINT = 25.4 / 72
_BOLD = 1.08
_PADDING = 2.8
"""Millimetres that a cell keeps free, both sides together, with some reserve."""
_RESERVE = 1.06
"""Of a content on one line: a renderer that rounds each letter up would break it."""
ROOM = 0.26
"""The part of a table that its widest column has at the least, where a smaller size can give it."""
NARROW = 0.22
"""The part of a table up to which a column is narrow, and has its content on one line."""
SHORTEST_PART, LONGEST_WHOLE = 4, 6
"""Ideographs that stay together in any case, and where there is room for them."""
_WIDTHS = {
    "0123456789": 500, " .,": 250, "-()[]": 333, "/:;ijlt": 278, "“”": 444, "’'": 250, "–+−=→": 564, "…": 1000,
    "%": 833,
    "bdghknopquvxyđ": 500, "acez": 444, "frI": 333, "s": 389, "m": 778, "w": 722, "ư": 560, "ơ": 530,
    "AĐDGHKNOQUVXY": 722, "BCR": 667, "ELTZ": 611, "FPS": 556, "J": 389, "M": 889, "W": 944, "ƯƠ": 780,
}  # fmt: skip
"""Thousandths of the font size."""
_ADVANCE = {sign: width for signs, width in _WIDTHS.items() for sign in signs}
_OTHER = 560


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Millimetres of a text on one line, at a font size in points."""
    units = sum(_advance(sign) for sign in text)
    return units / 1000 * size * _MM_PER_POINT * (_BOLD if bold else 1)


def fitting(
    head: Sequence[str], rows: Sequence[Sequence[str]], total: float, sizes: Sequence[float]
) -> tuple[float, list[float]]:
    """The first of the font sizes at which the widest column has room, or the last one; with the widths at it."""
    *larger, smallest = sizes
    for size in larger:
        widths = column_widths(head, rows, total, size)
        if max(widths) >= ROOM * total or _takes_one_line(head, rows, widths, size):
            return size, widths
    return smallest, column_widths(head, rows, total, smallest)


def _takes_one_line(head: Sequence[str], rows: Sequence[Sequence[str]], widths: Sequence[float], size: float) -> bool:
    return all(width >= _wanted(column, size) for column, width in zip(_columns(head, rows), widths, strict=True))


def _columns(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[list[str]]:
    return [[title, *(row[i] for row in rows)] for i, title in enumerate(head)]


def column_widths(head: Sequence[str], rows: Sequence[Sequence[str]], total: float, size: float) -> list[float]:
    """Millimetres of each column: no word of it is broken, and narrow columns have their content on one line."""
    columns = _columns(head, rows)
    least = _narrowest(columns, size, LONGEST_WHOLE)
    if sum(least) >= total:
        least = _narrowest(columns, size, SHORTEST_PART)
    wanted = [max(few, _wanted(column, size)) for few, column in zip(least, columns, strict=True)]
    if sum(least) >= total:
        return [width * total / sum(least) for width in least]
    given = _shared(least, wanted, total)
    spare = (total - sum(given)) / len(given)
    return [width + spare for width in given]


def _wanted(column: Sequence[str], size: float) -> float:
    """A title may take two lines."""
    return _PADDING + max(
        [text_width(column[0], size, bold=True) / 2, *(_RESERVE * text_width(cell, size) for cell in column[1:])]
    )


def _shared(least: Sequence[float], wanted: Sequence[float], total: float) -> list[float]:
    """What each column wants: first the narrow ones, and of what is left each of the others its part."""
    given, left = list(least), total - sum(least)
    narrow = {column for column, width in enumerate(wanted) if width <= NARROW * total}
    for columns in (narrow, set(range(len(least))) - narrow):
        more = {column: wanted[column] - least[column] for column in columns}
        part = min(1, left / sum(more.values())) if any(more.values()) else 0
        for column, width in more.items():
            given[column] += part * width
            left -= part * width
    return given


def _narrowest(columns: Sequence[Sequence[str]], size: float, whole: int) -> list[float]:
    return [max(_least(one[:1], size, whole, bold=True), _least(one[1:], size, whole)) for one in columns]


def _least(texts: Sequence[str], size: float, whole: int, *, bold: bool = False) -> float:
    words = {word for text in texts for word in _words(text, whole)}
    return max((text_width(word, size, bold=bold) for word in words), default=0) + _PADDING


def _words(text: str, whole: int) -> list[str]:
    """The parts that stay together: words (no-break spaces included); a few ideographs, or half of a longer text."""
    if not any(_is_wide(sign) for sign in text):
        return text.split(" ")
    half = max(SHORTEST_PART, min(ceil(len(text) / 2), LONGEST_WHOLE))
    together = len(text) if len(text) <= whole else half
    return re.findall(rf"[\d.,/]+|[^\d\s]{{1,{together}}}", text)


def _advance(sign: str) -> int:
    base = sign if sign in _ADVANCE else unicodedata.normalize("NFD", sign)[0]
    if _is_wide(base):
        return 1000
    return _ADVANCE.get(base, _ADVANCE.get(_horned(sign), _OTHER))


def _horned(sign: str) -> str:
    """`ợ` is as wide as `ơ`."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", sign)[:2])


def _is_wide(sign: str) -> bool:
    return unicodedata.east_asian_width(sign) in "WF"
