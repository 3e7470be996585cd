"""What must not break: each check with the tests and drills that hold it, from checks.toml."""

import tomllib
from pathlib import Path
from typing import NamedTuple

NUMBERS = range(1, 47)
"""Each has a line."""


class Check(NamedTuple):
    claim: str
    tests: tuple[str, ...]
    drills: tuple[str, ...]

    def row(self, number: int) -> str:
        """Its line of the table in docs/reliability.md."""
        files = sorted({test.partition("::")[0].removeprefix("tests/") for test in self.tests})
        drills = ", ".join(f"`{drill}`" for drill in self.drills) or "–"
        return f"| {number} | {self.claim} | {', '.join(f'`{file}`' for file in files)} | {drills} |"


def _read() -> dict[int, Check]:
    lines = tomllib.loads(Path(__file__).with_name("checks.toml").read_text())
    return {
        int(number): Check(line["claim"], tuple(line["tests"]), tuple(line.get("drills", ())))
        for number, line in lines.items()
    }


CHECKS = _read()
