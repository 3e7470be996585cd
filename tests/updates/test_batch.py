"""Many reports at once: what the answer says is what the database holds, in both modes."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from app.updates.routes import READ_AT_ONCE, read_by_turns

GOOD = {"task": "hotlines", "status": "completed"}
BATCH = "/v1/status-updates/batch"
COUNTS = ("received", "stored", "current", "superseded", "rejected", "dry_run")


def counts(answer: Any) -> tuple[Any, ...]:
    assert answer.status_code == 200, answer.text
    return tuple(answer.json()[name] for name in COUNTS)


async def held(client: AsyncClient) -> int:
    return len((await client.get("/v1/status-updates", params={"limit": 1000})).json()["items"])


async def test_a_good_batch_is_stored_in_its_order(huong: AsyncClient) -> None:
    sent = [{**GOOD, "status": status} for status in ("in_progress", "blocked", "completed")]
    assert counts(await huong.post(BATCH, json={"updates": sent})) == (3, 3, 1, 2, 0, False)
    history = (await huong.get("/v1/status-updates")).json()["items"]
    assert [update["status"] for update in history] == ["completed", "blocked", "in_progress"]
    assert [update["is_current"] for update in history] == [True, False, False]
    assert sorted(update["id"] for update in history) == [update["id"] for update in reversed(history)]


async def test_others_have_their_turn_while_a_batch_is_read() -> None:
    """Its rows may all be bad, and each of these takes as long as fifty good ones."""
    turns = 0

    async def others() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    beside = asyncio.create_task(others())
    reports = await read_by_turns([{"task": number} for number in range(3 * READ_AT_ONCE + 1)])
    beside.cancel()
    assert turns >= 3
    assert [bool(report.complaints) for report in reports] == [True] * len(reports)
    assert len(reports) == 3 * READ_AT_ONCE + 1


async def test_one_bad_row_refuses_all_and_every_bad_row_is_named(huong: AsyncClient) -> None:
    sent = [GOOD, {**GOOD, "unit": "40"}, {"task": "nope"}, 7, {**GOOD, "status": "verified"}]
    answer = await huong.post(BATCH, json={"updates": sent})
    assert answer.status_code == 422
    told = {(error["pointer"], error["code"]) for error in answer.json()["errors"]}
    assert told == {
        ("/updates/1/unit", "not-your-unit"),
        ("/updates/2/task", "unknown-task"),
        ("/updates/2/status", "missing"),
        ("/updates/3", "wrong-type"),
        ("/updates/4/status", "not-your-role"),
    }
    assert await held(huong) == 0


async def test_the_good_rows_are_stored_when_partial(huong: AsyncClient) -> None:
    sent = [GOOD, {**GOOD, "unit": "40"}, {**GOOD, "task": "staffing", "effective_at": "2025-06-01T00:00:00Z"}]
    answer = await huong.post(BATCH, params={"mode": "partial"}, json={"updates": sent})
    assert counts(answer) == (3, 2, 2, 0, 1, False)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/updates/1/unit"]
    assert await held(huong) == 2


async def test_a_dry_run_says_the_same_and_stores_nothing(huong: AsyncClient) -> None:
    sent = {"updates": [GOOD, {**GOOD, "effective_at": "2025-06-01T00:00:00Z"}, {**GOOD, "unit": "40"}]}
    dry = await huong.post(BATCH, params={"mode": "partial", "dry_run": True}, json=sent)
    assert await held(huong) == 0
    real = await huong.post(BATCH, params={"mode": "partial"}, json=sent)
    assert counts(dry)[:-1] == counts(real)[:-1]
    assert dry.json()["errors"] == real.json()["errors"]


async def test_the_ministry_verifies_and_returns_in_a_batch(lan: AsyncClient, huong: AsyncClient) -> None:
    await huong.post(BATCH, json={"updates": [GOOD, {**GOOD, "task": "staffing"}]})
    verdicts = [
        {"task": "hotlines", "unit": "38", "status": "verified"},
        {"task": "staffing", "unit": "38", "status": "returned", "note": "Chưa đủ người trực"},
        {"task": "equipment", "unit": "38", "status": "verified"},
    ]
    answer = await lan.post(BATCH, params={"mode": "partial"}, json={"updates": verdicts})
    assert counts(answer) == (3, 2, 2, 0, 1, False)
    assert answer.json()["errors"][0]["code"] == "not-complete"


async def test_a_verdict_is_about_the_moment_it_names(lan: AsyncClient, huong: AsyncClient) -> None:
    await huong.post("/v1/status-updates", json={**GOOD, "effective_at": "2025-06-20T00:00:00Z"})
    await huong.post("/v1/status-updates", json={**GOOD, "status": "blocked", "effective_at": "2025-06-25T00:00:00Z"})
    verdict = {"task": "hotlines", "unit": "38", "status": "verified"}
    early = await lan.post("/v1/status-updates", json={**verdict, "effective_at": "2025-06-21T00:00:00Z"})
    assert (early.status_code, early.json()["is_current"]) == (201, False)
    late = await lan.post("/v1/status-updates", json={**verdict, "effective_at": "2025-06-26T00:00:00Z"})
    assert late.json()["errors"][0]["code"] == "not-complete"


async def test_a_unit_reports_for_itself_and_the_ministry_does_not(lan: AsyncClient, an: AsyncClient) -> None:
    for client in (lan, an):
        answer = await client.post("/v1/status-updates", json={**GOOD, "unit": "38"})
        assert (answer.status_code, answer.json()["type"]) == (403, "/problems#not-your-unit")


async def test_who_has_no_unit_is_told_of_the_role_and_not_of_a_unit(
    lan: AsyncClient, an: AsyncClient, huong: AsyncClient, minh: AsyncClient
) -> None:
    rows = "unit,task,status\n38,hotlines,completed\n"
    preview = await huong.post("/v1/imports", content=rows, headers={"Content-Type": "text/csv"})
    obstacle = {"unit": "38", "group": "systems", "title": "x", "detail": "y", "addressed_to": "viettel"}
    asked: list[tuple[str, str, Any]] = [
        ("POST", "/v1/status-updates", {**GOOD, "unit": "38"}),
        ("POST", f"/v1/imports/{preview.json()['id']}/commit", None),
        ("POST", "/v1/obstacles", obstacle),
    ]
    office = ("PATCH", "/v1/assignments/hotlines/38", {"responsible_office": "x"})
    for client, role, refused in ((lan, "ministry", [*asked, office]), (an, "admin", asked)):
        for method, path, body in refused:
            answer = await client.request(method, path, params={"lang": "en"}, json=body)
            said = f"this is for the unit itself to do; the role {role} may not do it in its place"
            assert (answer.status_code, answer.json()["detail"]) == (403, said)
    another = await minh.post("/v1/status-updates?lang=en", json={**GOOD, "unit": "38"})
    assert another.json()["detail"] == "your token is for your own unit (a province: its communes too)"


async def test_a_ward_reports_for_itself_and_not_for_its_province(xa: AsyncClient) -> None:
    own = await xa.post("/v1/status-updates", json={"task": "commune-network", "status": "completed"})
    assert own.json()["unit"] == "14758"
    for unit in ("38", "14797"):
        answer = await xa.post("/v1/status-updates", json={**GOOD, "task": "commune-network", "unit": unit})
        assert answer.status_code == 403


async def test_a_batch_has_one_row_at_least_and_ten_thousand_at_most(huong: AsyncClient) -> None:
    assert (await huong.post(BATCH, json={"updates": []})).status_code == 422
    assert (await huong.post(BATCH, json={"updates": [GOOD] * 10_001})).status_code == 422


@pytest.mark.parametrize("mode", ["atomic", "partial"])
async def test_many_complaints_are_written_beside_the_event_loop_in_the_same_words(
    mode: str, huong: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = {"updates": [{"task": "nope", "unit": "38", "status": "completed"}] * 3}
    address = f"/v1/status-updates/batch?mode={mode}&lang=en"
    few = await huong.post(address, json=rows)
    beside: list[Any] = []
    monkeypatch.setattr("app.auth.api_route.MANY_ERRORS", 3)
    monkeypatch.setattr("app.updates.routes.MANY_ERRORS", 3)
    monkeypatch.setattr("asyncio.to_thread", in_thread(beside))
    many = await huong.post(address, json=rows)
    assert len(beside) == 1
    assert (many.status_code, many.headers["content-type"]) == (few.status_code, few.headers["content-type"])
    assert {**many.json(), "request_id": ""} == {**few.json(), "request_id": ""}


def in_thread(beside: list[Any]) -> Any:
    """`asyncio.to_thread`, which notes what it ran."""
    real = asyncio.to_thread

    async def run(done: Any, *given: Any) -> Any:
        beside.append(done)
        return await real(done, *given)

    return run


async def test_ten_thousand_are_stored_at_once(huong: AsyncClient) -> None:
    sent = [
        {**GOOD, "effective_at": f"2025-06-{day:02}T{n // 60:02}:{n % 60:02}:00Z"}
        for day in range(1, 11)
        for n in range(1000)
    ]
    assert counts(await huong.post(BATCH, json={"updates": sent})) == (10_000, 10_000, 1, 9_999, 0, False)
