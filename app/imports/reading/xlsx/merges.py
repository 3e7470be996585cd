"""Merged cells and hyperlinks, laid over the lines of a sheet."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from typing import Any

from app.imports.reading.limits import LONGEST_LINK, MOST_COLUMNS, refused
from app.imports.reading.values.cells import LinkCell
from app.imports.reading.xlsx.references import Area, Hyperlink

_MOST_CELLS = 4_000_000
Lines = Sequence[tuple[int, list[Any]]]


def fill_merges(lines: Lines, merges: Sequence[Area]) -> Mapping[int, Sequence[tuple[int, int]]]:
    """Give each cell inside a merge its value; lines that are empty stay so. Which columns merges of a line lie over.

    Raises:
        FileRefused: `too-large`: the merges lie over each other.

    """
    numbers = [line for line, _ in lines]
    over: dict[int, list[tuple[int, int]]] = {}
    filled = 0
    for merge in merges:
        right = min(merge.right, MOST_COLUMNS - 1)
        width = right + 1 - merge.left
        if width < 1:
            continue
        first, last = bisect_left(numbers, merge.top), bisect_right(numbers, merge.bottom)
        filled += (last - first) * width
        if filled > _MOST_CELLS:
            raise refused("too-large")
        value = _value_at(lines, first, merge)
        for line, row in lines[first:last]:
            _fill(row, merge.left, width, value)
            if width > 1:
                over.setdefault(line, []).append((merge.left, right))
    return over


def _value_at(lines: Lines, first: int, merge: Area) -> Any:
    if first < len(lines) and lines[first][0] == merge.top and merge.left < len(lines[first][1]):
        return lines[first][1][merge.left]
    return None


def _fill(row: list[Any], left: int, width: int, value: Any) -> None:
    if value is None and left >= len(row):
        return
    if len(row) < left + width:
        row.extend([None] * (left + width - len(row)))
    row[left : left + width] = [value] * width


def lay_links(lines: Lines, links: Sequence[Hyperlink], targets: Mapping[str, str]) -> None:
    """Put the address that a cell opens behind its text: also where one link lies over several cells.

    Raises:
        FileRefused: `too-large`: the links lie over each other.

    """
    numbers = [line for line, _ in lines]
    laid = 0
    for where, relation, fragment in links:
        target = targets.get(relation, "")
        if not target.lower().startswith(("http://", "https://")):
            continue
        target = f"{target}#{fragment}" if fragment else target
        first, last = bisect_left(numbers, where.top), bisect_right(numbers, where.bottom)
        for _, row in lines[first:last]:
            right = min(where.right + 1, len(row))
            laid += max(1, right - where.left)
            if laid > _MOST_CELLS:
                raise refused("too-large")
            for place in range(where.left, right):
                if isinstance(row[place], str):
                    row[place] = LinkCell(row[place], target[: LONGEST_LINK + 1])
