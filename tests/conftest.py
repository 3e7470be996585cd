"""One PostgreSQL for the run; in each process of it one database and one application, put back after every test."""

import asyncio
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import hypothesis
import pytest
import structlog
import uvicorn
from fastapi import FastAPI

from app import clock, embedded, migrating
from app.auth.identity import OPERATOR, Role
from app.auth.service import create_token
from app.catalogue.seeding import seed
from app.cli.demo_examples import keep_examples
from app.db import Database
from app.demo.service import load_demo
from app.embedded import Embedded
from app.fast_path.protocol import CacheHitProtocol, LimitsProtocol
from app.housekeeping import project_once
from app.main import create_app
from app.settings import Settings
from tests.connecting import TLS, run_sql
from tests.resetting import Restorer

TEMPLATE = "tiendo_template"
CAST: dict[str, tuple[Role, str | None]] = {
    "lan": (Role.MINISTRY, None),
    "huong": (Role.REPORTER, "38"),
    "minh": (Role.REPORTER, "40"),
    "an": (Role.ADMIN, None),
    "viettel": (Role.AGENCY, "viettel"),
    "xa": (Role.REPORTER, "14758"),
    "khach": (Role.VIEWER, None),
}
"""The fixed cast: the ministry, Thanh Hóa, Nghệ An, the admin, an agency, a ward of Thanh Hóa, a viewer."""

# By itself structlog prints the locals of every frame of a traceback, which here takes minutes.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
# How long an example takes says nothing on a busy machine.
hypothesis.settings.register_profile("without a clock", deadline=None)
hypothesis.settings.load_profile("without a clock")
NO_LIMITS = dict.fromkeys(("rate_limit", "bad_token_limit", "computed_limit", "computed_limit_anonymous"), 10**9)

_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What needs neither the database nor a process of its own is a unit test."""
    for item in items:
        fixtures: list[str] = getattr(item, "fixturenames", [])
        if "postgres" not in fixtures and not item.get_closest_marker("processes"):
            item.add_marker(pytest.mark.unit)


@dataclass(frozen=True)
class Template:
    """A migrated and seeded database, and the cast's tokens in it."""

    server: Embedded
    tokens: dict[str, str]


@pytest.fixture(scope="session")
def postgres() -> Iterator[Embedded]:
    # Not among pytest's own: where root runs the tests, another run would shut PostgreSQL's account out of those.
    with (
        tempfile.TemporaryDirectory(prefix="tiendo-tests-") as fresh,
        embedded.running(Path(fresh), durable=False) as server,
    ):
        yield server


@pytest.fixture(scope="session")
def template(postgres: Embedded) -> Template:
    url = postgres.url_of(TEMPLATE)
    asyncio.run(_recreate(postgres, TEMPLATE))
    migrating.upgrade(url)
    return Template(postgres, asyncio.run(fill(url)))


async def _recreate(server: Embedded, name: str) -> None:
    await run_sql(server.url, f'drop database if exists "{name}" with (force)', f'create database "{name}"')


async def fill(url: str) -> dict[str, str]:
    tokens = {}
    database = Database(url, Settings(database_url=url))
    async with database.writing() as session:
        await seed(session)
        for name, (role, unit) in CAST.items():
            _, tokens[name] = await create_token(
                session, OPERATOR, name=name, role=role, unit=unit, expires_at=None, at=clock.now()
            )
    await database.close()
    return tokens


async def clone(template: Template, name: str) -> str:
    """A database with the whole catalogue and nothing reported."""
    await run_sql(template.server.url, f'create database "{name}" template "{TEMPLATE}" strategy file_copy')
    return template.server.url_of(name)


async def drop(template: Template, name: str) -> None:
    await run_sql(template.server.url, f'drop database if exists "{name}" with (force)')


@pytest.fixture(scope="session")
async def restorer(template: Template) -> AsyncIterator[Restorer]:
    """The database that most tests of this process use, one after another, and what puts it back."""
    name = f"tiendo_shared_{os.getpid()}"
    restorer = Restorer(await clone(template, name))
    await restorer.keep()
    yield restorer
    await restorer.close()
    await drop(template, name)


@pytest.fixture
async def database_url(request: pytest.FixtureRequest, restorer: Restorer, template: Template) -> AsyncIterator[str]:
    """A database with the whole catalogue and nothing reported; whatever rows a test changes are put back.

    A test marked `own_database` gets one of its own: where more than rows changes, or where all of them do.
    """
    if request.node.get_closest_marker("own_database"):
        name = f"tiendo_test_{os.getpid()}_{next(_numbers)}"
        yield await clone(template, name)
        await drop(template, name)
    else:
        yield restorer.url
        await restorer.restore()


class Service:
    """A running application, and a client for each of the cast."""

    def __init__(self, app: FastAPI, url: str, tokens: dict[str, str], address: str | None = None) -> None:
        self.app = app
        self.url = url
        self.tokens = tokens
        self.address = address
        self.patch = pytest.MonkeyPatch()
        """What a test changes of the application, until it is over."""
        self._clients: list[httpx.AsyncClient] = []
        self._exchanged: dict[str, Any] = {}

    def exchange(self, name: str, value: object) -> None:
        """Put something else into the application's state until the test is over; `patch` cannot undo that there."""
        self._exchanged.setdefault(name, getattr(self.app.state, name))
        setattr(self.app.state, name, value)

    def client(self, name: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client of one of the cast, or of nobody."""
        if name:
            headers["Authorization"] = f"Bearer {self.tokens[name]}"
        transport = None if self.address else httpx.ASGITransport(app=self.app)
        address = self.address or "http://tiendo.test"
        made = httpx.AsyncClient(
            transport=transport, base_url=address, headers=headers, timeout=60, trust_env=False, verify=TLS
        )
        self._clients.append(made)
        return made

    @property
    def place(self) -> tuple[str | None, int | None]:
        """Host and port, where it listens."""
        address = urlsplit(str(self.address))
        return address.hostname, address.port

    async def close(self) -> None:
        self.patch.undo()
        for name, value in self._exchanged.items():
            setattr(self.app.state, name, value)
        for client in self._clients:
            await client.aclose()


@asynccontextmanager
async def serving(url: str, tokens: dict[str, str], **settings: object) -> AsyncIterator[Service]:
    """The application on a database, in this process."""
    app = application(url, settings)
    async with app.router.lifespan_context(app):
        service = Service(app, url, tokens)
        yield service
        await service.close()


@asynccontextmanager
async def listening(url: str, tokens: dict[str, str], **settings: object) -> AsyncIterator[Service]:
    """The application with its own HTTP protocol on a free port, which answers cache hits."""
    app = application(url, settings)
    options: dict[str, Any] = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": 5}
    server = uvicorn.Server(
        uvicorn.Config(
            app, port=0, http=CacheHitProtocol if app.state.settings.fast_path else LimitsProtocol, **options
        )
    )
    serving = asyncio.create_task(server.serve())
    async with asyncio.timeout(30):
        while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
            await asyncio.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    service = Service(app, url, tokens, f"http://127.0.0.1:{port}")
    try:
        yield service
    finally:
        await service.close()
        app.state.hub.end()
        server.should_exit = True
        await serving


def application(url: str, settings: dict[str, object]) -> FastAPI:
    chosen = Settings(database_url=url, log_format="console").model_copy(update={"pool_size": 6, **settings})
    return create_app(chosen)


@dataclass(frozen=True)
class Shared:
    """The application that most tests of this process use, one after another; it listens on a port too."""

    app: FastAPI
    url: str
    tokens: dict[str, str]
    address: str

    @asynccontextmanager
    async def open(self, *, at_its_port: bool = False) -> AsyncIterator[Service]:
        """It, without a network between, or behind its port, where kept answers are handed out."""
        self.app.state.response_cache.clear()  # what was known at a moment is kept for good, and was taken back here
        service = Service(self.app, self.url, self.tokens, self.address if at_its_port else None)
        yield service
        await service.close()


@contextmanager
def at_rest() -> Iterator[None]:
    """Applications that are started now do no background work: tests that need a step of it take it themselves."""
    with pytest.MonkeyPatch.context() as patch:
        for interval in ("PROJECTION_INTERVAL", "SOON", "MEASURE_INTERVAL"):
            patch.setattr(f"app.housekeeping.{interval}", timedelta(days=1))
        yield


@asynccontextmanager
async def sharing(url: str, tokens: dict[str, str], **settings: object) -> AsyncIterator[Shared]:
    with at_rest():
        async with listening(url, tokens, **NO_LIMITS, **settings) as running:
            yield Shared(running.app, url, tokens, str(running.address))


@pytest.fixture(scope="session")
async def shared(restorer: Restorer, template: Template) -> AsyncIterator[Shared]:
    async with sharing(restorer.url, template.tokens) as shared:
        yield shared


@pytest.fixture(scope="session")
async def demo_url(template: Template) -> AsyncIterator[str]:
    """A database with the demo, for all tests that only read it."""
    name = f"tiendo_demo_{os.getpid()}"
    url = await clone(template, name)
    database = Database(url, Settings(database_url=url))
    await load_demo(database)
    await keep_examples(database)
    await project_once(database)
    await database.close()
    yield url
    await drop(template, name)


@pytest.fixture(scope="session")
async def demo(demo_url: str, template: Template) -> AsyncIterator[Service]:
    """A service that shows the demo to those with a token."""
    with at_rest():
        async with serving(demo_url, template.tokens, **NO_LIMITS) as running:
            yield running


@pytest.fixture
async def service(shared: Shared, database_url: str, template: Template) -> AsyncIterator[Service]:
    """The shared application, without a network between; or one of its own for a database of its own."""
    whose = shared.open() if database_url == shared.url else serving(database_url, template.tokens)
    async with whose as service:
        yield service


@pytest.fixture
async def listening_service(shared: Shared, database_url: str, template: Template) -> AsyncIterator[Service]:
    """The same behind its port, where kept answers are handed out."""
    shares = database_url == shared.url
    whose = shared.open(at_its_port=True) if shares else listening(database_url, template.tokens)
    async with whose as service:
        yield service


@pytest.fixture
def lan(service: Service) -> httpx.AsyncClient:
    """The ministry."""
    return service.client("lan")


@pytest.fixture
def huong(service: Service) -> httpx.AsyncClient:
    """Thanh Hóa (38)."""
    return service.client("huong")


@pytest.fixture
def minh(service: Service) -> httpx.AsyncClient:
    """Nghệ An (40), who is refused on 38."""
    return service.client("minh")


@pytest.fixture
def an(service: Service) -> httpx.AsyncClient:
    """The admin."""
    return service.client("an")


@pytest.fixture
def viettel(service: Service) -> httpx.AsyncClient:
    """An agency."""
    return service.client("viettel")


@pytest.fixture
def xa(service: Service) -> httpx.AsyncClient:
    """A ward of Thanh Hóa (14758)."""
    return service.client("xa")


@pytest.fixture
def khach(service: Service) -> httpx.AsyncClient:
    """A viewer."""
    return service.client("khach")


@pytest.fixture
def anyone(service: Service) -> httpx.AsyncClient:
    """Someone without a token."""
    return service.client()
