"""The event stream has bulletins and, for those who may read them, obstacles without their text."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import structlog

from app import clock
from tests.conftest import Service, Template
from tests.live.serving import Server, in_process

OBSTACLE = {
    "unit": "38",
    "group": "infrastructure",
    "title": "Chưa có đường truyền",
    "detail": "Sáu trụ sở mới chưa có cáp quang.",
    "addressed_to": "viettel",
}


@pytest.fixture
async def live(database_url: str, template: Template) -> AsyncIterator[Server]:
    async with in_process(database_url, template.tokens) as server:
        yield server


async def post(server: Server, name: str, path: str, sent: dict[str, Any]) -> Any:
    async with server.client(name) as client:
        answer = await client.post(path, json=sent)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def test_a_bulletin_is_an_event_with_its_number(live: Server) -> None:
    async with live.stream() as stream:
        bulletin = await post(live, "lan", "/v1/bulletins", {"as_of": "2025-06-27T17:00:00+07:00"})
        event = await stream.event()
    assert event.event == "bulletin"
    assert event.id
    assert event.data == {
        "campaign": "two-tier-2025",
        "number": bulletin["number"],
        "recorded_at": bulletin["issued_at"],
    }


async def test_an_obstacle_is_an_event_with_the_agency_and_nothing_of_its_text(live: Server) -> None:
    async with live.stream("viettel") as stream:
        raised = await post(live, "huong", "/v1/obstacles", OBSTACLE)
        first = [await stream.event(), await stream.event()]
        async with live.client("viettel") as client:
            answer = await client.patch(f"/v1/obstacles/{raised['id']}", json={"state": "acknowledged"})
        assert answer.status_code == 200, answer.text
        answered = [await stream.event(), await stream.event()]
    for obstacle, progress in (first, answered):
        assert (obstacle.event, progress.event) == ("obstacle", "progress")
        assert sorted(obstacle.data) == ["agencies", "recorded_at"]
        assert obstacle.data["agencies"] == ["viettel"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("huong", ["obstacle", "progress"]),
        ("viettel", ["obstacle", "progress"]),
        ("lan", ["obstacle", "progress"]),
        ("an", ["obstacle", "progress"]),
        ("minh", ["progress"]),
        ("xa", ["progress"]),
        ("khach", ["progress"]),
        (None, ["progress"]),
    ],
)
async def test_an_obstacle_is_an_event_for_those_alone_who_may_read_it(
    database_url: str, template: Template, name: str | None, expected: list[str]
) -> None:
    """Everyone learns that figures have changed: those of the agencies."""
    async with (
        in_process(database_url, template.tokens, public_progress=True) as server,
        server.stream(name) as stream,
    ):
        await post(server, "huong", "/v1/obstacles", OBSTACLE)
        events = [await stream.event() for _ in expected]
    assert [one.event for one in events] == expected
    assert (events[-1].data["provinces"], events[-1].data["categories"]) == ([], [])


async def test_a_client_that_reconnects_gets_what_was_announced_meanwhile(live: Server) -> None:
    async with live.stream() as stream:
        await live.report()
        seen = await stream.event()
    await post(live, "huong", "/v1/obstacles", OBSTACLE)
    await post(live, "lan", "/v1/bulletins", {"as_of": "2025-06-27T17:00:00+07:00"})
    await live.report()
    async with live.stream("lan", **{"Last-Event-ID": str(seen.id)}) as stream:
        events = [await stream.event() for _ in range(3)]
    assert [one.event for one in events] == ["bulletin", "obstacle", "progress"]
    assert [bool(one.id) for one in events] == [False, False, True]
    async with live.stream("lan", **{"Last-Event-ID": str(events[-1].id)}) as stream:
        await live.report("40")
        assert (await stream.event()).event == "progress"


async def test_who_resumes_at_once_is_told_nothing_twice(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two events of the hub, while its own position is older than the id that the client has."""
    monkeypatch.setattr("app.live.hub.MIN_INTERVAL", 1.0)
    async with live.stream() as stream:
        await live.report()
        seen = await stream.event()
        await post(live, "huong", "/v1/obstacles", OBSTACLE)
        async with live.stream(**{"Last-Event-ID": str(seen.id)}) as second:
            announced = await second.event()
            assert announced.data["provinces"] == []
        async with live.stream(**{"Last-Event-ID": str(announced.id)}) as third:
            await live.report("40")
            assert (await third.event()).data["provinces"] == ["40"]


async def test_an_answer_that_becomes_overdue_is_an_event_of_its_agency(
    live: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live.stream("lan") as stream:
        raised = await post(live, "huong", "/v1/obstacles", OBSTACLE)
        await stream.event()
        late = datetime.fromisoformat(raised["answer_due"]) + timedelta(seconds=1)
        monkeypatch.setattr(clock, "now", lambda: late)
        event = await stream.event()
        while event.event != "obstacle":
            event = await stream.event()
    assert event.data == {"agencies": ["viettel"], "recorded_at": clock.text(clock.minute_of(late))}


async def test_a_database_that_is_away_is_one_line_however_often_it_is_asked(service: Service) -> None:
    hub, versions = service.app.state.hub, service.app.state.data_versions

    async def away() -> None:
        raise ConnectionRefusedError("it is away")

    with structlog.testing.capture_logs() as logs:
        for _ in range(2):
            with pytest.MonkeyPatch.context() as patch:
                patch.setattr("app.live.hub.MAX_INTERVAL", 0)
                patch.setattr(versions, "version", away)
                for _ in range(3):
                    await hub._poll()  # noqa: SLF001
            await hub._poll()  # noqa: SLF001
    assert [line["error"] for line in logs if "no events are sent" in line["event"]] == ["it is away"] * 2
