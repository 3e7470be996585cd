"""`tiendo doctor` names what is wrong, each with its remedy."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
from typer.testing import CliRunner

from app import clock
from app.cli.commands import app
from app.operations import doctor, roles
from app.operations.doctor import Level
from app.settings import Settings
from tests.connecting import run_sql

FACTS: dict[str, Any] = {
    "version": "18.4",
    "version_number": 180004,
    "login": "tiendo_service",
    "sees_every_row": False,
    "owns_tables": False,
    "role_sees_every_row": False,
    "role_owns_tables": False,
    "may_set_role": True,
    "owner_sees_writers": True,
    "is_encrypted": True,
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "connections": 197,
    "others": 3,
    "connections_of_login": None,
    "connections_of_database": None,
    "size": 2**30,
    "age": 1000,
    "is_standby": False,
    "is_read_only": False,
    "not_archived": None,
    "idle_slots": None,
}
SETTINGS = Settings(database_url="postgresql://tiendo_service@db.test/tiendo")


def findings(**changed: Any) -> list[doctor.Finding]:
    now = clock.now()
    return doctor.findings({**FACTS, "clock": now, "here": now} | changed, SETTINGS, 2)


def test_nothing_is_wrong_with_an_installation_as_it_should_be() -> None:
    assert {finding.level for finding in findings()} == {Level.OK}


@pytest.mark.parametrize(
    ("changed", "level", "subject", "remedy"),
    [
        ({"version": "16.2", "version_number": 160002}, "error", "server", "PostgreSQL 18 or newer"),
        ({"is_standby": True}, "error", "server", "target_session_attrs"),
        ({"is_read_only": True}, "error", "server", "reset it where it is set"),
        ({"age": 1_900_000_000}, "error", "vacuum", "vacuum"),
        ({"role_sees_every_row": None}, "error", "roles", "tiendo db roles --apply"),
        ({"role_sees_every_row": True}, "error", "roles", "nobypassrls"),
        ({"may_set_role": False}, "error", "roles", 'grant tiendo_app to "tiendo_service"'),
        ({"owns_tables": True}, "warning", "roles", "a login of its own"),
        ({"owner_sees_writers": False}, "warning", "roles", "grant"),
        ({"connections": 60}, "error", "connections", "max_connections"),
        ({"connections_of_login": 20}, "error", "connections", "the connection limit of the role"),
        ({"connections_of_database": 20}, "error", "connections", "the connection limit of the database"),
        ({"not_archived": "0000000100000000000000A1"}, "error", "archive", "archive_command"),
        ({"idle_slots": "second"}, "warning", "slots", "pg_drop_replication_slot"),
        ({"is_encrypted": False}, "warning", "tls", "sslmode=verify-full"),
        ({"clock": clock.now() + timedelta(days=3)}, "warning", "clock", "NTP"),
        ({"synchronous_commit": "off"}, "error", "durability", "alter system set synchronous_commit = on"),
    ],
)
def test_each_fault_is_one_finding_with_its_remedy(
    changed: dict[str, Any], level: str, subject: str, remedy: str
) -> None:
    [found] = [finding for finding in findings(**changed) if finding.level is not Level.OK]
    assert (found.level, found.subject) == (level, subject)
    assert remedy in found.remedy
    assert "\n" not in str(found)


def test_what_a_shell_may_open_is_not_what_the_service_may(monkeypatch: pytest.MonkeyPatch) -> None:
    """`tiendo serve` raises its limit to what the system allows."""
    monkeypatch.setattr("resource.getrlimit", lambda _: (1024, 524_288))
    files = next(one for one in doctor.machine(SETTINGS) if one.subject == "files")
    assert files == doctor.ok("files", "a process may open 524288")


@pytest.mark.own_database
class TestOnADatabase:
    def test_it_says_what_it_looked_at(self, database_url: str) -> None:
        code, found = examined(database_url)
        assert {"version", "files", "server", "roles", "connections", "tls", "clock", "schema", "projection"} <= set(
            found
        )
        assert found["schema"]["level"] == "ok"
        assert (code, found["durability"]["level"]) == (1, "error")  # the tests' PostgreSQL is not durable

    async def test_a_login_with_the_owners_rights_owns_the_tables_too(self, database_url: str) -> None:
        await roles.apply(database_url, roles.Login("told_owner"), roles.Login("told_service"))
        await run_sql(database_url, "create role told", "alter table tally owner to told", "grant told to told_service")
        found = await to_thread(database_url.replace("postgres@", "told_service@"))
        logins = "told_owner, told_service, told"
        await run_sql(
            database_url, "alter table tally owner to postgres", f"drop owned by {logins}", f"drop role {logins}"
        )
        assert "a login of its own for the service: tiendo db roles" in [one.remedy for one in found]

    async def test_a_slot_that_nobody_reads_from_is_named(self, database_url: str) -> None:
        await run_sql(database_url, "select pg_create_physical_replication_slot('away', true)")
        try:
            found = {one.subject: one for one in await to_thread(database_url)}
        finally:
            await run_sql(database_url, "select pg_drop_replication_slot('away')")
        assert found["slots"].what == "nobody reads from away, and the log is held back for it"

    async def test_notifications_are_tried_where_they_have_an_address_of_their_own(
        self, database_url: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked = Settings(database_url=database_url, listen_database_url=database_url)
        assert await doctor.notifications(asked) == [doctor.ok("notifications", "they arrive at the address for them")]
        monkeypatch.setattr(doctor, "DOCTORS_CHANNEL", "one_channel; unlisten *; notify another_channel")
        monkeypatch.setattr(doctor, "NOTIFIED_WITHIN", 0.1)
        [lost] = await doctor.notifications(asked)
        assert (lost.level, lost.what) == (Level.WARNING, "they do not arrive at the address for them")
        away = Settings(
            database_url=database_url, listen_database_url="postgresql://nobody@localhost:1/x?sslmode=disable"
        )
        [unusable] = await doctor.notifications(away)
        assert "their address cannot be used" in unusable.what
        assert "TIENDO_LISTEN_DATABASE_URL" in unusable.remedy

    async def test_a_difference_of_the_schema_is_an_error(self, database_url: str) -> None:
        await run_sql(database_url, "drop policy scope on status_update")
        found = {one.subject: one for one in await to_thread(database_url)}
        assert found["schema"].level is Level.ERROR
        assert "missing: policy status_update.scope" in found["schema"].what

    def test_a_database_that_is_not_there_is_a_finding_too(self) -> None:
        code, found = examined("postgresql://nobody@localhost:1/nothing?sslmode=disable")
        assert (code, found["database"]["level"]) == (1, "error")
        assert "TIENDO_DATABASE_URL" in found["database"]["remedy"]


async def to_thread(url: str) -> list[doctor.Finding]:
    return await asyncio.to_thread(doctor.examine, Settings(database_url=url), 2)


def examined(url: str) -> tuple[int, dict[str, Any]]:
    done = CliRunner(env={"TIENDO_DATABASE_URL": url}).invoke(app, ["doctor", "--json"])
    return done.exit_code, {finding["subject"]: finding for finding in json.loads(done.output)}


@pytest.mark.parametrize("named", ["the primary itself", "nothing that answers"])
async def test_a_read_replica_that_cannot_be_used_is_a_warning(named: str, database_url: str) -> None:
    url = database_url if named == "the primary itself" else "postgresql://postgres@localhost:1/tiendo"
    found = await doctor.replica(Settings(database_url=database_url, read_database_url=url))
    assert [(finding.level, finding.subject) for finding in found] == [(Level.WARNING, "replica")]
    assert await doctor.replica(Settings(database_url=database_url)) == []
