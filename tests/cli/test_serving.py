"""`tiendo serve` as a user starts and stops it."""

import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from app.embedded.files import data_directory
from app.embedded.server import Embedded
from tests.connecting import TLS
from tests.slowly import slow

pytestmark = pytest.mark.processes
TIENDO = Path(sys.executable).parent / "tiendo"


@pytest.fixture
def home() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tiendo-tests-") as fresh:
        yield Path(fresh) / "data"


def settings(home: Path) -> dict[str, str]:
    return {"PATH": str(TIENDO.parent), "TIENDO_DATA_DIR": str(home), "TMPDIR": tempfile.gettempdir()}


def run(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [TIENDO, *command], env=settings(home), check=False, capture_output=True, text=True, timeout=60
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until_ready(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "it ended before it was ready"
        try:
            if httpx.get(f"{url}/readyz", verify=TLS).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("it was not ready within a minute")


@pytest.mark.parametrize("workers", [*slow(1), 2])
def test_it_serves_from_nothing_and_takes_its_postgresql_with_it(home: Path, workers: int) -> None:
    port = free_port()
    command = [str(TIENDO), "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, env=settings(home), stderr=subprocess.DEVNULL)
    try:
        until_ready(f"http://127.0.0.1:{port}", server)
        assert Embedded(data_directory(home), durable=True).alive()
        server.send_signal(signal.SIGTERM)
        assert server.wait(timeout=30) == 0
    finally:
        server.kill()
        server.wait()
    assert not Embedded(data_directory(home), durable=True).alive()


@pytest.mark.slow
def test_a_command_starts_postgresql_for_itself(home: Path) -> None:
    for command in (["db", "upgrade"], ["seed"]):
        assert run(home, *command).returncode == 0
    assert run(home, "token", "create", "--role", "reporter", "--unit", "38", "--name", "huong").stdout.count("\n") == 1
    assert "huong" in run(home, "token", "list").stdout
    assert run(home, "token", "create", "--role", "reporter", "--unit", "999", "--name", "x").returncode == 2
