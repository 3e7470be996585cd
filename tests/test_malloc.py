"""Large blocks go back to the system, also where something small that is kept lies behind them."""

import platform
import subprocess
import sys

import pytest

MEGABYTE = 1024 * 1024
SCATTERED = """
import sys
from pathlib import Path
from app.main import from_environment

def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

if sys.argv[1] == "as a worker":
    from_environment()
first = bytearray(8 * 1024 * 1024)
del first
before = resident()
large, small = [], []
for _ in range(100):
    large.append(bytearray(1024 * 1024))
    small.append(bytearray(30_000))
large.clear()
print(resident() - before)
"""
"""A first large block is freed, after which glibc by itself keeps all that are no larger."""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc alone keeps what is large")
def test_what_is_freed_between_small_blocks_goes_back() -> None:
    assert kept("as a worker") < 5 * MEGABYTE
    if kept("by itself") < 50 * MEGABYTE:
        pytest.skip("this glibc gives back by itself: nothing was shown")


def kept(how: str) -> int:
    """The bytes that a process still has after a hundred megabytes were freed."""
    command = [sys.executable, "-c", SCATTERED, how]
    return int(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
