"""Where drills take place: a durable PostgreSQL of their own, and the service as an operator starts it."""

import asyncio
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil

from app import embedded, migrating
from app.embedded import Embedded
from tests.checks.listening import Listening, listening
from tests.conftest import fill
from tests.connecting import connect
from tests.drills.figures import Figure

PROGRESS = "/v1/progress"
UPDATES = "/v1/status-updates"
PATIENCE = 1.0
"""Seconds within which 99 of 100 requests of the good client are answered."""
UNLIMITED = dict.fromkeys(("rate_limit", "computed_limit", "computed_limit_anonymous"), "1000000000")
"""Where the drill is not about the limits of one token. That of bad tokens stays."""


@dataclass(frozen=True)
class Ground:
    """A database server of the drill's own, the cast's tokens, and how long the drill may take."""

    server: Embedded
    tokens: dict[str, str]
    directory: Path
    seconds: float
    """How long what has no end of its own goes on."""
    is_short: bool

    @property
    def url(self) -> str:
        return self.server.url

    @contextmanager
    def serving(self, *, url: str | None = None, workers: int = 2, **settings: str) -> Iterator[Listening]:
        with listening(url or self.url, self.directory, workers=workers, **(UNLIMITED | settings)) as service:
            yield service

    def headers(self, name: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.tokens[name]}"}

    @asynccontextmanager
    async def client(self, service: Listening, name: str | None = None) -> AsyncIterator[httpx.AsyncClient]:
        headers = self.headers(name) if name else {}
        limits = httpx.Limits(max_connections=None, keepalive_expiry=1)
        async with httpx.AsyncClient(
            base_url=service.url, headers=headers, timeout=60, limits=limits, trust_env=False
        ) as client:
            yield client

    def backends(self) -> list[int]:
        """Every process of PostgreSQL, the postmaster first."""
        assert self.server.pid
        postmaster = psutil.Process(self.server.pid)
        return [postmaster.pid, *(child.pid for child in postmaster.children(recursive=True))]


@contextmanager
def ground(seconds: float, *, is_short: bool = False, place: Path | None = None) -> Iterator[Ground]:
    """A new server, migrated and seeded; in `place`, where a drill needs a file system of its own."""
    # Not under a directory that only this user may enter: where root drills, PostgreSQL has an account of its own.
    with tempfile.TemporaryDirectory(prefix="tiendo-drill-", dir=place) as fresh:
        Path(fresh).chmod(0o711)
        with embedded.running(Path(fresh) / "data") as server:
            migrating.upgrade(server.url)
            yield Ground(server, asyncio.run(fill(server.url)), Path(fresh), seconds, is_short)


class GoodClient:
    """Somebody who reads and reports at an ordinary pace beside the drill, and notes how long each answer took.

    It has a token of its own: what another sends under one is counted against that one alone.
    """

    PATHS = (PROGRESS, "/v1/assignments?limit=20", "/v1/me", "/v1/status-updates?limit=5")

    def __init__(self, ground: Ground, service: Listening, figure: Figure, *, may_refuse: bool = False) -> None:
        self._ground = ground
        self._service = service
        self._figure = figure
        self._may_refuse = may_refuse
        self.acknowledged: set[str] = set()

    async def use(self) -> None:
        """Use the service until cancelled."""
        async with self._ground.client(self._service, "minh") as client:
            number = 0
            while True:
                for path in self.PATHS:
                    await self._timed(client, "GET", path)
                report = {"task": "hotlines", "status": "in_progress", "note": f"good {number}"}
                key = {"Idempotency-Key": f"good-{number}"}
                answer = await self._timed(client, "POST", UPDATES, json=report, headers=key)
                if answer is not None and answer.status_code == 201:
                    self.acknowledged.add(answer.json()["id"])
                number += 1

    async def _timed(self, client: httpx.AsyncClient, method: str, path: str, **sent: object) -> httpx.Response | None:
        await asyncio.sleep(0.02)
        began = time.monotonic()
        try:
            answer = await client.request(method, path, **sent)  # type: ignore[arg-type] # what httpx takes
        except httpx.TransportError as error:
            self._figure.expect(self._may_refuse, f"{method} {path}: {type(error).__name__}")
            return None
        self._figure.seconds.append(time.monotonic() - began)
        if answer.status_code < 300:
            self._figure.held += 1
        elif not (self._may_refuse and answer.status_code == 503 and "retry-after" in answer.headers):
            self._figure.lose(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return answer


@asynccontextmanager
async def beside(client: GoodClient) -> AsyncIterator[GoodClient]:
    """The good client at work during the block."""
    task = asyncio.create_task(client.use())
    try:
        yield client
    finally:
        task.cancel()
        await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()):
            raise error


def expect_patience(ground: Ground, figure: Figure) -> None:
    """Expect the good client to have waited for nobody. A short form runs beside other tests, so it may take longer."""
    waited, most = figure.quantile(), PATIENCE * (10 if ground.is_short else 1)
    figure.expect(waited < most, f"the good client's p99 is {waited:.2f} s")
    figure.expect(figure.seconds, "the good client got no answer")


async def stored_ids(url: str) -> set[str]:
    """The ids of all reports in the history."""
    connection = await connect(url)
    try:
        return {str(row["id"]) for row in await connection.fetch("select id from status_update")}
    finally:
        await connection.close()


def memory_of(service: Listening) -> list[int]:
    """The resident bytes of each worker."""
    return [psutil.Process(pid).memory_info().rss for pid in service.workers() or [service.process.pid]]
