"""Bars as SVG geometry: numbers for attributes, because inline styles are forbidden on the page."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

CELL = 10
WIDTH = 340
"""How wide a bar is at least: that of 34 provinces."""
BROAD = 960
"""How wide one is that stands alone: its hatching is not stretched much on a desk, nor pressed much on a phone."""

COUNTABLE = 60
"""Up to so many units are drawn as cells that can be counted; more are one smooth bar."""


@dataclass(frozen=True, slots=True)
class Segment:
    state: str
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """What is complete from the left: first what is verified, then what is only declared."""

    segments: tuple[Segment, ...]
    width: int
    cuts: str
    """An SVG path of the lines between cells."""


def bar(line: Mapping[str, Any], width: int = WIDTH) -> Bar:
    """The bar of a line of the report: its provinces, or where it has none, the work of the agencies."""
    return _drawn(dict(_provinces(line) if line["provinces_total"] else _assignments(line)), width)


def _drawn(counts: Mapping[str, int], width: int = WIDTH) -> Bar:
    """A few units have wide cells, so that the hatching of a short bar is not stretched."""
    total = sum(counts.values())
    cell = max(CELL, width // max(total, 1))
    cuts = "".join(f"M{x * cell} 0v16" for x in range(1, total)) if total <= COUNTABLE else ""
    return Bar(tuple(_segments(counts, cell)), max(total, 1) * cell, cuts)


def bar_of(line: Mapping[str, Any]) -> Bar:
    """The bar of one province's line: its assignments."""
    counts = {
        "verified": line["assignments_verified"],
        "completed": line["assignments_completed"] - line["assignments_verified"],
        "in_progress": line["assignments_in_progress"] + line["assignments_returned"],
        "blocked": line["assignments_blocked"],
        "not_started": line["assignments_not_started"],
    }
    return _drawn(counts)


def _provinces(line: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    yield "verified", line["provinces_verified"]
    yield "completed", line["provinces_completed"] - line["provinces_verified"]
    yield "in_progress", line["provinces_in_progress"]
    yield "blocked", line["provinces_blocked"]
    yield "not_started", line["provinces_not_started"]


def _assignments(line: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    yield "verified", line["assignments_verified"]
    yield "completed", line["assignments_completed"] - line["assignments_verified"]
    yield "not_started", line["assignments_total"] - line["assignments_completed"]


def _segments(counts: Mapping[str, int], cell: int) -> Iterator[Segment]:
    x = 0
    for state, count in counts.items():
        if count:
            yield Segment(state, x * cell, count * cell)
        x += count
