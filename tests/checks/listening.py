"""The service as it is started in earnest: processes of its own, on a port of 127.0.0.1."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx

ROOT = Path.cwd()
STARTED_WITHIN = 120
"""Seconds until a start is given up: it takes three, and far more on a machine that is busy."""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something to become true; the limit is there only so that a failure ends."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it never became true"
        time.sleep(0.05)


class Listening:
    """`tiendo serve` in a process group of its own."""

    def __init__(self, process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
        self.process = process
        self.port = port
        self.log = log
        self.url = f"http://127.0.0.1:{port}"

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def workers(self) -> list[int]:
        """The processes that answer: children of the supervisor that are workers, not helpers of multiprocessing."""
        import psutil  # noqa: PLC0415 - comes with the embedded database

        found = []
        for child in psutil.Process(self.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):  # it ended meanwhile, or waits to be collected
                if any("spawn_main" in word for word in child.cmdline()):
                    found.append(child.pid)
        return found


def somebody_listens(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def listening(url: str, directory: Path, *, workers: int = 1, **settings: str) -> Iterator[Listening]:
    """The service on a database that is there already."""
    port, log = free_port(), directory / "service.log"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("TIENDO_")}  # noqa: TID251
    chosen = {"TIENDO_DATABASE_URL": url, **{f"TIENDO_{name.upper()}": value for name, value in settings.items()}}
    command = [sys.executable, "-c", "from app.cli import main; main()", "serve", "--port", str(port)]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*command, "--workers", str(workers)],
            env={**environment, **chosen, "PYTHONPATH": str(ROOT)},
            cwd=ROOT,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        running = Listening(process, port, log)
        until(running.answers, STARTED_WITHIN)
        yield running
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
