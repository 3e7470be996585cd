"""A bulletin holds what was acknowledged before it, and is frozen whole."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app.bulletins import service as bulletins
from app.housekeeping import project_once
from app.progress.past import sources, transitions
from tests.conftest import Service
from tests.connecting import connect, run_sql
from tests.reports import reading
from tests.test_settled import database_now, read, slow_writer

AT = "2025-06-27T10:00:00Z"
EARLIER = "2025-06-27T09:00:00Z"


async def issued(lan: AsyncClient, as_of: str = AT) -> dict[str, Any]:
    answer = await lan.post("/v1/bulletins", json={"as_of": as_of, "title": "Họp"})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def completed(client: AsyncClient, task: str = "hotlines") -> None:
    sent = {"task": task, "status": "completed", "effective_at": EARLIER}
    assert (await client.post("/v1/status-updates", json=sent)).status_code == 201


async def test_a_bulletin_waits_for_the_writers_that_were_open(service: Service, lan: AsyncClient) -> None:
    async with slow_writer(service) as (writer, recorded_at):
        now = (await database_now(service)).isoformat()
        asked = asyncio.create_task(issued(lan, now))
        await asyncio.sleep(0.3)
        assert not asked.done()
        await writer.execute("commit")
        bulletin = await asked
    assert read(bulletin["known_at"]) == read(bulletin["issued_at"]) > recorded_at
    assert bulletin["progress"]["categories"][6]["provinces_completed"] == 1
    both = {"as_of": bulletin["as_of"], "known_at": bulletin["issued_at"]}
    for part, path in (("progress", ""), ("provinces", "/provinces"), ("matrix", "/matrix")):
        assert (await lan.get(f"/v1/progress{path}", params=both)).json() == bulletin[part]


async def test_a_bulletin_that_waits_too_long_is_refused_and_takes_no_number(
    service: Service, lan: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bulletins, "PATIENCE", timedelta(milliseconds=300))
    async with slow_writer(service):
        answer = await lan.post("/v1/bulletins", json={"as_of": AT})
    assert (answer.status_code, answer.json()["type"]) == (503, "/problems#not-settled")
    assert int(answer.headers["retry-after"]) > 0
    assert (await issued(lan))["number"] == 1


async def test_later_reports_change_nothing_that_a_bulletin_shows_in_any_form(
    lan: AsyncClient, huong: AsyncClient, minh: AsyncClient
) -> None:
    await completed(huong)
    before = await issued(lan)
    files = {
        form: (await lan.get(f"/v1/reports/progress.{form}?bulletin=1&lang=en")).content for form in ("xlsx", "md")
    }
    await completed(minh)
    after = (await lan.get("/v1/bulletins/1")).json()
    assert {part: after[part] for part in ("progress", "provinces", "matrix")} == {
        part: before[part] for part in ("progress", "provinces", "matrix")
    }
    assert (after["restated"], after["not_frozen"]) == (True, [])
    book = (await lan.get("/v1/reports/progress.xlsx?bulletin=1&lang=en")).content
    for sheet in (2, 3):
        then, now = (reading.rows(reading.workbook(one).worksheets[sheet]) for one in (files["xlsx"], book))
        assert then == now
    page = (await lan.get("/")).text
    assert "1/34" in page
    assert "2/34" not in page


@pytest.mark.own_database
async def test_a_bulletin_shows_the_names_and_figures_stored_with_it(service: Service, lan: AsyncClient) -> None:
    """Whatever happens to the tables that they were computed from."""
    await issued(lan)
    await run_sql(service.url, "update assignment set created_at = clock_timestamp()")
    bulletin = (await lan.get("/v1/bulletins/1")).json()
    assert bulletin["progress"]["provinces_total"] == 34
    row = reading.table((await lan.get("/v1/reports/progress.csv?bulletin=1&lang=en")).content)[6]
    assert row[1:5] == ["hotlines", "Hotlines for people and enterprises published", "0", "34"]
    states = bulletin["matrix"]["states"]
    assert {state for row in states for state in row[:10]} == {"not_started"}


async def test_a_difference_names_its_cause(lan: AsyncClient, an: AsyncClient, huong: AsyncClient) -> None:
    await completed(huong, "staffing")
    await issued(lan)
    assert (await an.patch("/v1/assignments/hotlines/40", json={"deadline": "2025-06-20"})).status_code == 200
    ruled = await lan.patch("/v1/assignments/equipment/40", json={"not_applicable": True, "reason": "Không có"})
    assert ruled.status_code == 200, ruled.text
    await completed(huong)
    found = {(d["category"], d["figure"], d["cause"]): (d["issued"], d["now"]) for d in await differences(lan)}
    assert found["hotlines", "provinces_completed", "report"] == (0, 1)
    assert found["equipment", "provinces_total", "ruling"] == (34, 33)
    assert found["hotlines", "overdue_open", "deadline"] == (0, 1)
    assert {category for category, _, cause in found if cause == "report"} == {"hotlines", None}


async def test_movements_that_cancel_each_other_out_restate_a_bulletin(
    lan: AsyncClient, huong: AsyncClient, minh: AsyncClient
) -> None:
    await completed(huong)
    await issued(lan)
    for client, status in ((huong, "in_progress"), (minh, "completed")):
        sent = {"task": "hotlines", "status": status, "effective_at": AT}
        assert (await client.post("/v1/status-updates", json=sent)).status_code == 201
    bulletin = (await lan.get("/v1/bulletins/1")).json()
    assert bulletin["restated"]
    found = {(d["category"], d["province"], d["figure"]): (d["issued"], d["now"]) for d in bulletin["differences"]}
    assert found["hotlines", "38", "state"] == ("completed", "in_progress")
    assert found["hotlines", "40", "state"] == ("not_started", "completed")
    assert found[None, "38", "assignments_completed"] == (1, 0)
    assert ("hotlines", None, "provinces_completed") not in found
    for lang, said in (("vi", "số liệu của Thanh Hóa"), ("en", "figures of Thanh Hoa"), ("ja", "タインホア省")):
        assert said in (await lan.get(f"/v1/reports/progress.md?bulletin=1&lang={lang}")).text
        page = (await lan.get(f"/bulletins?lang={lang}", headers={"Accept": "text/html"})).text
        assert "figure." not in page


async def differences(client: AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/v1/bulletins/1")).json()["differences"]
    return found


async def test_a_line_created_later_is_not_in_an_answer_of_before(
    service: Service, lan: AsyncClient, an: AsyncClient
) -> None:
    bulletin = await issued(lan)
    both = {"as_of": AT, "known_at": bulletin["known_at"]}
    new = {"code": "signs", "names": {"vi": "Biển", "en": "Signs", "ja": "看板"}}
    assert (await an.post("/v1/categories", json=new)).status_code == 201
    for path, part in (("", "progress"), ("/matrix", "matrix")):
        assert (await lan.get(f"/v1/progress{path}", params=both)).json() == bulletin[part]
    assert (await lan.get("/v1/bulletins/1")).json()["matrix"] == bulletin["matrix"]
    assert (await lan.get("/")).status_code == 200
    for form in ("docx", "xlsx", "csv", "md"):
        assert (await lan.get(f"/v1/reports/progress.{form}?bulletin=1")).status_code == 200


async def test_what_was_not_frozen_is_computed_by_its_two_clocks_and_marked(
    service: Service, lan: AsyncClient, huong: AsyncClient
) -> None:
    bulletin = await issued(lan)
    await run_sql(service.url, "update bulletin set provinces = null, matrix = null, known_at = null")
    await completed(huong)
    shown = (await lan.get("/v1/bulletins/1")).json()
    assert shown["not_frozen"] == ["provinces", "matrix"]
    assert (shown["provinces"], shown["matrix"]) == (bulletin["provinces"], bulletin["matrix"])


@pytest.mark.own_database
async def test_a_bulletin_asked_for_with_a_clock_set_back_holds_what_was_acknowledged(
    service: Service, lan: AsyncClient, huong: AsyncClient
) -> None:
    await run_sql(service.url, "update answered_until set moment = clock_timestamp() + interval '1 hour'")
    reported = await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    recorded_at = reported.json()["recorded_at"]
    bulletin = await issued(lan, recorded_at)
    assert read(bulletin["known_at"]) >= read(recorded_at)
    assert bulletin["progress"]["categories"][6]["provinces_completed"] == 1
    connection = await connect(service.url)
    assert await connection.fetchval("select moment from answered_until") >= read(bulletin["known_at"])
    await connection.close()


async def test_what_is_reported_while_a_bulletin_is_frozen_is_none_of_its_business(
    service: Service, lan: AsyncClient, huong: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its figures come from several statements, and others report between two of them."""
    await project_once(service.app.state.database)
    past, others = transitions.past, iter(("hotlines", "staffing", "equipment", "access-points"))

    async def past_and_a_report(*given: Any, **more: Any) -> Any:
        found = await past(*given, **more)
        await completed(huong, next(others, "online-meetings"))
        return found

    async def costs(*_: object) -> dict[str, int]:
        return {"what is known": 0, "what was known": 1, "the history": 1}

    monkeypatch.setattr(sources, "costs_of_ways", costs)
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(transitions, "past", past_and_a_report)
        bulletin = await issued(lan)
    assert next(others, "") != "hotlines", "nobody reported meanwhile"
    then = {"as_of": AT, "known_at": bulletin["issued_at"]}
    for part, path in (("progress", ""), ("provinces", "/provinces"), ("matrix", "/matrix")):
        assert (await lan.get(f"/v1/progress{path}", params=then)).json() == bulletin[part]
