"""Tests of the suite that a drill runs: every one that holds a check, and those of the fast paths without them."""

import asyncio
import os
import re
import sys

from tests.drills import checks
from tests.drills.figures import Figure
from tests.drills.ground import Ground

ROOMS = ("tests/checks", "tests/updates", "tests/progress", "tests/live", "tests/auth")
"""Where what the fast paths answer is tested."""
SMOKE = ("tests/updates/test_reporting.py", "tests/progress/test_caching.py")


async def claims(ground: Ground) -> Figure:
    """Every test that holds a check, the slow ones included."""
    named = sorted({test for check in checks.CHECKS.values() for test in check.tests})
    return await _pytest("claims", named[:3] if ground.is_short else named)


async def without_fast_paths(ground: Ground) -> Figure:
    """Check 38: the tests of whatever a fast path answers, with all of them switched off."""
    asked = SMOKE if ground.is_short else ROOMS
    return await _pytest("slow-way", [*asked, "-m", "not slow"], TIENDO_FAST_PATH="false")


async def _pytest(name: str, arguments: list[str], **environment: str) -> Figure:
    figure = Figure(name)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "pytest", "--durations=0", "-p", "no:cacheprovider", *arguments),
        env={**os.environ, **environment},  # noqa: TID251
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode(errors="replace")
    counts = {word: int(number) for number, word in re.findall(r"(\d+) (passed|failed|error|skipped)", said)}
    figure.held = counts.get("passed", 0)
    figure.notes |= {word: number for word, number in counts.items() if word != "passed"}
    for line in said.splitlines():
        if line.startswith(("FAILED", "ERROR")):
            figure.lose(line[:200])
    figure.expect(process.returncode == 0 and figure.held, f"pytest ended with {process.returncode}: {said[-300:]}")
    return figure
