"""Nothing is recorded at or before a moment that was answered, whatever the clocks say."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.db import Database
from tests.conftest import Service
from tests.connecting import connect, run_sql

FILE = "unit,task,status\n38,online-meetings,completed\n"
OBSTACLE = {
    "unit": "38",
    "group": "systems",
    "title": "Chậm",
    "detail": "Đề nghị hỗ trợ",
    "addressed_to": "viettel",
}
TASK = {
    "code": "signs",
    "category": "hotlines",
    "level": "province",
    "names": {"vi": "Biển", "en": "Signs", "ja": "看板"},
}
RECORDED = """
select recorded_at from status_update union all select recorded_at from ruling
union all select at from obstacle_event union all select created_at from assignment where task = 'signs'
"""


async def recorded(url: str) -> list[datetime]:
    connection = await connect(url)
    try:
        return [row[0] for row in await connection.fetch(RECORDED)]
    finally:
        await connection.close()


def single(client: AsyncClient, task: str, **more: str) -> Any:
    return client.post("/v1/status-updates", json={"task": task, "unit": "38", "status": "completed", **more})


@pytest.mark.own_database
async def test_every_way_to_record_stamps_after_what_was_answered_though_the_clock_was_set_back(
    service: Service, huong: AsyncClient, viettel: AsyncClient, an: AsyncClient
) -> None:
    """A clock set back an hour is a moment answered an hour ahead."""
    await single(huong, "access-points")
    answered = datetime.now(UTC) + timedelta(hours=1)  # noqa: TID251 - beside the service
    await run_sql(service.url, f"update answered_until set moment = '{answered}'", "delete from status_update")
    answers = [
        await single(huong, "hotlines"),
        await single(huong, "hotlines", effective_at="2025-06-20T00:00:00Z"),
        await huong.post("/v1/status-updates/batch", json={"updates": [{"task": "staffing", "status": "blocked"}]}),
        await huong.post("/v1/imports?commit=true", content=FILE, headers={"Content-Type": "text/csv"}),
        await an.patch("/v1/assignments/equipment/38", json={"deadline": "2025-07-09"}),
        await an.patch("/v1/assignments?task=staffing", json={"deadline": "2025-07-09"}),
        await an.post("/v1/tasks", json=TASK),
    ]
    obstacle = await huong.post("/v1/obstacles", json=OBSTACLE)
    answers += [
        obstacle,
        await viettel.patch(f"/v1/obstacles/{obstacle.json()['id']}", json={"state": "resolved", "response": "Xong"}),
    ]
    assert [answer.status_code for answer in answers if answer.status_code >= 300] == [], [a.text for a in answers]
    stamps = await recorded(service.url)
    assert len(stamps) > 70
    assert min(stamps) > answered


@pytest.mark.own_database
async def test_a_group_stamped_before_an_answer_is_stamped_again(service: Service, huong: AsyncClient) -> None:
    await single(huong, "access-points")
    await run_sql(service.url, "update answered_until set moment = clock_timestamp() + interval '20 milliseconds'")
    assert (await single(huong, "hotlines")).status_code == 201
    connection = await connect(service.url)
    row = await connection.fetchrow(
        "select recorded_at > moment as after from status_update, answered_until where task = 'hotlines'"
    )
    await connection.close()
    assert row["after"]


async def test_no_writer_stays_open_longer_than_a_minute(service: Service) -> None:
    database: Database = service.app.state.database
    async with database.writing() as session:
        shown = (await session.connection()).exec_driver_sql("show transaction_timeout")
        assert (await shown).scalar_one() == "1min"
    connection = await service.app.state.group_commit.connection.open()
    assert await connection.fetchval("show transaction_timeout") == "1min"
