"""Pages of the history while others write: every report once."""

import asyncio
from collections import Counter
from collections.abc import Iterable

from httpx import AsyncClient

from tests.conftest import Service
from tests.connecting import connect

UPDATES = "/v1/status-updates"
TASKS = ("hotlines", "equipment", "staffing", "online-meetings", "hotlines")


async def test_pages_of_the_history_hold_every_report_once_while_eight_writers_commit(service: Service) -> None:
    """One of the writers has held its transaction open since before the first page."""
    huong, lan = service.client("huong"), service.client("lan")
    before = [await reported(huong, task) for task in TASKS]
    holder = await connect(service.url)
    transaction = holder.transaction()
    await transaction.start()
    await holder.execute("update assignment set responsible_office = 'x' where task = 'equipment' and unit = '40'")
    writers = [asyncio.create_task(write(huong, TASKS[:2])) for _ in range(8)]
    seen: Counter[str] = Counter()
    cursor = None
    while True:
        page = (await lan.get(UPDATES, params={"limit": 2} | ({"cursor": cursor} if cursor else {}))).json()
        seen.update(item["id"] for item in page["items"])
        cursor = page["next_cursor"]
        if cursor is None:
            break
    await asyncio.gather(*writers)
    await transaction.rollback()
    await holder.close()
    assert set(seen.values()) == {1}
    assert set(before) <= set(seen)


async def reported(client: AsyncClient, task: str) -> str:
    answer = await client.post(UPDATES, json={"task": task, "unit": "38", "status": "in_progress"})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def write(client: AsyncClient, tasks: Iterable[str]) -> None:
    for task in tasks:
        await reported(client, task)
