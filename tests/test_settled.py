"""What was said of a moment stays said: settled moments while writers are open."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
from httpx import AsyncClient

from app.settled import Claim, newest_of_each
from tests.conftest import Service
from tests.connecting import connect

AT = datetime(2025, 6, 27, 10, tzinfo=UTC)
SECOND = timedelta(seconds=1)
INSERT = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
select '38', uuidv7(), 'hotlines', '38', 'completed', now, now, 'x'
from (select greatest(clock_timestamp(), recording_floor() + interval '1 microsecond') as now) stamped
returning recorded_at
"""


@asynccontextmanager
async def slow_writer(service: Service) -> AsyncIterator[tuple[asyncpg.Connection, datetime]]:
    """A writer that has stored a report, and has not committed it."""
    connection = await connect(service.url)
    try:
        await connection.execute("begin")
        recorded_at = await connection.fetchval(INSERT)
        yield connection, recorded_at
    finally:
        await connection.close()


async def database_now(service: Service) -> datetime:
    connection = await connect(service.url)
    try:
        now: datetime = await connection.fetchval("select clock_timestamp()")
        return now
    finally:
        await connection.close()


async def known(client: AsyncClient, at: datetime, path: str = "/v1/progress") -> Any:
    answer = await client.get(path, params={"known_at": at.isoformat()})
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def hotlines(answer: Any) -> int:
    return int(answer["categories"][6]["provinces_completed"])


async def test_without_writers_the_moment_asked_for_is_answered(service: Service, khach: AsyncClient) -> None:
    now = await database_now(service)
    answer = await known(khach, now)
    assert (read(answer["known_at"]), read(answer["as_of"])) == (now, now)


async def test_an_answer_given_while_a_writer_was_open_still_holds(service: Service, khach: AsyncClient) -> None:
    async with slow_writer(service) as (writer, recorded_at):
        answer = await known(khach, await database_now(service))
        assert read(answer["known_at"]) < recorded_at
        assert hotlines(answer) == 0
        await writer.execute("commit")
    again = await known(khach, read(answer["known_at"]))
    assert again == answer
    assert hotlines(await known(khach, recorded_at)) == 1


async def test_an_answer_waits_for_a_writer_that_soon_ends(service: Service, khach: AsyncClient) -> None:
    async with slow_writer(service) as (writer, _):
        now = await database_now(service)
        asked = asyncio.create_task(known(khach, now))
        await asyncio.sleep(0.2)
        assert not asked.done()
        await writer.execute("commit")
        answer = await asked
    assert (read(answer["known_at"]), hotlines(answer)) == (now, 1)


async def test_a_moment_before_a_writer_began_does_not_wait_for_it(service: Service, khach: AsyncClient) -> None:
    before = await database_now(service)
    await asyncio.sleep(0.15)
    async with slow_writer(service):
        async with asyncio.timeout(1.5):
            assert read((await known(khach, before))["known_at"]) == before


async def test_a_moment_that_has_not_come_is_answered_at_once_as_of_the_settled_one(
    service: Service, khach: AsyncClient
) -> None:
    before = await database_now(service)
    async with asyncio.timeout(1.5):
        answer = await known(khach, before + timedelta(days=1))
    assert before <= read(answer["known_at"]) <= await database_now(service)
    assert answer["as_of"] == answer["known_at"]


async def test_nothing_is_recorded_at_or_before_an_answered_moment(
    service: Service, khach: AsyncClient, huong: AsyncClient
) -> None:
    for _ in range(5):
        answers, reported = await asyncio.gather(
            known(khach, await database_now(service) + timedelta(days=1)),
            huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"}),
        )
        recorded_at = read(reported.json()["recorded_at"])
        assert hotlines(await known(khach, read(answers["known_at"]))) == hotlines(answers)
        assert hotlines(await known(khach, recorded_at)) == 1


async def test_an_answer_is_the_same_a_minute_later(service: Service, khach: AsyncClient, huong: AsyncClient) -> None:
    """And after reports, from a worker that has kept it as from one that has not."""
    now = await database_now(service)
    paths = ("/v1/progress", "/v1/progress/provinces", "/v1/progress/matrix", "/v1/progress/timeline?step=day")
    before = [await known(khach, now, path) for path in paths]
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    kept = [await known(khach, now, path) for path in paths]
    service.app.state.response_cache.clear()
    assert kept == [await known(khach, now, path) for path in paths] == before


async def test_operators_see_for_how_long_a_writer_has_been_open(service: Service, anyone: AsyncClient) -> None:
    async with slow_writer(service):
        await asyncio.sleep(0.2)
        ready = (await anyone.get("/readyz")).json()
        metrics = (await anyone.get("/metrics")).text
    assert ready["settled_lag_seconds"] >= 0.2
    [line] = [line for line in metrics.splitlines() if line.startswith("tiendo_settled_lag_seconds ")]
    assert float(line.split()[1]) >= 0.2
    assert (await anyone.get("/readyz")).json()["settled_lag_seconds"] < 0.2


def test_a_claim_is_settled_up_to_the_oldest_writer() -> None:
    claim = Claim(AT, {"1": AT - SECOND, "2": AT - 2 * SECOND})
    assert claim.settled == AT - 2.1 * SECOND
    assert claim.narrowed({"1": AT - SECOND, "3": AT}).settled == AT - 1.1 * SECOND
    assert claim.narrowed({"3": AT}).settled == AT


def test_of_claims_with_the_same_writers_only_the_newest_is_kept() -> None:
    old, new = Claim(AT - SECOND, {"1": AT}), Claim(AT, {"1": AT})
    later = Claim(AT + SECOND, {"1": AT, "2": AT})
    assert newest_of_each([old, new, later]) == [new, later]
