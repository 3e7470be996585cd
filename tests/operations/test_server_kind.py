"""A server that the service does not work with is refused in one line, before anything is served."""

import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from app.cli.commands import app
from app.cli.serve import refuse_misconfigured
from app.database_errors import DistributedTables
from app.db import PostgresTooOld
from app.embedded.files import program_directory
from app.embedded.options import ENVIRONMENT
from app.settings import Settings
from tests.conftest import Template
from tests.connecting import run_sql

SIXTEEN = program_directory().parents[1] / "pginstall" / "bin"


@pytest.fixture
def sixteen(template: Template) -> Iterator[str]:
    """A PostgreSQL 16, which comes with the embedded one."""
    account = template.server.account
    with tempfile.TemporaryDirectory(prefix="tiendo-sixteen-") as fresh:
        Path(fresh).chmod(0o711)
        account.give(Path(fresh))

        def run(program: str, *words: str) -> None:
            command = [str(SIXTEEN / program), "-D", f"{fresh}/data", *words]
            subprocess.run(command, check=True, capture_output=True, cwd="/", env=ENVIRONMENT, **account.arguments())

        run("initdb", "--username=postgres", "--auth=trust", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={fresh} -c fsync=off"
        run("pg_ctl", "-w", "-l", f"{fresh}/log", "-o", options, "start")
        yield f"postgresql://postgres@/postgres?host={fresh}&port=5432&sslmode=disable"
        run("pg_ctl", "-m", "immediate", "stop")


@pytest.mark.slow
@pytest.mark.skipif(not SIXTEEN.exists(), reason="there is no PostgreSQL 16 here")
@pytest.mark.parametrize("command", [["serve"], ["seed"], ["db", "upgrade"], ["db", "roles", "--apply"]])
def test_an_older_postgresql_is_refused_in_one_line(command: list[str], sixteen: str) -> None:
    done = CliRunner(env={"TIENDO_DATABASE_URL": sixteen}).invoke(app, command)
    assert done.exit_code
    assert isinstance(done.exception, PostgresTooOld), done.exception
    assert str(done.exception).startswith("PostgreSQL 18 or newer is needed, this is 16.")


@pytest.mark.slow
@pytest.mark.skipif(not SIXTEEN.exists(), reason="there is no PostgreSQL 16 here")
def test_verify_could_not_look_at_an_older_postgresql(sixteen: str) -> None:
    assert CliRunner(env={"TIENDO_DATABASE_URL": sixteen}).invoke(app, ["verify"]).exit_code == 2


def test_what_this_release_needs_is_looked_at_before_a_command_does_anything(
    template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.db.OLDEST_POSTGRESQL", 99)
    done = CliRunner(env={"TIENDO_DATABASE_URL": template.server.url}).invoke(app, ["seed"])
    assert str(done.exception).startswith("PostgreSQL 99 or newer is needed")


CITUS = {
    "citus.control": "default_version = '1'\nrelocatable = false\nschema = pg_catalog\n",
    "citus--1.sql": 'create table pg_catalog.pg_dist_partition (logicalrel regclass, partmethod "char");\n'
    "grant select on pg_catalog.pg_dist_partition to public;\n",
}
"""What the service sees of Citus: the extension of that name, and its table of what is distributed."""


@pytest.mark.own_database
async def test_tables_that_citus_has_distributed_are_refused_and_the_extension_alone_is_not(
    database_url: str, template: Template
) -> None:
    settings = Settings(database_url=database_url)
    with tempfile.TemporaryDirectory(prefix="tiendo-citus-") as fresh:
        folder = Path(fresh) / "extension"
        folder.mkdir()
        for name, text in CITUS.items():
            (folder / name).write_text(text)
        for path in (Path(fresh), folder, *folder.iterdir()):
            path.chmod(0o755)
        await run_sql(
            database_url,
            f"set extension_control_path = '{fresh}:$system'; set allow_system_table_mods = on; create extension citus",
        )
    await refuse_misconfigured(settings)
    await run_sql(database_url, "insert into pg_dist_partition values ('campaign', 'n')")
    await refuse_misconfigured(settings)
    await run_sql(database_url, "insert into pg_dist_partition values ('status_update', 'h')")
    with pytest.raises(DistributedTables, match="Citus has distributed 1 tables") as refusal:
        await refuse_misconfigured(settings)
    assert "\n" not in str(refusal.value)
