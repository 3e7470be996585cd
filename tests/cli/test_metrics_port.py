"""Metrics of several workers on a port of their own: right, also after one of them died."""

import os
import signal
import socket
import struct
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from app.cli import main
from app.metrics_server import NoPlaceForMetrics, metrics_served, metrics_shared
from tests.cli.test_serving import TIENDO, free_port, home, settings, until_ready

__all__ = ["home"]
pytestmark = pytest.mark.processes


@contextmanager
def served(home: Path, port: int, *, workers: int, **more: str) -> Iterator[subprocess.Popen[bytes]]:
    command = [str(TIENDO), "serve", "--port", str(port), "--workers", str(workers)]
    server = subprocess.Popen(command, env=settings(home) | more, stderr=subprocess.DEVNULL)
    try:
        until_ready(f"http://127.0.0.1:{port}", server)
        yield server
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(timeout=30)


def read(address: str) -> dict[str, float]:
    lines = httpx.get(address).text.splitlines()
    pairs = [line.rsplit(" ", 1) for line in lines if not line.startswith("#")]
    return {name: float(value) for name, value in pairs}


def children(process: int) -> list[int]:
    found = Path(f"/proc/{process}/task/{process}/children").read_text().split()
    workers = [int(child) for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]
    assert workers
    return workers


ASKED = 'tiendo_requests_total{method="GET",route="/healthz",status="200"}'


@pytest.mark.slow
def test_the_counts_of_all_workers_stay_when_one_dies(home: Path) -> None:
    port, metrics_port = free_port(), free_port()
    metrics = f"http://127.0.0.1:{metrics_port}/metrics"
    with served(home, port, workers=2, TIENDO_METRICS_PORT=str(metrics_port)) as server:
        for _ in range(40):
            assert httpx.get(f"http://127.0.0.1:{port}/healthz").status_code == 200
        before = read(metrics)
        assert before[ASKED] == 40
        assert before["tiendo_workers"] == 2
        assert read(f"http://127.0.0.1:{port}/metrics")[ASKED] == 40
        victim = children(server.pid)[0]
        os.kill(victim, signal.SIGKILL)
        deadline = time.monotonic() + 60
        while victim in children(server.pid) or read(metrics)["tiendo_workers"] != 2:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        after = read(metrics)
        assert after[ASKED] == 40
        assert after["tiendo_event_streams"] == 0
        for _ in range(10):
            httpx.get(f"http://127.0.0.1:{port}/healthz")
        assert read(metrics)[ASKED] == 50


def test_a_port_that_is_taken_is_refused_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        def listen() -> None:
            with metrics_served(port):
                raise AssertionError("it is taken")

        monkeypatch.setattr("app.cli.run.app", listen)
        with pytest.raises(SystemExit) as ended:
            main()
    said = f"tiendo: TIENDO_METRICS_PORT: 127.0.0.1:{port} cannot be listened on: "
    assert str(ended.value).startswith(said)
    assert "\n" not in str(ended.value)


def test_one_worker_is_served_from_its_memory() -> None:
    port = free_port()
    with metrics_shared(1), metrics_served(port):
        answer = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert "tiendo_requests" in answer.text
        assert httpx.get(f"http://127.0.0.1:{port}/other").status_code == 404


def test_a_scrape_that_is_given_up_prints_nothing(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    answered = threading.Event()

    def exposition() -> bytes:
        answered.wait(10)
        return b"x" * 10_000_000

    monkeypatch.setattr("app.metrics_server.exposition", exposition)
    with metrics_served(port):
        with socket.create_connection(("127.0.0.1", port)) as client:
            client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            client.sendall(b"GET /metrics HTTP/1.0\r\n\r\n")
            time.sleep(0.05)
        answered.set()
        time.sleep(0.1)
    assert capfd.readouterr() == ("", "")


def test_workers_count_in_memory_so_that_a_full_disk_ends_none(monkeypatch: pytest.MonkeyPatch) -> None:
    shared: list[str] = []
    monkeypatch.setattr("app.metrics_server.share_metrics", shared.append)
    with metrics_shared(2):
        assert Path(shared[0]).parent == Path("/dev/shm")
    assert not Path(shared[0]).exists()


def test_where_nothing_can_be_written_it_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("app.metrics_server.IN_MEMORY", str(tmp_path / "nowhere"))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(NoPlaceForMetrics, match="No such file or directory"), metrics_shared(2):
        pass
