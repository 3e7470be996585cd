"""Single reports on the wire: in pieces, one behind the other, from clients that ask first or hang up."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from starlette.types import Message
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from tests.conftest import Service
from tests.fast_path.test_single_reports import watch

PATH = "/v1/status-updates"


@pytest.fixture
async def service(listening_service: Service) -> Service:
    """Thanh Hóa's team has been here before."""
    await listening_service.client("huong").get("/v1/tasks")
    return listening_service


@pytest.fixture
def taken(service: Service) -> list[bool]:
    return watch(service)


async def test_a_body_in_pieces_is_waited_for(service: Service, taken: list[bool]) -> None:
    sent = report(service, Connection="close")
    async with connected(service) as (reader, writer):
        for piece in (sent[:-40], sent[-40:-20], sent[-20:]):
            writer.write(piece)
            await asyncio.sleep(0.05)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert (head.split(b"\r\n")[0], json.loads(body)["unit"]) == (b"HTTP/1.1 201 Created", "38")
    assert taken == [True]


async def test_the_server_takes_an_answer_at_once(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Head and body apart would be two writes."""
    apart: list[object] = []
    send = RequestResponseCycle.send

    async def watched(cycle: RequestResponseCycle, message: Any) -> None:
        apart.append(message)
        await send(cycle, message)

    monkeypatch.setattr(RequestResponseCycle, "send", watched)
    sent = report(service, Connection="close")
    async with connected(service) as (reader, writer):
        writer.write(sent)
        head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 201 Created\r\n")
    assert b"connection: close" in head
    assert b"content-length: %d" % len(body) in head
    assert apart == []


async def test_reports_sent_one_behind_the_other_are_answered_in_their_order(
    service: Service, taken: list[bool]
) -> None:
    tasks = ("hotlines", "staffing", "equipment")
    late = {"effective_at": "2025-06-01T00:00:00Z"}
    sent = [report(service, task=task) for task in tasks] + [report(service, **late, Connection="close")]
    async with connected(service) as (reader, writer):
        writer.write(b"".join(sent))
        answers = (await reader.read()).split(b"HTTP/1.1 201 Created")[1:]
    stored = [json.loads(answer.partition(b"\r\n\r\n")[2]) for answer in answers]
    assert [one["task"] for one in stored] == [*tasks, "hotlines"]
    assert [one["is_current"] for one in stored] == [True, True, True, False]
    assert taken == [True, True, True, False]


async def test_who_asks_before_sending_is_told_to_go_on(service: Service, taken: list[bool]) -> None:
    head, _, body = report(service, Connection="close", Expect="100-continue").partition(b"\r\n\r\n")
    async with connected(service) as (reader, writer):
        writer.write(head + b"\r\n\r\n")
        assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 100")
        writer.write(body)
        assert (await reader.read()).startswith(b"HTTP/1.1 201")
    assert taken == [True]


async def test_who_hangs_up_before_the_end_has_reported_nothing(service: Service, taken: list[bool]) -> None:
    for _ in range(20):
        async with connected(service) as (_, writer):
            writer.write(report(service)[:-1])
    huong = service.client("huong")
    assert (await huong.get(PATH)).json()["items"] == []
    assert (await huong.post(PATH, json={"task": "hotlines", "status": "completed"})).status_code == 201
    assert taken == [True]


async def test_a_request_id_of_the_client_comes_back(service: Service, taken: list[bool]) -> None:
    huong = service.client("huong")
    mine = {"X-Request-ID": "mine-1"}
    answer = await huong.post(PATH, json={"task": "hotlines", "status": "completed"}, headers=mine)
    assert (answer.status_code, answer.headers["x-request-id"]) == (201, "mine-1")
    assert taken == [True]


async def test_what_may_have_been_stored_is_answered_with_try_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def lost(_: object) -> bytes:
        raise ConnectionResetError

    monkeypatch.setattr(service.app.state.group_commit, "record", lost)
    mine = {"X-Request-ID": "mine-1"}
    refused = await service.client("huong").post(PATH, json={"task": "hotlines", "status": "completed"}, headers=mine)
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert (refused.headers["x-request-id"], refused.json()["request_id"]) == ("mine-1", "mine-1")


async def test_a_mistake_of_ours_is_said_to_be_one(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    async def wrong(_: object) -> bytes:
        raise KeyError("task")

    monkeypatch.setattr(service.app.state.group_commit, "record", wrong)
    refused = await service.client("huong").post(PATH, json={"task": "hotlines", "status": "completed"})
    assert (refused.status_code, refused.json()["type"]) == (500, "/problems#internal")


@pytest.mark.parametrize("path", [PATH, "/v1/events"])
async def test_a_database_that_is_away_when_it_is_asked_who_that_is_is_said_to_be_so(
    service: Service, path: str
) -> None:
    async def away() -> None:
        raise ConnectionRefusedError

    service.patch.setattr(service.app.state.data_versions, "version", away)
    service.app.state.data_versions.forget()
    huong = service.client("huong")
    refused = await (huong.get(path) if path != PATH else huong.post(path, json={"task": "x", "status": "completed"}))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert refused.json()["type"] == "/problems#unavailable"


async def test_a_report_that_is_cut_off_at_the_end_of_the_grace_period_is_answered_with_try_again(
    service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()
    sent: list[Message] = []

    async def hanging(_: object) -> bytes:
        begun.set()
        return await asyncio.Future[bytes]()

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    monkeypatch.setattr(service.app.state.group_commit, "record", hanging)
    head, _, body = report(service).partition(b"\r\n\r\n")
    fields = [line.split(b": ", 1) for line in head.split(b"\r\n")[1:]]
    scope: dict[str, Any] = {
        "type": "http",
        "method": "POST",
        "path": PATH,
        "query_string": b"",
        "client": None,
        "http_version": "1.1",
    }
    scope |= {"headers": [(name.lower(), value) for name, value in fields], "scheme": "http", "server": None}
    request = asyncio.create_task(service.app(scope, receive, send))
    await begun.wait()
    request.cancel()
    with pytest.raises(asyncio.CancelledError):
        await request
    assert [(one["type"], one.get("status")) for one in sent] == [
        ("http.response.start", 503),
        ("http.response.body", None),
    ]
    assert b"/problems#unavailable" in sent[1]["body"]


@asynccontextmanager
async def connected(service: Service) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*service.place)
    try:
        async with asyncio.timeout(30):
            yield reader, writer
    finally:
        writer.close()


def report(service: Service, *, task: str = "hotlines", effective_at: str | None = None, **headers: str) -> bytes:
    sent = {"task": task, "status": "completed"} | ({"effective_at": effective_at} if effective_at else {})
    body = json.dumps(sent).encode()
    head = {
        "Host": "x",
        "Authorization": f"Bearer {service.tokens['huong']}",
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        **headers,
    }
    lines = [f"POST {PATH} HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""]
    return "\r\n".join(lines).encode() + body
