"""Connections: too many are refused, too slow ones are ended, and whoever the worker keeps waiting is not."""

import asyncio
import gc
import json
import socket
import struct
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import pytest
import structlog.testing
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from app.auth.limits import MAX_COUNTED, FixedWindow, peer_of
from app.fast_path import connections
from app.fast_path.connections import Awaited, Connections, TrustedProxies
from app.fast_path.protocol import LimitsProtocol
from app.metrics import REQUESTS
from app.observing import NO_ROUTE
from app.settings import Settings
from tests.conftest import Service, Template, listening


@dataclass(eq=False)
class Client:
    """A connection as the gate sees it."""

    address: str | None = "198.51.100.7"
    awaited: Awaited | None = Awaited.HEAD
    waited: float = 0.0
    received: int = 0
    readable: bool = True
    ended: bool = False
    unsent: int = 0

    def abort(self) -> None:
        self.ended = True

    def is_readable(self) -> bool:
        return self.readable

    def time_out(self) -> None:
        self.ended = True


def gate(**settings: Any) -> Connections:
    return Connections(Settings(database_url="postgresql:///x", **settings))


def test_what_is_refused_for_lack_of_room_gives_its_peer_no_room() -> None:
    door = gate(max_connections=2, max_connections_per_peer=2)
    mine, other = [Client(), Client()], Client("198.51.100.8")
    assert [door.admit(client) for client in mine] == [None, None]
    for _ in range(3):
        refused = Client()
        assert door.admit(refused) == 503
        door.leave(refused)
    door.settings = door.settings.model_copy(update={"max_connections": 10})
    assert (door.admit(Client()), door.admit(other)) == (429, None)


def test_a_proxy_that_leaves_takes_none_of_the_count_of_its_network() -> None:
    door = gate(max_connections_per_peer=1, trusted_proxies="2001:db8::1")
    proxy = Client("2001:db8::1")
    assert (door.admit(proxy), door.admit(Client("2001:db8::2"))) == (None, None)
    door.leave(proxy)
    assert door.admit(Client("2001:db8::3")) == 429


def test_one_peer_takes_no_more_than_its_share() -> None:
    door = gate(max_connections_per_peer=3)
    mine = [Client() for _ in range(4)]
    assert [door.admit(client) for client in mine] == [None, None, None, 429]
    assert door.admit(Client("198.51.100.8")) is None
    for client in mine:
        door.leave(client)
    assert [door.admit(client) for client in mine[:3]] == [None, None, None]


def test_all_together_take_no_more_than_there_is() -> None:
    door = gate(max_connections=3)
    clients = [Client(f"198.51.100.{number}") for number in range(4)]
    assert [door.admit(client) for client in clients] == [None, None, None, 503]
    door.leave(clients[3])
    door.leave(clients[0])
    assert door.admit(Client()) is None


def test_that_there_is_no_room_is_said_once_and_so_is_that_there_is_room_again() -> None:
    door = gate(max_connections=10)
    clients = [Client(f"198.51.100.{number}") for number in range(20)]
    with structlog.testing.capture_logs() as lines:
        for client in clients:
            door.admit(client)
        for client in clients[10:]:
            door.leave(client)
        assert [line["event"] for line in lines] == ["no more connections are taken"]
        for client in clients[:10]:
            door.leave(client)
    assert [line["event"] for line in lines][1:] == ["connections are taken again"]


async def test_what_the_protocol_refuses_is_counted(template: Template, database_url: str) -> None:
    refused = REQUESTS.labels(NO_ROUTE, "-", "414")
    async with listening(database_url, template.tokens) as served:
        before = counted(refused)
        reader, writer = await asyncio.open_connection(*served.place)
        writer.write(b"GET /" + b"x" * 9000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        assert b" 414 " in await reader.readline()
        writer.close()
        assert counted(refused) == before + 1


def counted(counter: Any) -> float:
    return float(counter.collect()[0].samples[0].value)


def test_a_trusted_proxy_brings_as_many_as_it_has() -> None:
    door = gate(max_connections_per_peer=1, trusted_proxies="10.0.0.0/8, 2001:db8::1")
    for address in ("10.1.2.3", "2001:db8::1", None):
        assert [door.admit(Client(address)) for _ in range(3)] == [None] * 3
    assert [door.admit(Client("11.0.0.1")) for _ in range(2)] == [None, 429]


def test_one_line_of_ipv6_is_one_peer() -> None:
    assert peer_of("2001:db8:0:1::1") == peer_of("2001:db8:0:1:ffff::2") != peer_of("2001:db8:0:2::1")
    assert peer_of("::ffff:192.0.2.1") == peer_of("192.0.2.1") == "192.0.2.1"
    assert peer_of("") == ""


def test_what_is_no_address_is_counted_by_little_of_it() -> None:
    assert peer_of("x" * 30_000) == "x" * 64
    for odd in (
        "fe80::1%eth0",
        "fe80::1%",
        "[::1]",
        "::ffff:1.2.3.4%1",
        "1.2.3.4:80",
        "1.2.3.4 ",
        "\0",
        "٣.1.1.1",
        "1" * 64,
    ):
        assert len(peer_of(odd)) <= 64


@pytest.mark.parametrize(
    ("said", "address", "is_trusted"),
    [
        ("*", "198.51.100.7", True),
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("10.0.0.0/8,192.0.2.1", "192.0.2.1", True),
        ("not an address", "127.0.0.1", False),
        ("", "127.0.0.1", False),
        ("127.0.0.1", "unix:", False),
    ],
)
def test_trusted_proxies_are_addresses_and_networks(said: str, address: str, is_trusted: bool) -> None:
    assert (address in TrustedProxies(said)) is is_trusted


def test_a_network_is_one_for_uvicorn_too() -> None:
    """It takes one that is not written by its first address for no network at all."""
    chosen = Settings(trusted_proxies="10.0.0.1/8, 192.0.2.1").trusted_proxies
    assert all(
        address in ProxyHeadersMiddleware(failing, chosen).trusted_hosts for address in ("10.9.9.9", "192.0.2.1")
    )


async def failing(*_: object) -> None:
    raise AssertionError


def after(door: Connections, client: Client, seconds: int) -> bool:
    """Whether a client that is waited for that long is ended by then, and was not before."""
    door.admit(client)
    for _ in range(seconds):
        assert not client.ended
        door.tick(1.0)
    return client.ended


def test_headers_come_within_ten_seconds() -> None:
    assert not after(gate(), Client(), 10)
    assert after(gate(), Client(), 11)


def test_answers_that_nobody_takes_fill_no_memory() -> None:
    """The largest are ended, and no more than it takes."""
    door, small = gate(max_unsent=1_000), Client(awaited=None, unsent=10)
    clients = [small, *(Client(awaited=None, unsent=size) for size in (600, 300, 500))]
    for client in clients:
        door.admit(client)
    door.tick(1.0)
    assert [client.ended for client in clients] == [False, True, False, False]
    door.tick(1.0)  # one that is being ended may still be there
    assert not small.ended


@pytest.mark.slow
async def test_who_does_not_take_an_answer_is_ended_and_the_others_are_served(
    template: Template, database_url: str
) -> None:
    async with listening(database_url, template.tokens, max_unsent=200_000) as served:
        head = f"GET /openapi.json HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {served.tokens['khach']}\r\n\r\n"
        hoarders = []
        for _ in range(40):
            _, writer = await asyncio.open_connection(*served.place, limit=1024)
            writer.transport.pause_reading()  # type: ignore[attr-defined] # of what can be read
            writer.write(head.encode() * 40)
            hoarders.append(writer)
        async with asyncio.timeout(30):
            gate_of = served.app.state.connections
            while gate_of.unsent <= 200_000:  # noqa: ASYNC110 - it has no event
                await asyncio.sleep(0.02)
            while gate_of.unsent > 200_000:  # noqa: ASYNC110
                await asyncio.sleep(0.1)  # it ticks every second
            assert (await served.client("khach").get("/v1/progress")).status_code == 200
        for writer in hoarders:
            writer.transport.abort()


def test_a_body_comes_at_five_hundred_bytes_a_second_after_half_a_minute() -> None:
    assert after(gate(), Client(awaited=Awaited.BODY), 31)
    assert not after(gate(), Client(awaited=Awaited.BODY, received=5_000), 40)
    assert after(gate(), Client(awaited=Awaited.BODY, received=5_000), 41)


def test_who_waits_for_the_worker_is_never_ended() -> None:
    assert not after(gate(), Client(awaited=None), 1_000)
    assert not after(gate(), Client(awaited=Awaited.BODY, readable=False), 1_000)


def test_addresses_that_are_made_up_do_not_fill_the_memory() -> None:
    window = FixedWindow(5)
    assert all(window.try_acquire(str(number)) for number in range(MAX_COUNTED))
    assert [window.try_acquire(f"new {number}") for number in range(7)] == [True] * 5 + [False] * 2
    assert window.try_acquire("1")


@asynccontextmanager
async def connected(service: Service) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    reader, writer = await asyncio.open_connection(*service.place)
    try:
        async with asyncio.timeout(20):
            yield reader, writer
    finally:
        writer.close()


async def asked(service: Service, *lines: str, target: str = "/healthz") -> bytes:
    async with connected(service) as (reader, writer):
        head = [f"GET {target} HTTP/1.1", "Host: x", "Connection: close", *lines, "", ""]
        writer.write("\r\n".join(head).encode())
        return (await reader.read()).split(b"\r\n")[0]


async def test_headers_and_addresses_are_limited_before_anything_else(listening_service: Service) -> None:
    service = listening_service
    assert await asked(service, "A: " + "x" * 32_000) == b"HTTP/1.1 200 OK"
    assert await asked(service, "A: " + "x" * 33_000) == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert await asked(service, *["A: x"] * 98) == b"HTTP/1.1 200 OK"
    assert await asked(service, *["A: x"] * 99) == b"HTTP/1.1 431 Request Header Fields Too Large"
    assert await asked(service, target="/healthz?" + "x" * 8_000) == b"HTTP/1.1 200 OK"
    assert (await asked(service, target="/healthz?" + "x" * 8_200)).startswith(b"HTTP/1.1 414")


@pytest.fixture
async def impatient(database_url: str, template: Template, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Service]:
    """A service that waits for little, with a second of twenty milliseconds."""
    monkeypatch.setattr(connections, "TICK_SECONDS", 0.02)
    limits = {"header_timeout": 0.2, "body_grace": 0.2, "body_rate": 1_000_000, "keep_alive": 60}
    async with listening(database_url, template.tokens, **limits) as service:
        yield service


async def test_of_a_connection_that_its_client_resets_nothing_is_kept(listening_service: Service) -> None:
    """Not even until it would have been idle for too long: whoever resets many would fill the memory."""
    async with connected(listening_service) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"\r\n\r\n")
        client = writer.get_extra_info("sockname")
        assert len(kept_of(client)) == 1
        at_once = struct.pack("ii", 1, 0)  # what the socket is to be closed with: a reset
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
        writer.transport.abort()
        async with asyncio.timeout(4):  # as an idle one it would be kept for five seconds here
            while kept_of(client):  # noqa: ASYNC110 - nothing tells when memory is free
                await asyncio.sleep(0.05)


def kept_of(client: tuple[str, int]) -> list[LimitsProtocol]:
    """Connections of a client that are still in memory."""
    gc.collect()
    return [one for one in gc.get_objects() if isinstance(one, LimitsProtocol) and one.client == client]


async def test_headers_that_do_not_end_are_ended(impatient: Service) -> None:
    async with connected(impatient) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n")
        assert (await reader.read()).startswith(b"HTTP/1.1 408")


async def test_a_connection_that_says_nothing_is_ended(impatient: Service) -> None:
    async with connected(impatient) as (reader, _):
        await reader.read()


async def test_line_breaks_between_requests_keep_nothing_open(impatient: Service) -> None:
    async with connected(impatient) as (reader, writer):
        writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        await reader.readuntil(b"}")
        writer.write(b"\r\n")
        await reader.read()


async def test_a_body_that_stalls_is_ended_and_stores_nothing(impatient: Service) -> None:
    body = json.dumps({"updates": [{"task": "hotlines", "status": "completed"}]}).encode()
    async with connected(impatient) as (reader, writer):
        writer.write(_head(impatient, "/v1/status-updates/batch", len(body)) + body[:-1])
        assert (await reader.read()).startswith(b"HTTP/1.1 408")
    assert (await impatient.client("huong").get("/v1/status-updates")).json()["items"] == []


async def test_a_stalled_body_of_a_refused_request_is_ended_without_a_second_answer(impatient: Service) -> None:
    async with connected(impatient) as (reader, writer):
        writer.write(b"POST /v1/tokens HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n[")
        assert (await reader.read()).count(b"HTTP/1.1 ") == 1


async def test_a_refused_request_cannot_go_on_sending_for_ever(listening_service: Service) -> None:
    async with connected(listening_service) as (reader, writer):
        writer.write(b"POST /v1/tokens HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n")
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
        with pytest.raises(ConnectionError):
            await _send_for_ever(writer)


async def _send_for_ever(writer: asyncio.StreamWriter) -> None:
    for _ in range(1_000):
        writer.write(b"10000\r\n" + b"x" * 65_536 + b"\r\n")
        await writer.drain()


async def test_an_idle_connection_and_an_open_stream_are_left_alone(impatient: Service) -> None:
    async with connected(impatient) as (events, other):
        other.write(_head(impatient, "/v1/events", 0, "GET"))
        await events.readuntil(b"retry: ")
        async with connected(impatient) as (reader, writer):
            for _ in range(3):
                writer.write(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
                await reader.readuntil(b"}")
                await asyncio.sleep(0.5)
        assert not events.at_eof()


async def test_a_slow_answer_is_no_slow_client(impatient: Service) -> None:
    """Two requests at once, of which the second waits for the answer of the first, longer than its headers may take."""
    real = impatient.app.state.data_versions.version

    def slowly() -> asyncio.Task[Any]:
        async def later() -> Any:
            await asyncio.sleep(1)
            return await real()

        return asyncio.ensure_future(later())

    impatient.patch.setattr(impatient.app.state.data_versions, "version", slowly)
    async with connected(impatient) as (reader, writer):
        writer.write(_head(impatient, "/v1/me", 0, "GET") + b"GET /healthz HTTP/1.1\r\nHost")
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")


def _head(service: Service, path: str, length: int, method: str = "POST") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {service.tokens['huong']}"]
    lines += ["Content-Type: application/json", f"Content-Length: {length}"] if method == "POST" else []
    return "\r\n".join([*lines, "", ""]).encode()


async def test_more_than_all_connections_is_answered_503(database_url: str, template: Template) -> None:
    async with listening(database_url, template.tokens, max_connections=3) as service:
        opened = [await asyncio.open_connection(*service.place) for _ in range(3)]
        async with connected(service) as (reader, _):
            assert (await reader.read()).startswith(b"HTTP/1.1 503")
        for _, writer in opened:
            writer.close()
        async with asyncio.timeout(10):
            while not (await asked(service)).startswith(b"HTTP/1.1 200"):  # noqa: ASYNC110 - it has no event for it
                await asyncio.sleep(0.01)


@asynccontextmanager
async def streaming(service: Service, behind: bytes) -> AsyncIterator[asyncio.StreamWriter]:
    """An event stream that has begun, with something sent behind it."""
    reader, writer = await asyncio.open_connection(*service.place)
    try:
        head = f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.tokens['khach']}\r\n\r\n"
        writer.write(head.encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 200")
        writer.write(behind)
        await writer.drain()
        yield writer
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    "behind",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A:b\r\n" * 200_000,
        b"GET / HTTP/1.1\r\nA: " + b"x" * 1_000_000,
        b"GET /" + b"x" * 1_000_000,
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A:b\r\n" * 90 + b"\r\n") * 60,
    ],
)
async def test_behind_a_stream_no_more_is_held_than_anywhere(listening_service: Service, behind: bytes) -> None:
    async with streaming(listening_service, behind) as writer:
        await asyncio.sleep(0.2)
        here = writer.get_extra_info("sockname")
        [connection] = [one for one in gc.get_objects() if isinstance(one, LimitsProtocol) and one.client == here]
        waiting: Any = [cycle.scope["headers"] for cycle, _ in connection.pipeline]
        assert sum(map(len, waiting)) + len(connection.headers or []) <= 1_100
        assert len(connection.url) <= 2 * 65_536


def answering() -> int:
    """How many requests the servers of this process are answering."""
    return sum("run_asgi" in repr(task.get_coro()) for task in asyncio.all_tasks())


async def test_a_stream_ends_with_its_client_though_a_request_is_waiting_behind_it(listening_service: Service) -> None:
    before = answering()
    async with streaming(listening_service, b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"):
        assert answering() == before + 1
    async with asyncio.timeout(20):
        while answering() > before:  # noqa: ASYNC110 - until it is noticed
            await asyncio.sleep(0.05)
