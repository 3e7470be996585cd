"""The bundle for machines without a network: complete, the same each time, installed where nothing can be reached."""

import hashlib
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from app.version import VERSION
from scripts import sbom

ROOT = Path(__file__).parents[2]
NOON = datetime(2026, 11, 26, 12, tzinfo=UTC)
IN_THE_NAMESPACE = """
set -eu
ip link set lo up 2>/dev/null || true
if {python} -c 'import socket; socket.create_connection(("192.0.2.1", 80), 1)' 2>/dev/null; then exit 99; fi
./install "$1"
"$1/.venv/bin/tiendo" --version
"$1/.venv/bin/tiendo" serve --port "$2" 2>serving.log & server=$!
trap 'kill $server; wait $server' EXIT
{python} - "$2" <<'END'
import sys, time, urllib.request
for _ in range(300):
    try:
        print(urllib.request.urlopen(f"http://127.0.0.1:{{sys.argv[1]}}/readyz", timeout=2).status)
        print(len(urllib.request.urlopen(f"http://127.0.0.1:{{sys.argv[1]}}/tools/tiendo-push.pyz").read()) > 1000)
        break
    except OSError:
        time.sleep(0.1)
END
"""


def wheel(folder: Path, name: str, *more: str, files: tuple[str, ...] = ()) -> Path:
    made = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as archive:
        lines = ["Metadata-Version: 2.4", f"Name: {name}", "Version: 1.0", *more]
        archive.writestr(f"{name}-1.0.dist-info/METADATA", "\n".join(lines) + "\n\n")
        for file in files:
            archive.writestr(file, "content")
    return made


def parts(folder: Path) -> dict[str, Any]:
    """The document of a folder of wheels, ours among them."""
    wheel(folder, "tiendo", "Requires-Dist: some_part>=1", files=tuple(sbom.VENDORED))
    return sbom.document([sbom.read(file) for file in sorted(folder.glob("*.whl"))], NOON)


def test_the_list_of_parts_names_each_wheel_with_its_checksum_and_licence(tmp_path: Path) -> None:
    file = wheel(tmp_path, "Some_Part", "License-Expression: MIT", "Requires-Dist: tiendo ; extra == 'x'")
    made = parts(tmp_path)
    found = {part["name"]: part for part in made["components"]}
    assert found["some-part"]["hashes"] == [
        {"alg": "SHA-256", "content": hashlib.sha256(file.read_bytes()).hexdigest()}
    ]
    assert found["some-part"]["licenses"] == [{"expression": "MIT"}]
    assert made["metadata"]["component"]["purl"] == "pkg:pypi/tiendo@1.0"
    assert {one["ref"]: one["dependsOn"] for one in made["dependencies"]} == {
        "pkg:pypi/some-part@1.0": [],
        "pkg:pypi/tiendo@1.0": ["pkg:pypi/some-part@1.0"],
    }


def test_what_is_copied_into_the_page_is_among_the_parts(tmp_path: Path) -> None:
    for file in sbom.VENDORED:
        assert (ROOT / file).exists()
    assert {"idiomorph", "be-vietnam-pro-400"} <= {part["name"] for part in parts(tmp_path)["components"]}


@pytest.mark.parametrize("damage", ["a changed file", "another Python"])
def test_a_bundle_that_does_not_fit_is_refused_before_anything_is_written(damage: str, tmp_path: Path) -> None:
    shutil.copy(ROOT / "deploy/bundle/install", tmp_path)
    (tmp_path / "python-version").write_text("2.7\n")
    digest = hashlib.sha256(b"2.7\n" if damage == "another Python" else b"3.11\n").hexdigest()
    (tmp_path / "SHA256SUMS").write_text(f"{digest}  python-version\n")
    refused = subprocess.run(
        [tmp_path / "install", tmp_path / "target"],
        env={"PATH": "/usr/bin:/bin", "PYTHON": sys.executable},
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode
    assert ("for Python 2.7" if damage == "another Python" else "python-version: FAILED") in (
        refused.stderr + refused.stdout
    )
    assert not (tmp_path / "target").exists()


def without_a_network() -> tuple[list[str], dict[str, str]]:
    """What runs a command where no network is; where that is not allowed, at least where no proxy answers."""
    command = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--net"]
    if shutil.which("unshare") and subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
        return command, {}
    nowhere = "http://192.0.2.1:9"
    return [], {"http_proxy": nowhere, "https_proxy": nowhere, "ALL_PROXY": nowhere, "PIP_NO_INDEX": "1"}


@pytest.mark.slow
def test_the_bundle_is_installed_and_serves_where_there_is_no_network(
    database_url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = subprocess.run([ROOT / "scripts/bundle", tmp_path], check=True, capture_output=True, text=True)
    archive = Path(made.stdout.strip())
    with tarfile.open(archive) as bundle:
        bundle.extractall(tmp_path, filter="data")
    [unpacked] = tmp_path.glob("tiendo-*/")
    names = {str(file.relative_to(unpacked)) for file in unpacked.rglob("*") if file.is_file()}
    summed = {line.split("  ", 1)[1] for line in (unpacked / "SHA256SUMS").read_text().splitlines()}
    assert names - summed == {"SHA256SUMS"}
    listed = json.loads((unpacked / "sbom.cdx.json").read_text())["components"]
    assert len(listed) == len(list((unpacked / "wheels").glob("*.whl"))) - 1 + len(sbom.VENDORED)

    command, more = without_a_network()
    if not command:
        with capsys.disabled():
            sys.stdout.write(
                "\nNO NETWORK NAMESPACE CAN BE MADE HERE: the bundle was tried with an unroutable proxy instead.\n"
            )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    script = IN_THE_NAMESPACE.format(python=sys.executable)
    done = subprocess.run(
        [*command, "sh", "-c", script, "sh", tmp_path / "target", port],
        cwd=unpacked,
        env={"PATH": "/usr/sbin:/usr/bin:/bin", "PYTHON": sys.executable, "TIENDO_DATABASE_URL": database_url, **more},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.stdout.splitlines() == [f"tiendo {VERSION}", f"tiendo {VERSION}", "200", "True"], done.stderr
