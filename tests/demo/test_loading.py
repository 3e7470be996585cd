"""Loading the demo: the report of 27 June comes out of the service, nothing is loaded twice or beside real reports."""

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.db import Database
from app.demo.june27 import COMPLETED
from app.demo.service import HoldsRealReports, load_demo
from app.demo.story import story
from app.progress.past.verify.recount import differences
from app.settings import Settings
from tests.conftest import Service
from tests.connecting import connect, run_sql

MOMENT = "2025-06-27T17:00:00+07:00"
DOCUMENT = Path(__file__).parents[2] / "docs" / "demo.md"
NUMBERS = (
    "select count(*) from status_update union all select count(*) from ruling union all select count(*) from token"
)


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, Settings(database_url=database_url))
    yield opened
    await opened.close()


async def test_the_ten_figures_come_out_of_http_by_both_clocks(demo: Service) -> None:
    khach = demo.client("khach")
    for known_at in (None, MOMENT):
        asked = {"as_of": MOMENT, **({"known_at": known_at} if known_at else {})}
        progress = (await khach.get("/v1/progress", params=asked)).json()
        completed = {line["code"]: line["provinces_completed"] for line in progress["categories"][:10]}
        assert completed == COMPLETED
        assert {line["provinces_total"] for line in progress["categories"][:11]} == {34}
        assert all("38" not in line["missing"] for line in progress["categories"][:10])


async def test_the_figures_of_the_communes_differ_between_the_clocks(demo: Service) -> None:
    khach = demo.client("khach")
    now = (await khach.get("/v1/progress", params={"as_of": MOMENT})).json()
    then = (await khach.get("/v1/progress", params={"as_of": MOMENT, "known_at": MOMENT})).json()
    assert now["categories"][10]["assignments_completed"] > then["categories"][10]["assignments_completed"]


async def test_the_lights_of_27_june_have_all_three_colours(demo: Service) -> None:
    progress = (await demo.client("khach").get("/v1/progress", params={"as_of": MOMENT})).json()
    assert all(progress["lights"].values())


async def test_the_bulletin_of_27_june_was_issued_and_overtaken(demo: Service) -> None:
    khach = demo.client("khach")
    bulletin = (await khach.get("/v1/bulletins/1")).json()
    completed = {line["code"]: line["provinces_completed"] for line in bulletin["progress"]["categories"][:10]}
    assert completed == COMPLETED
    assert bulletin["restated"] is True
    assert not any(d["figure"] == "provinces_completed" for d in bulletin["differences"])


async def test_viettel_finds_the_obstacles_addressed_to_it_with_what_became_of_them(demo: Service) -> None:
    found = (await demo.client("viettel").get("/v1/obstacles")).json()["items"]
    assert [(one["unit"], one["state"]) for one in found] == [("21548", "open"), ("40", "resolved")]
    assert [step["state"] for step in found[1]["history"]] == ["open", "acknowledged", "resolved", "open", "resolved"]


async def test_all_that_is_counted_is_what_the_history_says(demo: Service) -> None:
    async with demo.app.state.database.reading() as session:
        assert [difference async for difference in differences(session)] == []


async def test_the_recount_notices_what_was_altered_by_hand(database: Database) -> None:
    await load_demo(database)
    await run_sql(database.url, "update tally set completed = completed + 1 where owner = '38' and task = 'hotlines'")
    async with database.reading() as session:
        assert [found.what async for found in differences(session)] == ["tally"]


async def test_a_unit_was_last_heard_of_in_june_not_today(demo_url: str) -> None:
    found = await _rows(demo_url, "select max(last_recorded_at) < '2025-07-02' as in_june from last_report")
    assert found[0]["in_june"] is True


async def test_loading_again_changes_nothing_and_stays_when_people_report_beside_it(service: Service) -> None:
    database: Database = service.app.state.database
    await load_demo(database)
    before = await _rows(database.url, NUMBERS)
    await load_demo(database)
    assert await _rows(database.url, NUMBERS) == before
    assert before[0]["count"] == len(story().updates)
    sent = {"task": "hotlines", "status": "blocked"}
    assert (await service.client("huong").post("/v1/status-updates", json=sent)).status_code == 201
    await load_demo(database)
    assert (await _rows(database.url, NUMBERS))[0]["count"] == before[0]["count"] + 1


async def test_a_database_with_real_reports_is_refused(service: Service, huong: httpx.AsyncClient) -> None:
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    database: Database = service.app.state.database
    with pytest.raises(HoldsRealReports, match="real reports"):
        await load_demo(database)
    assert (await _rows(service.url, NUMBERS))[0]["count"] == 1


async def test_it_says_what_is_from_the_report_and_what_is_made_up(demo_url: str) -> None:
    [stored] = await _rows(demo_url, "select details from provenance where what = 'demo'")
    details = json.loads(stored["details"])
    assert details["provinces_completed"] == COMPLETED
    said = DOCUMENT.read_text()
    for sentence in (*details["from_the_report"], *details["made_up"]):
        assert sentence in said


async def test_minh_reads_nothing_of_thanh_hoas_demo_history(demo: Service) -> None:
    answer = await demo.client("minh").get("/v1/status-updates", params={"province": "38"})
    assert answer.status_code == 403


async def _rows(url: str, sql: str) -> list[Any]:
    connection = await connect(url)
    try:
        *before, last = sql.split(";")
        for statement in before:
            await connection.execute(statement)
        return list(await connection.fetch(last))
    finally:
        await connection.close()
