"""The quick way in: the same answers, refusals and counts as the route, and exact under contention."""

import asyncio
import random
from typing import Any

import pytest
from httpx import AsyncClient

from app.db import Database
from app.progress.past.verify.recount import differences
from app.settings import Settings
from tests.conftest import Service, Template, listening

REPORT = {"task": "hotlines", "unit": "38", "status": "completed", "note": "Đã công bố"}
BY_THE_ROUTE = {"Content-Type": "application/json; charset=utf-8"}


@pytest.fixture
def service(listening_service: Service) -> Service:
    return listening_service


async def test_it_is_taken_where_it_can_be(huong: AsyncClient, service: Service) -> None:
    await huong.get("/v1/me")
    await huong.get("/v1/tasks")
    taken = watch(service)
    assert (await huong.post("/v1/status-updates", json=REPORT)).status_code == 201
    late = {**REPORT, "effective_at": "2025-06-01T00:00:00Z"}
    assert (await huong.post("/v1/status-updates", json=late)).json()["is_current"] is False
    assert taken == [True, False]


async def test_a_token_revoked_at_another_worker_is_refused_at_once(
    service: Service, an: AsyncClient, template: Template
) -> None:
    made = (await an.post("/v1/tokens", json={"name": "tạm", "role": "reporter", "unit": "38"})).json()
    async with listening(service.url, {**template.tokens, "temporary": made["token"]}) as other:
        temporary = other.client("temporary")
        await temporary.get("/v1/tasks")
        assert (await temporary.post("/v1/status-updates", json=REPORT)).status_code == 201
        assert (await an.delete(f"/v1/tokens/{made['id']}")).status_code == 200
        assert (await temporary.post("/v1/status-updates", json=REPORT)).status_code == 401
    assert len((await an.get("/v1/status-updates")).json()["items"]) == 1


async def test_after_a_change_of_the_catalogue_at_another_worker_the_route_takes_it(
    service: Service, an: AsyncClient, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "app.data_version.RECENT_SECONDS", 60.0
    )  # however long the change takes, the worker goes by what it knows
    async with listening(service.url, template.tokens) as other:
        huong = other.client("huong")
        await huong.get("/v1/tasks")
        taken = watch(other)
        for moves in (False, True, False):
            if moves:
                assert (await an.patch("/v1/tasks/staffing", json={"quality_standard": "Mới"})).status_code == 200
            assert (await huong.post("/v1/status-updates", json=REPORT)).status_code == 201
    assert taken == [True, False, True]


def watch(service: Service) -> list[bool]:
    """Whether the hatch took each report that it tried to."""
    taken: list[bool] = []
    record = service.app.state.group_commit.record

    async def watched(entrant: Any) -> bytes | None:
        answer: bytes | None = await record(entrant)
        taken.append(answer is not None)
        return answer

    service.patch.setattr(service.app.state.group_commit, "record", watched)
    return taken


async def test_it_answers_as_the_route_does(huong: AsyncClient) -> None:
    await huong.get("/v1/tasks")
    quick = await huong.post("/v1/status-updates", json={**REPORT, "task": "hotlines"})
    slow = await huong.post("/v1/status-updates", json={**REPORT, "task": "staffing"}, headers=BY_THE_ROUTE)
    changing = ("id", "task", "category", "effective_at", "recorded_at")
    assert list(quick.json()) == list(slow.json())
    assert {k: v for k, v in quick.json().items() if k not in changing} == {
        k: v for k, v in slow.json().items() if k not in changing
    }
    assert quick.headers["content-type"] == slow.headers["content-type"]


async def test_a_key_holds_across_both_ways(huong: AsyncClient) -> None:
    await huong.get("/v1/tasks")
    key = {"Idempotency-Key": "k-1"}
    first = await huong.post("/v1/status-updates", json=REPORT, headers=key)
    again = await huong.post("/v1/status-updates", json=REPORT, headers=key)
    assert again.headers["idempotency-replayed"] == "true"
    assert again.content == first.content
    other = await huong.post("/v1/status-updates", json={**REPORT, "note": "anders"}, headers=key)
    assert other.json()["type"] == "/problems#idempotency-key-reused"
    assert len((await huong.get("/v1/status-updates")).json()["items"]) == 1


async def test_the_same_assignment_hit_by_all_stays_exact(huong: AsyncClient, service: Service) -> None:
    await huong.get("/v1/tasks")
    chance = random.Random(38)
    statuses = ["not_started", "in_progress", "blocked", "completed"]

    async def report(number: int) -> int:
        sent: dict[str, Any] = {"task": f"{('hotlines', 'staffing')[number % 2]}", "status": chance.choice(statuses)}
        if number % 3 == 0:
            sent["effective_at"] = f"2025-06-{chance.randint(1, 28):02}T0{number % 10}:00:00Z"
        return (await huong.post("/v1/status-updates", json=sent)).status_code

    assert set(await asyncio.gather(*(report(number) for number in range(200)))) == {201}
    await expect_exact(service.url)


async def expect_exact(url: str) -> None:
    database = Database(url, Settings(database_url=url))
    async with database.reading() as session:
        assert [difference async for difference in differences(session)] == []
    await database.close()
