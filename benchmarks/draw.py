"""Draws the results: bars beside their targets in docs/benchmarks.svg, and curves of growth in docs/growth.svg.

python -m benchmarks.draw
"""

import json
from html import escape
from pathlib import Path
from typing import Any

from benchmarks import curves

ROOT = Path(__file__).parent
ORDER = ("read", "write", "bulk", "moments", "beside", "streams", "start")
TITLES = {
    "read": "Reading",
    "write": "Writing",
    "bulk": "Many rows",
    "moments": "Other moments, longer histories",
    "beside": "Beside peers",
    "streams": "Event streams",
    "start": "Starting, Excel files at once",
}
UNITS = {"ms": "ms", "us": "µs", "kib": "KiB", "mib": "MiB"}
"""Of what is better when there is less of it."""
WIDTH, LEFT, BAR, LINE = 1080, 520, 380, 24
REACHED, MISSED, NEUTRAL, INK, FAINT = "#1b7f4b", "#b3541e", "#5b7083", "#1c2733", "#d7dee5"


def main() -> None:
    groups = [(TITLES[name], drawable(name)) for name in ORDER if (ROOT / "results" / f"{name}.json").exists()]
    out, y = [], 56
    for title, rows in groups:
        out.append(text(16, y, title, size=15, bold=True))
        y += 10
        for row in rows:
            out += bar(row, y)
            y += LINE
        y += 30
    (ROOT.parent / "docs" / "benchmarks.svg").write_text(page(out, y), encoding="utf-8")
    curves.draw(ROOT / "results" / "moments.json", ROOT.parent / "docs" / "growth.svg")


def drawable(name: str) -> list[dict[str, Any]]:
    """Rows with something to hold against a target or a limit: a ratio where more is better, or ms and KiB, less."""
    rows = json.loads((ROOT / "results" / f"{name}.json").read_text())["rows"]
    found = []
    for row in rows:
        if small := next((small for small in UNITS if small in row), None):
            unit = UNITS[small]
            value, target = row[small], row.get(f"target_{small}")
            share = value / target if target else None
            found.append(
                {
                    "what": row["what"],
                    "said": f"{value:,.1f} {unit}",
                    "value": value,
                    "target": target,
                    "good": None if share is None else share <= 1,
                    "less": True,
                    "unit": unit,
                }
            )
        else:
            value, target = row["ratio"], row.get("target")
            found.append(
                {
                    "what": row["what"],
                    "said": f"{value:.2f} ×",
                    "value": value,
                    "target": target,
                    "good": None if target is None else value >= target,
                    "less": False,
                    "unit": "×",
                }
            )
    most = {
        (unit): max(
            [r["value"] for r in found if r["unit"] == unit] + [r["target"] or 0 for r in found if r["unit"] == unit]
        )
        for unit in {r["unit"] for r in found}
    }
    return [{**row, "most": most[row["unit"]] or 1} for row in found]


def bar(row: dict[str, Any], y: int) -> list[str]:
    length = BAR * row["value"] / row["most"]
    colour = NEUTRAL if row["good"] is None else REACHED if row["good"] else MISSED
    out = [
        text(LEFT - 10, y + 15, row["what"], anchor="end"),
        f'<rect x="{LEFT}" y="{y + 4}" width="{max(length, 1):.1f}" height="15" rx="2" fill="{colour}"/>',
        text(LEFT + length + 8, y + 16, row["said"], bold=True),
    ]
    if row["target"]:
        x = LEFT + BAR * row["target"] / row["most"]
        out.append(f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{y + 1}" y2="{y + 22}" stroke="{INK}" stroke-width="2"/>')
    return out


def text(x: float, y: float, words: str, *, size: int = 12, bold: bool = False, anchor: str = "start") -> str:
    weight = ' font-weight="600"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size}"{weight} text-anchor="{anchor}">{escape(words)}</text>'


def page(out: list[str], height: int) -> str:
    key = (
        f'<g fill="{INK}">'
        + text(
            16,
            26,
            "Measured beside its limit: bars in green reach the target (the black "
            "line), in orange not yet, in grey there is none",
            size=13,
        )
        + "</g>"
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
        f'font-family="system-ui, sans-serif" role="img" aria-label="Benchmarks beside their targets">'
        f'<rect width="100%" height="100%" fill="#ffffff"/><line x1="{LEFT}" x2="{LEFT}" y1="40" y2="{height}" '
        f'stroke="{FAINT}"/>{key}<g fill="{INK}">{"".join(out)}</g></svg>\n'
    )


if __name__ == "__main__":
    main()
