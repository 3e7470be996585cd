"""`tiendo db`: what is asked before something is lost, and what is printed."""

import asyncio

import pytest
from typer.testing import CliRunner, Result

from app import migrating
from app.cli.commands import app
from tests.connecting import connect, run_sql

pytestmark = pytest.mark.own_database
REPORTED = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
select '38', uuidv7(), 'hotlines', '38', 'completed', now(), now(), 'someone' from generate_series(1, 1234)
"""


@pytest.fixture(autouse=True)
def _environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)


def tiendo(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


def said(result: Result) -> str:
    return result.output + str(result.exception or "")


def revision(url: str) -> str | None:
    return migrating.current(url)


def test_a_downgrade_that_would_delete_reports_is_refused(database_url: str) -> None:
    asyncio.run(run_sql(database_url, REPORTED))
    refused = tiendo("db", "downgrade", "base", "--yes")
    assert refused.exit_code == 1
    assert "status_update: 1,234 rows" in said(refused)
    assert "--delete-reports" in said(refused)
    assert revision(database_url) == migrating.head()
    done = tiendo("db", "downgrade", "base", "--yes", "--delete-reports")
    assert done.exit_code == 0, said(done)
    assert revision(database_url) is None


def test_a_downgrade_asks_and_without_somebody_to_ask_it_does_nothing(database_url: str) -> None:
    asyncio.run(run_sql(database_url, "delete from audit_entry"))  # of the tokens that tests use
    refused = tiendo("db", "downgrade", "base")
    assert refused.exit_code == 1
    assert "unit: 3,3" in said(refused)
    assert "--yes agrees" in said(refused)
    assert revision(database_url) == migrating.head()


def test_a_column_with_what_was_reported_is_a_loss_too(database_url: str) -> None:
    frozen = "insert into bulletin (campaign, number, title, issued_at, as_of, progress, token, matrix) values "
    asyncio.run(run_sql(database_url, frozen + "('two-tier-2025', 1, '', now(), now(), '{}', 'x', '{}')"))
    refused = tiendo("db", "downgrade", "settled", "--yes")
    assert refused.exit_code == 1
    assert "bulletin.matrix: 1 values" in said(refused)


def test_both_ways_take_the_same_arguments_and_print_their_sql(database_url: str) -> None:
    down = tiendo("db", "downgrade", "settled", "--sql")
    assert "DROP COLUMN matrix" in down.output
    assert revision(database_url) == migrating.head()
    assert "DROP COLUMN promised_by" in tiendo("db", "downgrade", "-1", "--sql").output
    assert tiendo("db", "downgrade", "settled", "--yes").exit_code == 0
    plan = tiendo("db", "plan")
    assert "-- bulletin: ACCESS EXCLUSIVE, reading and writing wait" in plan.output
    assert "ADD COLUMN matrix" in tiendo("db", "upgrade", "head", "--sql").output
    assert revision(database_url) == "settled"
    assert tiendo("db", "upgrade", "head").exit_code == 0
    assert revision(database_url) == migrating.head()


def test_check_names_each_difference_and_exits_with_1(database_url: str) -> None:
    assert tiendo("db", "check").exit_code == 0
    asyncio.run(run_sql(database_url, "drop policy scope on status_update", "grant delete on ruling to tiendo_app"))
    found = tiendo("db", "check")
    assert found.exit_code == 1
    assert [line.split(" all to ")[0] for line in found.output.splitlines()] == [
        "missing: policy status_update.scope",
        "too much: grant delete on ruling to tiendo_app",
    ]


def test_roles_are_printed_and_not_made_unless_it_is_asked_for(database_url: str) -> None:
    printed = tiendo("db", "roles", "--owner", "printed_owner", "--service", "printed_service")
    assert 'grant tiendo_app to "printed_service" with inherit false, set true;' in printed.output
    assert asyncio.run(roles_named(database_url, "printed%")) == 0


async def roles_named(url: str, pattern: str) -> int:
    connection = await connect(url)
    found = await connection.fetchval("select count(*) from pg_roles where rolname like $1", pattern)
    await connection.close()
    return int(found)
