"""Print what a machine of the drill runs: its blocks of a page, each between what the drill does around it.

python scripts/production_drill.py PAGE first|second
"""

import re
import sys
from collections import Counter
from pathlib import Path

BLOCK = re.compile(r"^## ([^\n]*)$|^```sh( second)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FIRST, SECOND = "first", "second"
FILLED_IN = {
    "YOUR-NAME": "tiendo.example",
    "YOUR-MOMENT": "$DRILL_MOMENT",
    "YOUR-BUNDLE": "tiendo-0.1.0-python3.13-x86_64",
    "YOUR-FIRST-ADDRESS": "10.77.0.1",
    "YOUR-SECOND-ADDRESS": "10.77.0.2",
}
"""What the page leaves to its reader."""


def blocks(page: str, machine: str = FIRST) -> list[tuple[str, str]]:
    """The title of the section and the commands of each block; one of two ways is marked otherwise and left out."""
    found, section = [], ""
    for match in BLOCK.finditer(page):
        if match[1]:
            section = match[1]
        elif (SECOND if match[2] else FIRST) == machine:
            found.append((section, match[3]))
    return found


def script(page: str, machine: str = FIRST) -> str:
    lines, seen = ["source /root/around"], Counter[str]()
    for number, (section, commands) in enumerate(blocks(page, machine), 1):
        for left_open, value in FILLED_IN.items():
            commands = commands.replace(f"'{left_open}'", f'"{value}"').replace(left_open, value)  # noqa: PLW2901
        seen[section] += 1
        name = re.sub(r"\W+", "_", section.lower()).strip("_")
        name = f"{machine}_{name}" if machine == SECOND else name
        name += f"_{seen[section]}" if seen[section] > 1 else ""
        lines += [f"around before_{name}", f"# {number}: {section}", commands.rstrip(), f"around after_{name}"]
    return "\n".join(lines) + "\necho DRILL done\n"


if __name__ == "__main__":
    sys.stdout.write(script(Path(sys.argv[1]).read_text("utf-8"), sys.argv[2]))
