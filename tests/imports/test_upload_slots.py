"""Upload slots: all provinces send their files at once, before a deadline, and nobody is told to come again."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.imports.upload_slots import UploadSlots
from tests.conftest import Service, Template, serving
from tests.imports.sheets import csv

FILES = 24


@pytest.fixture
async def narrow(database_url: str, template: Template) -> AsyncIterator[Service]:
    """A service with four connections, and little patience with who waits for one."""
    async with serving(database_url, template.tokens, pool_size=4, pool_timeout=0.5) as running:
        yield running


def file(number: int) -> str:
    rows = (("38", "hotlines", "Hoàn thành", f"{1 + at % 27}/06/2025 15:00", f"{number}/{at}") for at in range(400))
    return csv(*rows)


async def test_however_many_come_at_once_all_are_taken(narrow: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.imports.upload_slots.LARGE", 1000)
    huong = narrow.client("huong")
    await huong.get("/v1/tasks")
    headers = {"Content-Type": "text/csv"}
    sent = (huong.post("/v1/imports", content=file(n).encode(), headers=headers) for n in range(FILES))
    previews = await asyncio.gather(*sent)
    assert [preview.status_code for preview in previews] == [201] * FILES
    committed = await asyncio.gather(*(huong.post(f"/v1/imports/{p.json()['id']}/commit") for p in previews))
    assert {answer.status_code for answer in committed} <= {200, 409}  # others' files may have overtaken it
    assert committed[0].status_code == 200


async def test_a_small_file_waits_for_no_large_one(narrow: Service) -> None:
    huong = narrow.client("huong")
    slots = narrow.app.state.upload_slots
    async with slots.to_send("minh", b"x" * 100_000), slots.to_send("minh", b"x" * 100_000):
        answer = await huong.post("/v1/imports", content=file(1).encode()[:2000], headers={"Content-Type": "text/csv"})
    assert answer.status_code == 201


@pytest.mark.parametrize("step", ["send", "commit"])
async def test_who_sends_many_files_lets_others_in_between(step: str) -> None:
    slots, order = UploadSlots(), []

    async def sends(token: str) -> None:
        async with slots.to_send(token, b"x" * 100_000) if step == "send" else slots.to_commit(token):
            order.append(token)
            await asyncio.sleep(0)

    async with asyncio.timeout(10), asyncio.TaskGroup() as tasks:
        for token in (*["many"] * 20, "one"):
            tasks.create_task(sends(token))
    assert order.index("one") <= 4
