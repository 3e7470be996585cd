"""Many at once: figures stay exact, nothing waits in a circle, nothing leaks, and who cannot be served is told so."""

import asyncio
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.db import Database
from app.progress.past.verify.recount import differences
from app.settings import Settings
from tests.checks.problems import refused
from tests.conftest import Service, Template, serving
from tests.connecting import connect, run_sql

UPDATES = "/v1/status-updates"
JUNE = datetime(2025, 6, 20, tzinfo=UTC)
TASKS = ("hotlines", "equipment", "staffing", "online-meetings")
STATUSES = ("not_started", "in_progress", "blocked", "completed")


async def found_by_verify(url: str) -> list[Any]:
    database = Database(url, Settings(database_url=url))
    try:
        async with database.reading() as session:
            return [difference async for difference in differences(session)]
    finally:
        await database.close()


async def test_writers_in_parallel_leave_exact_figures_whatever_the_order(service: Service, template: Template) -> None:
    """Two workers, single reports and batches in clashing orders, every effective time once."""
    chance = random.Random(38)
    moments = [JUNE + timedelta(minutes=minute) for minute in range(360)]
    chance.shuffle(moments)
    reports = [
        {
            "task": TASKS[number % 4],
            "unit": "38",
            "status": chance.choice(STATUSES),
            "effective_at": moment.isoformat(),
        }
        for number, moment in enumerate(moments)
    ]
    singles, batched = reports[:160], [reports[start : start + 10] for start in range(160, 360, 10)]
    async with serving(service.url, template.tokens) as other:
        clients = [worker.client("huong") for worker in (service, other) for _ in range(4)]
        jobs = [(UPDATES, one) for one in singles] + [(f"{UPDATES}/batch", {"updates": rows}) for rows in batched]
        chance.shuffle(jobs)
        answers = await asyncio.gather(*(writer(client, jobs[n::8]) for n, client in enumerate(clients)))
    assert Counter(status for those in answers for status in those) == {201: 160, 200: 20}
    assert await found_by_verify(service.url) == []
    for task in TASKS:
        last = max((one for one in reports if one["task"] == task), key=lambda one: one["effective_at"])
        stands = (await service.client("huong").get(f"/v1/assignments/{task}/38")).json()
        assert stands["status"] == last["status"]
    connection = await connect(service.url)
    assert await connection.fetchval("select count(*) from status_update") == 360
    await connection.close()


async def writer(client: AsyncClient, jobs: list[tuple[str, Any]]) -> list[int]:
    return [(await client.post(path, json=body)).status_code for path, body in jobs]


@pytest.mark.parametrize("mode", ["atomic", "partial"])
async def test_what_a_batch_with_a_bad_row_answers_is_what_is_stored(mode: str, service: Service) -> None:
    bad = {"task": "nope", "unit": "38", "status": "completed"}
    older = {"task": "hotlines", "unit": "38", "status": "blocked", "effective_at": "2025-06-01T10:00:00Z"}
    good = {"task": "hotlines", "unit": "38", "status": "completed", "effective_at": "2025-06-02T10:00:00Z"}
    rows = [good, bad, older, {**good, "status": "done"}, {**good, "unit": "40"}]
    huong = service.client("huong")
    answer = await huong.post(f"{UPDATES}/batch", params={"mode": mode}, json={"updates": rows})
    told = answer.json()
    assert [error["pointer"] for error in told["errors"]] == ["/updates/1/task", "/updates/3/status", "/updates/4/unit"]
    history = (await huong.get(UPDATES)).json()["items"]
    if mode == "atomic":
        refused(answer, 422)
        assert history == []
    else:
        assert (told["received"], told["stored"], told["current"], told["superseded"], told["rejected"]) == (
            5,
            2,
            1,
            1,
            3,
        )
        assert [(item["status"], item["is_current"]) for item in history] == [("blocked", False), ("completed", True)]
    assert await found_by_verify(service.url) == []


@pytest.mark.parametrize(
    ("what", "statement"),
    [
        ("assignment", "update assignment set status = 'completed' where task = 'staffing' and unit = '38'"),
        ("tally", "update tally set total = total + 1 where ctid = (select ctid from tally limit 1)"),
        ("last_report", "update last_report set last_recorded_at = last_recorded_at + interval '1 hour'"),
        ("assignment", "delete from status_update"),
    ],
)
async def test_verify_finds_what_was_altered_by_hand(what: str, statement: str, service: Service) -> None:
    report = {"task": "hotlines", "unit": "38", "status": "completed"}
    await service.client("huong").post(UPDATES, json=report)
    assert await found_by_verify(service.url) == []
    await run_sql(service.url, statement)
    assert what in {difference.what for difference in await found_by_verify(service.url)}


async def test_an_exhausted_pool_is_503_and_the_process_still_says_that_it_lives(
    database_url: str, template: Template
) -> None:
    async with serving(database_url, template.tokens, pool_size=2, pool_timeout=0.5) as small:
        huong = small.client("huong")
        assert (await huong.get("/v1/assignments/hotlines/38")).status_code == 200
        holder = await connect(database_url)
        transaction = holder.transaction()
        await transaction.start()
        await holder.execute("lock table assignment in access exclusive mode")
        rows = {"updates": [{"task": "hotlines", "unit": "38", "status": "completed"}]}
        stuck = {asyncio.create_task(huong.post(f"{UPDATES}/batch", json=rows)) for _ in range(6)}
        done: set[asyncio.Task[Any]] = set()
        while len(stuck) > 2:  # the last two have the connections, and wait for the lock
            answered, stuck = await asyncio.wait(stuck, return_when=asyncio.FIRST_COMPLETED)
            done |= answered
        for one in done:
            refused(one.result(), 503)
            assert int(one.result().headers["retry-after"]) >= 1
        assert (await small.client().get("/healthz")).status_code == 200
        await transaction.rollback()
        await holder.close()
        assert [(await one).status_code for one in stuck] == [200, 200]


async def test_a_lock_that_is_held_too_long_is_503(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, lock_timeout=1) as service:
        holder = await connect(database_url)
        async with holder.transaction():
            await holder.execute("select from assignment where unit = '38' for update")
            huong = service.client("huong")
            for path, body in ((UPDATES, REPORT), (f"{UPDATES}/batch", {"updates": [REPORT]})):
                answer = await huong.post(path, json=body)
                refused(answer, 503)
                assert "retry-after" in answer.headers
        await holder.close()


REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}


async def test_requests_cancelled_anywhere_leave_nothing_behind(service: Service) -> None:
    chance = random.Random(40)
    huong, minh = service.client("huong"), service.client("minh")

    def one(number: int) -> Any:
        if number % 3 == 0:
            return huong.post(f"{UPDATES}/batch", json={"updates": [REPORT]}, headers={"Idempotency-Key": f"k{number}"})
        return minh.get("/v1/status-updates") if number % 3 == 1 else huong.post(UPDATES, json=REPORT)

    await asyncio.gather(huong.get("/v1/me"), minh.get("/v1/me"))
    for start in range(0, 300, 20):
        tasks = [asyncio.create_task(one(number)) for number in range(start, start + 20)]
        for task in tasks:
            await asyncio.sleep(chance.random() * 0.003)
            task.cancel()
        await asyncio.wait(tasks)
    async with asyncio.timeout(10):  # what tells turns in the background has a transaction of its own now and then
        while await open_transactions(service.url):  # noqa: ASYNC110 - PostgreSQL has no event for it
            await asyncio.sleep(0.1)
    answers = await asyncio.gather(*(huong.post(f"{UPDATES}/batch", json={"updates": [REPORT]}) for _ in range(12)))
    assert {answer.status_code for answer in answers} == {200}
    assert await leftover_scopes(service) == set()
    assert await found_by_verify(service.url) == []


async def open_transactions(url: str) -> int:
    connection = await connect(url)
    try:
        return int(
            await connection.fetchval(
                "select count(*) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid() and state like '%in transaction%'"
            )
        )
    finally:
        await connection.close()


async def leftover_scopes(service: Service) -> set[str]:
    """The scopes that the pool's connections have outside of any request."""
    database: Database = service.app.state.database
    found: set[str] = set()
    for engine in database.session_engines:
        connections = [await engine.connect() for _ in range(6)]
        for connection in connections:
            setting = await connection.exec_driver_sql("select current_setting('tiendo.scope', true)")
            found |= {str(value) for value in setting.scalars() if value}
        for connection in connections:
            await connection.close()
    return found
