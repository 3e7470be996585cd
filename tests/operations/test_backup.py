"""A backup goes into another cluster under another name and owner, and says what is missing there in one line."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from app import embedded
from app.cli.commands import app
from app.embedded import Embedded
from app.operations import backup, roles
from tests.conftest import NO_LIMITS, Template, serving
from tests.connecting import connect, run_sql

OWNER = roles.Login("other_owner")
SERVICE = roles.Login("other_service")
REPORT = {"task": "hotlines", "unit": "38", "status": "completed", "note": "đã xong"}


@pytest.fixture
def other_cluster() -> Iterator[Embedded]:
    """A cluster in which nobody has heard of the service."""
    with (
        tempfile.TemporaryDirectory(prefix="tiendo-other-") as fresh,
        embedded.running(Path(fresh), durable=False) as it,
    ):
        asyncio.run(
            run_sql(it.url, "create role other_owner login createdb", "create database moved owner other_owner")
        )
        yield it


def tiendo(url: str, *words: str) -> tuple[int, str, BaseException | None]:
    done = CliRunner(env={"TIENDO_DATABASE_URL": url}).invoke(app, [*words])
    return done.exit_code, done.output, done.exception


async def figures(url: str, tokens: dict[str, str]) -> Any:
    async with serving(url, tokens, **NO_LIMITS) as service:
        assert (await service.client().get("/readyz")).status_code == 200
        return (await service.client("lan").get("/v1/progress?as_of=2030-01-01T00:00:00Z")).json()["categories"]


@pytest.mark.own_database
def test_a_backup_is_restored_under_another_name_and_owner(
    database_url: str, template: Template, other_cluster: Embedded, tmp_path: Path
) -> None:
    asyncio.run(run_sql(database_url, "create role somebody", "grant select on tally to somebody"))
    asyncio.run(run_sql(database_url, "create role former_owner", "grant create on schema public to former_owner"))
    asyncio.run(reported(database_url, template.tokens))
    before = asyncio.run(figures(database_url, template.tokens))
    file = tmp_path / "tiendo.backup"
    assert tiendo(database_url, "db", "backup", str(file))[0] == 0
    assert [found.name for found in tmp_path.iterdir()] == ["tiendo.backup"]

    admin = other_cluster.url_of("moved")
    owner, service = (admin.replace("postgres@", f"{login.name}@") for login in (OWNER, SERVICE))
    code, _, error = tiendo(owner, "db", "restore", str(file))
    assert code == 1
    assert str(error).startswith("the role tiendo_app is not in this cluster: first run `tiendo db roles --apply`")
    asyncio.run(roles.apply(admin, OWNER, SERVICE))
    assert 'first create role "somebody"' in str(tiendo(owner, "db", "restore", str(file))[2])
    asyncio.run(run_sql(admin, "create role somebody"))

    touched = tmp_path.stat().st_mtime_ns
    code, output, error = tiendo(owner, "db", "restore", str(file))
    assert tmp_path.stat().st_mtime_ns == touched  # a backup's place may be read-only
    assert (code, output.splitlines()[-1:]) == (0, [RESTORED]), error
    assert tiendo(service, "db", "check")[0] == 0
    assert tiendo(service, "verify")[0] == 0
    assert asyncio.run(owners(owner)) == {"other_owner"}
    assert asyncio.run(figures(service, template.tokens)) == before
    assert "is not empty" in str(tiendo(owner, "db", "restore", str(file))[2])
    asyncio.run(run_sql(database_url, "drop owned by somebody, former_owner", "drop role somebody, former_owner"))


RESTORED = "Restored: the schema is what this release needs, and every stored figure agrees with the history."


async def reported(url: str, tokens: dict[str, str]) -> None:
    async with serving(url, tokens, **NO_LIMITS) as service:
        for name in ("huong", "minh"):
            sent = {**REPORT, "unit": {"huong": "38", "minh": "40"}[name]}
            assert (await service.client(name).post("/v1/status-updates", json=sent)).status_code == 201


async def owners(url: str) -> set[str]:
    connection = await connect(url)
    found = await connection.fetch("select distinct tableowner from pg_tables where schemaname = 'public'")
    await connection.close()
    return {row["tableowner"] for row in found}


def test_a_backup_that_fails_leaves_nothing_and_says_why_in_one_line(
    template: Template, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(backup.BackupFailed, match="cannot be written") as refusal:
        backup.backup(template.server.url, tmp_path / "nowhere" / "file")
    assert "\n" not in str(refusal.value)
    with pytest.raises(backup.BackupFailed, match=r"pg_dump: .*does not exist") as refusal:
        backup.backup(template.server.url_of("no_such_database"), tmp_path / "file")
    assert "\n" not in str(refusal.value)
    assert list(tmp_path.iterdir()) == []


def test_no_two_backups_write_into_one_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The one of the night and one that somebody makes meanwhile."""
    written = []

    def dump(program: str, _url: str, *arguments: str) -> str:
        written.append(arguments[-1])
        if len(written) == 1:
            backup.backup("postgresql:///tiendo", tmp_path / "today.dump")
        return program

    monkeypatch.setattr(backup, "run", dump)
    backup.backup("postgresql:///tiendo", tmp_path / "today.dump")
    assert len(set(written)) == 2
    assert [found.name for found in tmp_path.iterdir()] == ["today.dump"]


def test_a_database_of_any_name_is_restored_into(monkeypatch: pytest.MonkeyPatch) -> None:
    assert backup.connection_string("""Tiến độ's "new" a=b\\""") == """dbname='Tiến độ\\'s "new" a=b\\\\'"""
    monkeypatch.setenv("PGUSER", "somebody")
    assert backup.database_of("postgresql://") == "somebody"


def test_where_tls_is_asked_for_no_program_without_tls_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("app.operations.backup.shutil.which", lambda _: None)
    monkeypatch.setattr("app.operations.backup.Path.glob", lambda *_: [])
    with pytest.raises(backup.BackupFailed, match="install postgresql-client"):
        backup.backup("postgresql://x@db.test/d?sslmode=verify-full", tmp_path / "file")
