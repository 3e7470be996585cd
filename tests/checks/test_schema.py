"""The schema under way: down and up again while people report, two migrators at once, and no drift."""

import asyncio
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import pytest
import sqlalchemy
from httpx import AsyncClient
from sqlalchemy.engine import make_url

from app import migrating
from app.database_errors import WrongRole
from app.operations import schema_check
from app.routes_health import WHY_NOT_WRITABLE
from tests.checks.problems import refused
from tests.conftest import Service, Template, serving
from tests.connecting import connect, run_sql

pytestmark = pytest.mark.own_database
REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}
NO_LIMITS = {"rate_limit": 60_000_000, "bad_token_limit": 60_000_000}


async def migrated(*steps: str, url: str) -> None:
    """Each step in a process of its own, as an operator would take it."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as operator:
        loop = asyncio.get_running_loop()
        for step in steps:
            way = migrating.downgrade if step == "base" else migrating.upgrade
            await loop.run_in_executor(operator, way, url, step)


async def test_the_schema_is_what_the_models_say(database_url: str) -> None:
    assert await asyncio.to_thread(migrating.check_models, database_url) is None


@pytest.mark.slow
async def test_down_and_up_again_under_traffic_is_only_503_until_nobody_has_a_token(
    database_url: str, template: Template
) -> None:
    async with serving(database_url, template.tokens, lock_timeout=2, **NO_LIMITS) as service:
        seen: Counter[int] = Counter()
        huong, lan, khach = (service.client(name) for name in ("huong", "lan", "khach"))
        traffic = [
            asyncio.create_task(work) for work in (write_on(huong, seen), read_on(lan, seen), read_on(khach, seen))
        ]
        while seen[200] + seen[201] < 30:  # noqa: ASYNC110 - a count has no event
            await asyncio.sleep(0.01)
        await migrated("base", "head", url=database_url)
        while not seen[401]:  # noqa: ASYNC110 - a count has no event
            await asyncio.sleep(0.01)
        for task in traffic:
            task.cancel()
        await asyncio.wait(traffic)
    # Before: served. Meanwhile: 503. After the way down and up again nobody has a token any more.
    assert set(seen) == {200, 201, 401, 503}
    assert await asyncio.to_thread(schema_check.check, database_url) == []


async def read_on(client: AsyncClient, seen: Counter[int]) -> None:
    while True:
        for path in ("/v1/progress", "/v1/assignments?limit=3", "/v1/provinces", "/v1/me"):
            seen[(await client.get(path)).status_code] += 1


async def write_on(client: AsyncClient, seen: Counter[int]) -> None:
    while True:
        seen[(await client.post("/v1/status-updates", json=REPORT)).status_code] += 1
        seen[(await client.post("/v1/status-updates/batch", json={"updates": [REPORT]})).status_code] += 1


async def test_a_schema_of_another_version_is_refused_in_one_line(database_url: str) -> None:
    await run_sql(database_url, "update alembic_version set version_num = '0009'")
    with pytest.raises(migrating.UnknownSchema, match=r"another version .0009.*move its data folder"):
        await asyncio.to_thread(migrating.upgrade, database_url)


async def test_it_is_not_ready_while_the_schema_is_behind(service: Service) -> None:
    anyone = service.client()
    assert (await anyone.get("/readyz")).status_code == 200
    await run_sql(service.url, f"update alembic_version set version_num = '{migrating.revisions()[1]}'")
    behind = await anyone.get("/readyz")
    assert (behind.status_code, behind.json()["checks"]["schema"]) == (503, False)
    assert (await anyone.get("/healthz")).status_code == 200
    await run_sql(service.url, "drop table alembic_version")
    assert (await anyone.get("/readyz")).status_code == 503


async def test_it_is_ready_on_the_schema_of_a_later_release_that_has_all_it_needs(service: Service) -> None:
    """As while the next release is installed: who is sent elsewhere by `/readyz` would find nobody."""
    anyone = service.client()
    await run_sql(
        service.url, "alter table task add column colour text", "update alembic_version set version_num = 'x'"
    )
    assert (await anyone.get("/readyz")).status_code == 200
    later = await asyncio.to_thread(schema_check.check, service.url)
    assert later == ["the schema is at x, which this release does not know: look with the release that made it"]
    await run_sql(service.url, "alter table task rename column level to tier")
    without = await anyone.get("/readyz")
    assert (without.status_code, without.json()["checks"]["schema"]) == (503, False)


async def test_it_is_not_ready_on_a_server_in_recovery(service: Service) -> None:
    anyone = service.client()
    standby = sqlalchemy.text(str(WHY_NOT_WRITABLE).replace("pg_is_in_recovery()", "true"))  # noqa: TID251
    service.patch.setattr("app.routes_health.WHY_NOT_WRITABLE", standby)
    found = await anyone.get("/readyz")
    assert (found.status_code, found.json()["checks"]["writable"]) == (503, "the server is in recovery")


@pytest.mark.own_database
async def test_it_is_not_ready_where_an_administrator_lets_nobody_write(database_url: str, template: Template) -> None:
    """As while a database is moved: what is reported meanwhile would stay behind, so the setting holds here too."""
    name = make_url(database_url).database
    await run_sql(database_url, f"alter database {name} set default_transaction_read_only = on")
    async with serving(database_url, template.tokens) as service:
        report = {"task": "hotlines", "unit": "38", "status": "in_progress"}
        found = await service.client("huong").post("/v1/status-updates", json=report)
        assert (found.status_code, "Retry-After" in found.headers) == (503, True)
        assert (await service.client("lan").get("/v1/progress")).status_code == 200
        found = await service.client().get("/readyz")
    assert (found.status_code, found.json()["checks"]["writable"]) == (503, "default_transaction_read_only is on")


async def test_why_it_is_not_ready_is_said(service: Service) -> None:
    """No answer within the time; and a role for which row-level security does not hold."""
    anyone, versions = service.client(), service.app.state.data_versions
    service.patch.setattr("app.routes_health.READY_SECONDS", 0.05)
    service.patch.setattr(versions, "version", lambda: asyncio.sleep(0.3))
    silent = await anyone.get("/readyz")
    assert (silent.status_code, silent.json()["reason"]) == (503, "no answer within 0.05 s")
    await service.app.state.looking  # the next question begins a look of its own

    async def refused_role() -> None:
        raise WrongRole("the connection has the role owner instead of tiendo_app")

    service.patch.setattr("app.routes_health.READY_SECONDS", 5)
    service.patch.setattr(versions, "version", refused_role)
    said = await anyone.get("/readyz")
    assert said.status_code == 503
    assert "the role owner" in said.json()["reason"]


async def test_without_its_tables_the_service_is_unavailable_not_broken(service: Service, huong: AsyncClient) -> None:
    await migrated("base", url=service.url)
    for path in ("/v1/progress", "/v1/assignments", "/v1/me"):
        answer = await huong.get(path)
        refused(answer, 503)
        assert "retry-after" in answer.headers


async def test_of_two_migrators_at_once_one_does_it_and_the_other_finds_it_done(template: Template) -> None:
    name = "tiendo_two_migrators"
    await run_sql(template.server.url, f"drop database if exists {name} with (force)", f"create database {name}")
    url = template.server.url_of(name)
    await asyncio.gather(migrated("head", url=url), migrated("head", url=url))
    assert await asyncio.to_thread(schema_check.check, url) == []
    connection = await connect(url)
    assert await connection.fetchval("select count(*) from alembic_version") == 1
    await connection.close()
    await run_sql(template.server.url, f"drop database {name} with (force)")
