"""A disk that is full, on a small file system of the drill's own."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.checks.test_concurrency import found_by_verify
from tests.checks.test_crash import Crowd, stored
from tests.drills.figures import Figure
from tests.drills.ground import Ground

SIZE = "320m"


class NotHere(Exception):
    """A drill needs what this machine does not give it."""


@contextmanager
def small_disk() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tiendo-disk-") as fresh:
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=711", "tiendo-drill", fresh]
        done = subprocess.run(command, check=False, capture_output=True, text=True)
        if done.returncode:
            raise NotHere(f"a file system of its own: {done.stderr.strip()} (run it as root)")
        try:
            yield Path(fresh)
        finally:
            subprocess.run(["umount", "--lazy", fresh], check=True)


async def disk_full(ground: Ground) -> Figure:
    """Check 12: no room under load, and room again."""
    figure = Figure("disk")
    ballast = ground.directory / "ballast"
    with ground.serving() as service:
        crowd = Crowd(service.url, ground.tokens["huong"])
        reporting = asyncio.create_task(crowd.report(10_000_000))
        end = time.monotonic() + ground.seconds
        while figure.faults == 0 or time.monotonic() < end:
            await crowd.reached(len(crowd.acknowledged) + 50)
            refused = crowd.statuses[503]
            await fill(ballast, lambda before=refused: crowd.statuses[503] > before + 20)
            await asyncio.sleep(0.5)
            ballast.unlink()
            await asyncio.to_thread(ground.server.ensure)  # without room for its log PostgreSQL ends itself
            figure.faults += 1
            began = time.monotonic()
            await crowd.reached(len(crowd.acknowledged) + 20)
            figure.slowest("reports again after", time.monotonic() - began)
        reporting.cancel()
        await asyncio.wait([reporting])
    figure.held = crowd.statuses[201]
    figure.notes["503"] = crowd.statuses[503]
    figure.expect(set(crowd.statuses) <= {201, 409, 503}, f"statuses {dict(crowd.statuses)}")
    figure.expect(crowd.without_retry_after == 0, f"{crowd.without_retry_after} refusals without Retry-After")
    figure.expect((await stored(ground.url)).items() >= crowd.acknowledged.items(), "an acknowledged report is gone")
    figure.expect(await found_by_verify(ground.url) == [], "stored figures differ from the history")
    return figure


async def fill(ballast: Path, is_enough: object) -> None:
    """Take all the room that is left, and what becomes free, until reports are refused."""
    assert callable(is_enough)
    block, end = b"\0" * 65_536, time.monotonic() + 60
    with ballast.open("ab", buffering=0) as file:
        while not is_enough() and time.monotonic() < end:
            try:
                file.write(block)
            except OSError:
                await asyncio.sleep(0.05)
