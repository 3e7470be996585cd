"""`tiendo verify` says by its exit code whether it looked, and repairs what can be computed again."""

import asyncio

import pytest
from sqlalchemy import text  # noqa: TID251 - a statement that takes longer than the setting
from typer.testing import CliRunner

from app.cli.commands import app
from app.database_errors import WrongRole
from app.db import Database
from app.progress.past import transitions
from app.settings import Settings
from app.updates import feed
from tests.conftest import Template, serving
from tests.connecting import run_sql

SLOW = text("select 1 as place, 1 as stored, 1 as recomputed where pg_sleep(1.5) is null")
pytestmark = pytest.mark.own_database


def tiendo(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words])
    return done.exit_code, done.output


@pytest.fixture(autouse=True)
async def _reported(database_url: str, template: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports, one of them on 40."""
    async with serving(database_url, template.tokens) as service:
        for name, status in (("huong", "in_progress"), ("huong", "completed"), ("minh", "blocked")):
            sent = {"task": "hotlines", "status": status}
            assert (await service.client(name).post("/v1/status-updates", json=sent)).status_code == 201
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)


ALTERED = {
    "assignment": "update assignment set status = 'verified' where task = 'staffing' and unit = '38'",
    "ruling": "update assignment set deadline = deadline + interval '1 day', not_applicable = true where unit = '40'",
    "tally": "update tally set total = total + 1, blocked = 7 where owner = '38'",
    "a tally too much": "insert into tally select owner, task, 'epoch', 9, 0, 0, 0, 0, 0, 9, now() from tally limit 1",
    "last_report": "update last_report set last_recorded_at = last_recorded_at + interval '1 hour'",
    "transition": "delete from transition where owner = '38'",
}


async def project(url: str) -> None:
    database = Database(url, Settings(database_url=url))
    await feed.begin(database)
    await transitions.project(database)
    await database.close()


def test_what_differs_is_found_and_repaired(database_url: str) -> None:
    asyncio.run(project(database_url))
    asyncio.run(run_sql(database_url, *ALTERED.values()))
    code, output = tiendo("verify", "--repair")
    named = {line.split(" ", 1)[0] for line in output.splitlines()}
    assert {what for what in ALTERED if " " not in what} <= named
    assert "were repaired" in output
    assert (code, output.splitlines()[-1]) == (0, "Every stored figure agrees with the history.")


def test_what_cannot_be_computed_again_stays_a_difference(database_url: str) -> None:
    asyncio.run(run_sql(database_url, "delete from status_update where owner = '40'"))
    code, output = tiendo("verify", "--repair")
    assert code == 1
    assert output.endswith("1 differences.\n")


def test_where_it_cannot_look_the_exit_code_is_2(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asyncio.run(run_sql(database_url, "drop table balance"))
    code, output = tiendo("verify")
    assert code == 2
    assert output.startswith("tiendo: could not look:")
    monkeypatch.setenv("TIENDO_DATABASE_URL", "postgresql://nobody@localhost:1/nothing")
    assert tiendo("verify")[0] == 2
    monkeypatch.setenv("TIENDO_DATABASE_URL", "mysql://nobody@localhost/nothing")
    assert tiendo("verify")[0] == 2
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)
    monkeypatch.setenv("TIENDO_POOL_SIZ", "4")
    assert tiendo("verify")[0] == 2


def test_a_role_that_is_not_the_applications_is_no_difference(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(*_: object) -> None:
        raise WrongRole("the connection has the role postgres")

    monkeypatch.setattr("app.connections.ensure", wrong)
    code, output = tiendo("verify")
    assert code == 2
    assert output.endswith("tiendo: could not look: the connection has the role postgres\n")


def test_no_statement_is_too_long_for_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_STATEMENT_TIMEOUT", "1")
    monkeypatch.setattr("app.progress.past.verify.recount.CHECKS", (("slow", SLOW),))
    assert tiendo("verify")[0] == 0
