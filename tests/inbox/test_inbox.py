"""The inbox: what waits for a unit and why, counted and listed, for those whose it is."""

from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient

from app import clock
from tests.conftest import Service
from tests.connecting import run_sql
from tests.updates.test_change_kinds import OBSTACLE, obstacle, rule
from tests.updates.test_changes import report

NAMES = (
    "returned",
    "answer_overdue",
    "promise_broken",
    "answered",
    "to_answer",
    "overdue",
    "due_soon",
    "blocked",
    "changed",
)


async def inbox(client: AsyncClient, **query: Any) -> Any:
    answer = await client.get("/v1/inbox", params={"limit": 1000, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()


async def everything(client: AsyncClient, limit: int) -> list[Any]:
    items, cursor = [], None
    while True:
        page = await inbox(client, limit=limit, **({"cursor": cursor} if cursor else {}))
        items += page["items"]
        cursor = page["next_cursor"]
        if cursor is None:
            return items


def tomorrow() -> str:
    return clock.text(clock.now() + timedelta(days=1))


async def test_what_waits_is_counted_and_listed_the_most_pressing_first(
    huong: AsyncClient, lan: AsyncClient, an: AsyncClient, viettel: AsyncClient
) -> None:
    total = (await inbox(huong))["counts"]["overdue"]
    await report(huong)
    await report(lan, status="returned", note="Thiếu số điện thoại trực")
    await report(huong, task="equipment", status="blocked", note="Thiếu máy quét")
    await rule(an, deadline=tomorrow())
    asked = await obstacle(huong)
    await viettel.patch(f"/v1/obstacles/{asked}", json={"state": "resolved", "response": "Đã kéo cáp"})
    found = await inbox(huong)
    assert found["counts"] == {
        "returned": 1,
        "answer_overdue": 0,
        "promise_broken": 0,
        "answered": 1,
        "to_answer": 0,
        "overdue": total - 1,
        "due_soon": 1,
        "blocked": 1,
        "changed": None,
    }
    assert found["next_cursor"] is None
    returned, answered = found["items"][:2]
    assert (returned["task"], returned["unit"], returned["reasons"]) == ("hotlines", "38", ["returned", "due_soon"])
    assert (returned["note"], returned["by"]) == ("Thiếu số điện thoại trực", "lan")
    assert (answered["kind"], answered["obstacle"], answered["title"]) == ("obstacle", asked, OBSTACLE["title"])
    assert (answered["note"], answered["by"]) == ("Đã kéo cáp", "viettel")
    blocked = next(item for item in found["items"] if "blocked" in item["reasons"])
    assert (blocked["reasons"], blocked["note"], blocked["by"]) == (["overdue", "blocked"], "Thiếu máy quét", "huong")
    places = [NAMES.index(item["reasons"][0]) for item in found["items"]]
    assert places == sorted(places)


async def test_me_has_the_same_counts_and_when_the_token_expires(
    huong: AsyncClient, lan: AsyncClient, an: AsyncClient, khach: AsyncClient, service: Service
) -> None:
    await report(huong, status="blocked")
    counts = (await inbox(huong))["counts"]
    me = (await huong.get("/v1/me")).json()
    assert me["inbox"] == {name: counts[name] for name in NAMES[:-1]}
    assert me["expires_at"] is None
    for without in (lan, an, khach):
        assert (await without.get("/v1/me")).json()["inbox"] is None
    until = "2099-12-08T00:00:00Z"
    made = await an.post("/v1/tokens", json={"name": "t", "role": "reporter", "unit": "40", "expires_at": until})
    service.tokens = {**service.tokens, "short": made.json()["token"]}
    assert (await service.client("short").get("/v1/me")).json()["expires_at"] == until


async def test_pages_of_any_size_give_the_same(huong: AsyncClient, xa: AsyncClient, viettel: AsyncClient) -> None:
    await report(huong, status="blocked")
    asked = await obstacle(huong)
    await viettel.patch(f"/v1/obstacles/{asked}", json={"state": "declined", "response": "Không thuộc phạm vi"})
    whole = await everything(huong, 1000)
    assert await everything(huong, 50) == whole
    assert len(whole) > 50
    assert await everything(xa, 1) == await everything(xa, 1000)


async def test_only_what_is_asked_for_is_listed(huong: AsyncClient, lan: AsyncClient) -> None:
    await report(huong)
    await report(lan, status="returned", note="Thiếu")
    await report(huong, task="equipment", status="blocked")
    found = await inbox(huong, reason=["returned", "blocked"], unit="38")
    assert [item["task"] for item in found["items"]] == ["hotlines", "equipment"]
    assert found["counts"]["overdue"] > 2


async def test_an_agency_finds_the_obstacles_that_wait_for_its_answer(huong: AsyncClient, viettel: AsyncClient) -> None:
    asked = await obstacle(huong)
    found = await inbox(viettel, reason="to_answer")
    assert [(item["obstacle"], item["unit_name"]) for item in found["items"]] == [(asked, "Thanh Hóa")]
    assert (await viettel.get("/v1/me")).json()["inbox"]["to_answer"] == 1
    await viettel.patch(f"/v1/obstacles/{asked}", json={"state": "resolved", "response": "Xong"})
    assert (await inbox(viettel, reason="to_answer"))["items"] == []


async def test_what_does_not_apply_does_not_wait(huong: AsyncClient, lan: AsyncClient) -> None:
    before = (await inbox(huong, unit="38"))["counts"]["overdue"]
    sent = {"not_applicable": True, "reason": "Không có"}
    assert (await lan.patch("/v1/assignments/hotlines/38", json=sent)).status_code == 200
    assert (await inbox(huong, unit="38"))["counts"]["overdue"] == before - 1


async def test_an_answer_waits_to_be_read_for_a_week(
    huong: AsyncClient, viettel: AsyncClient, service: Service
) -> None:
    asked = await obstacle(huong)
    await viettel.patch(f"/v1/obstacles/{asked}", json={"state": "resolved", "response": "Xong"})
    assert (await inbox(huong))["counts"]["answered"] == 1
    await run_sql(service.url, "update obstacle_event set at = at - interval '8 days'")
    assert (await inbox(huong))["counts"]["answered"] == 0


async def test_what_others_changed_since_a_cursor_is_counted_and_ones_own_is_not(
    huong: AsyncClient, xa: AsyncClient, lan: AsyncClient, an: AsyncClient, minh: AsyncClient, viettel: AsyncClient
) -> None:
    await report(huong)
    asked = await obstacle(huong)
    since = (await inbox(huong))["changes_cursor"]
    assert (await inbox(huong, since=since))["counts"]["changed"] == 0
    await report(huong, task="equipment", status="in_progress")
    await report(minh, unit="40")
    await rule(an, "40")
    assert (await inbox(huong, since=since))["counts"]["changed"] == 0
    await report(lan, status="verified")
    await rule(an, deadline=tomorrow())
    await report(xa, task="commune-equipment", unit="14758", status="completed")
    await viettel.patch(f"/v1/obstacles/{asked}", json={"state": "acknowledged"})
    found = await inbox(huong, since=since, reason="changed")
    assert found["counts"]["changed"] == 3
    named = {(item["task"], item["unit"], item["obstacle"]) for item in found["items"]}
    assert named == {("hotlines", "38", None), ("commune-equipment", "14758", None), (None, "38", asked)}
    assert (await inbox(huong, since=found["changes_cursor"]))["counts"]["changed"] == 0
    assert (await inbox(huong))["counts"]["changed"] is None
    assert {item["unit"] for item in (await inbox(xa, since=since, reason="changed"))["items"]} == set()


async def test_the_inbox_of_38_is_not_for_others(
    service: Service, minh: AsyncClient, viettel: AsyncClient, khach: AsyncClient, anyone: AsyncClient, xa: AsyncClient
) -> None:
    for stranger in (minh, viettel):
        for query in ("province=38", "unit=38", "unit=14758"):
            assert (await stranger.get(f"/v1/inbox?{query}")).status_code == 403
    assert (await xa.get("/v1/inbox?province=38")).status_code == 403
    assert (await khach.get("/v1/inbox")).status_code == 403
    assert (await anyone.get("/v1/inbox")).status_code == 401
    assert {item["unit"] for item in await everything(xa, 1000)} == {"14758"}
    assert {item["province"] for item in await everything(minh, 1000)} == {"40"}


async def test_the_ministry_looks_into_any_inbox(lan: AsyncClient, huong: AsyncClient) -> None:
    assert (await inbox(lan, province="38"))["counts"] == (await inbox(huong))["counts"]


@pytest.mark.parametrize(
    "query", ["since=x", "since=", "since=now", "cursor=x", "cursor=", "reason=late", "reason=", "province=99"]
)
async def test_a_question_that_means_nothing_is_refused(huong: AsyncClient, query: str) -> None:
    assert (await huong.get(f"/v1/inbox?{query}")).status_code == 422
