"""Obstacles: reported by a unit, answered by the agency addressed, reopened when the answer does not help."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Service

ASKED = {
    "unit": "38",
    "task": "hotlines",
    "group": "infrastructure",
    "title": "Chưa có đường truyền",
    "detail": "Đề nghị kéo cáp",
    "addressed_to": "viettel",
    "needed_by": "2025-06-20",
}


async def reported(client: AsyncClient, **other: object) -> dict[str, Any]:
    answer = await client.post("/v1/obstacles", json={**ASKED, **other})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def test_an_obstacle_waits_from_its_report_on(huong: AsyncClient) -> None:
    answer = await huong.post("/v1/obstacles", json=ASKED)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert (made["state"], made["owner"], made["province"], made["needed_by"]) == (
        "open",
        "38",
        "38",
        "2025-06-20T16:59:59Z",
    )
    assert (made["waiting_since"], made["answered_at"], made["overdue"]) == (made["reported_at"], None, True)
    assert [(step["state"], step["token_name"]) for step in made["history"]] == [("open", "huong")]
    again = await huong.get(answer.headers["location"])
    assert again.headers["etag"] == answer.headers["etag"]
    assert {**again.json(), "waiting_hours": 0} == {**made, "waiting_hours": 0}


async def test_the_agency_answers_and_the_province_opens_it_again(
    huong: AsyncClient, viettel: AsyncClient, lan: AsyncClient
) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    read = await viettel.patch(path, json={"state": "acknowledged", "response": "Đang khảo sát"})
    assert (read.json()["answered_at"], read.json()["response"]) == (None, "Đang khảo sát")
    done = (await viettel.patch(path, json={"state": "resolved", "response": "Đã kéo cáp"})).json()
    assert (done["waiting_since"], done["answered_at"]) == (None, done["history"][-1]["at"])
    assert (done["overdue"], done["response"]) == (False, "Đã kéo cáp")
    again = (await huong.patch(path, json={"state": "open", "response": "Chưa có tín hiệu"})).json()
    assert (again["waiting_since"], again["answered_at"]) == (again["history"][-1]["at"], None)
    assert again["response"] == "Đã kéo cáp"
    last = (await lan.patch(path, json={"state": "declined", "response": "Hết ngân sách"})).json()
    told = [(step["state"], step["response"], step["token_name"]) for step in last["history"]]
    assert told == [
        ("open", None, "huong"),
        ("acknowledged", "Đang khảo sát", "viettel"),
        ("resolved", "Đã kéo cáp", "viettel"),
        ("open", "Chưa có tín hiệu", "huong"),
        ("declined", "Hết ngân sách", "lan"),
    ]
    moments = [step["at"] for step in last["history"]]
    assert moments == sorted(set(moments))


async def test_another_province_neither_sees_nor_reports_nor_changes_it(huong: AsyncClient, minh: AsyncClient) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    await huong.patch(path, json={"state": "open", "response": "x"})
    refused = await minh.post("/v1/obstacles", json=ASKED)
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (403, "not-your-unit")
    assert (await minh.get(path)).status_code == 404
    assert (await minh.patch(path, json={"state": "resolved", "response": "x"})).status_code == 404
    assert (await minh.get("/v1/obstacles?province=38")).status_code == 403
    assert (await minh.get("/v1/obstacles?unit=14758")).status_code == 403
    assert (await minh.get("/v1/obstacles")).json()["items"] == []
    assert (await huong.get(path)).json()["state"] == "open"


async def test_an_agency_sees_and_answers_only_what_is_addressed_to_it(
    huong: AsyncClient, viettel: AsyncClient
) -> None:
    mine, other = await reported(huong), await reported(huong, addressed_to="vnpt")
    seen = (await viettel.get("/v1/obstacles?province=38")).json()["items"]
    assert [obstacle["id"] for obstacle in seen] == [mine["id"]]
    refused = await viettel.patch(f"/v1/obstacles/{other['id']}", json={"state": "resolved"})
    assert refused.status_code == 404


async def test_whoever_only_reports_for_the_agency_addressed_changes_nothing_of_it(
    huong: AsyncClient, viettel: AsyncClient, an: AsyncClient, service: Service
) -> None:
    """It is the unit's to open again, and the agency's own role to answer."""
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    await viettel.patch(path, json={"state": "resolved", "response": "Đã kéo cáp"})
    token = (await an.post("/v1/tokens", json={"name": "x", "role": "reporter", "unit": "viettel"})).json()["token"]
    reporter = service.client(Authorization=f"Bearer {token}")
    assert (await reporter.get(path)).status_code == 200
    refused = await reporter.patch(path, json={"state": "open", "response": "x"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems#not-your-unit")
    assert (await huong.get(path)).json()["state"] == "resolved"


async def test_an_agency_reports_its_own_and_may_not_report_for_a_province(viettel: AsyncClient) -> None:
    own = await reported(viettel, unit="viettel", task=None, addressed_to="bkhcn")
    assert (own["province"], own["owner"]) == (None, "viettel")
    assert (await viettel.post("/v1/obstacles", json=ASKED)).status_code == 403
    refused = await viettel.patch(f"/v1/obstacles/{own['id']}", json={"state": "resolved", "response": "x"})
    assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (403, "/state")


async def test_a_commune_sees_its_own_and_its_province_sees_that_too(huong: AsyncClient, xa: AsyncClient) -> None:
    theirs = await reported(huong)
    made = await reported(xa, unit=None, task=None)
    assert made["unit"] == "14758"
    assert [o["id"] for o in (await xa.get("/v1/obstacles")).json()["items"]] == [made["id"]]
    assert [o["id"] for o in (await huong.get("/v1/obstacles")).json()["items"]] == [made["id"], theirs["id"]]
    assert (await xa.get(f"/v1/obstacles/{theirs['id']}")).status_code == 404
    assert (await xa.get("/v1/obstacles?province=38")).status_code == 403


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", [0, 1, 2]),
        ("?province=38", [0, 1]),
        ("?unit=14758", [1]),
        ("?task=hotlines", [0]),
        ("?group=support", [1, 2]),
        ("?state=open", [0, 2]),
        ("?addressed_to=vnpt", [1]),
        ("?state=declined&addressed_to=viettel", []),
    ],
)
async def test_the_ministry_reads_all_or_a_part(
    huong: AsyncClient, minh: AsyncClient, lan: AsyncClient, query: str, found: list[int]
) -> None:
    made = [
        await reported(huong),
        await reported(huong, unit="14758", task=None, group="support", addressed_to="vnpt"),
        await reported(minh, unit="40", task=None, group="support"),
    ]
    await lan.patch(f"/v1/obstacles/{made[1]['id']}", json={"state": "acknowledged"})
    items = (await lan.get(f"/v1/obstacles{query}")).json()["items"]
    assert [item["id"] for item in items] == [made[index]["id"] for index in reversed(found)]


async def test_pages_hold_every_obstacle_once_while_more_are_added(huong: AsyncClient) -> None:
    made = [(await reported(huong))["id"] for _ in range(5)]
    seen, cursor = [], ""
    while True:
        page = (await huong.get(f"/v1/obstacles?limit=2{cursor}")).json()
        seen += [item["id"] for item in page["items"]]
        await reported(huong)
        if page["next_cursor"] is None:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == made[::-1]


async def test_an_answer_to_what_has_moved_on_is_refused(huong: AsyncClient, viettel: AsyncClient) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    read = {"If-Match": (await viettel.get(path)).headers["etag"]}
    assert (await viettel.patch(path, json={"state": "acknowledged"}, headers=read)).status_code == 200
    assert (await viettel.patch(path, json={"state": "resolved"}, headers=read)).status_code == 412


async def test_the_same_report_sent_again_is_the_same_obstacle(huong: AsyncClient) -> None:
    answers = [await huong.post("/v1/obstacles", json=ASKED, headers={"Idempotency-Key": "one"}) for _ in range(2)]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    assert len((await huong.get("/v1/obstacles")).json()["items"]) == 1


@pytest.mark.parametrize(
    ("name", "first", "then", "status", "code"),
    [
        ("huong", None, {"state": "resolved", "response": "x"}, 403, "not-your-role"),
        ("huong", None, {"state": "open", "response": "x"}, 409, None),
        ("huong", "resolved", {"state": "open"}, 422, "reason-required"),
        ("huong", "resolved", {"state": "declined", "response": "x"}, 403, "not-your-role"),
        ("viettel", None, {"state": "declined"}, 422, "reason-required"),
        ("viettel", None, {}, 422, "nothing-to-change"),
        ("viettel", "acknowledged", {"state": "acknowledged"}, 422, "nothing-to-change"),
        ("viettel", "resolved", {"state": "acknowledged", "response": "x"}, 409, None),
        ("viettel", "resolved", {"state": "open", "response": "x"}, 403, "not-your-role"),
        ("viettel", None, {"state": "done"}, 422, "unknown-value"),
        ("viettel", None, {"state": None}, 422, "unknown-value"),
        ("viettel", None, {"state": "resolved", "title": "x"}, 422, "unknown-field"),
        ("khach", None, {"state": "resolved", "response": "x"}, 403, None),
    ],
)
async def test_a_change_that_is_not_allowed_is_refused(
    service: Service,
    huong: AsyncClient,
    viettel: AsyncClient,
    name: str,
    first: str | None,
    then: dict[str, Any],
    status: int,
    code: str | None,
) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    if first:
        await viettel.patch(path, json={"state": first})
    before = (await huong.get(path)).json()["history"]
    answer = await service.client(name).patch(path, json=then)
    assert answer.status_code == status, answer.text
    assert [error["code"] for error in answer.json().get("errors", [])] == ([code] if code else [])
    assert (await huong.get(path)).json()["history"] == before


async def test_everything_wrong_with_a_report_is_named(huong: AsyncClient, lan: AsyncClient) -> None:
    wrong = {"task": "nope", "addressed_to": "40", "unit": "nope"}
    answer = await huong.post("/v1/obstacles", json={**ASKED, **wrong})
    assert {error["pointer"]: error["code"] for error in answer.json()["errors"]} == {
        "/unit": "unknown-unit",
        "/addressed_to": "unknown-unit",
        "/task": "unknown-task",
    }
    nobody = await lan.post("/v1/obstacles", json={**ASKED, "unit": None})
    assert (nobody.status_code, nobody.json()["errors"][0]["code"]) == (422, "missing")
    alien = await huong.post("/v1/obstacles", json={**ASKED, "unit": "14758"})
    assert alien.json()["errors"][0]["code"] == "no-such-assignment"


async def test_the_unknown_is_not_found_and_a_bad_filter_is_named(lan: AsyncClient) -> None:
    assert (await lan.get("/v1/obstacles/0197a2f0-0000-7000-8000-000000000000")).status_code == 404
    assert (await lan.get("/v1/obstacles/x")).status_code == 422
    for query in ("province=x", "unit=x", "addressed_to=38", "group=x", "state=x", "cursor=x", "limit=0", "foo=1"):
        assert (query, (await lan.get(f"/v1/obstacles?{query}")).status_code) == (query, 422)


async def test_who_owes_the_answer_may_add_words_before_giving_it(huong: AsyncClient, viettel: AsyncClient) -> None:
    path = f"/v1/obstacles/{(await reported(huong))['id']}"
    answer = await viettel.patch(path, json={"response": "Đang khảo sát tuyến cáp"})
    assert (answer.status_code, answer.json()["state"]) == (200, "open")
    assert answer.json()["history"][-1]["response"] == "Đang khảo sát tuyến cáp"
    assert (await huong.patch(path, json={"response": "Vẫn chờ"})).status_code == 409


async def test_an_obstacle_is_owed_at_once(huong: AsyncClient, lan: AsyncClient) -> None:
    await lan.get("/v1/progress/agencies")
    await reported(huong)
    agencies = (await lan.get("/v1/progress/agencies")).json()["items"]
    assert (agencies[0]["code"], agencies[0]["obstacles_open"]) == ("viettel", 1)
