"""A database that hangs: its processes stopped, or every packet to it and from it dropped."""

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from typing import NamedTuple

import httpx

from tests.checks.listening import Listening
from tests.checks.test_concurrency import found_by_verify
from tests.drills.figures import Figure
from tests.drills.ground import PROGRESS, UPDATES, Ground, stored_ids
from tests.proxy import proxy

POOL_TIMEOUT = 3.0
READY_SECONDS = 2.0
MARGIN = 1.0
"""Seconds for a machine that is busy."""
REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}
QUESTIONS: tuple[tuple[str, str, Mapping[str, object] | None], ...] = (
    ("GET", PROGRESS, None),
    ("GET", f"{PROGRESS}?as_of=2025-06-27T10:00:00Z", None),
    ("GET", f"{PROGRESS}?known_at=2025-06-27T10:00:00Z", None),
    ("GET", f"{PROGRESS}/provinces", None),
    ("GET", "/v1/assignments?limit=5", None),
    ("GET", "/v1/me", None),
    ("GET", "/v1/changes", None),
    ("GET", "/v1/inbox", None),
    ("GET", "/v1/provinces", None),
    ("GET", "/v1/reports/progress.csv", None),
    ("GET", "/", None),
    ("POST", UPDATES, REPORT),
    ("POST", f"{UPDATES}/batch", {"updates": [REPORT]}),
)
"""One request for each way to the database: kept answers, pools, the connections beside them."""


async def processes_stopped(ground: Ground) -> Figure:
    """Check 40: SIGSTOP to every process of PostgreSQL, and SIGCONT."""
    figure = Figure("stopped")
    with ground.serving(workers=1, pool_timeout=str(POOL_TIMEOUT), public_progress="true") as service:

        @asynccontextmanager
        async def stopped() -> AsyncIterator[None]:
            pids = ground.backends()
            for pid in pids:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
            try:
                yield
            finally:
                for pid in pids:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGCONT)

        await _silence_again_and_again(ground, service, figure, stopped)
    return figure


async def packets_dropped(ground: Ground) -> Figure:
    """Check 40: nothing passes, and no connection is closed."""
    figure = Figure("silent")
    async with proxy(ground.server.socket_dir) as between:
        url = f"postgresql://postgres@127.0.0.1:{between.port}/tiendo?sslmode=disable"

        @asynccontextmanager
        async def dropped() -> AsyncIterator[None]:
            between.flowing.clear()
            try:
                yield
            finally:
                between.flowing.set()

        context = ground.serving(url=url, workers=1, pool_timeout=str(POOL_TIMEOUT), public_progress="true")
        service = await asyncio.to_thread(context.__enter__)
        try:
            await _silence_again_and_again(ground, service, figure, dropped)
        finally:
            await asyncio.to_thread(context.__exit__, None, None, None)
    return figure


async def _silence_again_and_again(
    ground: Ground, service: Listening, figure: Figure, silent: Callable[[], AbstractAsyncContextManager[None]]
) -> None:
    acknowledged: set[str] = set()
    end = time.monotonic() + ground.seconds
    async with ground.client(service, "huong") as client:
        await _warm(client, figure, acknowledged)
        while figure.faults == 0 or time.monotonic() < end:
            async with silent():
                await _everything_is_503(client, figure)
                await _everything_is_503(client, figure)  # when connections are known to be lost, too
            figure.faults += 1
            await _recovered(client, figure)
            await _warm(client, figure, acknowledged)
    figure.expect(await stored_ids(ground.url) >= acknowledged, "an acknowledged report is not there")
    figure.expect(await found_by_verify(ground.url) == [], "stored figures differ from the history")


async def _warm(client: httpx.AsyncClient, figure: Figure, acknowledged: set[str]) -> None:
    for method, path, body in QUESTIONS:
        answer = await client.request(method, path, json=body)
        figure.expect(
            answer.status_code in (200, 201, 303), f"{method} {path}: {answer.status_code} {answer.text[:200]}"
        )
        figure.held += 1
        if path == UPDATES and answer.status_code == 201:
            acknowledged.add(answer.json()["id"])


class Timed(NamedTuple):
    """An answer, and the seconds until it came."""

    what: str
    answer: httpx.Response
    seconds: float


async def _timed(client: httpx.AsyncClient, method: str, path: str, body: object = None) -> Timed:
    began = time.monotonic()
    answer = await client.request(method, path, json=body)
    return Timed(f"{method} {path}", answer, time.monotonic() - began)


async def _everything_is_503(client: httpx.AsyncClient, figure: Figure) -> None:
    asked = [_timed(client, *question) for question in QUESTIONS]
    lives, ready, *others = await asyncio.gather(
        _timed(client, "GET", "/healthz"), _timed(client, "GET", "/readyz"), *asked
    )
    figure.expect(lives.answer.status_code == 200 and lives.seconds < MARGIN, f"/healthz after {lives.seconds:.1f} s")
    said = ready.answer.json()
    figure.expect(ready.answer.status_code == 503 and said.get("reason"), f"/readyz says {said}")
    figure.expect(ready.seconds < READY_SECONDS, f"/readyz after {ready.seconds:.1f} s")
    figure.slowest("/readyz", ready.seconds)
    for what, answer, seconds in others:
        figure.slowest("503 within", seconds)
        figure.expect(answer.status_code == 503, f"{what}: {answer.status_code} {answer.text[:100]}")
        figure.expect("retry-after" in answer.headers, f"{what}: no Retry-After")
        figure.expect(seconds < POOL_TIMEOUT + MARGIN, f"{what}: after {seconds:.1f} s")


async def _recovered(client: httpx.AsyncClient, figure: Figure) -> None:
    began = time.monotonic()
    while (await client.get("/readyz")).status_code != 200:
        if time.monotonic() - began > 30:
            return figure.lose("it did not recover within 30 s")
        await asyncio.sleep(0.1)
    figure.slowest("ready again after", time.monotonic() - began)
    return None
