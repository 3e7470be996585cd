"""Writes the results into the table of the README, so that no figure is copied by hand.

python -m benchmarks.tabled
"""

import json
import re
from typing import Any

from benchmarks.draw import ORDER, ROOT, TITLES, UNITS

MARKS = re.compile(r"(<!-- results -->\n).*(<!-- end -->)", re.DOTALL)


def main() -> None:
    readme = ROOT / "README.md"
    found = [(TITLES[name], json.loads(file.read_text())) for name in ORDER if (file := _results(name)).exists()]
    tables = "\n".join(f"### {title}\n\n{table(kept['rows'])}{machine(kept)}" for title, kept in found)
    readme.write_text(MARKS.sub(lambda marks: f"{marks[1]}\n{tables}\n{marks[2]}", readme.read_text()))


def _results(name: str) -> Any:
    return ROOT / "results" / f"{name}.json"


def table(rows: list[dict[str, Any]]) -> str:
    head = "| what | measured | limit or peer | ratio | target | |\n| --- | ---: | ---: | ---: | ---: | --- |\n"
    return head + "".join(line(row) for row in rows)


def line(row: dict[str, Any]) -> str:
    unit = next((unit for unit in UNITS if unit in row), None)
    measured = f"{row[unit]:,.1f} {UNITS[unit]}" if unit else f"{row['rate']:,.0f}/s"
    limit = f"{row['limit']:,.0f}/s, {row['of']}" if "limit" in row else row.get("of", "")
    ratio = f"{row['ratio']:.2f}" if "ratio" in row else ""
    target, good = judged(row)
    verdict = "" if good is None else "reached" if good else "**not reached**"
    return f"| {row['what']}{more(row)} | {measured} | {limit} | {ratio} | {target} | {verdict} |\n"


def judged(row: dict[str, Any]) -> tuple[str, bool | None]:
    """The target in words, and whether it is reached."""
    if most := row.get("target_ms"):
        return f"≤ {most:,} ms", row["ms"] <= most
    if most := row.get("target_mib"):
        return f"≤ {most} MiB", row["mib"] <= most
    if most := row.get("target_kib"):
        return f"≤ {most} KiB", row["kib"] <= most
    if (target := row.get("target")) is None:
        return "", None
    if "ms" in row:
        return f"≤ {target} ×", row["ratio"] <= target
    return f"≥ {target}", row["ratio"] >= target


def more(row: dict[str, Any]) -> str:
    """What else was seen in the same run."""
    if "updates_per_second" in row:
        return f" ({row['updates_per_second']:,.0f} updates/s came through)"
    if "mib_peak" in row:
        felt = {name: f"{figure:,.0f} ms" for name, figure in row.items() if name.endswith("_p99_ms")}
        return (
            f" (worker {row['mib_before']:,.0f} → {row['mib_peak']:,.0f} MiB; p99 of others: reading "
            f"{felt['read_p99_ms']}; reporting on work of the file {felt['write_same_p99_ms']}, on other work of "
            f"its province {felt['write_beside_p99_ms']}, elsewhere {felt['write_elsewhere_p99_ms']})"
        )
    return ""


def machine(kept: dict[str, Any]) -> str:
    where = kept["machine"]
    return f"\n{where['processor']}, {where['cores']} cores; load before it began: {where['load_before']}.\n"


if __name__ == "__main__":
    main()
