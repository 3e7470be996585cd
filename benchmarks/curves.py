"""Draws how queries and writes grow with the history: a panel a scale, both axes logarithmic."""

import json
from collections.abc import Iterator
from html import escape
from math import log10
from pathlib import Path
from typing import Any

WIDTH, HEIGHT, TOP, SIDE = 540, 360, 60, 70
Label = tuple[float, float, str, str]
"""y, x, the words, their colour."""
COLOURS = {
    "as_of": "#1b7f4b",
    "known_at": "#2b5f9e",
    "both": "#7a4fa0",
    "timeline": "#b3541e",
    "write": "#1c2733",
}
NAMES = {
    "as_of": "as_of",
    "known_at": "known_at",
    "both": "both clocks",
    "timeline": "a month by the hour",
    "write": "one update, 8 clients",
}


def draw(results: Path, to: Path) -> None:
    """A picture of what `benchmarks.moments` measured; nothing when it has not."""
    if not results.exists():
        return
    drawn = [row for row in json.loads(results.read_text())["rows"] if row["question"] in COLOURS]
    rows = [{**row, "y": _ms(row)} for row in drawn]
    scales = [scale for scale in ("provinces", "communes") if any(row["scale"] == scale for row in rows)]
    panels = [_panel(scale, [r for r in rows if r["scale"] == scale], x) for x, scale in enumerate(scales)]
    width = WIDTH * len(panels)
    to.write_text(
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {HEIGHT}" width="{width}" height="{HEIGHT}" '
        f'font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Growth with the history">'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{"".join(panels)}</svg>\n',
        encoding="utf-8",
    )


def _ms(row: dict[str, Any]) -> float:
    """Milliseconds for one: a rate is what eight clients got, one after the other each."""
    return float(row["ms"] if "ms" in row else 8000 / row["rate"])


def _panel(scale: str, rows: list[dict[str, Any]], place: int) -> str:
    sizes = sorted({row["updates"] for row in rows})
    least, most = log10(min(row["y"] for row in rows)) - 0.1, log10(max(row["y"] for row in rows)) + 0.1

    def x(updates: float) -> float:
        span = log10(sizes[-1] / sizes[0]) or 1
        return place * WIDTH + SIDE + (WIDTH - SIDE - 150) * log10(updates / sizes[0]) / span

    def y(ms: float) -> float:
        return HEIGHT - 50 - (HEIGHT - 50 - TOP) * (log10(ms) - least) / (most - least)

    title = {"provinces": "34 provinces, 340 assignments", "communes": "3,321 communes, 166,050 assignments"}[scale]
    out = [_text(place * WIDTH + 16, 26, f"{title}: ms by the number of updates", bold=True)]
    labels: list[Label] = []
    out += [_text(x(size), HEIGHT - 26, f"{size:,}", anchor="middle") for size in sizes]
    for power in range(int(least) - 1, int(most) + 2):
        if least <= power <= most:
            out.append(_rule(x(sizes[0]), x(sizes[-1]), y(10**power)))
            out.append(_text(x(sizes[0]) - 8, y(10**power) + 4, f"{10**power:,g}", anchor="end"))
    for question, colour in COLOURS.items():
        points = sorted((row["updates"], row["y"]) for row in rows if row["question"] == question)
        if points:
            line = " ".join(f"{x(updates):.1f},{y(ms):.1f}" for updates, ms in points)
            out.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
            out += [f'<circle cx="{x(u):.1f}" cy="{y(ms):.1f}" r="3" fill="{colour}"/>' for u, ms in points]
            labels.append((y(points[-1][1]) + 4, x(points[-1][0]) + 8, NAMES[question], colour))
    return "".join(out + [_text(at, y, name, colour=colour) for y, at, name, colour in _apart(labels)])


def _apart(labels: list[Label]) -> Iterator[Label]:
    """The same from the top down, none nearer to the one above than a line."""
    above = 0.0
    for y, x, name, colour in sorted(labels):
        above = max(y, above + 14)
        yield above, x, name, colour


def _rule(left: float, right: float, y: float) -> str:
    return f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="#d7dee5"/>'


def _text(x: float, y: float, words: str, *, bold: bool = False, anchor: str = "start", colour: str = "#1c2733") -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" fill="{colour}"{weight} text-anchor="{anchor}">{escape(words)}</text>'
