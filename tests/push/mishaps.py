"""A service that listens behind mishaps: cut answers, busy moments, pages of a proxy, redirects."""

import asyncio
import os
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Mishaps:
    """Stands before the service: what it does to the next requests, and what came by."""

    app: ASGIApp
    prefix: str = ""
    instead: list[Answer | str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        self.paths.append(scope["path"])
        if not scope["path"].startswith(self.prefix):
            return await answer(send, (404, {}, b"nothing here"))
        self.keys += [value.decode() for name, value in scope["headers"] if name == b"idempotency-key"]
        mishap = self.instead.pop(0) if self.instead else None
        if isinstance(mishap, tuple):
            return await answer(send, mishap)
        scope = {**scope, "path": scope["path"][len(self.prefix) :]}
        if mishap == "cut":
            # The service does the work, and the answer is lost on the way.
            await self.app(scope, receive, silence)
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
            raise ConnectionResetError
        return await self.app(scope, receive, send)


async def silence(_: Any) -> None:
    return None


async def answer(send: Send, what: Answer) -> None:
    status, headers, body = what
    names = [(name.encode(), value.encode()) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": names})
    await send({"type": "http.response.body", "body": body})


@dataclass
class Listening:
    mishaps: Mishaps
    url: str
    token: str
    command: tuple[str, ...]

    async def push(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command as cron does: a process of its own, no terminal."""
        done = await self.raw(*arguments, **environment)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    async def raw(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
        known = {"TIENDO_URL": self.url, "TIENDO_TOKEN": self.token, "PATH": os.defpath, "LC_CTYPE": "C.UTF-8"}
        command = [*self.command, *arguments]
        return await asyncio.to_thread(
            subprocess.run, command, env=known | environment, capture_output=True, timeout=120, check=False
        )


@contextmanager
def listening(app: ASGIApp, **options: Any) -> Iterator[int]:
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, **options))
    sock = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([sock],), daemon=True)
    thread.start()
    try:
        yield sock.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=30)
