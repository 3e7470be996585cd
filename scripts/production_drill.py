"""Print what the drill runs: the blocks of a page that are marked `sh`, each between what the drill does around it."""

import re
import sys
from pathlib import Path

BLOCK = re.compile(r"^## ([^\n]*)$|^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILLED_IN = {"YOUR-NAME": "tiendo.example", "YOUR-MOMENT": "$DRILL_MOMENT"}
"""What the page leaves to its reader."""


def blocks(page: str) -> list[tuple[str, str]]:
    """The title of the section and the commands of each block; one of two ways is marked otherwise and left out."""
    found, section = [], ""
    for match in BLOCK.finditer(page):
        if match[1]:
            section = match[1]
        else:
            found.append((section, match[2]))
    return found


def script(page: str) -> str:
    lines = ["source /root/around"]
    for number, (section, commands) in enumerate(blocks(page), 1):
        for left_open, value in FILLED_IN.items():
            commands = commands.replace(f"'{left_open}'", f'"{value}"').replace(left_open, value)  # noqa: PLW2901
        name = re.sub(r"\W+", "_", section.lower()).strip("_")
        lines += [f"around before_{name}", f"# {number}: {section}", commands.rstrip(), f"around after_{name}"]
    return "\n".join(lines) + "\necho DRILL done\n"


if __name__ == "__main__":
    sys.stdout.write(script(Path(sys.argv[1]).read_text("utf-8")))
