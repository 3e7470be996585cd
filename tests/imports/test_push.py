"""`tiendo push` against a listening service: over TLS, behind a path prefix, through cuts and busy moments."""

import asyncio
import json
import socket
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from httpx import AsyncClient
from starlette.types import ASGIApp, Receive, Scope, Send

from app.main import create_app
from app.settings import Settings
from tests.conftest import Template
from tests.imports.sheets import GOOD, csv

BAD = ("40", "hotlines", "Hoàn thành", "", "=1+1")
Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Mishaps:
    """Stands before the service: what it does to the next requests, and the keys that came by."""

    app: ASGIApp
    prefix: str = ""
    instead: list[Answer | str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
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

    async def push(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run the command as cron does: a process of its own, no terminal."""
        command = [sys.executable, "-c", "from app.cli import main; main()", "push", *arguments]
        known = {"TIENDO_URL": self.url, "TIENDO_TOKEN": self.token, "PATH": "/usr/bin:/bin", **environment}
        return await asyncio.to_thread(
            subprocess.run, command, env=known, capture_output=True, text=True, timeout=120, check=False
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


@pytest.fixture
async def there(database_url: str, template: Template) -> AsyncIterator[Listening]:
    settings = Settings(database_url=database_url, log_format="console").model_copy(update={"pool_size": 3})
    mishaps = Mishaps(create_app(settings), prefix="/tien-do")
    with listening(mishaps) as port:
        yield Listening(mishaps, f"http://127.0.0.1:{port}/tien-do/", template.tokens["huong"])


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def made(*rows: Any, name: str = "báo cáo.csv") -> str:
        path = tmp_path / name
        path.write_text(csv(*rows), encoding="utf-8")
        return str(path)

    return made


async def history(client: AsyncClient) -> list[Any]:
    return list((await client.get("/v1/status-updates")).json()["items"])


async def test_a_file_is_pushed_and_pushed_again(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    done = await there.push(file(GOOD))
    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout == "1 rows: 1 stored (0 of them as history), 0 unchanged, 0 refused.\n"
    again = await there.push(file(GOOD))
    assert "1 unchanged" in again.stdout
    assert len(await history(huong)) == 1


async def test_refused_rows_are_shown_saved_and_told_by_the_exit_code(
    there: Listening, file: Callable[..., str], huong: AsyncClient, tmp_path: Path
) -> None:
    done = await there.push(file(GOOD, BAD), "--rejected", str(tmp_path / "rejected.xlsx"))
    assert done.returncode == 1
    assert done.stdout.splitlines()[0] == (
        "3\tĐơn vị\tnot-your-unit\t“40” không thuộc đơn vị của bạn; hãy bỏ dòng này hoặc sửa lại đơn vị"
    )
    assert (tmp_path / "rejected.xlsx").read_bytes().startswith(b"PK")
    assert len(await history(huong)) == 1


async def test_a_dry_run_stores_nothing(there: Listening, file: Callable[..., str], huong: AsyncClient) -> None:
    done = await there.push(file(GOOD), "--dry-run", "--json")
    assert (done.returncode, json.loads(done.stdout)["state"]) == (0, "previewed")
    assert await history(huong) == []


async def test_a_lost_answer_and_a_busy_service_are_tried_again_with_the_same_key(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    busy: Answer = (503, {"Retry-After": "1"}, b"{}")
    there.mishaps.instead = [busy, "cut", (429, {"Retry-After": "1"}, b""), "pass", "cut"]
    done = await there.push(file(GOOD))
    assert done.returncode == 0, done
    assert "trying again in 1 s" in done.stderr
    assert len(set(there.mishaps.keys)) == 2, "one for the preview, one for the commit"
    assert len(await history(huong)) == 1


async def test_a_push_that_was_cut_off_is_taken_up_where_it_ended(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    there.mishaps.instead = ["pass", (400, {}, b"{}")]
    assert (await there.push(file(GOOD))).returncode == 3
    assert await history(huong) == []
    assert (await there.push(file(GOOD))).returncode == 0
    first, _, second, *_ = there.mishaps.keys
    assert (first, len(await history(huong))) == (second, 1)


async def test_a_preview_that_time_has_overtaken_is_made_anew(
    there: Listening, file: Callable[..., str], huong: AsyncClient
) -> None:
    there.mishaps.instead = ["pass", (400, {}, b"{}")]
    await there.push(file(GOOD))
    newer = {"task": "hotlines", "status": "blocked", "effective_at": "2025-06-28T00:00:00Z"}
    await huong.post("/v1/status-updates", json=newer)
    done = await there.push(file(GOOD))
    assert (done.returncode, "(1 of them as history)" in done.stdout) == (0, True)


async def test_a_file_refused_as_a_whole_is_exit_code_3(there: Listening, file: Callable[..., str]) -> None:
    done = await there.push(file(name="không có gì.csv"))
    assert (done.returncode, "Refused: tệp không có dòng báo cáo nào" in done.stderr) == (3, True)
    wrong = await there.push(file(GOOD), TIENDO_TOKEN="tdo_wrong")
    assert wrong.returncode == 3


async def test_a_service_that_is_not_there_is_exit_code_4(there: Listening, file: Callable[..., str]) -> None:
    done = await there.push(file(GOOD), "--patience", "1", TIENDO_URL="http://127.0.0.1:9")
    assert (done.returncode, "could not be reached" in done.stderr) == (4, True)
    there.mishaps.instead = [(503, {"Retry-After": "9"}, b"{}")] * 9
    assert (await there.push(file(GOOD), "--patience", "1")).returncode == 4


async def test_wrong_usage_is_exit_code_2(there: Listening, file: Callable[..., str]) -> None:
    assert (await there.push("no such file.csv")).returncode == 2
    assert (await there.push(file(GOOD), TIENDO_TOKEN="")).returncode == 2
    assert (await there.push(file(GOOD, name="a.pdf"))).returncode == 2


async def test_a_certificate_of_ones_own_is_trusted_when_named(
    database_url: str, template: Template, file: Callable[..., str], tmp_path: Path
) -> None:
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "ca.pem"]
    make += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    await asyncio.to_thread(subprocess.run, make, cwd=tmp_path, check=True, capture_output=True)
    settings = Settings(database_url=database_url, log_format="console").model_copy(update={"pool_size": 3})
    ours = {"ssl_keyfile": tmp_path / "key.pem", "ssl_certfile": tmp_path / "ca.pem"}
    with listening(create_app(settings), **ours) as port:
        server = Listening(Mishaps(create_app(settings)), f"https://127.0.0.1:{port}", template.tokens["huong"])
        stranger = await server.push(file(GOOD))
        assert (stranger.returncode, "CERTIFICATE_VERIFY_FAILED" in stranger.stderr) == (4, True)
        trusted = await server.push(file(GOOD), "--ca-file", str(tmp_path / "ca.pem"))
        assert trusted.returncode == 0, trusted
