"""Answers and bulletins taken in the middle of open writes still hold afterwards, on any worker."""

import asyncio
import os
import random
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient, Response

from tests.conftest import NO_LIMITS, Service, Template, serving
from tests.connecting import connect

SECONDS = 60 * float(os.environ.get("TIENDO_MODEL_MINUTES", "0.08"))  # noqa: TID251 - as scripts/model says
TASKS = ("hotlines", "staffing", "equipment", "access-points", "online-meetings")
STATUSES = ("completed", "in_progress", "blocked", "not_started")
PATHS = ("/v1/progress", "/v1/progress/provinces", "/v1/progress/matrix")
ENOUGH = 5


class Run:
    """Writers and readers on two workers until the time is over, and what the readers were told."""

    def __init__(self, services: list[Service], rng: random.Random) -> None:
        self.services = services
        self.rng = rng
        self.until = asyncio.get_running_loop().time() + SECONDS
        self.answers: list[tuple[str, dict[str, str], Any]] = []
        self.bulletins: list[dict[str, Any]] = []
        self.refused: list[Response] = []

    def client(self, name: str) -> AsyncClient:
        return self.rng.choice(self.services).client(name)

    async def repeat(self, step: Any) -> None:
        while asyncio.get_running_loop().time() < self.until:
            await step()

    def report(self, unit: str | None = None) -> dict[str, Any]:
        sent = {"task": self.rng.choice(TASKS), "status": self.rng.choice(STATUSES)}
        earlier = datetime.now(UTC) - timedelta(seconds=self.rng.randrange(3600))  # noqa: TID251 - a reporter's clock
        return sent | ({"unit": unit} if unit else {}) | ({"effective_at": earlier.isoformat()} if unit else {})

    def took(self, answer: Response) -> None:
        if answer.status_code >= 300:
            self.refused.append(answer)

    async def report_one(self) -> None:
        self.took(await self.client("huong").post("/v1/status-updates", json=self.report()))

    async def report_many(self) -> None:
        rows = [self.report("40") for _ in range(self.rng.randrange(1, 400))]
        self.took(await self.client("minh").post("/v1/status-updates/batch", json={"updates": rows}))

    async def import_file(self) -> None:
        lines = ["unit,task,status", *(f"40,{task},{self.rng.choice(STATUSES)}" for task in TASKS)]
        headers = {"Content-Type": "text/csv"}
        await self.client("minh").post("/v1/imports?commit=true", content="\n".join(lines), headers=headers)

    async def rule(self) -> None:
        day = f"2026-12-{self.rng.randrange(1, 29):02}"
        task = self.rng.choice(TASKS)
        self.took(await self.client("an").patch(f"/v1/assignments/{task}/01", json={"deadline": day}))

    async def hold(self) -> None:
        """A writer that stores at once and commits late, is rolled back, or is killed."""
        connection = await connect(self.services[0].url)
        try:
            await connection.execute("begin")
            await connection.execute(HOLD, self.rng.choice(TASKS))
            await asyncio.sleep(self.rng.random() * 0.8)
            end = self.rng.choice(("commit", "rollback", "select pg_terminate_backend(pg_backend_pid())"))
            await connection.execute(end)
        except asyncpg.PostgresError:
            pass
        finally:
            connection.terminate()

    async def read(self) -> None:
        ahead = timedelta(milliseconds=self.rng.choice((-3000, -200, -1, 0, 60_000)))
        asked = datetime.now(UTC) + ahead  # noqa: TID251 - a reader's clock
        path = self.rng.choice(PATHS)
        answer = await self.client("khach").get(path, params={"known_at": asked.isoformat()})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        assert datetime.fromisoformat(told["known_at"]) <= asked
        self.answers.append((path, {"known_at": told["known_at"]}, told))

    async def issue(self) -> None:
        as_of = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()  # noqa: TID251 - the ministry's clock
        answer = await self.client("lan").post("/v1/bulletins", json={"as_of": as_of})
        assert answer.status_code == 201, answer.text
        self.bulletins.append(answer.json())
        await asyncio.sleep(0.2)


HOLD = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
select '44', uuidv7(), $1, '44', 'completed', now, now, 'x'
from (select greatest(clock_timestamp(), recording_floor() + interval '1 microsecond') as now) stamped
"""


@pytest.fixture
async def workers(database_url: str, template: Template) -> AsyncIterator[list[Service]]:
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(serving(database_url, template.tokens, **NO_LIMITS)) for _ in range(3)]


@pytest.mark.own_database
async def test_what_was_said_in_the_middle_of_open_writes_still_holds(workers: list[Service]) -> None:
    """A third worker, which has kept nothing, is asked afterwards."""
    run = Run(workers[:2], random.Random())
    steps = (run.report_one, run.report_one, run.report_many, run.import_file, run.rule, run.hold, run.hold)
    readers = (run.read, run.read, run.read, run.issue)
    async with asyncio.TaskGroup() as everybody:
        for step in (*steps, *readers):
            everybody.create_task(run.repeat(step))
    assert [answer.text for answer in run.refused] == []
    assert len(run.answers) > ENOUGH
    assert run.bulletins
    afterwards = workers[2].client("lan")
    for path, asked, told in run.answers:
        assert (await afterwards.get(path, params=asked)).json() == told
    for bulletin in run.bulletins:
        both = {"as_of": bulletin["as_of"], "known_at": bulletin["known_at"]}
        for part, path in zip(("progress", "provinces", "matrix"), PATHS, strict=True):
            assert (await afterwards.get(path, params=both)).json() == bulletin[part]
