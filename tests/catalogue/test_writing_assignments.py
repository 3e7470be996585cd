"""Deciding about assignments: who may change what, one or many, and the history that it leaves."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient, Response

from tests.conftest import Service
from tests.connecting import connect

ONE = "/v1/assignments/hotlines/38"
OFFICE = {"responsible_office": "Sở Khoa học và Công nghệ", "responsible_person": "Nguyễn Văn A"}
NOT_HERE = {"not_applicable": True, "reason": "Không có trung tâm riêng"}
ORIGINAL = "2025-06-30T16:59:59Z"


async def test_a_province_names_who_is_responsible(huong: AsyncClient, minh: AsyncClient) -> None:
    answer = await huong.patch(ONE, json=OFFICE)
    assert answer.status_code == 200, answer.text
    assert {field: answer.json()[field] for field in OFFICE} == OFFICE
    seen = (await minh.get(ONE)).json()
    assert (seen["responsible_office"], seen["responsible_person"]) == (OFFICE["responsible_office"], None)


async def test_a_moved_deadline_keeps_its_history(an: AsyncClient, lan: AsyncClient, huong: AsyncClient) -> None:
    moved = await an.patch(ONE, json={"deadline": "2025-07-05", "reason": "Công điện 123"})
    assert (moved.json()["deadline"], moved.json()["original_deadline"]) == ("2025-07-05T16:59:59Z", ORIGINAL)
    await an.patch(ONE, json={"deadline": None})
    await lan.patch(ONE, json=NOT_HERE)
    history = (await huong.get(f"{ONE}/rulings")).json()["items"]
    told = [(r["deadline"], r["not_applicable"], r["reason"], r["token_name"]) for r in history]
    assert told == [
        (ORIGINAL, False, None, None),
        ("2025-07-05T16:59:59Z", False, "Công điện 123", "an"),
        (None, False, None, "an"),
        (None, True, NOT_HERE["reason"], "lan"),
    ]
    moments = [ruling["recorded_at"] for ruling in history]
    assert moments == sorted(set(moments))


async def test_the_history_comes_in_pages(an: AsyncClient) -> None:
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        await an.patch(ONE, json={"deadline": day})
    whole = (await an.get(f"{ONE}/rulings")).json()["items"]
    assert len(whole) == 4
    for limit in range(1, 6):
        pages, cursor = [], ""
        while cursor is not None:
            page = (await an.get(f"{ONE}/rulings?limit={limit}{cursor and f'&cursor={cursor}'}")).json()
            pages.append(page["items"])
            cursor = page["next_cursor"]
        assert [len(page) for page in pages] == [len(whole[at : at + limit]) for at in range(0, 4, limit)]
        assert [one for page in pages for one in page] == whole


async def test_the_history_of_work_that_was_never_ruled_on_is_one_page(an: AsyncClient) -> None:
    only = (await an.get(f"{ONE}/rulings?limit=1")).json()
    assert (len(only["items"]), only["next_cursor"]) == (1, None)


async def test_the_etag_moves_with_duties_and_never_with_the_status(an: AsyncClient, huong: AsyncClient) -> None:
    before = (await huong.get(ONE)).headers["etag"]
    await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"})
    assert (await huong.get(ONE)).headers["etag"] == before
    moved = await an.patch(ONE, json={"deadline": "2026-01-01"}, headers={"If-Match": before})
    assert moved.headers["etag"] == (await huong.get(ONE)).headers["etag"] != before
    late = await huong.patch(ONE, json=OFFICE, headers={"If-Match": before})
    assert (late.status_code, late.json()["type"]) == (412, "/problems#stale")
    same = await an.patch(ONE, json={"deadline": "2026-01-01"})
    assert same.headers["etag"] == moved.headers["etag"]


async def test_many_deadlines_are_moved_in_one_act(an: AsyncClient, lan: AsyncClient, service: Service) -> None:
    body = {"deadline": "2026-12-31", "reason": "Công điện 456"}
    answer = await an.patch("/v1/assignments?task=hotlines", json=body)
    assert answer.json() == {"matched": 34, "changed": 34}
    assert (await an.patch("/v1/assignments?task=hotlines", json=body)).json() == {"matched": 34, "changed": 0}
    entry, before = (await lan.get("/v1/audit")).json()["items"][:2]
    assert (entry["action"], entry["subject"], entry["reason"]) == (
        "assignments.change",
        "task=hotlines",
        "Công điện 456",
    )
    assert entry["after"] == {
        "filter": {"task": "hotlines"},
        "fields": {"deadline": "2026-12-31T16:59:59Z"},
        "matched": 34,
        "changed": 34,
    }
    assert before["action"] == "token.create"
    assert await tally_differences(service) == []


async def test_a_province_names_those_responsible_for_all_its_communes(huong: AsyncClient, an: AsyncClient) -> None:
    of_38 = len((await an.get("/v1/assignments?province=38&limit=1000")).json()["items"])
    for query in ("province=38", "status=not_started"):
        answer = await huong.patch(f"/v1/assignments?{query}", json={"responsible_office": query})
        assert answer.json() == {"matched": of_38, "changed": of_38}
    others = (await an.get("/v1/assignments?province=40&limit=1000")).json()["items"]
    assert {other["responsible_office"] for other in others} == {None}


async def test_a_commune_decides_for_itself_alone(xa: AsyncClient) -> None:
    mine = (await xa.get("/v1/assignments?unit=14758")).json()["items"]
    answer = await xa.patch("/v1/assignments?status=not_started", json=OFFICE)
    assert answer.json() == {"matched": len(mine), "changed": len(mine)}
    assert (await xa.patch(ONE, json=OFFICE)).status_code == 403
    assert (await xa.patch("/v1/assignments?province=38", json=OFFICE)).status_code == 403


async def test_an_agency_names_its_own(viettel: AsyncClient) -> None:
    mine = (await viettel.get("/v1/assignments?unit=viettel")).json()["items"]
    assert mine
    answer = await viettel.patch("/v1/assignments?unit=viettel", json=OFFICE)
    assert answer.json() == {"matched": len(mine), "changed": len(mine)}


async def test_what_does_not_apply_counts_nowhere_until_it_applies_again(
    lan: AsyncClient, huong: AsyncClient, service: Service
) -> None:
    report = {"task": "hotlines", "unit": "38", "status": "completed"}
    await huong.post("/v1/status-updates", json=report)
    assert (await lan.patch(ONE, json=NOT_HERE)).json()["not_applicable"] is True
    assert await tally_of(service, "38", "hotlines") == (0, 0, 0)
    refused = await huong.post("/v1/status-updates", json=report)
    assert refused.json()["errors"][0]["code"] == "not-applicable"
    await lan.patch(ONE, json={"not_applicable": False, "reason": "Đã có trung tâm"})
    assert await tally_of(service, "38", "hotlines") == (1, 1, 1)
    assert await tally_differences(service) == []


async def test_moving_a_deadline_moves_what_was_late(an: AsyncClient, huong: AsyncClient, service: Service) -> None:
    report = {"task": "hotlines", "status": "completed", "effective_at": "2025-07-03T00:00:00Z"}
    await huong.post("/v1/status-updates", json=report)
    assert await tally_of(service, "38", "hotlines") == (1, 1, 1)
    await an.patch(ONE, json={"deadline": "2025-07-04"})
    assert await tally_of(service, "38", "hotlines") == (1, 1, 0)
    assert await tally_differences(service) == []


async def test_rulings_and_reports_at_once_leave_the_counts_exact(
    an: AsyncClient, lan: AsyncClient, huong: AsyncClient, minh: AsyncClient, service: Service
) -> None:
    days = [f"2026-01-{day:02}" for day in range(1, 7)]
    moves = [an.patch("/v1/assignments?task=hotlines", json={"deadline": day}) for day in days]
    rules = [
        lan.patch(f"/v1/assignments?category=hotlines&province={code}", json={"not_applicable": flag, "reason": "x"})
        for code, flag in (("38", True), ("40", True), ("38", False))
    ]
    reports = [
        client.post("/v1/status-updates", json={"task": "hotlines", "status": status})
        for client in (huong, minh)
        for status in ("in_progress", "blocked", "completed")
    ]
    answers: list[Response] = await asyncio.gather(*moves, *rules, *reports)
    assert {answer.status_code for answer in answers} <= {200, 201, 422}
    assert {answer.status_code for answer in answers[: len(moves) + len(rules)]} == {200}
    assert await tally_differences(service) == []
    moments = [r["recorded_at"] for r in (await an.get(f"{ONE}/rulings")).json()["items"]]
    assert moments == sorted(set(moments))
    last = (await an.get(f"{ONE}/rulings")).json()["items"][-1]
    assert (await an.get(ONE)).json()["deadline"] == last["deadline"]


@pytest.mark.parametrize(
    ("name", "body", "refused"),
    [
        ("huong", {"deadline": "2026-01-01", **OFFICE}, {"/deadline": "not-your-role"}),
        ("huong", {"quality_standard": "x"}, {"/quality_standard": "not-your-role"}),
        ("huong", NOT_HERE, {"/not_applicable": "not-your-role"}),
        ("lan", {"deadline": "2026-01-01"}, {"/deadline": "not-your-role"}),
        ("lan", {"responsible_office": "x"}, {"/responsible_office": "not-your-unit"}),
        ("minh", {"responsible_office": "x"}, {"/responsible_office": "not-your-unit"}),
        ("viettel", {"responsible_person": "x"}, {"/responsible_person": "not-your-unit"}),
    ],
)
async def test_a_field_is_changed_by_those_whom_it_is_for(
    service: Service, name: str, body: dict[str, Any], refused: dict[str, str]
) -> None:
    client = service.client(name)
    before = (await client.get(ONE)).json()
    for path in (ONE, "/v1/assignments?task=hotlines&unit=38"):
        answer = await client.patch(path, json=body)
        assert answer.status_code == 403
        assert {e["pointer"]: e["code"] for e in answer.json().get("errors", [])} in (refused, {})
    assert (await client.get(ONE)).json() == before


async def test_a_viewer_changes_nothing(khach: AsyncClient) -> None:
    assert (await khach.patch(ONE, json=OFFICE)).status_code == 403
    assert (await khach.patch("/v1/assignments?unit=38", json=OFFICE)).status_code == 403


async def test_another_province_neither_changes_nor_reads_what_was_decided(minh: AsyncClient) -> None:
    assert (await minh.patch(ONE, json=OFFICE)).status_code == 403
    assert (await minh.patch("/v1/assignments?province=38", json=OFFICE)).status_code == 403
    assert (await minh.get(f"{ONE}/rulings")).status_code == 403


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({}, {"": "nothing-to-change"}),
        ({"reason": "x"}, {"": "nothing-to-change"}),
        ({"not_applicable": True}, {"/reason": "reason-required"}),
        ({"not_applicable": True, "reason": "  "}, {"/reason": "too-short"}),
        ({"not_applicable": "yes", "reason": "x"}, {"/not_applicable": "wrong-type"}),
        ({"deadline": "2026-02-30"}, {"/deadline": "malformed-time"}),
        ({"deadline": "2026-02-03T10:00:00"}, {"/deadline": "naive-time"}),
        ({"status": "completed"}, {"/status": "unknown-field"}),
        ({"owner": "40"}, {"/owner": "unknown-field"}),
    ],
)
async def test_what_is_wrong_with_a_change_is_named(
    an: AsyncClient, body: dict[str, Any], expected: dict[str, str]
) -> None:
    for path in (ONE, "/v1/assignments?unit=38"):
        answer = await an.patch(path, json=body)
        assert answer.status_code == 422
        assert {e["pointer"]: e["code"] for e in answer.json()["errors"]} == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"/query": "filter-required"}),
        ("?task=x&category=y", {"/query/task": "unknown-task", "/query/category": "unknown-category"}),
        ("?unit=x", {"/query/unit": "unknown-unit"}),
        ("?foo=1", {"/query/foo": "unknown-parameter"}),
    ],
)
async def test_many_are_changed_only_where_it_is_said_which(
    an: AsyncClient, query: str, expected: dict[str, str]
) -> None:
    answer = await an.patch(f"/v1/assignments{query}", json={"deadline": None})
    assert answer.status_code == 422
    assert {e["pointer"]: e["code"] for e in answer.json()["errors"]} == expected


async def test_a_filter_that_meets_nothing_changes_nothing(an: AsyncClient) -> None:
    answer = await an.patch("/v1/assignments?status=verified", json={"deadline": None})
    assert answer.json() == {"matched": 0, "changed": 0}


async def test_an_assignment_that_is_not_there_is_not_found(an: AsyncClient) -> None:
    for path in ("hotlines/14758", "hotlines/nope", "nope/38"):
        assert (await an.patch(f"/v1/assignments/{path}", json={"deadline": None})).status_code == 404
        assert (await an.get(f"/v1/assignments/{path}/rulings")).status_code == 404


async def tally_of(service: Service, owner: str, task: str) -> tuple[int, ...]:
    """Total, completed and late of an owner's task, over all its deadlines."""
    query = "select sum(total)::int, sum(completed)::int, sum(late)::int from tally where owner = $1 and task = $2"
    connection = await connect(service.url)
    row = await connection.fetchrow(query, owner, task)
    await connection.close()
    return tuple(row)


async def tally_differences(service: Service) -> list[Any]:
    """What the tally says and what the assignments say, where the two differ."""
    query = """
    with recounted as (
        select owner, task, coalesce(deadline, 'infinity') as deadline, count(*) as total,
               count(*) filter (where status = 'in_progress') as in_progress,
               count(*) filter (where status = 'blocked') as blocked,
               count(*) filter (where status = 'completed') as completed,
               count(*) filter (where status in ('completed', 'verified') and complete_since > deadline) as late
        from assignment where not not_applicable
        group by owner, task, coalesce(deadline, 'infinity')
    ),
    told as (
        select owner, task, deadline, total, in_progress, blocked, completed, late from tally
        where (total, in_progress, blocked, completed, late) <> (0, 0, 0, 0, 0)
    )
    (table recounted except table told) union all (table told except table recounted)
    """
    connection = await connect(service.url)
    found: list[Any] = await connection.fetch(query)
    await connection.close()
    return found
