"""Obstacles of before `answer_due` get the due date that they would have been given."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from app import migrating
from tests.conftest import Service
from tests.connecting import connect
from tests.obstacles.test_obstacles import reported

DUE = "select state, answer_due from obstacle_event order by at, id"


@pytest.mark.own_database
async def test_the_migration_fills_in_when_each_answer_was_due(service: Service) -> None:
    huong, viettel = service.client("huong"), service.client("viettel")
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    await viettel.patch(path, json={"state": "resolved", "response": "Xong"})
    await huong.patch(path, json={"state": "open", "response": "Chưa có tín hiệu"})
    connection = await connect(service.url)
    start = datetime(2025, 6, 2, 2, tzinfo=UTC)  # a Monday morning
    for number, at in enumerate((start, start + timedelta(days=1), start + timedelta(days=5))):
        place = f"(select id from obstacle_event order by id limit 1 offset {number})"
        await connection.execute(f"update obstacle_event set at = $1 where id = {place}", at)
    await asyncio.to_thread(migrating.downgrade, service.url, "refused_rows")
    await asyncio.to_thread(migrating.upgrade, service.url)
    rows = await connection.fetch(DUE)
    thursday, wednesday = datetime(2025, 6, 5, 16, 59, 59, tzinfo=UTC), datetime(2025, 6, 11, 16, 59, 59, tzinfo=UTC)
    assert [tuple(row) for row in rows] == [("open", thursday), ("resolved", thursday), ("open", wednesday)]
    assert await connection.fetchval("select answer_due from obstacle") == wednesday
    await connection.close()
