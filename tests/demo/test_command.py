"""`tiendo demo`: loads once, and says in one line why it does not."""

import asyncio
import sys

import pytest

from app.cli import main
from app.demo.story import story
from tests.conftest import Template
from tests.connecting import connect, run_sql

REAL = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
values ('38', uuidv7(), 'hotlines', '38', 'completed', now(), now(), 'somebody')
"""


@pytest.fixture
def tiendo(monkeypatch: pytest.MonkeyPatch, database_url: str) -> str:
    """A shell at which `tiendo demo` is typed."""
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)
    monkeypatch.setattr(sys, "argv", ["tiendo", "demo"])
    return database_url


def test_the_command_loads_the_demo_once(tiendo: str, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in range(2):
        with pytest.raises(SystemExit) as left:
            main()
        assert left.value.code == 0
        assert "the rest is made up" in capsys.readouterr().err.replace("\n", " ")
    assert asyncio.run(_reports(tiendo)) == len(story().updates)


def test_real_reports_end_the_command_with_one_line(tiendo: str) -> None:
    asyncio.run(run_sql(tiendo, REAL))
    with pytest.raises(SystemExit) as left:
        main()
    assert str(left.value.code).startswith("tiendo: this database holds real reports")
    assert asyncio.run(_reports(tiendo)) == 1


def test_an_empty_database_of_ones_own_is_migrated_by_its_owner_first(
    tiendo: str, monkeypatch: pytest.MonkeyPatch, template: Template
) -> None:
    asyncio.run(run_sql(template.server.url, "create database empty_for_the_demo"))
    monkeypatch.setenv("TIENDO_DATABASE_URL", template.server.url_of("empty_for_the_demo"))
    with pytest.raises(SystemExit, match="tiendo db upgrade"):
        main()
    asyncio.run(run_sql(template.server.url, "drop database empty_for_the_demo with (force)"))


async def _reports(url: str) -> int:
    connection = await connect(url)
    try:
        return int(await connection.fetchval("select count(*) from status_update"))
    finally:
        await connection.close()
