"""The event stream between processes: they hear each other, end their streams when they stop, and serve a crowd."""

import asyncio
import signal
import socket
from contextlib import AsyncExitStack
from urllib.parse import urlsplit

import pytest

from tests.conftest import Template
from tests.live.serving import PATIENCE, Block, Server, Stream, in_processes
from tests.slowly import slow


async def test_a_write_in_one_process_is_an_event_of_another(database_url: str, template: Template) -> None:
    async with (
        in_processes(database_url, template.tokens) as one,
        in_processes(database_url, template.tokens) as other,
        one.stream() as stream,
    ):
        reported = await other.report()
        event = await stream.event()
        assert event.data["recorded_at"] == reported["recorded_at"]
        async with one.client("khach") as client:
            assert (await client.get("/v1/changes")).json()["items"][0]["id"] == reported["id"]
        async with other.stream(**{"Last-Event-ID": str(stream.opening.id)}) as resumed:
            assert (await resumed.event()).data == event.data


@pytest.mark.parametrize("workers", [1, *slow(2)])
async def test_asked_to_stop_with_twenty_streams_open_it_is_gone_in_five_seconds(
    database_url: str, template: Template, workers: int
) -> None:
    async with in_processes(database_url, template.tokens, workers) as server, AsyncExitStack() as stack:
        streams = [await stack.enter_async_context(server.stream()) for _ in range(20)]
        server.process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            await asyncio.gather(*(stream.ended() for stream in streams))
            await server.process.wait()


@pytest.mark.slow
async def test_those_who_never_read_keep_nobody_waiting(database_url: str, template: Template) -> None:
    async with in_processes(database_url, template.tokens) as server, AsyncExitStack() as stack:
        for _ in range(20):
            stack.push_async_callback(_close, await _never_reading(server))
        streams = await asyncio.gather(*(stack.enter_async_context(server.stream()) for _ in range(180)))
        for unit, status in (("38", "in_progress"), ("40", "blocked"), ("38", "completed")):
            await server.report(unit, status=status)
        await asyncio.gather(*(stream.until({"38", "40"}) for stream in streams))
        last = await server.report("40", "staffing")
        events = await asyncio.gather(*(_until_recorded(stream, last["recorded_at"]) for stream in streams))
    assert all("40" in event.data["provinces"] for event in events)


async def _until_recorded(stream: Stream, moment: str) -> Block:
    """The first event that says so late a moment: everybody's is the last report's, and none is of a later one."""
    while (event := await stream.event()).data["recorded_at"] < moment:
        pass
    assert event.data["recorded_at"] == moment
    return event


async def _never_reading(server: Server) -> socket.socket:
    """A client that asks for the stream and then takes nothing from its socket."""
    address = urlsplit(server.address)
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    sock.setblocking(False)
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(PATIENCE):
        await loop.sock_connect(sock, (address.hostname, address.port))
        head = f"GET /v1/events HTTP/1.1\r\nHost: tiendo\r\nAuthorization: Bearer {server.tokens['khach']}\r\n\r\n"
        await loop.sock_sendall(sock, head.encode())
    return sock


async def _close(sock: socket.socket) -> None:
    sock.close()
