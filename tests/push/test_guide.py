"""The guide for the provinces: the same in both languages, and followed word by word where there is little to follow it
with: an old Python, curl, and what every Linux has.
"""

import asyncio
import re
import shutil
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from httpx import AsyncClient

from app.main import create_app
from app.settings import Settings
from tests.conftest import Template
from tests.push.mishaps import listening

DOCS = Path(__file__).parent.parent.parent / "docs"
VI = (DOCS / "reporting.vi.md").read_text(encoding="utf-8")
EN = (DOCS / "reporting.en.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = [block for kind, block in BLOCK.findall(VI) if kind == "sh"]
ADDRESS = "https://tiendo.example.gov.vn"
TOOLS = ("sh", "curl", "cat", "sha256sum")
Act = Callable[[], Awaitable[object]]


def test_both_languages_have_the_same_commands() -> None:
    assert BLOCK.findall(VI) == BLOCK.findall(EN)
    assert len(COMMANDS) > 15


def test_both_languages_have_the_same_structure() -> None:
    assert [_shape(line) for line in _outline(VI)] == [_shape(line) for line in _outline(EN)]


def _outline(text: str) -> list[str]:
    """Headings, rows of tables, points of lists, pictures."""
    return [line for line in BLOCK.sub("", text).splitlines() if line.startswith(("#", "|", "- ", "!["))]


def _shape(line: str) -> tuple[str, int, tuple[str, ...]]:
    """What has to be the same: the kind of line, its number or code, its columns."""
    if line.startswith("|"):
        cells = line.split("|")
        return "row", len(cells), tuple(re.findall(r"`[^`]+`|\d+", cells[1]))
    if line.startswith("!["):
        return line.rpartition("(")[2], 0, ()
    marks, _, title = line.partition(" ")
    return marks, 0, tuple(re.findall(r"^[\d.]+", title))


@pytest.mark.parametrize("guide", [VI, EN])
def test_every_exit_code_option_and_setting_of_the_command_is_in_the_guide(guide: str) -> None:
    from tiendo_push.texts import HELP  # noqa: PLC0415 - the text that the command prints

    assert re.findall(r"^\| (\d) \|", guide, re.MULTILINE) == ["0", "1", "2", "3", "4", "5"]
    known = set(re.findall(r"--[a-z-]+|TIENDO_[A-Z_]+", HELP[0]))
    assert {name for name in known if f"`{name}`" not in guide} == set()
    assert set(re.findall(r"--[a-z-]+|TIENDO_[A-Z_]+", HELP[1])) == known


@pytest.fixture
async def url(database_url: str, template: Template) -> AsyncIterator[str]:
    settings = Settings(database_url=database_url, log_format="console").model_copy(update={"pool_size": 3})
    with listening(create_app(settings)) as port:
        yield f"http://127.0.0.1:{port}"


class Reader:
    """Somebody who follows the guide, in a folder of their own."""

    def __init__(self, home: Path, python: str, url: str, token: str) -> None:
        self.folder = home / "tiendo"
        self.folder.mkdir()
        self._url = url
        self._token = token
        self._environment = {"PATH": str(_path(home, python)), "HOME": str(home), "LC_ALL": "C.UTF-8"}
        self._again = ""
        self.said: list[str] = []

    async def run(self, block: str, expected: int = 0) -> str:
        """Run a block; what sets up the terminal is run again before each later one."""
        script = self._mine(block)
        done = await self._shell(f"set -eu\n{self._again}\n{script}")
        assert done.returncode == expected, (block, done.stdout, done.stderr)
        if "export " in block:
            self._again = script
        self.said.append(done.stdout)
        return done.stdout

    async def cron(self, lines: str) -> int:
        """Run the last line as cron does: by sh, from home, with the settings above it."""
        *settings, line = self._mine(lines).strip().splitlines()
        chosen = dict(setting.split("=", 1) for setting in settings)
        return (await self._shell(line.split(maxsplit=5)[5], **chosen)).returncode

    def _mine(self, block: str) -> str:
        return block.replace(ADDRESS, self._url).replace("tdo_…", self._token)

    async def _shell(self, script: str, **more: str) -> subprocess.CompletedProcess[str]:
        return await asyncio.to_thread(
            subprocess.run,
            [shutil.which("sh") or "/bin/sh", "-c", script],
            cwd=self.folder if not more else self.folder.parent,
            env=self._environment | more,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )


def _path(home: Path, python: str) -> Path:
    folder = home / "bin"
    folder.mkdir()
    (folder / "python3").write_text(f'#!/bin/sh\nexec {python} -S "$@"\n')
    (folder / "python3").chmod(0o755)
    for tool in TOOLS:
        (folder / tool).symlink_to(Path(shutil.which(tool) or f"/usr/bin/{tool}"))
    return folder


async def test_the_guide_leads_from_the_token_to_verified(
    url: str, template: Template, huong: AsyncClient, lan: AsyncClient, tmp_path: Path, python: str
) -> None:
    reader = Reader(tmp_path, python, url, template.tokens["huong"])
    returned, verified = _verdict(lan, "returned", "Thiếu số điện thoại trực"), _verdict(lan, "verified")
    before: dict[int, Act] = {
        _place("tiendo-push.pyz mau.xlsx"): lambda: asyncio.to_thread(
            _fill_in, reader.folder / "mau.xlsx", {"processes-and-forms": "Hoàn thành", "online-meetings": "Xong rồi"}
        ),
        _place("tiendo-push.pyz con-lai.xlsx"): lambda: asyncio.to_thread(
            _fill_in, reader.folder / "con-lai.xlsx", {"online-meetings": "Đang thực hiện"}
        ),
        _place('api "$TIENDO_URL/v1/assignments/hotlines/38"'): returned,
        _place('api "$TIENDO_URL/v1/assignments/hotlines/38"', last=True): verified,
    }
    for place, block in enumerate(COMMANDS):
        if place in before:
            await before[place]()
        await reader.run(block, expected=1 if place == _place("tiendo-push.pyz mau.xlsx") else 0)
    assert '"status":"returned"' in reader.said[_place('api "$TIENDO_URL/v1/assignments/hotlines/38"')]
    assert "Thiếu số điện thoại trực" in reader.said[_place('api "$TIENDO_URL/v1/assignments/hotlines/38"')]
    assert '"status":"verified"' in reader.said[_place('api "$TIENDO_URL/v1/assignments/hotlines/38"', last=True)]
    assert "mã kết thúc: 1" in reader.said[_place("--dry-run")]
    assert '"current":2' in reader.said[_place("/commit")]
    assert '"answered":2,"left_alone":[]' in reader.said[_place("/undo")]
    assert await _statuses(huong) == {
        "hotlines": "verified",
        "processes-and-forms": "completed",
        "online-meetings": "in_progress",
        "staffing": "not_started",
        "equipment": "not_started",
        "access-points": "not_started",
    }
    cron = next(block for kind, block in BLOCK.findall(VI) if kind == "cron")
    assert await reader.cron(cron) == 1, "one row is refused, as before"
    assert "3 dòng: " in (reader.folder / "push.log").read_text(encoding="utf-8")


def _place(words: str, *, last: bool = False) -> int:
    found = [place for place, block in enumerate(COMMANDS) if words in block]
    return found[-1 if last else 0]


def _verdict(lan: AsyncClient, status: str, note: str | None = None) -> Act:
    sent = {"task": "hotlines", "unit": "38", "status": status, "note": note}

    async def act() -> None:
        answer = await lan.post("/v1/status-updates", json=sent)
        assert answer.status_code == 201, answer.text

    return act


def _fill_in(path: Path, statuses: Mapping[str, str]) -> None:
    """As a clerk does in Excel: a status for each of these tasks."""
    book: Any = openpyxl.load_workbook(path)
    sheet = book.active
    header = next(row for row in sheet.iter_rows() if "Trạng thái" in [cell.value for cell in row])
    columns = {cell.value: cell.column for cell in header}
    for row in range(header[0].row + 1, sheet.max_row + 1):
        task = sheet.cell(row, columns["Mã nhiệm vụ"]).value
        if task in statuses:
            sheet.cell(row, columns["Trạng thái"]).value = statuses[task]
    book.save(path)


async def _statuses(huong: AsyncClient) -> dict[str, str]:
    tasks = ("hotlines", "processes-and-forms", "online-meetings", "staffing", "equipment", "access-points")
    return {task: (await huong.get(f"/v1/assignments/{task}/38")).json()["status"] for task in tasks}
