"""Bulletins: numbered without gaps, never altered, and honest about having been overtaken."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient
from sqlalchemy.exc import DBAPIError

from app import clock
from app.bulletins import queries
from app.db import Database
from app.settings import Settings
from tests.conftest import Service

BEFORE = "2025-06-27T09:00:00Z"
MOMENT = "2025-06-27T10:00:00Z"


async def issue(client: AsyncClient, **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/bulletins", json={"as_of": MOMENT, **more})
    assert answer.status_code == 201, answer.text
    issued: dict[str, Any] = answer.json()
    return issued


async def report(client: AsyncClient, status: str = "completed") -> None:
    sent = {"task": "hotlines", "status": status, "effective_at": BEFORE}
    assert (await client.post("/v1/status-updates", json=sent)).status_code == 201


def hotlines(bulletin: dict[str, Any]) -> int:
    line = bulletin["progress"]["categories"][6]
    assert line["code"] == "hotlines"
    return int(line["provinces_completed"])


async def test_a_bulletin_freezes_the_progress_of_a_moment(lan: AsyncClient, huong: AsyncClient) -> None:
    await report(huong)
    issued = await issue(lan, title="Họp giao ban")
    assert (issued["number"], issued["title"], issued["as_of"]) == (1, "Họp giao ban", MOMENT)
    assert (hotlines(issued), issued["restated"], issued["differences"]) == (1, False, [])
    assert (await huong.get("/v1/bulletins/1")).json() == issued
    then = {"as_of": MOMENT, "known_at": issued["issued_at"]}
    assert (await huong.get("/v1/progress", params=then)).json() == issued["progress"]


async def test_a_late_report_never_changes_an_issued_bulletin(lan: AsyncClient, huong: AsyncClient) -> None:
    issued = await issue(lan)
    await report(huong)
    now = (await lan.get("/v1/bulletins/1")).json()
    assert now["progress"] == issued["progress"]
    assert now["restated"] is True
    told = {(d["category"], d["figure"]): (d["issued"], d["now"]) for d in now["differences"]}
    assert told["hotlines", "provinces_completed"] == (0, 1)
    assert "38" in issued["progress"]["categories"][6]["missing"]


async def test_what_happens_after_its_moment_is_no_difference(lan: AsyncClient, huong: AsyncClient) -> None:
    await issue(lan)
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    assert (await lan.get("/v1/bulletins/1")).json()["restated"] is False


async def test_numbers_have_no_gaps_when_many_are_issued_at_once(lan: AsyncClient) -> None:
    issued = await asyncio.gather(*(issue(lan) for _ in range(5)))
    assert sorted(bulletin["number"] for bulletin in issued) == [1, 2, 3, 4, 5]
    refused = await lan.post("/v1/bulletins", json={"as_of": "2199-01-01T00:00:00Z"})
    assert refused.status_code == 422
    assert (await issue(lan))["number"] == 6
    page = (await lan.get("/v1/bulletins", params={"limit": 4})).json()
    assert [item["number"] for item in page["items"]] == [6, 5, 4, 3]
    rest = (await lan.get("/v1/bulletins", params={"limit": 4, "cursor": page["next_cursor"]})).json()
    assert ([item["number"] for item in rest["items"]], rest["next_cursor"]) == ([2, 1], None)


async def test_a_bulletin_speaks_every_language(lan: AsyncClient) -> None:
    await issue(lan)
    names = {
        lang: (await lan.get("/v1/bulletins/1", params={"lang": lang})).json()["progress"]["categories"][0]["name"]
        for lang in ("vi", "en", "ja")
    }
    assert len(set(names.values())) == 3


async def test_only_the_ministry_issues(minh: AsyncClient, viettel: AsyncClient) -> None:
    for client in (minh, viettel):
        assert (await client.post("/v1/bulletins", json={"as_of": MOMENT})).status_code == 403


async def test_there_is_no_bulletin_that_was_not_issued(lan: AsyncClient) -> None:
    assert (await lan.get("/v1/bulletins/1")).status_code == 404


async def test_the_service_itself_cannot_alter_one(lan: AsyncClient, service: Service) -> None:
    await issue(lan)
    database = Database(service.url, Settings(database_url=service.url))
    with pytest.raises(DBAPIError, match="permission denied"):
        async with database.writing() as session:
            await session.execute(_altered())
    async with database.reading() as session:
        asked = {"campaign": "two-tier-2025", "known_at": clock.LATEST}
        assert (await session.execute(queries.LAST, asked)).one().title != "anders"
    await database.close()


def _altered() -> Any:
    from sqlalchemy import text  # noqa: PLC0415, TID251 - what no room of the service does

    return text("update bulletin set title = 'anders'")


async def test_the_dashboard_holds_the_last_bulletin_and_all_three_answers(lan: AsyncClient) -> None:
    await issue(lan)
    both = {"as_of": MOMENT}
    whole = (await lan.get("/v1/progress/dashboard", params=both)).json()
    assert whole["bulletin"]["number"] == 1
    for part, path in (("progress", ""), ("provinces", "/provinces"), ("matrix", "/matrix")):
        assert whole[part] == (await lan.get(f"/v1/progress{path}", params=both)).json()


async def test_a_dashboard_of_what_was_known_shows_the_bulletin_as_it_was_known(
    lan: AsyncClient, huong: AsyncClient
) -> None:
    issued = await issue(lan)
    asked = {"known_at": issued["known_at"], "as_of": MOMENT}
    then = await lan.get("/v1/progress/dashboard", params=asked)
    assert (then.json()["bulletin"]["number"], then.json()["bulletin"]["restated"]) == (1, False)
    await report(huong)
    assert (await lan.get("/v1/bulletins/1")).json()["restated"]
    await issue(lan)
    assert (await lan.get("/v1/progress/dashboard", params=asked)).json() == then.json()
    now = (await lan.get("/v1/progress/dashboard", params={"as_of": MOMENT})).json()["bulletin"]
    assert (now["number"], now["restated"]) == (2, False)


async def test_a_dashboard_of_what_was_known_tells_what_had_changed_by_then(
    lan: AsyncClient, huong: AsyncClient, an: AsyncClient
) -> None:
    await issue(lan)
    await report(huong)
    known_at = (await lan.get("/v1/progress", params={"known_at": clock.text(clock.now())})).json()["known_at"]
    asked = {"known_at": known_at, "as_of": MOMENT}
    then = (await lan.get("/v1/progress/dashboard", params=asked)).json()["bulletin"]
    assert {one["cause"] for one in then["differences"]} == {"report"}
    ruled = await an.patch("/v1/assignments/hotlines/40", json={"not_applicable": True, "reason": "Sáp nhập"})
    assert ruled.status_code == 200, ruled.text
    causes = {one["cause"] for one in (await lan.get("/v1/bulletins/1")).json()["differences"]}
    assert causes == {"report", "ruling"}
    assert (await lan.get("/v1/progress/dashboard", params=asked)).json()["bulletin"] == then
