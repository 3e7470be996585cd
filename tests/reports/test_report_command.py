"""`tiendo report` writes the same document that HTTP hands out."""

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from httpx import AsyncClient
from typer.testing import CliRunner

from app.cli.commands import app
from tests.conftest import Service
from tests.reports import reading
from tests.test_settled import database_now, slow_writer

MOMENT = "2025-06-27T17:00:00+07:00"


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["report", *words])
    return result.exit_code, result.output


@pytest.fixture(autouse=True)
def _database(monkeypatch: pytest.MonkeyPatch, database_url: str) -> None:
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)


async def test_the_file_is_the_document(huong: AsyncClient, tmp_path: Path) -> None:
    for form in ("docx", "xlsx", "csv", "md"):
        words = ("--as-of", MOMENT, "--lang", "en", "-o", str(tmp_path / f"r.{form}"))
        assert (await asyncio.to_thread(run, *words))[0] == 0
        handed = await huong.get(f"/v1/reports/progress.{form}", params={"as_of": MOMENT, "lang": "en"})
        assert (tmp_path / f"r.{form}").read_bytes() == handed.content


def test_the_format_can_be_named(tmp_path: Path) -> None:
    target = tmp_path / "report"
    assert run("--as-of", MOMENT, "--format", "md", "-o", str(target))[0] == 0
    assert target.read_text().startswith("# ")


def test_what_makes_no_sense_is_refused_before_a_file_is_made(tmp_path: Path) -> None:
    for words in (("-o", str(tmp_path / "r.pdf")), ("--as-of", "yesterday", "-o", str(tmp_path / "r.md"))):
        assert run(*words)[0] == 2
    assert run("--bulletin", "1", "-o", str(tmp_path / "r.md"))[0] == 1
    assert not list(tmp_path.iterdir())


async def test_a_file_is_of_a_settled_moment(service: Service, tmp_path: Path) -> None:
    """Else what a writer still stores would be missing from a file that says it is of a later moment."""
    target = tmp_path / "r.csv"
    async with slow_writer(service) as (writer, recorded_at):
        asked = (await database_now(service)).isoformat()
        assert (await asyncio.to_thread(run, "--known-at", asked, "-o", str(target)))[0] == 0
        known_at = datetime.fromisoformat(reading.table(target.read_bytes())[0][19])
        assert known_at < recorded_at
        await writer.execute("commit")
    handed = await service.client("khach").get("/v1/reports/progress.csv", params={"known_at": known_at.isoformat()})
    assert target.read_bytes() == handed.content
