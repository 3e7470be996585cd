"""The counts that a worker holds: its answer is the plain one to the byte, whatever moved and whoever moved it."""

import asyncio
import random
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import msgspec
import pytest
from httpx import AsyncClient

from app import clock
from app.conditions import COUNT_COLUMNS
from app.connections import PreparedConnection
from app.progress.answers.cells import read_cells
from app.progress.answers.progress import progress
from app.progress.figures import figures
from app.progress.figures.cell import Cell
from app.progress.figures.moment import Moment
from app.progress.present import current_counts
from app.progress.present.count_queries import REFRESH
from app.progress.present.current_figures import Count, CurrentFigures
from app.progress.requests import query_context, read_context
from tests.conftest import Service, Template, serving
from tests.connecting import connect, run_sql

PROGRESS = "/v1/progress"
TICK = timedelta(microseconds=1)
ROW_OF_38 = "owner = '38' and task = 'hotlines'"


async def plain(service: Service, lang: str = "vi", campaign: str | None = None) -> bytes:
    """The answer from the database's own sums."""
    state = service.app.state
    version = await state.data_versions.version()
    async with query_context(state, version, lang=lang, campaign=campaign) as query:  # type: ignore[arg-type]
        context = await read_context(query)
        return msgspec.json.encode(progress(context, context.figures))


async def same(service: Service, client: AsyncClient | None = None, **params: str) -> bytes:
    """What is answered; it must be what the database says, of the same minute."""
    client = client or service.client("khach")
    while True:
        before = clock.minute_of(clock.now())
        said, expected = (await client.get(PROGRESS, params=params)).content, await plain(service, **params)
        if clock.minute_of(clock.now()) == before:
            assert said == expected
            return said


async def test_a_report_is_in_the_next_answer(service: Service, huong: AsyncClient) -> None:
    before = await same(service)
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    assert await same(service) != before


async def test_after_random_reports_every_language_says_the_same(service: Service, huong: AsyncClient) -> None:
    chance = random.Random(38)
    tasks = ("hotlines", "staffing", "centre-network", "commune-infrastructure")
    for _ in range(40):
        status = chance.choice(("not_started", "in_progress", "blocked", "completed"))
        days = timedelta(days=chance.uniform(0, 500))
        at = (clock.now() - days).isoformat()
        report = {"task": chance.choice(tasks), "status": status, "effective_at": at}
        await huong.post("/v1/status-updates", json=report)
        await same(service, lang=chance.choice(("vi", "en", "ja")))


async def test_rulings_and_deadlines_move_it(service: Service, an: AsyncClient, huong: AsyncClient) -> None:
    await same(service)
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    soon = (clock.now() + timedelta(hours=20)).isoformat()
    for change in (
        {"deadline": "2025-07-04"},
        {"deadline": soon},
        {"deadline": None},
        {"not_applicable": True, "reason": "x"},
        {"not_applicable": False, "reason": "y"},
    ):
        assert (await an.patch("/v1/assignments/hotlines/38", json=change)).status_code == 200
        await same(service)
    assert (await an.patch("/v1/assignments?task=staffing", json={"deadline": soon})).status_code == 200
    await same(service)
    for unit in ("38", "40"):
        await an.patch(f"/v1/assignments/hotlines/{unit}", json={"not_applicable": True, "reason": "x"})
    await same(service)


async def test_the_catalogue_moves_it(service: Service, an: AsyncClient) -> None:
    await same(service)
    names = {"vi": "Ký số", "en": "Signing", "ja": "電子署名"}
    category = {"code": "signing", "campaign": "two-tier-2025", "position": 40, "names": names}
    assert (await an.post("/v1/categories", json=category)).status_code == 201
    await same(service)
    task = {"code": "sign", "category": "signing", "level": "province", "position": 1, "names": names}
    assert (await an.post("/v1/tasks", json=task)).status_code == 201
    assert '"name":"Ký số"' in (await same(service)).decode()
    await an.patch("/v1/categories/hotlines", json={"names": names})
    await same(service, lang="ja")
    await an.patch("/v1/units/38", json={"names": names})
    await same(service, lang="en")


async def test_each_campaign_has_its_own(service: Service, an: AsyncClient, huong: AsyncClient) -> None:
    names = {"vi": "Kế tiếp", "en": "Next", "ja": "次"}
    times = {"opening": "2027-01-01", "deadline": "2027-06-30", "go_live": "2027-07-01"}
    assert (await an.post("/v1/campaigns", json={"code": "next", "names": names, **times})).status_code == 201
    for campaign in ("next", "two-tier-2025"):
        await same(service, campaign=campaign)
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    for campaign in ("next", "two-tier-2025"):
        await same(service, campaign=campaign)


@pytest.mark.parametrize(
    "act",
    [
        f"update tally set completed = completed + 1 where {ROW_OF_38}",
        f"delete from tally where {ROW_OF_38}",
        "begin; savepoint a; update tally set blocked = 1 where task = 'hotlines'; release a; commit",
        "update tally set last_created_at = last_created_at - interval '40 days'",
        "vacuum (full, freeze) tally",
        "delete from tally",
    ],
)
async def test_whoever_moves_a_count_it_is_seen(service: Service, act: str) -> None:
    await same(service)
    await run_sql(service.url, act)
    await same(service)
    await same(service)


async def test_a_write_that_was_long_under_way_is_not_missed(service: Service, huong: AsyncClient) -> None:
    async with service.app.state.database.writing() as session:
        connection = await session.connection()
        await connection.exec_driver_sql(f"update tally set blocked = 1 where {ROW_OF_38}")
        for status in ("completed", "in_progress"):
            await huong.post("/v1/status-updates", json={"task": "staffing", "status": status})
            await same(service)
    await same(service)


@pytest.mark.own_database
async def test_a_lost_connection_is_opened_again(service: Service, huong: AsyncClient) -> None:
    await same(service)
    copies: list[Any] = []
    fetch = PreparedConnection.fetch

    async def noted(connection: PreparedConnection, query: str, *given: Any) -> Any:
        copies.extend(given if query == REFRESH else ())
        return await fetch(connection, query, *given)

    service.patch.setattr(PreparedConnection, "fetch", noted)
    await run_sql(
        service.url,
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'tiendo'"
        " and datname = current_database()",
    )
    answers_ = [(await huong.get(PROGRESS)).status_code for _ in range(3)]
    assert set(answers_) <= {200, 503}
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    await huong.get(PROGRESS)
    await same(service)
    assert None in copies, "after a crash transaction ids can be used again: everything is read anew"


async def test_a_failed_refresh_leaves_earlier_figures_unchanged(service: Service) -> None:
    """Also for whoever waited for the refresh before it, and reads from the copy only once it is dropped."""
    here = service.app.state.current_counts
    version, _, found = await here.figures(None, "vi")
    before = deepcopy(found)
    fetch, later = PreparedConnection.fetch, list[asyncio.Task[Any]]()

    async def lost_at_the_second(connection: PreparedConnection, query: str, *given: Any) -> Any:
        if query != REFRESH:
            return await fetch(connection, query, *given)
        if later:
            raise ConnectionResetError
        later.append(asyncio.create_task(here.figures(None, "vi")))
        return await fetch(connection, query, *given)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PreparedConnection, "fetch", lost_at_the_second)
        assert (await here.figures(None, "vi"))[2] == before
        with pytest.raises(ConnectionResetError):
            await later[0]
    assert found == before
    again, _, anew = await here.figures(None, "vi")
    assert (anew, again.snapshot >= version.snapshot) == (before, True)


async def test_two_workers_hold_the_same(service: Service, template: Template, huong: AsyncClient) -> None:
    async with serving(service.url, template.tokens) as other:
        theirs = other.client("huong")
        for number in range(12):
            writer, reader = ((huong, other), (theirs, service))[number % 2]
            status = ("completed", "in_progress", "blocked")[number % 3]
            answer = await writer.post("/v1/status-updates", json={"task": "hotlines", "status": status})
            assert answer.status_code == 201
            await same(reader)


async def test_concurrent_requests_get_exact_figures(service: Service, huong: AsyncClient) -> None:
    reader = service.client("khach")
    for status in ("completed", "in_progress") * 5:
        await huong.post("/v1/status-updates", json={"task": "hotlines", "status": status})
        found = await asyncio.gather(*(reader.get(PROGRESS, params={"lang": lang}) for lang in ("vi", "en") * 6))
        lines = [answer.json()["categories"][6] for answer in found]
        assert {line["provinces_completed"] for line in lines} == {int(status == "completed")}


async def test_time_changes_the_cells_as_in_the_database(service: Service, an: AsyncClient) -> None:
    deadline = datetime(2027, 3, 1, 9, 30, tzinfo=UTC)
    await an.patch("/v1/assignments/hotlines/38", json={"deadline": deadline.isoformat()})
    catalogue = await service.app.state.catalogues.at(await service.app.state.data_versions.version())
    current = CurrentFigures(catalogue, "two-tier-2025", await stored_counts(service))
    changes = [deadline + step for step in (-timedelta(hours=48) - TICK, -timedelta(hours=48), -TICK, 0 * TICK, TICK)]
    async with service.app.state.database.reading() as session:
        for at in (*changes, *reversed(changes)):
            cells = await read_cells(session, "two-tier-2025", Moment(at, None, present=True))
            found = current.figures(at)
            assert {
                (owner, line.code): cell for line in found.categories for owner, cell in line.owners.items()
            } == cells
            codes = [line.code for line in found.categories]
            assert found.provinces == figures.provinces(cells, codes, [unit.code for unit in catalogue.provinces])


def test_counts_stand_in_one_order_everywhere() -> None:
    """Rows of the tally become counts, and counts become cells, by their places alone."""
    assert Count._fields == ("owner", "task", "deadline", *COUNT_COLUMNS)
    assert Cell._fields == (*COUNT_COLUMNS, "overdue", "due_soon")


async def stored_counts(service: Service) -> list[Count]:
    columns = ", ".join(f"nullif({name}, 'infinity')" if name == "deadline" else name for name in Count._fields)
    connection = await connect(service.url)
    try:
        return [Count(*row) for row in await connection.fetch(f"select {columns} from tally")]
    finally:
        await connection.close()


async def test_figures_updated_count_by_count_equal_those_computed_at_once(service: Service) -> None:
    catalogue = await service.app.state.catalogues.at(await service.app.state.data_versions.version())
    chance, at = random.Random(40), datetime(2026, 1, 1, tzinfo=UTC)
    counts: dict[Any, Count] = {}
    updated = CurrentFigures(catalogue, "two-tier-2025", [])
    for _ in range(300):
        count = some_count(chance, at)
        counts[count[:3]] = count
        updated.update([count])
        now = at + timedelta(hours=chance.randint(-80, 80))
        fresh = CurrentFigures(catalogue, "two-tier-2025", counts.values()).figures(now)
        assert updated.figures(now) == fresh


def some_count(chance: random.Random, at: datetime) -> Count:
    deadline = chance.choice([None, *(at + timedelta(hours=24 * day) for day in range(-3, 4))])
    parts = [chance.randint(0, 3) for _ in range(5)]
    owner, task = chance.choice(("38", "40", "viettel")), chance.choice(("hotlines", "staffing", "sign"))
    return Count._make([owner, task, deadline, sum(parts) * chance.randint(0, 1), *parts, 0])


def test_snapshots_too_far_apart_are_not_compared() -> None:
    assert current_counts.are_comparable(None, "10:10:")
    assert current_counts.are_comparable("10:12:11", "4000:4000:")
    assert not current_counts.are_comparable("10:12:11", "4294967306:4294967306:")


async def test_it_cannot_write(service: Service) -> None:
    fetch = PreparedConnection.fetch

    async def write_instead(connection: PreparedConnection, *_: object) -> Any:
        return await fetch(connection, "update tally set total = 0 returning owner")

    service.patch.setattr(PreparedConnection, "fetch", write_instead)
    with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
        await service.app.state.current_counts.figures(None, "vi")
