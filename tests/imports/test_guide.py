"""The guide for the teams of the provinces: every command in it runs as it stands, and the codes are in the list."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from httpx import AsyncClient

from app.main import create_app
from app.settings import Settings
from tests.conftest import Template
from tests.push.mishaps import listening

ROOT = Path(__file__).parent.parent.parent
GUIDE = (ROOT / "docs/reporting.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```sh\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL)


@pytest.fixture
async def url(database_url: str, template: Template) -> AsyncIterator[str]:
    settings = Settings(database_url=database_url, log_format="console").model_copy(update={"pool_size": 3})
    with listening(create_app(settings)) as port:
        yield f"http://127.0.0.1:{port}"


async def test_the_guide_leads_from_the_token_to_verified(
    url: str, template: Template, huong: AsyncClient, tmp_path: Path
) -> None:
    script = "set -euo pipefail\n" + "\n".join(BLOCKS)
    known = {
        "PATH": f"{Path(sys.executable).parent}:{os.defpath}",
        "TIENDO_URL": url,
        "TIENDO_TOKEN": template.tokens["huong"],
        "MINISTRY_TOKEN": template.tokens["lan"],
        "LANG": "C.UTF-8",
    }
    done = await asyncio.to_thread(
        subprocess.run, ["bash", "-c", script], cwd=tmp_path, env=known, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done
    status = {
        task: (await huong.get(f"/v1/assignments/{task}/38")).json()["status"]
        for task in ("hotlines", "staffing", "access-points", "equipment")
    }
    assert status == {
        "hotlines": "verified",
        "staffing": "completed",
        "access-points": "not_started",
        "equipment": "not_started",
    }
    assert "3 rows: 0 would be stored (0 of them as history), 1 unchanged, 2 refused." in done.stdout


def test_every_code_of_a_file_is_documented() -> None:
    made = re.compile(r"(?:refused|Unreadable|Doubt|_bad)\(\s*(?:line, written, )?\"([a-z]+(?:-[a-z]+)+)\"")
    codes = {code for file in (ROOT / "app/imports").rglob("*.py") for code in made.findall(file.read_text())}
    errors = (ROOT / "docs/errors.md").read_text()
    assert len(codes) > 15
    assert {code for code in codes if f"`{code}`" not in errors} == set()


def test_every_exit_code_and_setting_of_push_is_documented() -> None:
    assert re.findall(r"^\| (\d) \|", GUIDE, re.MULTILINE) == ["0", "1", "2", "3", "4"]
    assert all(f"`{name}`" in GUIDE for name in ("TIENDO_URL", "TIENDO_TOKEN", "TIENDO_CA_FILE"))
