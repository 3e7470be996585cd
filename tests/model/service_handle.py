"""A service on a database of its own, driven from plain synchronous code, with a clock that only the test moves."""

import asyncio
import threading
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, TypeVar

import httpx
import pytest

from app import clock, data_version, session_settings
from app.auth.identity import OPERATOR, Role
from app.auth.service import create_token
from app.db import Database
from app.embedded import Embedded
from app.housekeeping import project_once
from app.settings import Settings
from tests.conftest import listening
from tests.connecting import connect, run_sql

T = TypeVar("T")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

FAKE_CLOCK = (
    "create schema fake_clock",
    "create unlogged sequence fake_clock.now",
    """create function fake_clock.clock_timestamp() returns timestamptz language sql security definer as
    $$ select timestamptz 'epoch' + last_value * interval '1 microsecond' from fake_clock.now $$""",
    """create function fake_clock.transaction_timestamp() returns timestamptz language sql as
    $$ select fake_clock.clock_timestamp() $$""",
    "grant usage on schema fake_clock to public",
)
"""A `clock_timestamp()` and a `transaction_timestamp()` that are found before PostgreSQL's own. The clock moves without
a transaction, so that time can pass without anything being written."""


FAKE_CLOCK_FIRST = "fake_clock, pg_catalog, public"


def use_fake_clock(database: str) -> str:
    return f'alter database "{database}" set search_path = {FAKE_CLOCK_FIRST}'


class LoopThread:
    """An event loop on a thread of its own, in which services are held open."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(120)

    def close(self) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


@dataclass
class ServiceHandle:
    """A running service, its clock, and what one can ask of it."""

    thread: LoopThread
    url: str
    tokens: dict[str, str]
    now: datetime
    _clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)
    _clock: Any = None
    _app: Any = None

    def set_time(self, moment: datetime) -> None:
        """Let it be another moment, for the service and for its database."""
        self.now = moment
        self.thread.run(self._clock.execute("select setval('fake_clock.now', $1)", (moment - EPOCH) // MICROSECOND))
        self._app.state.data_versions.forget()  # no clock outside of a test jumps within a second

    def wait(self, span: timedelta) -> None:
        self.set_time(self.now + span)

    def ask(self, who: str, method: str, path: str, **request: Any) -> httpx.Response:
        return self.thread.run(self._clients[who].request(method, path, **request))

    def get(self, path: str, **params: Any) -> Any:
        """What the admin reads there."""
        answer = self.ask("an", "GET", path, params=params)
        assert answer.status_code == 200, (path, params, answer.text)
        return answer.json()

    def project_once(self) -> None:
        """Do what a worker does every few seconds anyhow."""
        self.thread.run(project_once(self._app.state.database))

    def all_of(self, path: str, **params: Any) -> list[Any]:
        page = self.get(path, **params, limit=1000)
        items = list(page["items"])
        while page["next_cursor"]:
            page = self.get(path, **params, limit=1000, cursor=page["next_cursor"])
            items += page["items"]
        return items

    async def hold(self, opened: threading.Event, leave: asyncio.Event) -> None:
        """Keep the service open until told to leave: opened and closed by the same task."""
        self._clock = await connect(self.url)
        try:
            async with listening(self.url, self.tokens, rate_limit=60_000_000) as service:
                self._app = service.app
                self._clients = {name: service.client(name) for name in self.tokens}
                opened.set()
                await leave.wait()
        finally:
            await self._clock.close()
            opened.set()


@contextmanager
def open_service(thread: LoopThread, url: str, tokens: dict[str, str], now: datetime) -> Iterator[ServiceHandle]:
    service, opened, leave = ServiceHandle(thread, url, tokens, now), threading.Event(), asyncio.Event()

    def seconds() -> float:
        return service.now.timestamp()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: service.now)
        patch.setattr(session_settings, "SEARCH_PATH", FAKE_CLOCK_FIRST)
        # What a worker adds to the database's clock since it last looked at it stands still with that clock.
        patch.setattr(data_version, "time", SimpleNamespace(monotonic=seconds))
        held = asyncio.run_coroutine_threadsafe(service.hold(opened, leave), thread.loop)
        opened.wait()
        try:
            if not held.done():
                service.set_time(now)
                yield service
        finally:
            thread.loop.call_soon_threadsafe(leave.set)
            held.result(60)


async def clone(server: Embedded, source: str, name: str) -> str:
    """A database like another, that goes by the fake_clock."""
    await run_sql(
        server.url,
        f'create database "{name}" template "{source}" strategy file_copy',
        use_fake_clock(name),
    )
    return server.url_of(name)


async def drop(server: Embedded, name: str) -> None:
    await run_sql(server.url, f'drop database if exists "{name}" with (force)')


async def install_fake_clock(url: str, name: str) -> dict[str, str]:
    """Put the fake_clock into a new database, and its first admin."""
    await run_sql(url, *FAKE_CLOCK, use_fake_clock(name))
    database = Database(url, Settings(database_url=url))
    async with database.writing() as session:
        _, token = await create_token(
            session, OPERATOR, name="an", role=Role.ADMIN, unit=None, expires_at=None, at=EPOCH
        )
    await database.close()
    return {"an": token}
