"""Every connection: encrypted where TLS is asked for, in the application's role, and never waited for long."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy.engine import make_url

from app.embedded import Embedded
from app.operations import roles
from tests.conftest import NO_LIMITS, Service, Template, serving
from tests.connecting import connect, run_sql
from tests.proxy import Proxy, make_certificate, proxy

LEFT_OUT = (
    "the connection has the role postgres instead of tiendo_app: a pooler leaves out `role`, "
    "and the login postgres sees rows without it; use one that owns nothing (tiendo db roles)"
)
REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls"))


def through(proxy: Proxy, url: str, **asked: str) -> str:
    more = "&".join(f"{name}={value}" for name, value in asked.items())
    return f"postgresql://postgres@localhost:{proxy.port}/{make_url(url).database}?{more}"


async def use_every_connection(service: Service) -> dict[str, int]:
    """Record and read so that the pools and each connection beside them are used."""
    huong, lan = service.client("huong"), service.client("lan")
    found = {"before": (await lan.get("/v1/progress")).status_code}
    found["report"] = (await huong.post("/v1/status-updates", json=REPORT)).status_code
    found["batch"] = (await huong.post("/v1/status-updates/batch", json={"updates": [REPORT]})).status_code
    for path in ("/v1/progress", "/v1/progress?known_at=2025-06-27T10:00:00Z", "/v1/assignments", "/readyz"):
        found[path] = (await lan.get(path)).status_code
    return found


async def connections_of(url: str) -> int:
    """How many connections the service has to a database."""
    connection = await connect(url)
    found = await connection.fetchval(
        "select count(*) from pg_stat_activity where datname = current_database() and application_name = 'tiendo'"
    )
    await connection.close()
    return int(found)


@pytest.mark.own_database
async def test_tls_asked_for_in_the_url_holds_for_every_connection(
    database_url: str, template: Template, certificate: Path
) -> None:
    async with proxy(template.server.socket_dir, certificate=certificate) as between:
        url = through(between, database_url, sslmode="verify-full", sslrootcert=str(certificate))
        async with serving(url, template.tokens, **NO_LIMITS) as service:
            found = await use_every_connection(service)
            connected = await connections_of(database_url)
            assert between.encrypted >= connected >= 7
            assert between.plain == 0
    assert found.pop("report") == 201
    assert set(found.values()) == {200}


@pytest.mark.own_database
async def test_tls_asked_for_in_the_environment_holds_for_every_connection(
    database_url: str, template: Template, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    monkeypatch.setenv("PGSSLROOTCERT", str(certificate))
    async with proxy(template.server.socket_dir, certificate=certificate) as between:
        monkeypatch.setenv("PGHOST", "localhost")
        monkeypatch.setenv("PGPORT", str(between.port))
        monkeypatch.setenv("PGUSER", "postgres")
        monkeypatch.setenv("PGDATABASE", str(make_url(database_url).database))
        async with serving("postgresql://", template.tokens, **NO_LIMITS) as service:
            assert set((await use_every_connection(service)).values()) == {200, 201}
            assert between.encrypted >= 7
            assert between.plain == 0


@pytest.mark.parametrize("mode", ["require", "verify-full"])
async def test_a_server_without_tls_is_not_used_where_tls_is_asked_for(
    mode: str, database_url: str, template: Template, certificate: Path
) -> None:
    async with proxy(template.server.socket_dir) as between:
        url = through(between, database_url, sslmode=mode, sslrootcert=str(certificate))
        async with serving(url, template.tokens, **NO_LIMITS) as service:
            assert (await service.client("lan").get("/v1/progress")).status_code == 503
            assert (await service.client().get("/readyz")).status_code == 503
        assert (between.encrypted, between.plain) == (0, 0)


async def test_a_connection_that_is_not_in_the_applications_role_is_not_used(
    database_url: str, template: Template
) -> None:
    async with proxy(template.server.socket_dir, without_role=True) as between:
        url = through(between, database_url, sslmode="disable")
        async with serving(url, template.tokens, **NO_LIMITS) as service:
            with structlog.testing.capture_logs() as logs:
                found = await use_every_connection(service)
            ready = await service.client().get("/readyz")
    assert set(found.values()) == {503}
    assert ready.status_code == 503
    assert [line["why"] for line in logs if line["event"] == "the database cannot be used"] == [LEFT_OUT]


@pytest.mark.own_database
async def test_where_a_pooler_leaves_out_the_role_it_is_set_for_a_login_that_owns_nothing(
    database_url: str, template: Template
) -> None:
    owner, login = roles.Login("let_in_owner"), roles.Login("let_in_service")
    await roles.apply(database_url, owner, login)
    async with proxy(template.server.socket_dir, without_role=True) as between:
        url = through(between, database_url, sslmode="disable").replace("postgres@", f"{login.name}@")
        async with serving(url, template.tokens, **NO_LIMITS) as service:
            found = await use_every_connection(service)
            theirs = await service.client("minh").get("/v1/status-updates?unit=38")
    assert found.pop("report") == 201
    assert set(found.values()) == {200}
    assert theirs.status_code == 403
    gone = [f"drop owned by {one.name}" for one in (owner, login)] + [f"drop role {one.name}" for one in (owner, login)]
    await run_sql(database_url, *gone)


async def test_a_database_that_falls_silent_is_503_in_time_and_comes_back_by_itself(
    database_url: str, template: Template
) -> None:
    async with proxy(template.server.socket_dir) as between:
        url = through(between, database_url, sslmode="disable")
        async with serving(url, template.tokens, pool_timeout=1.0, **NO_LIMITS) as service:
            assert set((await use_every_connection(service)).values()) == {200, 201}
            between.flowing.clear()
            paths = ("/v1/progress", "/v1/assignments", "/v1/me", "/readyz")
            answers = await asyncio.gather(*(timed(service, path) for path in paths for _ in range(3)))
            assert {status for status, _ in answers} == {503}
            assert max(seconds for _, seconds in answers) < 2
            assert await timed(service, "/healthz") < (201, 0.5)
            between.flowing.set()
            await until_ready(service)
            assert set((await use_every_connection(service)).values()) == {200, 201}


async def timed(service: Service, path: str) -> tuple[int, float]:
    began = time.monotonic()
    answer = await service.client("lan").get(path)
    return answer.status_code, time.monotonic() - began


async def until_ready(service: Service) -> None:
    async with asyncio.timeout(20):
        while (await service.client().get("/readyz")).status_code != 200:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.1)


async def test_of_several_hosts_the_one_that_may_write_is_used(database_url: str, template: Template) -> None:
    """The first is not there, the second is silent: each has its part of the time."""
    async with proxy(template.server.socket_dir) as silent:
        silent.flowing.clear()
        name, there = make_url(database_url).database, template.server.socket_dir
        hosts = f"localhost:1,localhost:{silent.port},{there}"
        url = f"postgresql://postgres@/{name}?host={hosts}&target_session_attrs=read-write"
        async with serving(url, template.tokens, pool_timeout=1.5, **NO_LIMITS) as service:
            found = await use_every_connection(service)
    assert found.pop("report") == 201
    assert set(found.values()) == {200}


@pytest.fixture
def password_login(postgres: Embedded) -> Iterator[str]:
    """A login of the application that has to say its password."""
    rules = postgres.data / "pg_hba.conf"
    before = rules.read_text()
    asyncio.run(_make_login(postgres.url))
    rules.write_text("local all tiendo_service scram-sha-256\n" + before)
    asyncio.run(run_sql(postgres.url, "select pg_reload_conf()"))
    yield "tiendo_service"
    rules.write_text(before)
    asyncio.run(run_sql(postgres.url, "select pg_reload_conf()"))


async def _make_login(url: str) -> None:
    await run_sql(
        url,
        "drop role if exists tiendo_service",
        "create role tiendo_service login password 'first'",
        "grant tiendo_app to tiendo_service",
    )


async def test_a_rotated_password_is_503_and_one_line_until_the_file_has_the_new_one(
    template: Template, password_login: str, database_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "url"
    place = database_url.replace("postgres@", f"{password_login}:%s@")
    file.write_text(place % "first")
    async with serving("", template.tokens, database_url_file=file, **NO_LIMITS) as service:
        assert set((await use_every_connection(service)).values()) == {200, 201}
        await run_sql(
            database_url,
            "alter role tiendo_service password 'second'",
            "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'tiendo_service'",
        )
        with structlog.testing.capture_logs() as logs:
            for _ in range(3):
                await use_every_connection(service)
            refused = await service.client("lan").get("/v1/progress")
            assert (refused.status_code, refused.json()["type"]) == (503, "/problems#misconfigured")
            file.write_text(place % "second")
            await until_ready(service)
        assert (await use_every_connection(service))["report"] == 201
    assert [line for line in logs if line["event"] == "the database cannot be used"] == [
        {
            "event": "the database cannot be used",
            "log_level": "error",
            "why": 'password authentication failed for user "tiendo_service"',
        }
    ]
    assert "the database can be used again" in [line["event"] for line in logs]
    assert not [line for line in logs if line.get("exc_info")]


async def test_an_old_connection_is_made_anew(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, connection_lifetime=2, **NO_LIMITS) as service:
        assert set((await use_every_connection(service)).values()) == {200, 201}
        versions: Any = service.app.state.data_versions
        before = versions.connections
        await asyncio.sleep(2.1)
        assert set((await use_every_connection(service)).values()) == {200, 201}
        assert versions.connections == before + 1
