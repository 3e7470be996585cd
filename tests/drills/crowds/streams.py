"""Many clients at once: event streams, of which some are never read, and connections that send byte by byte."""

import asyncio
import socket
import time
from itertools import cycle

from tests.checks.listening import Listening
from tests.drills.figures import Figure
from tests.drills.ground import UPDATES, GoodClient, Ground, beside, expect_patience, memory_of

NEVER_READ = 0.1
"""The part of the streams whose clients take nothing from their sockets."""
SLOW = 200
"""Connections that are kept open and send a byte now and then."""
STREAM_BYTES = 64 * 1024
"""Memory that a stream may cost a worker: a tenth of it is usual, and what is sent to whoever does not read waits."""


class StreamClient(asyncio.Protocol):
    """One stream; a client that never reads pauses before anything has come."""

    def __init__(self, head: bytes, *, reads: bool) -> None:
        self._head = head
        self.reads = reads
        self.is_open = True
        self.last = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        if not self.reads:
            transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
            transport.pause_reading()
        transport.write(self._head)

    def data_received(self, data: bytes) -> None:
        self.last = (self.last + data)[-4096:]

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self.is_open = False


async def thousand_streams(ground: Ground) -> Figure:
    """Check 32: 1,000 streams, 100 of which are never read."""
    figure, count = Figure("streams"), 60 if ground.is_short else 1_000
    with ground.serving(workers=1) as service:
        async with ground.client(service, "minh") as minh:
            await minh.get("/v1/me")
            before = sum(memory_of(service))
            streams = await _opened(ground, service, count)
            await asyncio.sleep(1)
            grown = before
            async with beside(GoodClient(ground, service, figure)):
                end, number = time.monotonic() + max(ground.seconds, 3), 0
                while time.monotonic() < end:
                    number += 1
                    status = ("in_progress", "completed")[number % 2]
                    await minh.post(UPDATES, json={"task": "staffing", "unit": "40", "status": status})
                    await asyncio.sleep(0.3)
                    grown = max(grown, sum(memory_of(service)))
            last = (await minh.post(UPDATES, json={"task": "hotlines", "unit": "40", "status": "blocked"})).json()
            await asyncio.sleep(3)
        reading = [stream for stream in streams if stream.reads]
        heard = sum(last["recorded_at"].encode() in stream.last for stream in reading)
        figure.expect(heard == len(reading), f"{heard} of {len(reading)} streams heard of the last report")
        figure.expect(all(stream.is_open for stream in reading), "a stream was closed")
        each = (grown - before) / count
        figure.notes |= {"streams": count, "KiB each": f"{each / 1024:.0f}"}
        figure.expect(ground.is_short or each < STREAM_BYTES, f"{each / 1024:.0f} KiB of memory for each stream")
        figure.held += heard
        for stream in streams:
            stream.transport.abort()
    expect_patience(ground, figure)
    return figure


async def _opened(ground: Ground, service: Listening, count: int) -> list[StreamClient]:
    head = f"GET /v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ground.tokens['khach']}\r\n\r\n".encode()
    loop, streams = asyncio.get_running_loop(), []
    for number in range(count):
        reads = number % round(1 / NEVER_READ) != 0
        _, stream = await loop.create_connection(
            lambda reads=reads: StreamClient(head, reads=reads),  # type: ignore[misc]
            "127.0.0.1",
            service.port,
        )
        streams.append(stream)
    return streams


async def slow_senders(ground: Ground) -> Figure:
    """Check 34: 200 connections that send a byte now and then; they are ended, and the good client notices nothing."""
    figure = Figure("slow")
    head = f"GET /v1/progress HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ground.tokens['khach']}\r\nX: ".encode()
    stalled = b"POST /v1/imports HTTP/1.1\r\nHost: x\r\nContent-Type: text/csv\r\nContent-Length: 30000000\r\n"
    body = stalled + f"Authorization: Bearer {ground.tokens['huong']}\r\n\r\n".encode()
    with ground.serving(workers=1) as service:
        async with beside(GoodClient(ground, service, figure)):
            writers: list[asyncio.StreamWriter] = []
            end = time.monotonic() + max(ground.seconds, 4)
            sending = cycle(range(SLOW))
            while time.monotonic() < end:
                writers = [writer for writer in writers if not writer.is_closing()]
                while len(writers) < SLOW:
                    _, writer = await asyncio.open_connection("127.0.0.1", service.port)
                    writer.write(head if len(writers) % 2 else body)
                    writers.append(writer)
                    figure.bad_inputs += 1
                writers[next(sending) % len(writers)].write(b"x")
                await asyncio.sleep(0.05)
            for writer in writers:
                writer.transport.abort()
    # Heads are ended after ten seconds, bodies after thirty: the short form is over before.
    figure.expect(ground.is_short or figure.bad_inputs > SLOW, "no slow connection was ended")
    expect_patience(ground, figure)
    return figure
