"""Through PgBouncer: session mode serves, transaction mode is refused, and row security holds in both."""

import asyncio
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import asyncpg
import pytest
from sqlalchemy.engine import make_url

from app.cli.serve import refuse_misconfigured
from app.database_errors import WrongRole
from app.operations import roles
from app.settings import Settings
from tests.conftest import NO_LIMITS, Template, serving
from tests.connecting import connect, run_sql
from tests.test_connections import until_ready, use_every_connection

OWNER, SERVICE = roles.Login("pooled_owner"), roles.Login("pooled_service")
NOTIFYING = """
select usename::text from pg_stat_activity where query ilike 'notify%' and datname = current_database()
"""
LEFT_OUT = (
    *("role", "timezone", "jit", "statement_timeout", "lock_timeout", "transaction_timeout", "tiendo.scope"),
    *("idle_in_transaction_session_timeout", "idle_session_timeout", "search_path", "row_security"),
    "default_transaction_isolation",
)
pytestmark = [
    pytest.mark.slow,
    pytest.mark.own_database,
    pytest.mark.skipif(shutil.which("pgbouncer") is None, reason="pgbouncer is not installed"),
]


@pytest.fixture
async def database(database_url: str, template: Template) -> AsyncIterator[str]:
    """A database that has the two logins."""
    await roles.apply(database_url, OWNER, SERVICE)
    yield database_url
    logins = f"{OWNER.name}, {SERVICE.name}"
    await run_sql(database_url, f"drop owned by {logins}", f"drop role {OWNER.name}", f"drop role {SERVICE.name}")


@contextmanager
def pgbouncer(template: Template, mode: str, *more: str) -> Iterator[int]:
    """A real one before the cluster; the port that it listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    account = template.server.account
    with tempfile.TemporaryDirectory(prefix="tiendo-pooler-") as fresh:
        home = Path(fresh)
        (home / "users").write_text("".join(f'"{name}" ""\n' for name in ("postgres", OWNER.name, SERVICE.name)))
        settings = (
            "[databases]",
            f"* = host={template.server.socket_dir} port=5432",
            "[pgbouncer]",
            f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =",
            f"auth_type = trust\nauth_file = {home}/users\npool_mode = {mode}\nmax_client_conn = 200",
            "default_pool_size = 60",
            *more,
        )
        (home / "pgbouncer.ini").write_text("\n".join(settings) + "\n")
        for path in (home, *home.iterdir()):
            account.give(path)
        command = [str(shutil.which("pgbouncer")), "-q", str(home / "pgbouncer.ini")]
        running = subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd="/", **account.arguments())
        try:
            yield port
        finally:
            running.kill()
            running.wait()


def through(port: int, url: str, login: str) -> str:
    return f"postgresql://{login}@127.0.0.1:{port}/{make_url(url).database}?sslmode=disable"


async def listens(port: int) -> None:
    async with asyncio.timeout(10):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.02)
            else:
                writer.close()
                return


@asynccontextmanager
async def logins_of(url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await connect(url)
    yield connection
    await connection.close()


@pytest.mark.parametrize(
    "ignored",
    [
        "",
        f"ignore_startup_parameters = {','.join(LEFT_OUT)}",
    ],
)
async def test_in_session_mode_every_connection_is_in_the_applications_role(
    ignored: str, database: str, template: Template
) -> None:
    """Whether the pooler refuses what a connection begins with, or leaves it out without a word."""
    with pgbouncer(template, "session", ignored) as port:
        await listens(port)
        async with serving(through(port, database, SERVICE.name), template.tokens, **NO_LIMITS) as service:
            found = await use_every_connection(service)
            assert found.pop("report") == 201
            assert set(found.values()) == {200}
            other = await service.client("huong").post(
                "/v1/status-updates", json={"task": "hotlines", "unit": "40", "status": "in_progress"}
            )
            assert other.status_code == 403
            stored = await service.client("minh").get("/v1/status-updates?unit=38")
            assert stored.status_code == 403


@pytest.mark.parametrize("fairly", [0, 1])
async def test_transaction_mode_is_refused_in_one_line(fairly: int, database: str, template: Template) -> None:
    with pgbouncer(template, "transaction", f"server_round_robin = {fairly}") as port:
        await listens(port)
        url = through(port, database, SERVICE.name)
        with pytest.raises(WrongRole, match=r"transaction mode\): use pool_mode = session") as refusal:
            await refuse_misconfigured(Settings(database_url=url))
        assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("mode", ["session", "transaction"])
@pytest.mark.parametrize("login", ["postgres", OWNER.name])
async def test_a_login_that_sees_rows_by_itself_is_never_used_through_a_pooler(
    login: str, mode: str, database: str, template: Template
) -> None:
    await run_sql(database, f"alter table status_update owner to {OWNER.name}")
    with pgbouncer(template, mode) as port:
        await listens(port)
        async with serving(through(port, database, login), template.tokens, **NO_LIMITS) as service:
            found = await use_every_connection(service)
        assert set(found.values()) == {503}
    await run_sql(database, "alter table status_update owner to postgres")


async def test_notifications_go_past_the_pooler_where_they_have_an_address(database: str, template: Template) -> None:
    with pgbouncer(template, "session") as port:
        await listens(port)
        url = through(port, database, SERVICE.name)
        async with serving(url, template.tokens, listen_database_url=database, **NO_LIMITS) as service:
            await until_ready(service)
            assert set((await use_every_connection(service)).values()) == {200, 201}
            async with logins_of(database) as owner, asyncio.timeout(10):
                while await owner.fetch(NOTIFYING) != [("postgres",)]:  # noqa: ASYNC110 - it has no event
                    await asyncio.sleep(0.05)
