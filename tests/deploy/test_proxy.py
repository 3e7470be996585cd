"""The configuration of nginx: accepted by nginx, in both forms of a prefix, with limits that fit the settings."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from app.settings import Settings

ROOT = Path(__file__).parents[2]
UNITS = sorted(file.name for file in (ROOT / "deploy/systemd").iterdir())
CONF = (ROOT / "deploy/nginx/tiendo.conf").read_text()
pytestmark = pytest.mark.processes


def test_a_body_may_be_as_large_as_the_service_takes() -> None:
    found = re.search(r"client_max_body_size\s+(\d+)m;", CONF)
    assert found
    assert int(found[1]) * 1024 * 1024 == Settings().max_body_size


def test_streams_are_not_buffered_and_metrics_stay_inside() -> None:
    events = CONF.split("location = /v1/events {")[1].split("}")[0]
    assert "proxy_buffering off;" in events
    assert "return 404;" in CONF.split("location = /metrics {")[1].split("}")[0]


def with_prefix(conf: str, kind: str) -> str:
    """The configuration with the locations of a prefix instead of its own."""
    chosen = conf.split(f"# The proxy {kind}:")[1].splitlines()[1:4]
    locations = "\n".join(line.replace("#", "", 1) for line in chosen)
    before, after = conf.split("    location / {", 1)
    return f"{before}{locations}\n    location = /metrics" + after.split("location = /metrics", 1)[1]


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("nginx") is None, reason="nginx is not installed")
@pytest.mark.parametrize("kind", ["as it is", "strips the prefix", "leaves it"])
def test_nginx_accepts_it(kind: str, tmp_path: Path) -> None:
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=tiendo.example"]
    key, certificate = tmp_path / "privkey.pem", tmp_path / "fullchain.pem"
    subprocess.run([*make, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    site = CONF if kind == "as it is" else with_prefix(CONF, kind)
    site = site.replace("/etc/tiendo/tls", str(tmp_path))
    (tmp_path / "nginx.conf").write_text(
        f"pid {tmp_path}/pid; error_log {tmp_path}/error.log;\nevents {{}}\nhttp {{\naccess_log off;\n{site}\n}}\n"
    )
    checked = subprocess.run(
        ["nginx", "-t", "-p", tmp_path, "-c", tmp_path / "nginx.conf"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stderr


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not installed")
@pytest.mark.parametrize("name", UNITS)
def test_systemd_understands_the_unit(name: str, tmp_path: Path) -> None:
    unit = (ROOT / "deploy/systemd" / name).read_text()
    for program in ("/opt/tiendo/.venv/bin/tiendo", "/opt/tiendo/deploy/backup/base-backup"):
        unit = unit.replace(program, "/bin/true")
    if name.endswith(".timer"):
        (tmp_path / name.replace("timer", "service")).write_text("[Service]\nExecStart=/bin/true\n")
    file = tmp_path / name
    file.write_text(
        unit.replace("User=tiendo", "User=root").replace("Group=tiendo", "Group=root").replace("=postgres\n", "=root\n")
    )
    checked = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", file], capture_output=True, text=True, check=False
    )
    about = [line for line in checked.stderr.splitlines() if name in line]
    assert about == []
