"""The command as one file: what is in it, where it is fetched, which Pythons run it and which are turned away."""

import ast
import hashlib
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from httpx import AsyncClient

from app import routes_tools as tools
from tests.push.pythons import oldest

PACKAGE = Path(__file__).parent.parent.parent / "push/tiendo_push"


@pytest.mark.parametrize("name", [tools.PYZ, tools.PS1])
async def test_a_tool_is_fetched_without_a_token_and_its_checksum_beside_it(anyone: AsyncClient, name: str) -> None:
    tool, checksum = await anyone.get(f"/tools/{name}"), await anyone.get(f"/tools/{name}.sha256")
    assert (tool.status_code, checksum.status_code) == (200, 200)
    assert checksum.text == f"{hashlib.sha256(tool.content).hexdigest()}  {name}\n"
    assert tool.headers["content-disposition"] == f'attachment; filename="{name}"'


async def test_there_is_no_other_tool(anyone: AsyncClient) -> None:
    assert (await anyone.get("/tools/other.exe")).status_code == 404


def test_the_same_sources_are_the_same_bytes() -> None:
    sources = {"b.py": b"b", "__main__.py": b"main", "a.py": b"a"}
    assert tools.zipped(sources) == tools.zipped(dict(reversed(sources.items())))
    assert all(entry.date_time == (1980, 1, 1, 0, 0, 0) for entry in _entries(tools.zipped(sources)))


def test_the_file_holds_the_whole_package() -> None:
    names = {entry.filename for entry in _entries(tools.files()[tools.PYZ])}
    assert names == {"__main__.py"} | {f"tiendo_push/{file.name}" for file in PACKAGE.glob("*.py")}


def _entries(content: bytes) -> list[zipfile.ZipInfo]:
    return zipfile.ZipFile(io.BytesIO(content)).infolist()


def test_it_needs_the_standard_library_alone() -> None:
    imported = {name for file in PACKAGE.glob("*.py") for name in _imports(file)}
    assert imported - {"tiendo_push"} <= sys.stdlib_module_names


def _imports(file: Path) -> set[str]:
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"), feature_version=(3, 8))))
    plain = {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    those = {node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)}
    return {name.partition(".")[0] for name in plain | those}


def test_the_other_tests_of_the_command_ran_on_python_3_8() -> None:
    if oldest() is None:
        pytest.skip("THERE IS NO PYTHON 3.8 HERE: the command was tried on a newer one only")
    assert subprocess.check_output([oldest() or "", "-V"]).startswith(b"Python 3.8")


@pytest.mark.parametrize("version", ["2.7", "3.6", "3.7"])
def test_an_older_python_says_so_and_does_not_look_like_refused_rows(pyz: Path, version: str) -> None:
    python = _of_pyenv(version)
    if python is None:
        pytest.skip(f"there is no Python {version} here")
    done = subprocess.run([python, str(pyz), "a.csv"], capture_output=True, check=False)
    assert (done.returncode, b"Python 3.8+" in done.stderr) == (5, True)


def _of_pyenv(version: str) -> str | None:
    found = sorted((Path.home() / ".pyenv/versions").glob(f"{version}.*/bin/python{version}"))
    return str(found[0]) if found else None


def test_a_file_that_was_cut_off_does_not_look_like_refused_rows(tmp_path: Path, python: str) -> None:
    broken = tmp_path / "tiendo-push.pyz"
    sources = {file.name: file.read_bytes() for file in PACKAGE.glob("*.py")}
    broken.write_bytes(tools.zipped({**sources, "upload.py": b"def"}))
    assert subprocess.run([python, str(broken), "a.csv"], capture_output=True, check=False).returncode == 5


def test_the_script_for_powershell_is_written_so_that_windows_reads_its_letters() -> None:
    script = tools.files()[tools.PS1]
    assert script.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in script
    assert re.search(rb"[^\r]\n", script) is None
    assert b"Tls12" in script
