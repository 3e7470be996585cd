"""One report at a time: what is stored, what is refused, and in which order reports win."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Service, Shared

WAYS = {"by the route": False, "by the fast path": True}
"""The same claims hold both ways. The fast path takes reports of callers that it has authenticated before."""
REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}


@pytest.fixture(params=WAYS)
async def service(request: pytest.FixtureRequest, shared: Shared, database_url: str) -> AsyncIterator[Service]:
    async with shared.open(at_its_port=WAYS[request.param]) as running:
        for name in ("huong", "minh"):
            await running.client(name).get("/v1/tasks")
        yield running


async def test_a_report_is_stored_and_becomes_current(huong: AsyncClient) -> None:
    sent = {
        **REPORT,
        "effective_at": "2025-06-27T15:00:00.123456+07:00",
        "note": "Đã công bố",
        "evidence": ["https://thanhhoa.gov.vn/duong-day-nong"],
        "document": {"number": "1234/UBND-CĐS", "date": "2025-06-27"},
    }
    answer = await huong.post("/v1/status-updates", json=sent)
    assert answer.status_code == 201
    stored = answer.json()
    assert stored["effective_at"] == "2025-06-27T08:00:00.123456Z"
    assert (stored["category"], stored["province"], stored["is_current"]) == ("hotlines", "38", True)
    assert (await huong.get(f"/v1/status-updates/{stored['id']}")).json() == stored


async def test_a_reporter_may_leave_its_own_unit_out(huong: AsyncClient) -> None:
    answer = await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "in_progress"})
    assert answer.json()["unit"] == "38"


async def test_an_older_report_is_kept_as_history(huong: AsyncClient) -> None:
    await huong.post("/v1/status-updates", json={**REPORT, "effective_at": "2025-06-27T10:00:00Z"})
    older = {**REPORT, "status": "blocked", "effective_at": "2025-06-26T10:00:00Z"}
    assert (await huong.post("/v1/status-updates", json=older)).json()["is_current"] is False
    assert (await huong.get("/v1/assignments/hotlines/38")).json()["status"] == "completed"


async def test_a_correction_at_the_same_moment_wins(huong: AsyncClient) -> None:
    moment = {"effective_at": "2025-06-27T10:00:00Z"}
    await huong.post("/v1/status-updates", json={**REPORT, **moment})
    corrected = await huong.post("/v1/status-updates", json={**REPORT, "status": "in_progress", **moment})
    assert corrected.json()["is_current"] is True
    assert (await huong.get("/v1/assignments/hotlines/38")).json()["status"] == "in_progress"


async def test_another_province_is_refused(minh: AsyncClient) -> None:
    answer = await minh.post("/v1/status-updates", json=REPORT)
    assert answer.status_code == 403
    assert codes(answer) == ["not-your-unit"]


async def test_everything_wrong_is_named_at_once(huong: AsyncClient) -> None:
    bad = {"task": "nope", "status": "done", "effective_at": "2025-06-27T10:00:00", "foo": 1}
    answer = await huong.post("/v1/status-updates", json=bad)
    assert answer.status_code == 422
    pointers = {error["pointer"]: error["code"] for error in answer.json()["errors"]}
    assert pointers == {
        "/foo": "unknown-field",
        "/effective_at": "naive-time",
        "/status": "unknown-value",
        "/task": "unknown-task",
    }


def codes(answer: Any) -> list[str]:
    return [error["code"] for error in answer.json()["errors"]]


async def test_a_reporter_is_offered_the_statuses_that_are_theirs_to_report(
    huong: AsyncClient, lan: AsyncClient
) -> None:
    sent = {"task": "hotlines", "unit": "38", "status": "Xong"}
    one = (await huong.post("/v1/status-updates", json=sent)).json()
    many = (await huong.post("/v1/status-updates/batch?mode=partial", json={"updates": [sent]})).json()
    for answer in (one, many):
        assert answer["errors"][0]["detail"].endswith("dùng: not_started, in_progress, blocked, completed")
    verdicts = (await lan.post("/v1/status-updates", json=sent)).json()
    assert verdicts["errors"][0]["detail"].endswith("completed, verified, returned")


async def test_who_may_not_return_work_is_not_asked_for_the_note_of_a_return(huong: AsyncClient) -> None:
    answer = await huong.post("/v1/status-updates", json={"task": "hotlines", "unit": "38", "status": "returned"})
    assert "note-required" not in codes(answer)
