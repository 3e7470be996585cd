"""The figures over HTTP, by example: what the ministry sees after a few reports."""

from typing import Any

from httpx import AsyncClient

from app.paging import to_cursor

COMMUNES_OF_38 = 166


async def report(client: AsyncClient, task: str, status: str, at: str, **more: Any) -> None:
    sent = {"task": task, "status": status, "effective_at": at, **more}
    answer = await client.post("/v1/status-updates", json=sent)
    assert answer.status_code == 201, answer.text


async def line(client: AsyncClient, code: str, **params: str) -> dict[str, Any]:
    answer = (await client.get("/v1/progress", params={"lang": "en", **params})).json()
    return next(found for found in answer["categories"] if found["code"] == code)


async def province(client: AsyncClient, code: str, **params: str) -> dict[str, Any]:
    items = (await client.get("/v1/progress/provinces", params=params)).json()["items"]
    return next(found for found in items if found["code"] == code)


async def test_a_completed_province_is_counted_and_named_no_more(huong: AsyncClient) -> None:
    await report(huong, "hotlines", "completed", "2025-06-27T09:00:00Z")
    found = await line(huong, "hotlines", as_of="2025-06-27T10:00:00Z")
    assert (found["provinces_completed"], found["provinces_total"], found["completion"]) == (1, 34, 0.0294)
    assert "38" not in found["missing"]
    assert len(found["missing"]) == 33
    assert found["statement"].startswith("As of 17:00 on 27 June 2025")


async def test_a_province_is_completed_only_when_every_assignment_is(huong: AsyncClient) -> None:
    await report(huong, "information-systems", "completed", "2025-06-20T00:00:00Z")
    at = {"as_of": "2025-06-21T00:00:00Z"}
    found = await line(huong, "information-systems", **at)
    assert (found["provinces_completed"], found["provinces_in_progress"], found["assignments_completed"]) == (0, 1, 1)
    await report(huong, "centre-network", "completed", "2025-06-20T00:00:00Z")
    assert (await line(huong, "information-systems", **at))["provinces_completed"] == 1


async def test_both_clocks_answer_their_own_question(huong: AsyncClient) -> None:
    before = (await huong.get("/v1/progress")).json()["as_of"]
    await report(huong, "hotlines", "completed", "2025-06-20T00:00:00Z")
    true_then = await line(huong, "hotlines", as_of="2025-06-20T00:00:00Z")
    known_then = await line(huong, "hotlines", as_of="2025-06-20T00:00:00Z", known_at=before)
    assert (true_then["provinces_completed"], known_then["provinces_completed"]) == (1, 0)
    assert (await line(huong, "hotlines", as_of="2025-06-19T23:59:59.999999Z"))["provinces_completed"] == 0


async def test_lights_change_with_time_and_have_reasons(huong: AsyncClient) -> None:
    assert (await province(huong, "38", as_of="2025-06-20T00:00:00Z"))["light"] == "green"
    soon = await province(huong, "38", as_of="2025-06-29T00:00:00Z")
    assert soon["light"] == "yellow"
    late = await province(huong, "38", as_of="2025-07-01T00:00:00Z")
    [reason] = late["reasons"]
    assert (late["light"], reason["kind"], reason["count"]) == ("red", "overdue", 11 + 2 * COMMUNES_OF_38)
    assert len(reason["assignments"]) == 3
    await report(huong, "hotlines", "blocked", "2025-06-19T00:00:00Z", note="Chưa có đầu số")
    blocked = await province(huong, "38", as_of="2025-06-20T00:00:00Z")
    assert (blocked["light"], blocked["reasons"][0]["assignments"][0]["task"]) == ("yellow", "hotlines")


async def test_silence_is_loud(huong: AsyncClient, lan: AsyncClient) -> None:
    assert (await province(lan, "38"))["reporting"] == "never"
    await report(huong, "hotlines", "completed", "2025-06-20T00:00:00Z")
    assert (await province(lan, "38"))["reporting"] == "fresh"
    page = (await lan.get("/v1/progress/silent", params={"limit": 1000})).json()
    assert page["total"] == 34 - 1 + 3321 + 10
    assert {item["reporting"] for item in page["items"]} == {"never"}
    seen = [item["code"] for item in page["items"]]
    while page["next_cursor"]:
        params = {"limit": 1000, "cursor": page["next_cursor"]}
        page = (await lan.get("/v1/progress/silent", params=params)).json()
        seen += [item["code"] for item in page["items"]]
    assert len(seen) == len(set(seen)) == 34 - 1 + 3321 + 10


async def test_a_page_on_which_nobody_is_silent_says_how_many_are(huong: AsyncClient, lan: AsyncClient) -> None:
    beyond = {"level": "province", "cursor": to_cursor("silent", "2199-01-01T00:00:00Z", "zz")}
    page = (await lan.get("/v1/progress/silent", params=beyond)).json()
    assert (page["items"], page["next_cursor"], page["total"]) == ([], None, 34)


async def test_equals_share_a_rank(huong: AsyncClient, minh: AsyncClient) -> None:
    await report(huong, "hotlines", "completed", "2025-06-20T00:00:00Z")
    at = {"as_of": "2025-06-21T00:00:00Z"}
    items = (await huong.get("/v1/progress/provinces", params=at)).json()["items"]
    assert [item["code"] for item in items if item["rank"] == 1] == ["38"]
    assert {item["rank"] for item in items} == {1, 2}


async def test_agency_work_counts_no_provinces(viettel: AsyncClient) -> None:
    await report(viettel, "central-support", "completed", "2025-06-20T00:00:00Z")
    found = await line(viettel, "central-support", as_of="2025-06-21T00:00:00Z")
    assert (found["provinces_total"], found["completion"], found["missing"]) == (0, None, [])
    assert (found["assignments_total"], found["assignments_completed"]) == (20, 1)


async def test_declared_and_verified_stand_side_by_side(huong: AsyncClient, lan: AsyncClient) -> None:
    await report(huong, "hotlines", "completed", "2025-06-20T00:00:00Z")
    await report(lan, "hotlines", "verified", "2025-07-05T00:00:00Z", unit="38")
    found = await line(lan, "hotlines")
    assert (found["provinces_completed"], found["provinces_verified"]) == (1, 1)
    assert (found["completed_on_time"], found["completed_late"]) == (1, 0)
    await report(huong, "hotlines", "in_progress", "2025-07-06T00:00:00Z")
    assert (await line(lan, "hotlines"))["provinces_completed"] == 0


async def test_one_province_shows_its_communes_in_bands(huong: AsyncClient, xa: AsyncClient) -> None:
    await report(xa, "commune-equipment", "completed", "2025-06-20T00:00:00Z")
    await report(xa, "commune-network", "completed", "2025-06-20T00:00:00Z")
    for params in ({}, {"as_of": "2025-06-21T00:00:00Z"}):
        detail = (await huong.get("/v1/progress/provinces/38", params=params)).json()
        [communes] = detail["communes"]
        assert (communes["communes_total"], communes["over_50"], communes["all"]) == (COMMUNES_OF_38, 1, 1)
        assert len(communes["not_done"]) == COMMUNES_OF_38 - 1
        assert {row["task"] for row in detail["open_assignments"]} >= {"hotlines", "centre-network"}
        assert len(detail["open_assignments"]) == 11


async def test_the_timeline_is_exact_at_every_point(huong: AsyncClient) -> None:
    await report(huong, "hotlines", "completed", "2025-06-20T10:30:00Z")
    await report(huong, "hotlines", "in_progress", "2025-06-20T12:30:00Z")
    span = {"from": "2025-06-20T10:15:00Z", "to": "2025-06-20T13:45:00Z", "step": "hour", "category": "hotlines"}
    points = (await huong.get("/v1/progress/timeline", params=span)).json()["points"]
    assert [(point["at"][11:16], point["provinces_completed"]) for point in points] == [
        ("10:15", 0), ("11:00", 1), ("12:00", 1), ("13:00", 0), ("13:45", 0),
    ]  # fmt: skip
    refused = await huong.get("/v1/progress/timeline", params={"from": "2020-01-01T00:00:00Z", "step": "hour"})
    assert refused.json()["errors"][0]["code"] == "too-many-points"


async def test_compare_lists_what_changed_between_two_moments(huong: AsyncClient) -> None:
    await report(huong, "hotlines", "blocked", "2025-06-20T10:30:00Z")
    span = {"from": "2025-06-20T10:00:00Z", "to": "2025-06-20T11:00:00Z"}
    told = (await huong.get("/v1/progress/compare", params=span)).json()
    [change] = told["changes"]
    assert (change["province"], change["category"]) == ("38", "hotlines")
    assert (change["before"], change["after"]) == ("not_started", "blocked")
