"""Killed at the worst moment: what was acknowledged is there once, the gap is 503, and nothing is left on the port."""

import asyncio
import os
import signal
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from starlette.types import Message

from app import embedded, migrating
from app.embedded import Embedded
from app.middleware import Failures
from tests.checks.listening import Listening, listening, somebody_listens, until
from tests.checks.problems import refused
from tests.checks.test_concurrency import found_by_verify
from tests.conftest import Template, fill
from tests.connecting import connect

UPDATES = "/v1/status-updates"


class Crowd:
    """Reporters who send each report again, under the same key, until it is acknowledged."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url
        self.headers = {"Authorization": f"Bearer {token}"}
        self.acknowledged: dict[str, str] = {}
        self.statuses: Counter[int] = Counter()
        self.without_retry_after = 0

    async def report(self, total: int, *, clients: int = 12) -> None:
        numbers = iter(range(total))
        async with httpx.AsyncClient(base_url=self.url, headers=self.headers, timeout=15) as client:
            await asyncio.gather(*(self._one_after_another(client, numbers) for _ in range(clients)))

    async def _one_after_another(self, client: httpx.AsyncClient, numbers: Iterator[int]) -> None:
        for number in numbers:
            note = f"report {number}"
            while note not in self.acknowledged:
                await self._send(client, note)

    async def _send(self, client: httpx.AsyncClient, note: str) -> None:
        body = {"task": "hotlines", "unit": "38", "status": "completed", "note": note}
        try:
            answer = await client.post(UPDATES, json=body, headers={"Idempotency-Key": note.replace(" ", "-")})
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            return
        self.statuses[answer.status_code] += 1
        if answer.status_code == 201:
            self.acknowledged[note] = answer.json()["id"]
            return
        self.without_retry_after += "retry-after" not in answer.headers
        await asyncio.sleep(0.05)

    async def reached(self, count: int) -> None:
        while len(self.acknowledged) < count:  # noqa: ASYNC110 - a count has no event
            await asyncio.sleep(0.01)


async def stored(url: str) -> dict[str, str]:
    """The notes in the history with their ids; a note that is there twice fails."""
    connection = await connect(url)
    try:
        found = [(row["note"], str(row["id"])) for row in await connection.fetch("select note, id from status_update")]
    finally:
        await connection.close()
    assert len(dict(found)) == len(found)
    return dict(found)


@pytest.mark.slow
async def test_workers_killed_under_load_lose_nothing_and_store_nothing_twice(
    database_url: str, template: Template, tmp_path: Path
) -> None:
    with listening(database_url, tmp_path, workers=2) as service:
        crowd = Crowd(service.url, template.tokens["huong"])
        reporting = asyncio.create_task(crowd.report(400))
        for count in (60, 160, 260):
            await crowd.reached(count)
            await asyncio.to_thread(until, service.workers)
            os.kill(service.workers()[0], signal.SIGKILL)
        await reporting
    assert set(crowd.statuses) <= {201, 409, 503}
    assert await stored(database_url) == crowd.acknowledged
    assert len(crowd.acknowledged) == 400
    assert await found_by_verify(database_url) == []


async def test_a_polite_end_under_load_keeps_what_was_acknowledged(
    database_url: str, template: Template, tmp_path: Path
) -> None:
    with listening(database_url, tmp_path, shutdown_grace="5") as service:
        crowd = Crowd(service.url, template.tokens["huong"])
        reporting = asyncio.create_task(crowd.report(100_000))
        await crowd.reached(100)
        service.process.send_signal(signal.SIGTERM)
        code = await asyncio.to_thread(service.process.wait, 8)
        reporting.cancel()
        await asyncio.wait([reporting])
    assert code in (0, -signal.SIGTERM)
    assert set(crowd.statuses) <= {201, 503}
    assert (await stored(database_url)).items() >= crowd.acknowledged.items()


async def test_a_request_that_is_cancelled_before_its_answer_is_answered_503() -> None:
    """By the server, at the end of the grace period: it would say 500 in plain text."""
    sent: list[Message] = []

    async def forever(*_: object) -> None:
        await asyncio.sleep(60)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": UPDATES, "query_string": b"", "headers": []}
    asked = asyncio.create_task(Failures(forever)(scope, forever, send))  # type: ignore[arg-type] # it sleeps
    await asyncio.sleep(0)
    asked.cancel()
    await asyncio.wait([asked])
    assert asked.cancelled()
    assert sent[0]["status"] == 503
    assert (b"content-type", b"application/problem+json") in sent[0]["headers"]


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/v1/imports?commit=true", "/v1/status-updates"])
async def test_what_the_end_of_the_grace_period_cuts_off_is_503_and_not_stored(
    path: str, database_url: str, template: Template, tmp_path: Path
) -> None:
    kind, body = ("text/csv", b"task,status\nhotlines,completed\n")
    if path == UPDATES:
        kind, body = "application/json", b'{"task": "hotlines", "status": "completed"}'
    headers = {"Authorization": f"Bearer {template.tokens['huong']}", "Content-Type": kind}
    holder = await connect(database_url)
    with listening(database_url, tmp_path, shutdown_grace="1") as service:
        async with holder.transaction(), httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
            await holder.execute("lock table assignment in access exclusive mode")
            sending = asyncio.create_task(client.post(path, content=body))
            await asyncio.sleep(1.5)
            service.process.send_signal(signal.SIGTERM)
            answer = await sending
    await holder.close()
    assert refused(answer, 503)["type"] == "/problems#unavailable"
    assert "retry-after" in answer.headers
    assert await stored(database_url) == {}


@pytest.fixture
def own_postgres(tmp_path: Path) -> Iterator[Embedded]:
    """A durable PostgreSQL of the test's own, which may be stopped."""
    with embedded.running(tmp_path / "data") as server:
        migrating.upgrade(server.url)
        yield server


@pytest.fixture
def own_tokens(own_postgres: Embedded) -> dict[str, str]:
    return asyncio.run(fill(own_postgres.url))


@pytest.mark.processes
@pytest.mark.slow
async def test_postgresql_gone_and_back_under_load_is_only_503(
    own_tokens: dict[str, str], own_postgres: Embedded, tmp_path: Path
) -> None:
    with listening(own_postgres.url, tmp_path, workers=2) as service:
        crowd = Crowd(service.url, own_tokens["huong"])
        read: set[tuple[int, bool]] = set()
        reading = asyncio.create_task(read_on(service, own_tokens["lan"], read))
        reporting = asyncio.create_task(crowd.report(300))
        for count in (60, 160):
            await crowd.reached(count)
            assert own_postgres.pid
            os.kill(own_postgres.pid, signal.SIGQUIT)  # what `pg_ctl stop -m immediate` sends
            await asyncio.sleep(0.7)
            await asyncio.to_thread(own_postgres.ensure)
        await reporting
        reading.cancel()
        await asyncio.wait([reading])
    assert set(crowd.statuses) <= {201, 409, 503}
    assert crowd.statuses[503] > 0
    assert crowd.without_retry_after == 0
    assert read == {(200, False), (503, True)}
    assert await stored(own_postgres.url) == crowd.acknowledged
    assert await found_by_verify(own_postgres.url) == []


async def read_on(service: Listening, token: str, seen: set[tuple[int, bool]]) -> None:
    """Read until cancelled: the statuses, and whether they came with a Retry-After."""
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=15) as client:
        while True:
            for path in ("/v1/progress", "/v1/assignments?limit=5", "/v1/status-updates?limit=5"):
                answer = await client.get(path)
                seen.add((answer.status_code, "retry-after" in answer.headers))
                await asyncio.sleep(0.02)


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
async def test_a_dead_supervisor_leaves_nobody_on_the_port(how: int, database_url: str, tmp_path: Path) -> None:
    with listening(database_url, tmp_path, workers=2) as service:
        until(lambda: len(service.workers()) == 2)
        os.kill(service.process.pid, how)
        service.process.wait(10)
        await asyncio.to_thread(until, lambda: not somebody_listens(service.port), 10)
