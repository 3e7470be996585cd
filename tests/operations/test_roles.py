"""Two logins from the first minute: an owner that migrates, and a service that owns nothing."""

import asyncio
import base64
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app import clock, migrating
from app.auth.identity import OPERATOR, Role
from app.auth.service import create_token
from app.catalogue.seeding import seed
from app.db import Database
from app.operations import doctor, passwords, roles, schema_check
from app.settings import Settings
from tests.conftest import NO_LIMITS, Template, serving
from tests.connecting import connect, run_sql

OWNER, SERVICE, MAKER = "test_owner", "test_service", "test_maker"
AS_ELSEWHERE = (
    "revoke all on schema public from public",
    f"create schema authorization {OWNER}",
    f"create schema authorization {SERVICE}",
    "alter database tiendo_two_logins set timezone = 'Asia/Ho_Chi_Minh'",
    "alter database tiendo_two_logins set quote_all_identifiers = on",
    "alter database tiendo_two_logins set intervalstyle = 'iso_8601'",
    "alter database tiendo_two_logins set datestyle = 'SQL, DMY'",
    "alter database tiendo_two_logins set statement_timeout = 50",
    "alter database tiendo_two_logins set search_path = somewhere",
)
"""What many a database has: hardened, a schema for each login, the time of the place, limits for everybody."""
REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}


class TwoLogins(NamedTuple):
    owner: str
    service: str
    admin: str


async def made(template: Template, name: str) -> TwoLogins:
    await run_sql(template.server.url, f"drop database if exists {name} with (force)")
    await run_sql(template.server.url, f"drop role if exists {OWNER}", f"drop role if exists {SERVICE}")
    await run_sql(template.server.url, f"create database {name}")
    admin = template.server.url_of(name)
    await roles.apply(admin, roles.Login(OWNER), roles.Login(SERVICE, "it's \\ secret"))
    owner, service = (admin.replace("postgres@", f"{login}@") for login in (OWNER, SERVICE))
    return TwoLogins(owner, service, admin)


async def gone(template: Template, url: str) -> None:
    await run_sql(template.server.url, f"drop database if exists {make_url(url).database} with (force)")
    await run_sql(template.server.url, f"drop role {OWNER}", f"drop role {SERVICE}")


@pytest.fixture
async def logins(template: Template) -> AsyncIterator[TwoLogins]:
    two = await made(template, "tiendo_two_logins")
    yield two
    await gone(template, two.admin)


async def test_the_owner_migrates_and_the_service_serves_with_every_kind_of_request(
    logins: TwoLogins, template: Template
) -> None:
    await run_sql(logins.admin, *AS_ELSEWHERE)
    await asyncio.to_thread(migrating.upgrade, logins.owner)
    for url in logins:
        assert await asyncio.to_thread(schema_check.check, url) == []
    tokens = await filled(logins.service)
    async with serving(logins.service, tokens, **NO_LIMITS) as service:
        huong, lan = service.client("huong"), service.client("lan")
        assert (await huong.post("/v1/status-updates", json=REPORT)).status_code == 201
        assert (await huong.post("/v1/status-updates/batch", json={"updates": [REPORT]})).status_code == 200
        assert (await lan.get("/v1/progress")).status_code == 200
        assert (await lan.get("/v1/progress?known_at=2026-01-01T00:00:00Z")).status_code == 200
        assert (await lan.post("/v1/bulletins", json={"as_of": "2025-06-27T10:00:00Z"})).status_code == 201
        assert (await service.client().get("/readyz")).status_code == 200


async def filled(url: str) -> dict[str, str]:
    database, tokens = Database(url, Settings(database_url=url)), {}
    async with database.writing() as session:
        await seed(session)
        for name, role, unit in (("huong", Role.REPORTER, "38"), ("lan", Role.MINISTRY, None)):
            _, tokens[name] = await create_token(
                session, OPERATOR, name=name, role=role, unit=unit, expires_at=None, at=clock.now()
            )
    await database.close()
    return tokens


async def test_the_login_of_the_service_can_do_nothing_outside_the_role(logins: TwoLogins) -> None:
    await asyncio.to_thread(migrating.upgrade, logins.owner)
    connection = await connect_as(logins.service)
    for statement in ("select * from status_update", "delete from status_update", "create table mine (x int)"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(statement)
    await connection.close()


async def test_doctor_names_a_missing_membership_with_everything_else(logins: TwoLogins) -> None:
    """As after a restore of the files into a cluster that somebody had set up by hand."""
    await asyncio.to_thread(migrating.upgrade, logins.owner)
    await run_sql(logins.admin, f"revoke tiendo_app from {SERVICE}")
    found = await asyncio.to_thread(doctor.examine, Settings(database_url=logins.service), 2)
    errors = {finding.subject: finding for finding in found if finding.level is doctor.Level.ERROR}
    assert {"roles", "schema", "service"} <= set(errors)
    assert errors["roles"].remedy == f'grant tiendo_app to "{SERVICE}" with inherit false, set true'


async def test_the_owner_sees_since_when_the_service_writes(logins: TwoLogins) -> None:
    """`open_writers()` runs as the owner, and a moment would not be settled while it could not see that."""
    await asyncio.to_thread(migrating.upgrade, logins.owner)
    writer = await connect_as(logins.service)
    await writer.execute("begin; select pg_current_xact_id()")
    reader = await connect_as(logins.service)
    await reader.execute("set role tiendo_app")
    assert [row["since"] is not None for row in await reader.fetch("select * from open_writers()")] == [True]
    await writer.close()
    await reader.close()


async def test_the_statements_change_nothing_when_they_are_run_again(logins: TwoLogins) -> None:
    before = await memberships(logins.admin)
    await roles.apply(logins.admin, roles.Login(OWNER), roles.Login(SERVICE))
    assert await memberships(logins.admin) == before
    assert (SERVICE, "tiendo_app", False, True) in before


async def test_a_role_that_may_create_roles_makes_them_too(template: Template) -> None:
    """From PostgreSQL 16 on who creates a role administers it, without being let into it."""
    name = "tiendo_by_createrole"
    await run_sql(template.server.url, f"drop database if exists {name} with (force)", f"drop role if exists {MAKER}")
    await run_sql(
        template.server.url, f"create role {MAKER} login createrole createdb", f"create database {name} owner {MAKER}"
    )
    await run_sql(template.server.url, f"grant tiendo_app to {MAKER} with admin true, inherit false, set false")
    url = template.server.url_of(name).replace("postgres@", f"{MAKER}@")
    try:
        await roles.apply(url, roles.Login(OWNER), roles.Login(SERVICE))
        await asyncio.to_thread(migrating.upgrade, url)  # it may also migrate and serve alone
        async with serving(url, {}, **NO_LIMITS) as service:
            assert (await service.client().get("/readyz")).status_code == 200
    finally:
        await run_sql(template.server.url, f"drop database {name} with (force)")
        await run_sql(
            template.server.url, f"drop role {OWNER}", f"drop role {SERVICE}", f"drop owned by {MAKER} cascade"
        )
        await run_sql(template.server.url, f"drop role {MAKER}")


def test_the_printed_script_asks_for_the_passwords_that_were_not_given() -> None:
    script = roles.script("tiendo", roles.Login("o'wner"), roles.Login("service", "secret"))
    assert 'create role "o\'wner" login' in script
    assert script.endswith('\\password "o\'wner"\n')
    assert 'alter role "service" password \'SCRAM-SHA-256$4096:' in script
    assert "secret" not in script
    assert roles.script('a\n"; drop', roles.Login("o"), roles.Login("s")).startswith('-- In the database a "; drop, as')


def test_a_password_is_stored_as_postgresql_stores_it() -> None:
    """By RFC 7677 and PostgreSQL's documentation; letters beyond ASCII are the server's to prepare."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")
    stored = passwords.stored("pencil", salt)
    assert stored == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
        "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )
    assert passwords.stored("mật khẩu") == "mật khẩu"


async def test_a_login_that_is_there_is_let_in_and_one_that_sees_every_row_does_not_serve(logins: TwoLogins) -> None:
    await run_sql(logins.admin, f"alter role {OWNER} nologin")
    await roles.apply(logins.admin, roles.Login(OWNER), roles.Login(SERVICE))
    await (await connect_as(logins.owner)).close()
    await run_sql(logins.admin, f"alter role {SERVICE} bypassrls")
    with pytest.raises(roles.RolesRefused, match=f"{SERVICE} is there, and sees every row"):
        await roles.apply(logins.admin, roles.Login(OWNER), roles.Login(SERVICE))


async def test_an_application_role_that_sees_every_row_is_mended(logins: TwoLogins) -> None:
    await run_sql(logins.admin, "alter role tiendo_app bypassrls")
    await roles.apply(logins.admin, roles.Login(OWNER), roles.Login(SERVICE))
    connection = await connect(logins.admin)
    assert await connection.fetchval("select rolbypassrls from pg_roles where rolname = 'tiendo_app'") is False
    await connection.close()


async def test_a_missing_grant_is_misconfigured_and_logged_never_another_units(
    database_url: str, template: Template, capsys: pytest.CaptureFixture[str]
) -> None:
    connection = await connect(database_url)
    await connection.execute("revoke insert on status_update from tiendo_app")
    try:
        async with serving(database_url, template.tokens, **NO_LIMITS) as service:
            huong = service.client("huong")
            refused = await huong.post("/v1/status-updates", json=REPORT)
            batch = await huong.post("/v1/status-updates/batch", json={"updates": [REPORT]})
            foreign = await service.client("minh").post("/v1/status-updates", json=REPORT)
    finally:
        await connection.execute("grant insert on status_update to tiendo_app")
        await connection.close()
    assert {answer.json()["type"] for answer in (refused, batch)} == {"/problems#misconfigured"}
    assert {answer.status_code for answer in (refused, batch)} == {503}
    assert foreign.status_code == 403
    printed = capsys.readouterr()
    assert "permission denied for table status_update" in printed.out + printed.err


async def memberships(url: str) -> list[tuple[Any, ...]]:
    connection = await connect(url)
    rows = await connection.fetch(
        "select member::regrole::text, roleid::regrole::text, inherit_option, set_option from pg_auth_members "
        f"where member in ('{OWNER}'::regrole, '{SERVICE}'::regrole) order by 1, 2"
    )
    await connection.close()
    return [tuple(row) for row in rows]


async def connect_as(url: str) -> Any:
    return await asyncpg.connect(url)
