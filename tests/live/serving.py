"""A real server on a free port, in this process or in processes of its own, and a client that reads its events."""

import asyncio
import json
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from tests.conftest import listening
from tests.connecting import TLS

COMMAND = "from app.cli import main; main()"
PATIENCE = 30.0
"""Seconds until a test gives up; nothing depends on how long anything takes."""


@dataclass
class Block:
    """What one blank line ends: an event, a comment, or only an id."""

    event: str | None = None
    id: str | None = None
    data: Any = None
    comment: bool = False


@dataclass
class Stream:
    """An open event stream."""

    response: httpx.Response
    opening: Block = field(default_factory=Block)

    def __post_init__(self) -> None:
        self._lines = self.response.aiter_lines()

    async def block(self) -> Block:
        """The next block; raises StopAsyncIteration at the end of the stream."""
        found = Block()
        async with asyncio.timeout(PATIENCE):
            while line := await anext(self._lines):
                name, _, value = line.partition(":")
                if name == "data":
                    found.data = json.loads(value)
                elif name in ("event", "id"):
                    setattr(found, name, value.strip())
                found.comment = found.comment or not name
        return found

    async def event(self) -> Block:
        """The next event."""
        async with asyncio.timeout(PATIENCE):  # signs of life are no events
            while (block := await self.block()).event is None:
                pass
        return block

    async def until(self, provinces: set[str]) -> Block:
        """The first event by which all these provinces have been named."""
        missing = set(provinces)
        while True:
            event = await self.event()
            missing -= set(event.data["provinces"])
            if not missing:
                return event

    async def ended(self) -> None:
        """Wait for the end of the stream."""
        async with asyncio.timeout(PATIENCE):
            try:
                while True:
                    await self.block()
            except StopAsyncIteration:
                return


@dataclass
class Server:
    """Where a server listens, and the cast's tokens."""

    address: str
    tokens: dict[str, str]
    app: Any = None
    process: Any = None

    def client(self, name: str | None = None) -> httpx.AsyncClient:
        headers = {"Authorization": f"Bearer {self.tokens[name]}"} if name else {}
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
        return httpx.AsyncClient(base_url=self.address, headers=headers, limits=limits, timeout=PATIENCE, verify=TLS)

    async def report(self, unit: str = "38", task: str = "hotlines", status: str = "in_progress") -> dict[str, Any]:
        sent = {"task": task, "unit": unit, "status": status}
        async with self.client({"38": "huong", "40": "minh"}[unit]) as client:
            while (answer := await client.post("/v1/status-updates", json=sent)).status_code == 503:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    @asynccontextmanager
    async def stream(
        self, name: str | None = "khach", address: str = "/v1/events", **headers: str
    ) -> AsyncIterator[Stream]:
        async with self.client(name) as client, client.stream("GET", address, headers=headers) as response:
            assert response.status_code == 200, await response.aread()
            stream = Stream(response)
            stream.opening = await stream.block()
            yield stream


@asynccontextmanager
async def in_process(url: str, tokens: dict[str, str], **settings: object) -> AsyncIterator[Server]:
    """A server in this process, so that a test can move its clock."""
    async with listening(url, tokens, **settings) as service:
        yield Server(str(service.address), tokens, app=service.app)


@asynccontextmanager
async def in_processes(
    url: str, tokens: dict[str, str], workers: int = 1, code: Path | None = None, **environment: str
) -> AsyncIterator[Server]:
    """A server as it is run: started by the command, in processes of its own; by another release's code in a folder."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", COMMAND, "serve", "--port", str(port), "--workers", str(workers)),
        env={**os.environ, "TIENDO_DATABASE_URL": url, "TIENDO_POOL_SIZE": "4", **environment},  # noqa: TID251
        cwd=code,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    server = Server(f"http://127.0.0.1:{port}", tokens, process=process)
    try:
        await _ready(server)
        yield server
    finally:
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
            await process.wait()


async def _ready(server: Server) -> None:
    async with asyncio.timeout(4 * PATIENCE), server.client() as client:
        while server.process.returncode is None:
            try:
                if (await client.get("/readyz")).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            await asyncio.sleep(0.05)
    raise AssertionError("the server ended before it was ready")
