"""Many slow clients at once do not delay the others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import cycle

from tests.conftest import Service, Template, listening

SLOW = 200
PATIENCE = 60
"""Seconds. The slow ones take far longer to the end of their requests, so who waits for one of them is too late."""


async def test_others_are_served_while_two_hundred_send_byte_by_byte(database_url: str, template: Template) -> None:
    """None of the two hundred has been answered when the others have their hundred answers."""
    patient = {"header_timeout": PATIENCE}
    async with listening(database_url, template.tokens, **patient) as service, slow_senders(service) as slow:
        huong, khach = service.client("huong"), service.client("khach")
        async with asyncio.timeout(PATIENCE):
            for status in ("in_progress", "blocked", "completed") * 5:
                reported = await huong.post("/v1/status-updates", json={"task": "hotlines", "status": status})
                assert reported.status_code == 201
                for _ in range(4):
                    assert (await khach.get("/v1/progress")).status_code == 200
        assert not any(writer.is_closing() for writer in slow)


async def test_a_request_that_took_its_time_is_answered_in_the_end(database_url: str, template: Template) -> None:
    async with listening(database_url, template.tokens) as service:
        reader, writer = await asyncio.open_connection(*service.place)
        for byte in head_of(service):
            writer.write(bytes([byte]))
            await asyncio.sleep(0)
        assert await reader.readline() == b"HTTP/1.1 200 OK\r\n"
        writer.close()


@asynccontextmanager
async def slow_senders(service: Service) -> AsyncIterator[list[asyncio.StreamWriter]]:
    """So many connections, each with half a request sent, and one more byte now and then."""
    opened = await asyncio.gather(*(asyncio.open_connection(*service.place) for _ in range(SLOW)))
    writers = [writer for _, writer in opened]
    for writer in writers:
        writer.write(head_of(service)[:20])
    sending = asyncio.create_task(_send_on(writers))
    try:
        yield writers
    finally:
        sending.cancel()
        for writer in writers:
            writer.close()


async def _send_on(writers: list[asyncio.StreamWriter]) -> None:
    for writer in cycle(writers):
        writer.write(b"x")
        await asyncio.sleep(0.005)


def head_of(service: Service) -> bytes:
    lines = ["GET /v1/progress HTTP/1.1", "Host: x", f"Authorization: Bearer {service.tokens['khach']}", "", ""]
    return "\r\n".join(lines).encode()
