"""Prints what share of the lines and branches of every room of app/ was run: `python -m tests.coverage_by_room`."""

import json
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from coverage import Coverage

COLUMNS = "{:<16} {:>8} {:>9}"


def measured() -> dict[str, Counter[str]]:
    """The counts of each room; modules that lie in app/ itself are one room."""
    coverage = Coverage()
    coverage.load()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "coverage.json")
        coverage.json_report(outfile=str(report))
        files = json.loads(report.read_text())["files"]
    rooms: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for name, file in files.items():
        parts = Path(name).parts
        for room in (parts[1] if len(parts) > 2 else "app", "all"):
            rooms[room].update({kind: count for kind, count in file["summary"].items() if isinstance(count, int)})
    return dict(rooms)


def share(done: int, of: int) -> str:
    return f"{100 * done / of:.1f}%" if of else "-"


def table(rooms: dict[str, Counter[str]]) -> str:
    rows = [
        COLUMNS.format(
            room,
            share(counts["covered_lines"], counts["num_statements"]),
            share(counts["covered_branches"], counts["num_branches"]),
        )
        for room, counts in sorted(rooms.items(), key=lambda item: (item[0] == "all", item[0]))
    ]
    return "\n".join([COLUMNS.format("room", "lines", "branches"), *rows])


if __name__ == "__main__":
    print(table(measured()))  # noqa: T201 - it is a command
