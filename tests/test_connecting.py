"""How one connection is made: whatever the database has set for others, whatever a host or a certificate is like."""

import asyncio
import time
from pathlib import Path
from urllib.parse import quote

import asyncpg
import pytest
from sqlalchemy import text  # noqa: TID251 - how a transaction of the service begins
from sqlalchemy.engine import make_url

from app.connections import Connector
from app.database_errors import is_misconfiguration
from app.operations import roles
from app.settings import Settings
from tests.conftest import NO_LIMITS, Template, serving
from tests.connecting import connect, run_sql
from tests.proxy import make_certificate, proxy
from tests.test_connections import certificate, password_login, through, use_every_connection

__all__ = ["certificate", "password_login"]
FOR_EVERYBODY = (
    "idle_session_timeout = '300ms'",
    "search_path = somewhere",
    "timezone = 'Asia/Ho_Chi_Minh'",
    "row_security = off",
    "default_transaction_isolation = serializable",
    "transaction_timeout = '1ms'",
    "statement_timeout = '1ms'",
    "bytea_output = escape",
    "datestyle = 'SQL, DMY'",
    "standard_conforming_strings = off",
)


@pytest.mark.own_database
async def test_what_the_database_has_for_everybody_does_not_hold_for_the_service(
    database_url: str, template: Template
) -> None:
    """Limits of an administrator who means other clients, and a path on which the tables are not."""
    name = make_url(database_url).database
    for setting in FOR_EVERYBODY:
        await run_sql(database_url, f"alter database {name} set {setting}")
    async with serving(database_url, template.tokens, **NO_LIMITS) as service:
        for pause in (0.0, 0.5):
            await asyncio.sleep(pause)
            found = await use_every_connection(service)
            assert (found.pop("report"), set(found.values())) == (201, {200})
        async with service.app.state.database.writing() as session:
            assert await session.scalar(text("show transaction_isolation")) == "read committed"


async def test_the_name_in_the_url_stands_behind_the_services_own(database_url: str, template: Template) -> None:
    url = f"{database_url}&application_name=hanoi"
    async with serving(url, template.tokens, **NO_LIMITS) as service:
        await use_every_connection(service)
        connection = await connect(database_url)
        names = await connection.fetch(
            "select distinct application_name from pg_stat_activity "
            "where datname = current_database() and application_name like 'tiendo%'"
        )
        await connection.close()
    assert "tiendo hanoi" in [row[0] for row in names]


@pytest.mark.parametrize("what", ["another authority", "no such file", "no certificate"])
async def test_a_certificate_that_is_not_the_one_asked_for_is_misconfigured(
    what: str, database_url: str, template: Template, certificate: Path, tmp_path: Path
) -> None:
    """A server that cannot be trusted is not one that is away: the service does not start with it."""
    trusted = make_certificate(tmp_path) if what == "another authority" else tmp_path / "root.pem"
    if what == "no certificate":
        trusted.write_text("nothing\n")
    async with proxy(template.server.socket_dir, certificate=certificate) as between:
        url = through(between, database_url, sslmode="verify-full", sslrootcert=str(trusted))
        connector = Connector(url, Settings(database_url=url))
        with pytest.raises(Exception, match=r"root\.pem: No such file|CERTIFICATE") as refusal:
            await connector.connect({})
    assert is_misconfiguration(refusal.value)


async def test_a_host_that_takes_connections_for_nobody_is_passed_over(database_url: str, template: Template) -> None:
    """As a balancer does behind which no server is left."""

    async def end(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    balancer = await asyncio.start_server(end, "127.0.0.1", 0)
    port, name = balancer.sockets[0].getsockname()[1], make_url(database_url).database
    url = f"postgresql://postgres@/{name}?host=127.0.0.1:{port},{template.server.socket_dir}&sslmode=disable"
    connection = await Connector(url, Settings(database_url=url)).connect({})
    await connection.close()
    balancer.close()


async def test_no_timeout_of_the_url_is_longer_than_the_pools(database_url: str, template: Template) -> None:
    async with proxy(template.server.socket_dir) as silent:
        silent.flowing.clear()
        url = through(silent, database_url, sslmode="disable", connect_timeout="30")
        connector = Connector(url, Settings(database_url=url, pool_timeout=0.3))
        began = time.monotonic()
        with pytest.raises(TimeoutError):
            await connector.connect({})
    assert time.monotonic() - began < 2


async def test_a_password_that_was_set_lets_in(password_login: str, database_url: str) -> None:
    """PostgreSQL was sent what it stores, and never the password."""
    owner, service = roles.Login("postgres"), roles.Login(password_login, "it's a \\ secret")
    told = [one for one in roles.statements("d", owner, service) if " password " in one]
    assert "secret" not in told[0]
    await run_sql(database_url, *told)
    for password, is_right in (("it's a \\ secret", True), ("its a secret", False)):
        url = database_url.replace("postgres@", f"{password_login}:{quote(password)}@")
        if is_right:
            await (await Connector(url, Settings(database_url=url)).connect({})).close()
        else:
            with pytest.raises(asyncpg.InvalidPasswordError):
                await Connector(url, Settings(database_url=url)).connect({})
