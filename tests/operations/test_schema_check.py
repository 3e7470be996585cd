"""`tiendo db check` names what a database has otherwise than the migrations make it."""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from shutil import which

import pytest
from sqlalchemy.engine import make_url

from app import embedded, migrating
from app.connecting import connect_as_owner
from app.embedded.options import ENVIRONMENT, INITDB
from app.operations import schema_check
from tests.connecting import run_sql

pytestmark = pytest.mark.own_database


async def found(url: str) -> list[str]:
    return await asyncio.to_thread(schema_check.check, url)


async def test_the_file_is_what_the_migrations_make(database_url: str) -> None:
    made = schema_check.written(await schema_check.read(database_url))
    again = "python -m app.operations.schema_check URL > app/operations/schema.txt, of a newly migrated database"
    assert made == schema_check.EXPECTED.read_text(), again
    assert await found(database_url) == []


@pytest.mark.parametrize(
    ("statement", "line"),
    [
        ("drop policy scope on status_update", "missing: policy status_update.scope all to tiendo_app using"),
        (
            "alter policy scope on assignment using (true)",
            "different: policy assignment.scope: all to tiendo_app",
        ),
        ("create policy open on ruling to tiendo_app using (true)", "too much: policy ruling.open"),
        ("alter table assignment disable row level security", "different: table assignment: no row security"),
        ("grant delete on status_update to tiendo_app", "too much: grant delete on status_update"),
        (
            "grant update (note) on status_update to tiendo_app",
            "too much: grant update on status_update.note to tiendo_app",
        ),
        ("grant select on token to public", "too much: grant select on token to public"),
        ("revoke insert on status_update from tiendo_app", "missing: grant insert on status_update to tiendo_app"),
        ("grant execute on function open_writers() to public", "too much: grant execute on open_writers() to public"),
        ("drop function recording_floor()", "missing: function recording_floor()"),
        ("alter function open_writers() security invoker", "different: function open_writers()"),
        ("drop type pending_report", "missing: type pending_report owner text"),
        (
            "alter table tally drop constraint pk_tally",
            "missing: constraint tally.pk_tally PRIMARY KEY",
        ),
        ("alter table task drop constraint ck_task_level", "missing: constraint task.ck_task_level CHECK"),
        ("drop index ix_assignment_xid", "missing: index assignment.ix_assignment_xid CREATE INDEX"),
        ("alter table assignment add column stray text", "too much: column assignment.stray"),
        ("create unique index mine on task (position)", "too much: index task.mine"),
        ("alter table status_update set unlogged", "different: table status_update: row security, lost in a crash"),
        ("alter table tally owner to pg_monitor", "different: table tally: no row security, of another owner"),
        (
            "alter function open_writers() owner to pg_monitor",
            "different: function open_writers(): security definer of another owner",
        ),
        ("grant update on status_update to pg_monitor", "too much: grant update on status_update to pg_monitor"),
        (
            "create rule away as on insert to status_update do instead nothing",
            "too much: rule status_update.away",
        ),
        (
            "create trigger mine before insert on ruling execute function suppress_redundant_updates_trigger()",
            "too much: trigger ruling.mine",
        ),
        ("alter table task disable trigger all", "too much: disabled trigger task."),
        ("drop table alembic_version", "there is no schema here, or this login may not see it"),
        (
            "alter table campaign alter names drop not null",
            "different: column campaign.names: jsonb, needed:",
        ),
    ],
)
async def test_a_difference_has_its_line(statement: str, line: str, database_url: str) -> None:
    await run_sql(database_url, statement)
    assert any(one.startswith(line) for one in await found(database_url)), await found(database_url)


async def test_the_time_of_the_place_is_no_difference(database_url: str) -> None:
    """PostgreSQL writes the moments of a schema by the time of the machine that it was set up on."""
    name = make_url(database_url).database
    for setting in (
        "timezone = 'Asia/Ho_Chi_Minh'",
        "quote_all_identifiers = on",
        "datestyle = 'SQL, DMY'",
        "bytea_output = escape",
        "standard_conforming_strings = off",
    ):
        await run_sql(database_url, f"alter database {name} set {setting}")
    assert await found(database_url) == []


@pytest.fixture
def turkish(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A database of a place where the small letter of I is ı."""
    with tempfile.TemporaryDirectory(prefix="tiendo-turkish-") as fresh:
        Path(fresh).chmod(0o711)
        command = ["localedef", "-i", "tr_TR", "-f", "UTF-8", f"{fresh}/tr_TR.UTF-8"]
        if which("localedef") is None or subprocess.run(command, check=False, capture_output=True).returncode:
            pytest.skip("the locale cannot be made here")
        options = [one for one in INITDB if "locale" not in one]
        monkeypatch.setattr("app.embedded.server.INITDB", (*options, "--locale=tr_TR.UTF-8"))
        monkeypatch.setattr("app.embedded.server.ENVIRONMENT", {**ENVIRONMENT, "LOCPATH": fresh})
        with embedded.running(Path(fresh), durable=False) as server:
            yield server.url


@pytest.mark.slow
async def test_the_language_of_the_place_is_no_difference(turkish: str) -> None:
    await run_sql(turkish, "alter database tiendo set intervalstyle = sql_standard")
    await asyncio.to_thread(migrating.upgrade, turkish)
    assert await found(turkish) == []
    connection = await connect_as_owner(turkish)
    assert await connection.fetchval("select lower('I') || current_setting('intervalstyle')") == "ıpostgres"
    await connection.close()


async def test_a_missing_table_is_one_line(database_url: str) -> None:
    await run_sql(database_url, "drop table import_column")
    assert await found(database_url) == ["missing: table import_column row security"]


async def test_what_admins_add_for_themselves_is_no_difference(database_url: str) -> None:
    await run_sql(
        database_url,
        "create table notes (text text)",
        "create index mine on status_update (recorded_at)",
        "grant select on status_update to pg_monitor",
    )
    assert await found(database_url) == []


async def test_another_revision_is_said_before_everything(database_url: str) -> None:
    await run_sql(database_url, "update alembic_version set version_num = 'files'", "drop table import_column")
    assert len(await found(database_url)) == 1
    assert "run `tiendo db upgrade`" in (await found(database_url))[0]
