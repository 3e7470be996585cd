"""The projection gives the figures that the history gives, however far it has come."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app import clock
from app.db import Database
from app.housekeeping import project_once
from app.progress.past import transitions
from app.progress.past.verify.recount import Difference, differences
from app.settings import Settings
from tests.conftest import Service
from tests.connecting import connect, run_sql
from tests.progress.small_country import THREE_PROVINCES
from tests.slowly import slow

NOW = clock.now().replace(microsecond=0)
MOMENTS = [NOW + timedelta(hours=hours) for hours in (-30 * 24, -80, -49, -25, -3, -1)]
STORY = [
    (-70, "hotlines", "38", "in_progress"),
    (-50, "hotlines", "38", "completed"),
    (-50, "staffing", "38", "blocked"),
    (-26, "hotlines", "38", "completed"),
    (-2, "hotlines", "38", "in_progress"),
    (-90, "hotlines", "38", "completed"),  # late, before all others
    (-60, "hotlines", "38", "blocked"),  # late, splits a streak
    (-26, "staffing", "38", "completed"),
    (-26, "staffing", "38", "in_progress"),  # a correction at the same time
]


@pytest.fixture
async def old_work(service: Service) -> None:
    """Assignments of a small country, created long ago, so that the story begins after their creation."""
    await run_sql(
        service.url,
        *THREE_PROVINCES,
        "update assignment set created_at = created_at - interval '40 days'",
        "update tally set last_created_at = last_created_at - interval '40 days'",
    )


async def report(huong: AsyncClient, hours: int, task: str, unit: str, status: str) -> None:
    said = {"task": task, "unit": unit, "status": status, "effective_at": (NOW + timedelta(hours=hours)).isoformat()}
    assert (await huong.post("/v1/status-updates", json=said)).status_code == 201


async def read(huong: AsyncClient) -> list[Any]:
    asked = [(path, at.isoformat()) for at in MOMENTS for path in ("/v1/progress", "/v1/progress/matrix")]
    found = [(await huong.get(path, params={"as_of": at})).json() for path, at in asked]
    span = {"from": MOMENTS[1].isoformat(), "to": MOMENTS[-1].isoformat(), "step": "hour"}
    found.append((await huong.get("/v1/progress/timeline", params=span)).json()["points"])  # the head differs
    return found


async def from_history(service: Service, huong: AsyncClient) -> list[Any]:
    """The same answers without the projection."""
    connection = await connect(service.url)
    incarnation = await connection.fetchval(
        "update projection_checkpoint set incarnation = 'gone' where what = 'transitions' returning old.incarnation"
    )
    try:
        return await read(huong)
    finally:
        await connection.execute(
            "update projection_checkpoint set incarnation = $1 where what = 'transitions'", incarnation
        )
        await connection.close()


async def found_by_verify(service: Service) -> list[Difference]:
    # the service itself may be projecting at the same time
    await run_sql(service.url, "select from projection_checkpoint for update")
    database: Database = service.app.state.database
    async with database.reading() as session:
        return [difference async for difference in differences(session)]


@pytest.mark.own_database
@pytest.mark.usefixtures("old_work")
async def test_every_moment_is_the_same_however_far_the_projection_is(service: Service, huong: AsyncClient) -> None:
    await project_once(service.app.state.database)
    for hours, task, unit, status in STORY:
        await report(huong, hours, task, unit, status)
        behind = await read(huong)
        await project_once(service.app.state.database)
        projected = await read(huong)
        assert behind == projected == await from_history(service, huong)
    assert await found_by_verify(service) == []


@pytest.mark.own_database
@pytest.mark.usefixtures("old_work")
async def test_after_a_ruling_an_assignment_is_projected_as_a_whole(
    service: Service, huong: AsyncClient, an: AsyncClient
) -> None:
    await project_once(service.app.state.database)
    for hours, task, unit, status in STORY[:5]:
        await report(huong, hours, task, unit, status)
    await project_once(service.app.state.database)
    for change in (
        {"deadline": MOMENTS[2].isoformat()},
        {"not_applicable": True, "reason": "x"},
        {"not_applicable": False, "reason": "y"},
    ):
        assert (await an.patch("/v1/assignments/hotlines/38", json=change)).status_code == 200
        behind = await read(huong)
        await project_once(service.app.state.database)
        assert behind == await read(huong) == await from_history(service, huong)
        assert await found_by_verify(service) == []


@pytest.mark.own_database
@pytest.mark.usefixtures("old_work")
async def test_a_province_whose_only_work_does_not_apply_has_completed_nothing(
    service: Service, huong: AsyncClient, an: AsyncClient
) -> None:
    await project_once(service.app.state.database)
    await report(huong, -60, "hotlines", "38", "completed")
    await project_once(service.app.state.database)
    ruled_out = {"not_applicable": True, "reason": "x"}
    assert (await an.patch("/v1/assignments/hotlines/38", json=ruled_out)).status_code == 200
    behind = await completed_hotlines(huong)
    await project_once(service.app.state.database)
    assert behind == await completed_hotlines(huong) == [(0, 0)] * len(behind)


async def completed_hotlines(huong: AsyncClient) -> list[tuple[int, int]]:
    """Provinces and assignments at each point, which are the same whether one category is asked for or all are."""
    span = {"from": MOMENTS[1].isoformat(), "to": MOMENTS[-1].isoformat(), "step": "day"}
    one = (await huong.get("/v1/progress/timeline", params={**span, "category": "hotlines"})).json()["points"]
    series = (await huong.get("/v1/progress/timeline", params={**span, "category": "*"})).json()["series"]
    assert [line["points"] for line in series if line["category"] == "hotlines"] == [one]
    return [(point["provinces_completed"], point["assignments_completed"]) for point in one]


@pytest.mark.own_database
@pytest.mark.usefixtures("old_work")
async def test_moments_after_the_last_closed_day_are_exact(service: Service, huong: AsyncClient) -> None:
    await project_once(service.app.state.database)
    for hours, task, unit, status in STORY[:5]:
        await report(huong, hours, task, unit, status)
    await project_once(service.app.state.database)
    projected = await read(huong)
    await reopen_days(service, 11)
    assert projected == await read(huong)
    for hours, task, unit, status in STORY[5:]:
        await report(huong, hours, task, unit, status)
    behind = await read(huong)
    await project_once(service.app.state.database)
    assert behind == await read(huong) == await from_history(service, huong)
    assert await found_by_verify(service) == []


async def reopen_days(service: Service, days: int) -> None:
    await run_sql(
        service.url,
        f"update projection_checkpoint set closed_until = closed_until - interval '{days} days'",
        *(
            f"delete from {table} "
            "where at > (select closed_until from projection_checkpoint where what = 'transitions')"
            for table in ("balance", "known_balance")
        ),
    )


async def test_after_a_restore_everything_is_projected_again(service: Service, huong: AsyncClient) -> None:
    database = service.app.state.database
    await project_once(database)
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    await run_sql(
        service.url,
        "update projection_checkpoint set incarnation = 'another', until = 1000000000",
        "delete from transition",
    )
    before = await read(huong)
    await project_once(database)
    assert before == await read(huong)
    assert await found_by_verify(service) == []


async def test_concurrent_projections_project_a_report_once(service: Service, huong: AsyncClient) -> None:
    await project_once(service.app.state.database)
    others = [Database(service.url, Settings(database_url=service.url)) for _ in range(3)]
    for task in ("hotlines", "staffing"):
        await huong.post("/v1/status-updates", json={"task": task, "status": "completed"})
        counts = await asyncio.gather(*(transitions.project(database) for database in others))
        assert sorted(counts)[:-1] == [0, 0]  # type: ignore[type-var]
    for database in others:
        await database.close()
    await project_once(service.app.state.database)
    assert await found_by_verify(service) == []


@pytest.mark.parametrize(
    ("damage", "what"),
    [
        ("update balance set blocked = blocked + 1 where span = 1 and task = 'hotlines' and owner = '38'", "balance"),
        ("delete from known_transition where unit = '38' and task = 'hotlines'", "known transition"),
        *slow(
            ("delete from balance where span = 8 and task = 'hotlines' and owner = '38'", "balance"),
            ("update transition set status = 'blocked' where unit = '38' and task = 'hotlines'", "transition"),
            ("delete from transition where unit = '38' and task = 'hotlines'", "transition"),
            ("update known_balance set blocked = 1 where span = 1 and task = 'hotlines'", "known balance"),
            ("update known_transition set total = 2 where unit = '38' and task = 'hotlines'", "known moment"),
        ),
    ],
)  # fmt: skip
async def test_verify_finds_a_damaged_projection(service: Service, damage: str, what: str) -> None:
    await project_once(service.app.state.database)
    await run_sql(service.url, damage)
    assert what in {difference.what for difference in await found_by_verify(service)}


async def test_transitions_are_visible_only_with_the_full_scope(service: Service) -> None:
    await project_once(service.app.state.database)
    connection = await connect(service.url)
    await connection.execute("set role tiendo_app")
    for scope, seen in (("*", True), ("38/*", False), ("", False)):
        await connection.execute(f"set tiendo.scope = '{scope}'")
        for table in ("transition", "known_transition"):
            assert bool(await connection.fetchval(f"select count(*) from {table}")) is seen
    await connection.close()
