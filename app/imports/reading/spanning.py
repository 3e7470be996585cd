"""Rows of a CSV file that go over several lines, and the row that a quote which was never closed swallowed."""

import re
from collections.abc import Sequence

from app.imports.reading.words.statuses import status_of

_LINE_END = re.compile(r"\r\n|\r|\n")
_BETWEEN_WORDS = ","
"""A delimiter that people write in notes, too."""


class Spanning:
    """The lines on which a row begins that goes on below; whoever reads a row looks here once."""

    def __init__(self, delimiter: str) -> None:
        self.delimiter = delimiter
        self.lines: set[int] = set()

    def row_within(self, line: int, cells: Sequence[str], width: int) -> int | None:
        """The first line within a cell that looks like a row of a table so wide; None where there is none."""
        for place, cell in enumerate(cells):
            pieces = _LINE_END.split(cell)
            for number, piece in enumerate(pieces[1:], 1):
                behind = len(cells) - place - 1 if number == len(pieces) - 1 else 0
                if piece.count(self.delimiter) + behind == width - 1 and self._looks_like_a_row(piece):
                    return line + number
            line += len(pieces) - 1
        return None

    def _looks_like_a_row(self, piece: str) -> bool:
        if self.delimiter not in piece:
            return False
        return self.delimiter != _BETWEEN_WORDS or any(map(status_of, piece.split(self.delimiter)))
