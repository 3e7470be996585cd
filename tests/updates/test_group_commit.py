"""Reports that travel together: one transaction for several callers, each held to their own rows and their own fate."""

import asyncio
import runpy
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
import pytest
from httpx import AsyncClient, Response

from app import clock, migrating
from app.auth.identity import Identity, Role
from app.status import Status
from app.updates import group_commit_queries, queries
from app.updates.reports import Report
from app.updates.service import record
from tests.conftest import Service, listening
from tests.connecting import connect, run_sql
from tests.fast_path.test_single_reports import expect_exact, watch

TASKS = ("hotlines", "staffing", "procedures-published", "online-meetings")


@pytest.fixture
def service(listening_service: Service) -> Service:
    return listening_service


@pytest.fixture
async def provinces(service: Service) -> dict[str, AsyncClient]:
    """Two provinces' teams, known to the worker, so that their reports may take the quick way."""
    teams = {"38": service.client("huong"), "40": service.client("minh")}
    for team in teams.values():
        await team.get("/v1/tasks")
        assert (await report(team, task="equipment")).status_code == 201
    return teams


def report(team: AsyncClient, *, key: str | None = None, **sent: str) -> Any:
    headers = {"Idempotency-Key": key} if key else {}
    return team.post("/v1/status-updates", json={"task": TASKS[0], "status": "completed", **sent}, headers=headers)


@asynccontextmanager
async def somebody_else(service: Service) -> AsyncIterator[asyncpg.Connection]:
    """A transaction of somebody else, rolled back in the end."""
    connection = await connect(service.url)
    try:
        yield connection
    finally:
        await connection.close()


async def all_together(*requests: Any) -> list[Response]:
    """The first goes alone, and the others meanwhile gather."""
    return list(await asyncio.gather(*requests))


async def test_what_comes_together_is_committed_together(provinces: dict[str, AsyncClient], service: Service) -> None:
    taken = watch(service)
    answers = await all_together(*(report(team, task=task) for task in TASKS for team in provinces.values()))
    assert [answer.status_code for answer in answers] == [201] * len(answers)
    assert taken == [True] * len(answers)
    async with somebody_else(service) as connection:
        together = await connection.fetch(
            "select count(*) from status_update where task <> 'equipment' group by xid order by 1"
        )
    assert sum(row["count"] for row in together) == len(answers)
    assert len(together) < len(answers)
    await expect_exact(service.url)


async def test_one_key_by_two_spellings_of_a_token_fails_nobody_else(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    spelled = service.client(Authorization=f"bearer {service.tokens['huong']}")
    await spelled.get("/v1/tasks")
    taken = watch(service)
    answers = await all_together(
        report(provinces["40"], task=TASKS[0]),
        report(provinces["38"], task=TASKS[1], key="k"),
        report(spelled, task=TASKS[2], key="k"),
        report(provinces["40"], task=TASKS[3]),
    )
    assert [answer.status_code for answer in answers] == [201, 201, 422, 201]
    assert taken.count(False) == 1


async def test_a_key_that_somebody_else_is_about_to_use_keeps_nobody_else_waiting(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    async with somebody_else(service) as connection:
        other = connection.transaction()
        await other.start()
        duplicate = (await provinces["38"].get("/v1/me")).json()["token"] + " k"
        await connection.execute("select pg_advisory_xact_lock(hashtextextended($1, 0))", duplicate)
        keyed = asyncio.create_task(report(provinces["38"], task=TASKS[1], key="k"))
        assert (await report(provinces["40"])).status_code == 201
        assert (await report(provinces["38"], task=TASKS[2])).status_code == 201
        await asyncio.sleep(0.05)
        assert not keyed.done()
        await other.rollback()
        assert (await keyed).status_code == 201


async def test_each_is_held_to_the_rows_of_its_own_caller(
    provinces: dict[str, AsyncClient], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Identity, "owns", lambda *_: True)
    taken = watch(service)
    stray, own = report(provinces["40"], unit="38", task="staffing"), report(provinces["38"], task="hotlines")
    answers = await all_together(report(provinces["38"], task="online-meetings"), stray, own)
    assert sorted(taken) == [False, True, True]
    assert [answer.status_code == 201 for answer in answers] == [True, False, True]
    async with somebody_else(service) as connection:
        stored = await connection.fetch("select task, xid from status_update where task <> 'equipment'")
    assert {row["task"] for row in stored} == {"online-meetings", "hotlines"}


async def test_one_key_used_before_holds_up_nobody(provinces: dict[str, AsyncClient], service: Service) -> None:
    first = await report(provinces["38"], key="k")
    taken = watch(service)
    others = [report(team, task=task) for task in TASKS[1:] for team in provinces.values()]
    [*answers, again] = await all_together(*others, report(provinces["38"], key="k"))
    assert taken.count(False) == 1
    assert [answer.status_code for answer in answers] == [201] * len(answers)
    assert (again.content, again.headers["idempotency-replayed"]) == (first.content, "true")


async def test_of_two_about_one_assignment_the_second_goes_next(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    taken = watch(service)
    answers = await all_together(*(report(provinces["38"], status=status) for status in ("blocked", "completed") * 8))
    assert [answer.status_code for answer in answers] == [201] * 16
    assert taken == [True] * 16
    assert (await provinces["38"].get("/v1/assignments/hotlines/38")).json()["status"] == "completed"
    await expect_exact(service.url)


async def test_who_must_wait_for_a_lock_waits_alone(provinces: dict[str, AsyncClient], service: Service) -> None:
    async with somebody_else(service) as other, other.transaction():
        await other.execute("select from assignment where task = 'hotlines' and unit = '38' for update")
        stuck = asyncio.create_task(report(provinces["38"], task="hotlines"))
        answers = await all_together(*(report(provinces["40"], task=task) for task in TASKS))
        assert [answer.status_code for answer in answers] == [201] * len(answers)
        assert not stuck.done()
    assert (await stuck).status_code == 201


async def test_a_report_that_lost_a_race_joins_a_later_group_with_a_later_time(
    provinces: dict[str, AsyncClient], service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.updates.group_commit.MAX_TRIES", 10_000)
    async with somebody_else(service) as other:
        ahead = await other.fetchval(
            "update assignment set recorded_at = clock_timestamp() + interval '50 milliseconds'"
            " where task = 'hotlines' and unit = '38' returning recorded_at"
        )
    taken = watch(service)
    answer = (await report(provinces["38"], status="completed")).json()
    assert (taken, answer["is_current"]) == ([True], True)
    assert clock.read(answer["recorded_at"]) > ahead


async def test_two_workers_about_the_same_assignments_both_go_the_quick_way(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    async with listening(service.url, service.tokens) as other:
        teams = [*provinces.values(), other.client("huong"), other.client("minh")]
        for team in teams[2:]:
            await team.get("/v1/tasks")
            assert (await report(team, task="equipment")).status_code == 201
        counted = [watch(service), watch(other)]
        statuses = ("blocked", "completed", "in_progress", "not_started")
        sent = (report(team, task=task, status=status) for status in statuses for team in teams for task in TASKS)
        answers = await all_together(*sent)
    assert [answer.status_code for answer in answers] == [201] * len(answers)
    taken = [*counted[0], *counted[1]]
    assert taken.count(True) > len(answers) * 3 / 4
    await expect_exact(service.url)


async def test_where_somebody_stores_many_reports_single_ones_step_aside(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    announce = queries.LOCK_OWNERS_FOR_BULK.text.replace(":owners", "'38'")
    taken = watch(service)
    async with somebody_else(service) as other, other.transaction():
        await other.execute(announce)
        answers = await all_together(*(report(team, task=task) for task in TASKS for team in provinces.values()))
    assert [answer.status_code for answer in answers] == [201] * len(answers)
    assert (taken.count(True), taken.count(False)) == (len(TASKS), len(TASKS))


async def test_a_small_batch_that_is_not_committed_holds_up_nobody_elses_reports(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    """Single reports of its own province step aside; a group of the others' meets none of its locks."""
    taken = watch(service)
    database, identity = service.app.state.database, Identity("huong", "huong", Role.REPORTER, "38", "38")
    catalogue = await service.app.state.catalogues.current()
    two = [Report("equipment", "38", Status.COMPLETED), Report("staffing", "38", Status.COMPLETED)]
    async with database.writing(identity.scope) as session:
        await record(session, catalogue, identity, two)
        first, *others = (asyncio.ensure_future(report(provinces["40"], task=task)) for task in TASKS)
        mine = asyncio.ensure_future(report(provinces["38"], task="hotlines"))
        answers = await all_together(first, *others)
        assert [answer.status_code for answer in answers] == [201] * len(answers)
        assert taken.count(True) == len(answers)
    assert (await mine).status_code == 201
    await expect_exact(service.url)


@pytest.mark.own_database
async def test_after_its_type_was_created_again_the_statement_is_prepared_again(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    baseline = runpy.run_path(str(migrating.MIGRATIONS / "versions/2026-11-26_baseline.py"))
    await run_sql(service.url, "drop type pending_report", baseline["PENDING_REPORT"])
    taken = watch(service)
    assert [(await report(provinces["38"], status=status)).status_code for status in ("blocked", "completed")] == [
        201
    ] * 2
    assert taken == [False, True]


async def test_what_is_sent_of_a_report_is_what_its_type_has(service: Service) -> None:
    async with somebody_else(service) as connection:
        found = await connection.fetch(
            "select attname from pg_attribute where attrelid = 'pending_report'::regclass and attnum > 0"
            " order by attnum"
        )
    assert tuple(row["attname"] for row in found) == group_commit_queries.PendingRow._fields


@pytest.mark.own_database
async def test_after_its_connection_was_lost_it_opens_another(
    provinces: dict[str, AsyncClient], service: Service
) -> None:
    async with somebody_else(service) as other:
        lost = await other.fetchval(
            "select count(pg_terminate_backend(pid)) from pg_stat_activity"
            " where datname = current_database() and query like '%set_config%' and pid <> pg_backend_pid()"
        )
    assert lost == 1
    await asyncio.sleep(0.2)
    taken = watch(service)
    assert [(await report(team)).status_code for team in provinces.values()] == [201, 201]
    assert taken == [True, True]
