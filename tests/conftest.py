"""One PostgreSQL for the run, a database for each test: cloned from a seeded template, so that every commit is real."""

import asyncio
import itertools
import os
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from sqlalchemy.engine import make_url

from app import clock, embedded, migrating
from app.auth.identity import OPERATOR, Role
from app.auth.service import create_token
from app.catalogue.seeding import seed
from app.db import Database
from app.embedded import Embedded
from app.fast_path.front import Front
from app.main import create_app
from app.settings import Settings

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

_numbers = itertools.count(1)


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
    return Template(postgres, asyncio.run(_fill(url)))


async def _recreate(server: Embedded, name: str) -> None:
    await run_sql(server.url, f'drop database if exists "{name}" with (force)', f'create database "{name}"')


async def _fill(url: str) -> dict[str, str]:
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


async def run_sql(url: str, *statements: str) -> None:
    """Run statements as the owner of the database, past the application."""
    connection = await connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def connect(url: str) -> asyncpg.Connection:
    parts = make_url(url)
    return await asyncpg.connect(host=parts.query["host"], user=parts.username, database=parts.database)


@pytest.fixture
async def database_url(template: Template) -> AsyncIterator[str]:
    """A database of the test's own, with the whole catalogue and nothing reported."""
    name = f"tiendo_test_{os.getpid()}_{next(_numbers)}"
    await run_sql(template.server.url, f'create database "{name}" template "{TEMPLATE}" strategy file_copy')
    yield template.server.url_of(name)
    await run_sql(template.server.url, f'drop database "{name}" with (force)')


class Service:
    """A running application, and a client for each of the cast."""

    def __init__(self, app: FastAPI, url: str, tokens: dict[str, str], address: str | None = None) -> None:
        self.app = app
        self.url = url
        self.tokens = tokens
        self.address = address
        self._clients: list[httpx.AsyncClient] = []

    def client(self, name: str | None = None, **headers: str) -> httpx.AsyncClient:
        """A client of one of the cast, or of nobody."""
        if name:
            headers["Authorization"] = f"Bearer {self.tokens[name]}"
        transport = None if self.address else httpx.ASGITransport(app=self.app)
        address = self.address or "http://tiendo.test"
        made = httpx.AsyncClient(transport=transport, base_url=address, headers=headers, timeout=60, trust_env=False)
        self._clients.append(made)
        return made

    @property
    def place(self) -> tuple[str | None, int | None]:
        """Host and port, where it listens."""
        address = urlsplit(str(self.address))
        return address.hostname, address.port

    async def close(self) -> None:
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
    """The same behind its window on a free port, so that kept answers are handed out there."""
    app = application(url, settings)
    options: dict[str, Any] = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": 5}
    server = uvicorn.Server(uvicorn.Config(app, port=0, http=Front, **options))
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


@pytest.fixture
async def service(database_url: str, template: Template) -> AsyncIterator[Service]:
    async with serving(database_url, template.tokens) as running:
        yield running


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
