"""The wire: what HTTP looks like on a connection that a stream has to itself, and a client that doesn't read."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from app.fast_path.wire import LAST, Wire, chunk
from app.live.events import Event
from app.live.hub import Hub
from app.live.listener import Subscriber
from tests.conftest import Service, Template, listening

NOON = datetime(2025, 6, 27, 5, 0, tzinfo=UTC)


@pytest.fixture
async def service(database_url: str, template: Template) -> AsyncIterator[Service]:
    async with listening(database_url, template.tokens) as running:
        assert (await running.client("huong").get("/v1/progress")).status_code == 200
        yield running


def request(service: Service, line: str, body: bytes = b"") -> bytes:
    head = {"Host": "x", "Authorization": f"Bearer {service.tokens['huong']}", "X-Request-ID": "mine-1"}
    if body:
        head |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    return "\r\n".join([line, *(f"{name}: {value}" for name, value in head.items()), "", ""]).encode() + body


EVENTS = "GET /v1/events HTTP/1.1"
PROGRESS = "GET /v1/progress HTTP/1.1"
REPORT = "POST /v1/status-updates HTTP/1.1"


async def opened(service: Service, sent: bytes) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_connection(*service.place)
    writer.write(sent)
    return reader, writer


async def until(reader: asyncio.StreamReader, next_bytes: bytes) -> bytes:
    async with asyncio.timeout(30):
        return await reader.readuntil(next_bytes)


async def listeners(service: Service, count: int) -> None:
    """Wait until so many streams are open."""
    async with asyncio.timeout(30):
        while len(service.app.state.hub._listeners) != count:  # noqa: ASYNC110 - the hub has no event for it
            await asyncio.sleep(0.01)


async def test_the_head_says_what_follows_and_that_the_connection_ends_with_it(service: Service) -> None:
    reader, writer = await opened(service, request(service, EVENTS))
    head = await until(reader, b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    lines = head.decode().lower().split("\r\n")
    assert {"connection: close", "transfer-encoding: chunked", "cache-control: no-store"} < set(lines)
    assert "x-request-id: mine-1" in lines
    assert any(line.startswith("date: ") for line in lines)
    assert b"retry: 2000\nid: " in await until(reader, b"\n\n\r\n")
    service.app.state.hub.end()
    async with asyncio.timeout(30):
        assert await reader.read() == LAST
    writer.close()


async def test_a_client_that_leaves_is_forgotten(service: Service) -> None:
    reader, writer = await opened(service, request(service, EVENTS))
    await until(reader, b"\n\n\r\n")
    await listeners(service, 1)
    writer.close()
    await listeners(service, 0)


async def test_those_who_hang_up_while_it_opens_harm_nobody(service: Service) -> None:
    for _ in range(50):
        _, writer = await opened(service, request(service, EVENTS))
        writer.close()
    reader, writer = await opened(service, request(service, EVENTS))
    await until(reader, b"\n\n\r\n")
    await listeners(service, 1)
    writer.close()


async def test_what_was_asked_before_the_stream_is_answered_and_what_behind_it_never_begun(service: Service) -> None:
    body = b'{"task": "hotlines", "status": "in_progress"}'
    sent = request(service, PROGRESS) + request(service, EVENTS) + request(service, REPORT, body)
    reader, writer = await opened(service, sent)
    assert b"content-length: " in (await until(reader, b"\r\n\r\n")).lower()
    assert b"text/event-stream" in await until(reader, b"retry: 2000")
    await service.client("minh").post("/v1/status-updates", json={"task": "hotlines", "status": "in_progress"})
    assert b'"provinces":["40"]' in await until(reader, b'"recorded_at"')
    service.app.state.hub.end()
    async with asyncio.timeout(30):
        assert (await reader.read()).endswith(LAST)
    stored = (await service.client("lan").get("/v1/status-updates")).json()["items"]
    assert [item["unit"] for item in stored] == ["40"]
    writer.close()


async def test_other_versions_of_http_go_to_the_route(service: Service) -> None:
    reader, writer = await opened(service, request(service, "GET /v1/events HTTP/1.0"))
    assert b"text/event-stream" in await until(reader, b"\r\n\r\n")
    writer.close()


class Transport:
    """A connection whose client reads when it is told to."""

    def __init__(self) -> None:
        self.said = b""
        self.closed = ""

    def write(self, next_bytes: bytes) -> None:
        self.said += next_bytes

    def close(self) -> None:
        self.closed = "close"

    def abort(self) -> None:
        self.closed = "abort"

    def is_closing(self) -> bool:
        return bool(self.closed)

    def set_protocol(self, _: object) -> None: ...

    def set_write_buffer_limits(self, **_: int) -> None: ...


def event(number: int) -> Event:
    return Event(
        f"place-{number}", frozenset({f"{number:02}"}), frozenset({"hotlines"}), NOON + timedelta(hours=number)
    )


def wired() -> tuple[Wire, Transport]:
    transport = Transport()
    hub = cast("Hub", type("Hub", (), {"leave": lambda *_: None})())
    return Wire(Subscriber(), hub, cast("asyncio.Transport", transport), connections=set[Any]()), transport


def test_what_moves_while_it_opens_comes_after_the_first_words() -> None:
    wire, transport = wired()
    wire.send_event(event(1))
    assert transport.said == b""
    wire.begin(b"head", b"first")
    assert transport.said == b"head" + chunk(b"first") + chunk(event(1).encoded())


def test_what_moves_while_a_client_does_not_read_is_one_event() -> None:
    wire, transport = wired()
    wire.begin(b"", b"first")
    wire.pause_writing()
    before = transport.said
    for number in (1, 3, 2):
        wire.send_event(event(number))
    wire.send_heartbeat()
    assert transport.said == before
    wire.resume_writing()
    told = event(2).after(event(3)).after(event(1))
    assert transport.said == before + chunk(told.encoded())
    wire.send_event(event(4))
    assert transport.said.endswith(chunk(event(4).encoded()))


def test_an_ended_stream_says_nothing_more() -> None:
    wire, transport = wired()
    wire.begin(b"", b"first")
    wire.end()
    assert (transport.said[-5:], transport.closed) == (LAST, "close")
    for more in (
        wire.end,
        wire.send_heartbeat,
        wire.resume_writing,
        lambda: wire.send_event(event(1)),
        wire.resume_writing,
    ):
        more()
    assert transport.said.endswith(chunk(b"first") + LAST)


def test_who_does_not_read_is_cut_off_at_the_end() -> None:
    wire, transport = wired()
    wire.begin(b"", b"first")
    wire.pause_writing()
    wire.shutdown()
    assert (transport.said, transport.closed) == (chunk(b"first"), "abort")


def test_what_everyone_is_told_is_made_ready_once() -> None:
    told = event(1)
    assert chunk(told.encoded()) is chunk(told.encoded())
