"""What whoever supervises the service learns: when it is ready, that it cannot start, and a restart without a gap."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest

from app.readiness import notify_ready
from tests.cli.test_serving import TIENDO, free_port, home, settings
from tests.slowly import slow

__all__ = ["home"]
pytestmark = pytest.mark.processes


@pytest.mark.parametrize("name", ["file", "@abstract-{}"])
def test_systemd_is_told_when_the_service_is_ready(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    address = str(tmp_path / "notify") if name == "file" else name.format(free_port())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(address.replace("@", "\0", 1) if address.startswith("@") else address)
        systemd.settimeout(5)
        monkeypatch.setenv("NOTIFY_SOCKET", address)
        notify_ready()
        assert systemd.recv(100) == b"READY=1"


def test_without_systemd_nobody_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOTIFY_SOCKET", raising=False)
    notify_ready()


@pytest.mark.parametrize("workers", [1, *slow(2)])
def test_systemd_is_told_by_the_service_itself_once_clients_can_connect(
    workers: int, home: Path, tmp_path: Path
) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd:
        systemd.bind(str(tmp_path / "notify"))
        systemd.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        systemd.settimeout(120)
        port = free_port()
        command = [str(TIENDO), "serve", "--workers", str(workers), "--port", str(port)]
        environment = settings(home) | {"NOTIFY_SOCKET": str(tmp_path / "notify")}
        with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
            try:
                said, [(_, _, credentials)], _, _ = systemd.recvmsg(100, 100)
                socket.create_connection(("127.0.0.1", port)).close()
            finally:
                process.terminate()
    assert (said, int.from_bytes(credentials[:4], sys.byteorder)) == (b"READY=1", process.pid)


BROKEN = """
import sys
from app.cli import serve
from app.settings import Settings, hand_down

if __name__ == "__main__":
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing")
    hand_down(settings)
    import os
    os.environ["TIENDO_POOL_SIZE"] = "none"
    serve._run(settings, "127.0.0.1", %d, %d)
"""


@pytest.mark.parametrize("workers", [*slow(1), 2])
def test_a_worker_that_cannot_start_ends_the_service_with_an_error(workers: int, tmp_path: Path) -> None:
    script = tmp_path / "broken.py"
    script.write_text(BROKEN % (free_port(), workers))
    root = Path(__file__).parents[2]
    ended = subprocess.run(
        [sys.executable, script], cwd=root, env={"PYTHONPATH": str(root)}, capture_output=True, timeout=180, check=False
    )
    assert ended.returncode == 3, ended.stderr.decode()[-2000:]


@pytest.mark.slow
def test_an_address_in_use_ends_the_service_with_an_error(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        command = [str(TIENDO), "serve", "--workers", "2", "--port", str(taken.getsockname()[1])]
        ended = subprocess.run(command, env=settings(home), capture_output=True, timeout=180, check=False)
    assert ended.returncode not in (0, None)
