"""References of cells: `B7` and `A1:C3` as places, and places as letters."""

from typing import NamedTuple

_LAST_COLUMN = 16_384
DIGITS = "0123456789"


class Area(NamedTuple):
    """Lines count from 1, columns from 0; all four are inside."""

    top: int
    left: int
    bottom: int
    right: int


class Hyperlink(NamedTuple):
    """Cells that open an address: the id under which the sheet's relations hold it, and what stands behind its `#`."""

    where: Area
    relation: str
    fragment: str


def column_of(letters: str) -> int:
    """The place of a column, from 0: `A`, `XFD`."""
    if not (0 < len(letters) <= 3 and letters.isascii() and letters.isalpha()):
        raise ValueError(letters[:10])
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - 64
    if column > _LAST_COLUMN:
        raise ValueError(letters)
    return column - 1


def letters_of(column: int) -> str:
    """The letters of a place: the way back of `column_of`."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def area(reference: str) -> Area:
    """The cells of `A1`, `A1:C3` or `$A$1:$C$3`."""
    first, _, last = reference.replace("$", "")[:30].partition(":")
    top, left = _place(first)
    bottom, right = _place(last or first)
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))


def _place(reference: str) -> tuple[int, int]:
    letters = reference.rstrip(DIGITS)
    return int(reference[len(letters) :]), column_of(letters)
