"""While a file is being stored: others may report on the same work, and whatever fails leaves nothing behind."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient, Response
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.db import WriteSession
from app.imports import queries as import_queries
from app.updates import queries
from app.updates import service as updates
from tests.conftest import Service
from tests.fast_path.test_single_reports import expect_exact
from tests.imports.sheets import csv, post, send

ROWS = [("38", "hotlines", "Hoàn thành", f"{day:02}/06/2025 15:00", "") for day in range(1, 8)]


@pytest.fixture
def team(service: Service) -> AsyncClient:
    return service.client("huong")


async def history(team: AsyncClient) -> list[Any]:
    return list((await team.get("/v1/status-updates?limit=1000")).json()["items"])


async def test_a_report_about_work_of_the_file_waits_and_is_recorded_after_it(
    service: Service, team: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, waiting = updates.store, list[asyncio.Task[Response]]()

    async def stored_meanwhile(*given: Any) -> None:
        news = {"task": "hotlines", "status": "blocked", "effective_at": "2025-06-05T00:00:00Z"}
        waiting.append(asyncio.create_task(team.post("/v1/status-updates", json=news)))
        await asyncio.sleep(0.2)
        assert not waiting[0].done()
        await store(*given)

    monkeypatch.setattr("app.imports.service.store", stored_meanwhile)
    done = await send(team, csv(*ROWS), query="?commit=true")
    answer = await waiting[0]
    assert (done["counts"]["current"], done["counts"]["superseded"]) == (1, len(ROWS) - 1)
    assert (answer.status_code, answer.json()["is_current"]) == (201, False)
    newest, *others = await history(team)
    assert newest["id"] == answer.json()["id"]
    assert newest["recorded_at"] > max(one["recorded_at"] for one in others)
    await expect_exact(service.url)


async def test_while_the_rows_of_a_file_are_kept_other_work_of_its_province_is_reported_on(
    service: Service, team: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, answers = WriteSession.execute, list[Response]()

    async def kept_meanwhile(session: WriteSession, statement: Any, *given: Any) -> Any:
        if statement is import_queries.ADD_ROWS:
            async with asyncio.timeout(5):
                answers.append(await team.post("/v1/status-updates", json={"task": "staffing", "status": "completed"}))
        return await execute(session, statement, *given)

    monkeypatch.setattr(WriteSession, "execute", kept_meanwhile)
    assert (await send(team, csv(*ROWS), query="?commit=true"))["counts"]["rejected"] == 0
    assert [answer.status_code for answer in answers] == [201]
    await expect_exact(service.url)


async def test_what_fails_in_the_middle_leaves_nothing_of_the_file(
    service: Service, team: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    execute, slices = WriteSession.execute, 0

    async def lost_at_the_second_slice(session: WriteSession, statement: Any, *given: Any) -> Any:
        nonlocal slices
        slices += statement is queries.ADD
        if slices == 2:
            raise PoolTimeout
        return await execute(session, statement, *given)

    monkeypatch.setattr(updates, "ROWS_PER_STATEMENT", 3)
    monkeypatch.setattr(WriteSession, "execute", lost_at_the_second_slice)
    assert (await post(team, csv(*ROWS), query="?commit=true")).status_code == 503
    assert await history(team) == []
    await expect_exact(service.url)
    monkeypatch.undo()
    assert (await send(team, csv(*ROWS), query="?commit=true"))["counts"]["rejected"] == 0
    assert len(await history(team)) == len(ROWS)


async def test_what_is_said_twice_of_work_that_cannot_be_judged_is_refused_twice(lan: AsyncClient) -> None:
    rows = [("38", "hotlines", "Đã xác nhận", ""), ("38", "hotlines", "Đã xác nhận", "")]
    preview = await send(lan, csv(*rows, header=("unit", "task", "status", "note")))
    assert [error["code"] for error in preview["errors"]] == ["not-complete", "not-complete"]
    assert (await lan.post(f"/v1/imports/{preview['id']}/commit")).status_code == 200
