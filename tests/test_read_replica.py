"""A read replica answers what it has replayed, and nobody reads anything older than what was acknowledged to them."""

import asyncio
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from prometheus_client import REGISTRY
from sqlalchemy.engine import make_url

from app import embedded
from app.embedded import Embedded
from app.operations import doctor
from app.operations.doctor import Level
from tests.conftest import NO_LIMITS, TEMPLATE, Service, Template, serving
from tests.connecting import connect, run_sql
from tests.replication import clusters, copy, promote, wait_until_replayed

__all__ = ["clusters"]

REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}
JUNE = "2025-06-27T10:00:00Z"


def outcomes() -> dict[str, float]:
    return {
        outcome: REGISTRY.get_sample_value("tiendo_replica_reads_total", {"outcome": outcome}) or 0.0
        for outcome in ("replica", "behind", "lost")
    }


def since(before: dict[str, float]) -> dict[str, float]:
    return {outcome: number - before[outcome] for outcome, number in outcomes().items()}


async def report(service: Service, who: str = "huong", **more: object) -> str:
    answer = await service.client(who).post("/v1/status-updates", json={**REPORT, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def newest(service: Service, unit: str = "38") -> str:
    answer = await service.client("lan").get(f"/v1/status-updates?unit={unit}&limit=1")
    assert answer.status_code == 200, answer.text
    return str(answer.json()["items"][0]["id"])


async def test_a_server_that_is_no_replica_is_not_read(database_url: str, template: Template) -> None:
    """The primary itself, for one: where somebody has promoted the replica, it has a life of its own."""
    before = outcomes()
    async with serving(database_url, template.tokens, read_database_url=database_url, **NO_LIMITS) as service:
        await service.client("lan").get("/v1/changes?after=now")
        assert await report(service) == await newest(service)
    assert since(before)["replica"] == 0
    assert since(before)["behind"] >= 1


async def test_a_replica_that_is_not_there_is_not_waited_for(database_url: str, template: Template) -> None:
    url = f"postgresql://postgres@localhost:1/{make_url(database_url).database}"
    async with serving(database_url, template.tokens, read_database_url=url, **NO_LIMITS) as service:
        await service.client("lan").get("/v1/changes?after=now")
        for _ in range(3):
            assert await report(service) == await newest(service)
        assert (await service.client().get("/readyz")).status_code == 200


@pytest.mark.slow
async def test_nobody_reads_from_a_replica_anything_older_than_what_was_acknowledged(
    clusters: tuple[Embedded, Embedded], template: Template
) -> None:
    """Under writes, with a replay that is stopped and goes on at random moments, past figures and lists alike."""
    primary, standby = clusters
    async with replicated(primary, standby, template) as service:
        before = outcomes()
        over = asyncio.Event()
        stopping = asyncio.create_task(stop_and_go(standby, over))
        async with asyncio.TaskGroup() as group:
            for who, unit in (("huong", "38"), ("minh", "40"), ("xa", "14758")):
                group.create_task(write_and_read(service, who, unit))
        over.set()
        await stopping
        found = since(before)
    assert found["replica"] > 5, found
    assert found["behind"] > 0, found


@asynccontextmanager
async def replicated(primary: Embedded, standby: Embedded, template: Template) -> AsyncIterator[Service]:
    urls = primary.url_of(TEMPLATE), standby.url_of(TEMPLATE)
    async with serving(urls[0], template.tokens, read_database_url=urls[1], **NO_LIMITS) as service:
        await service.client("lan").get("/v1/changes?after=now")
        await wait_until_replayed(*urls)
        yield service


async def stop_and_go(standby: Embedded, over: asyncio.Event) -> None:
    connection = await connect(standby.url_of(TEMPLATE))
    while not over.is_set():
        await asyncio.sleep(0.4)
        await connection.execute("select pg_wal_replay_pause()")
        await asyncio.sleep(0.4)
        await connection.execute("select pg_wal_replay_resume()")
    await connection.close()


async def write_and_read(service: Service, who: str, unit: str) -> None:
    """Report, then ask for it in every way that a replica may answer."""
    client, lan = service.client(who), service.client("lan")
    task = (await lan.get(f"/v1/assignments?unit={unit}&limit=1")).json()["items"][0]["task"]
    for number in range(60):
        status = ("in_progress", "completed")[number % 2]
        sent = {"task": task, "unit": unit, "status": status}
        stored = (await client.post("/v1/status-updates", json=sent)).json()
        listed, work = await asyncio.gather(
            lan.get(f"/v1/status-updates?unit={unit}&limit=1"), lan.get(f"/v1/assignments?unit={unit}&task={task}")
        )
        assert listed.json()["items"][0]["id"] == stored["id"]
        assert work.json()["items"][0]["status"] == status
        at, now = stored["effective_at"], stored["recorded_at"]
        document = await lan.get(f"/v1/progress/provinces/{stored['province']}?as_of={at}&known_at={now}")
        assert document.status_code == 200, document.text
        still_open = {one["task"] for one in document.json()["open_assignments"]} if unit != "14758" else set()
        if unit != "14758" and document.json()["known_at"] == now:
            assert (task in still_open) == (status == "in_progress")


@pytest.mark.slow
async def test_a_replica_that_is_lost_fails_no_question(
    clusters: tuple[Embedded, Embedded], template: Template
) -> None:
    primary, standby = clusters
    async with replicated(primary, standby, template) as service:
        await report(service)
        before = outcomes()
        assert [finding.level for finding in await doctor.replica(service.app.state.settings)] == [Level.OK]
        asking = [asyncio.create_task(keep_asking(service, number)) for number in range(8)]
        await until_more_than(10, "replica", before)
        assert standby.pid
        os.kill(standby.pid, signal.SIGQUIT)
        await until_more_than(10, "lost", before)
        for task in asking:
            task.cancel()
        answers = await asyncio.gather(*asking, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in answers), answers
        assert await report(service) == await newest(service)
        assert [finding.level for finding in await doctor.replica(service.app.state.settings)] == [Level.WARNING]


async def until_more_than(number: int, outcome: str, before: dict[str, float]) -> None:
    async with asyncio.timeout(60):
        while since(before)[outcome] <= number:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.05)


async def keep_asking(service: Service, number: int) -> None:
    client = service.client("lan")
    paths = ("/v1/status-updates?unit=38", "/v1/assignments?province=38", f"/v1/progress?as_of={JUNE}&known_at={JUNE}")
    while True:
        answer = await client.get(paths[number % len(paths)])
        assert answer.status_code == 200, answer.text


@pytest.mark.slow
async def test_a_promoted_replica_is_not_read_while_reports_go_to_the_old_primary(
    clusters: tuple[Embedded, Embedded], template: Template
) -> None:
    primary, standby = clusters
    async with replicated(primary, standby, template) as service:
        assert await report(service) == await newest(service)
        promote(standby)
        await run_sql(standby.url_of(TEMPLATE), "create table other_life as select generate_series(1, 100000)")
        before = outcomes()
        assert await report(service) == await newest(service)
        assert since(before)["replica"] == 0


@pytest.mark.slow
async def test_a_replica_of_another_timeline_is_not_read_however_far_it_is(
    clusters: tuple[Embedded, Embedded], template: Template
) -> None:
    """It follows the old primary, and has replayed what the new one never saw: its positions mean something else."""
    primary, standby = clusters
    with tempfile.TemporaryDirectory(prefix="tiendo-third-") as fresh:
        home = Path(fresh) / "third"
        os.chmod(fresh, 0o711)  # noqa: PTH101 - where root runs the tests, PostgreSQL's own account passes through
        copy(primary, home)
        with embedded.running(home, durable=False) as third:
            await run_sql(standby.url, "alter system set primary_conninfo = ''", "select pg_reload_conf()")
            await asyncio.sleep(1)
            await run_sql(primary.url_of(TEMPLATE), "create table lost as select generate_series(1, 200000)")
            await wait_until_replayed(primary.url_of(TEMPLATE), third.url_of(TEMPLATE))
            assert primary.pid
            os.kill(primary.pid, signal.SIGQUIT)
            promote(standby)
            urls = standby.url_of(TEMPLATE), third.url_of(TEMPLATE)
            async with serving(urls[0], template.tokens, read_database_url=urls[1], **NO_LIMITS) as service:
                await service.client("lan").get("/v1/changes?after=now")
                connections = [await connect(url) for url in urls]
                there = await connections[0].fetchval("select pg_current_wal_flush_lsn()::text")
                assert await connections[1].fetchval("select pg_last_wal_replay_lsn() > $1::text::pg_lsn", there)
                before = outcomes()
                assert await report(service) == await newest(service)
                assert since(before)["replica"] == 0
                for connection in connections:
                    await connection.close()
