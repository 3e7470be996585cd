"""A process that keeps event streams open, and measures when each of them receives the event of a write.

python -m benchmarks.listening PORT TOKEN COUNT      (then a line `POST <token> <json>` on its standard input)

It runs on uvloop: Python's own loop takes 40 ms to read a thousand events.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import uvloop


class StreamClient(asyncio.Protocol):
    """One stream: counts events, and remembers when the last came."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.opened = False
        self.events = 0
        self.heard = 0.0
        self.size = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        request = f"GET /v1/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {self._token}\r\n\r\n"
        cast("asyncio.Transport", transport).write(request.encode())

    def data_received(self, data: bytes) -> None:
        self.opened = True
        if b"event: progress" in data:
            self.heard = time.monotonic()
            self.events += 1
            self.size += len(data)


async def listen(port: int, token: str, count: int) -> None:
    loop = asyncio.get_running_loop()
    ears: list[StreamClient] = []
    for begin in range(0, count, 50):
        some = min(50, count - begin)
        those = await asyncio.gather(
            *(loop.create_connection(lambda: StreamClient(token), "127.0.0.1", port) for _ in range(some))
        )
        ears += [ear for _, ear in those]
    while not all(ear.opened for ear in ears):  # noqa: ASYNC110 - an event each would cost what is measured
        await asyncio.sleep(0.02)
    print("ready", flush=True)
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        word, reporter, body = line.split(" ", 2)
        assert word == "POST"
        print(json.dumps(await _latencies(port, reporter, body.strip().encode(), ears)), flush=True)


async def _latencies(port: int, token: str, body: bytes, ears: list[StreamClient]) -> dict[str, float]:
    """Milliseconds from the write's answer until the first and the last client received the event."""
    before = [ear.events for ear in ears]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /v1/status-updates HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n"
    head += f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    sent = time.monotonic()
    writer.write(head.encode() + body)
    status = (await reader.readline()).split()[1]
    answered = time.monotonic()
    writer.close()
    assert status == b"201", status
    while any(ear.events == count for ear, count in zip(ears, before, strict=True)):  # noqa: ASYNC110
        await asyncio.sleep(0.001)
    first, last = min(ear.heard for ear in ears), max(ear.heard for ear in ears)
    return {
        "write_ms": (answered - sent) * 1000,
        "first_ms": (first - answered) * 1000,
        "last_ms": (last - answered) * 1000,
    }


@contextmanager
def listeners(port: int, token: str, count: int) -> Iterator[subprocess.Popen[str]]:
    """The process, its streams open."""
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.listening", str(port), token, str(count)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    try:
        assert process.stdout
        assert process.stdout.readline() == "ready\n", "the streams did not open"
        yield process
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    uvloop.run(listen(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
