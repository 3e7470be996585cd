"""The environment of a benchmark: durable PostgreSQL, full-size data, real server processes, tokens."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from app import clock, embedded, migrating
from app.auth.identity import OPERATOR, Role
from app.auth.service import create_token
from app.catalogue.seeding import seed
from app.db import Database
from app.demo.service import load_demo
from app.embedded import Embedded
from app.embedded.files import program_directory
from app.housekeeping import project_once
from app.settings import Settings

UNLIMITED = {"TIENDO_RATE_LIMIT": "100000000", "TIENDO_LOG_LEVEL": "error", "TIENDO_POOL_SIZE": "16"}
TIENDO = ("-c", "from app.cli import main; main()")


@dataclass(frozen=True)
class BenchmarkDatabase:
    """A benchmark's database, with the tokens of the ministry (`lan`), a viewer (`khach`) and every province."""

    server: Embedded
    name: str
    tokens: dict[str, str]

    @property
    def url(self) -> str:
        return self.server.url_of(self.name)

    @property
    def socket(self) -> str:
        return str(make_url(self.url).query["host"])

    @property
    def arguments(self) -> dict[str, str]:
        """Of a connection as the owner of the database, past row-level security."""
        return {"host": self.socket, "user": "postgres", "database": self.name}

    async def connect(self) -> Any:
        return await asyncpg.connect(**self.arguments)

    def run(self, *statements: str) -> None:
        asyncio.run(self._run(statements))

    async def _run(self, statements: tuple[str, ...]) -> None:
        connection = await self.connect()
        try:
            for statement in statements:
                await connection.execute(statement, timeout=3600)
        finally:
            await connection.close()


@contextmanager
def stage(kept: Path | None = None) -> Iterator[Embedded]:
    """The embedded PostgreSQL with fsync and synchronous_commit on, in a directory of its own or in a kept one."""
    with ExitStack() as stack:
        folder = kept or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="tiendo-bench-")))
        server = stack.enter_context(embedded.running(folder))
        assert asyncio.run(_durable(server)) == ("on", "on"), "a benchmark without durability says nothing"
        yield server


async def _durable(server: Embedded) -> tuple[str, str]:
    connection = await asyncpg.connect(host=str(server.socket_dir), user="postgres", database="postgres")
    try:
        return await connection.fetchval("show fsync"), await connection.fetchval("show synchronous_commit")
    finally:
        await connection.close()


def exists(server: Embedded, name: str) -> bool:
    return name in psql(server, "select datname from pg_database").split()


def psql(server: Embedded, statement: str, database: str = "postgres") -> str:
    where = ("-h", str(server.socket_dir), "-U", "postgres", "-d", database)
    command = [str(program_directory() / "psql"), "-XAtq", "-v", "ON_ERROR_STOP=1", *where, "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def fresh(server: Embedded, name: str, *, demo: bool = False) -> None:
    """A database, migrated and seeded; with `demo` June 2025 in it."""
    psql(server, f'create database "{name}"')
    migrating.upgrade(server.url_of(name))
    asyncio.run(_fill(server.url_of(name), demo=demo))


async def _fill(url: str, *, demo: bool) -> None:
    database = Database(url, Settings(database_url=url))
    try:
        if demo:
            await load_demo(database)
        else:
            async with database.writing() as session:
                await seed(session)
    finally:
        await database.close()


@contextmanager
def clone(server: Embedded, template: str, name: str = "scratch") -> Iterator[BenchmarkDatabase]:
    """A copy of a database to write into, with fresh tokens; gone afterwards."""
    psql(server, f'drop database if exists "{name}" with (force)')
    psql(server, f'create database "{name}" template "{template}" strategy file_copy')
    try:
        migrating.upgrade(server.url_of(name))  # kept data may be older than this release
        asyncio.run(_project_history(server.url_of(name)))
        psql(server, "vacuum analyze", name)
        psql(server, "checkpoint")
        yield BenchmarkDatabase(server, name, asyncio.run(_tokens(server.url_of(name))))
    finally:
        psql(server, f'drop database if exists "{name}" with (force)')


async def _project_history(url: str) -> None:
    """Project the history, as a running service has done: a copied database begins an incarnation of its own."""
    database = Database(url, Settings(database_url=url))
    try:
        await project_once(database)
    finally:
        await database.close()


async def _tokens(url: str) -> dict[str, str]:
    database, found = Database(url, Settings(database_url=url)), {}
    try:
        async with database.writing() as session:
            provinces = await session.connection()
            codes = (
                await provinces.exec_driver_sql("select code from unit where level = 'province' order by code")
            ).all()
            wanted = {"lan": (Role.MINISTRY, None), "khach": (Role.VIEWER, None)}
            wanted |= {row.code: (Role.REPORTER, row.code) for row in codes}
            for name, (role, unit) in wanted.items():
                _, found[name] = await create_token(
                    session, OPERATOR, name=name, role=role, unit=unit, expires_at=None, at=clock.now()
                )
    finally:
        await database.close()
    return found


@dataclass(frozen=True)
class Served:
    """A listening service and its supervisor's process id."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@contextmanager
def serving(place: BenchmarkDatabase, workers: int = 1, **environment: str) -> Iterator[Served]:
    """`tiendo serve`, as it is run."""
    command = (sys.executable, *TIENDO, "serve", "--workers", str(workers), "--port", "{port}")
    with process(command, {"TIENDO_DATABASE_URL": place.url, **UNLIMITED, **environment}, "/readyz") as served:
        yield served


@contextmanager
def bare(**environment: str) -> Iterator[Served]:
    """The limit of reading: an ASGI callable with the same bytes and headers, on the same uvicorn options."""
    with process((sys.executable, "-m", "benchmarks.bare", "{port}"), environment, "/") as served:
        yield served


@contextmanager
def process(command: tuple[str, ...], environment: dict[str, str], path: str) -> Iterator[Served]:
    """A server on a free port, which answers `path` when it is ready, if only with a refusal."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryFile() as complaints:
        started = subprocess.Popen(
            [word.replace("{port}", str(port)) for word in command],
            env={**os.environ, **environment},  # noqa: TID251 - a process of its own needs an environment
            stdout=subprocess.DEVNULL,
            stderr=complaints,
            cwd=Path(__file__).parent.parent,
        )
        try:
            _until_ready(started, f"http://127.0.0.1:{port}{path}")
            yield Served(port, started.pid)
        finally:
            started.send_signal(signal.SIGTERM)
            started.wait(timeout=60)


def _until_ready(process: subprocess.Popen[bytes], url: str) -> None:
    for _ in range(2400):
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except urllib.error.HTTPError as refusal:
            if refusal.code in (401, 403):
                return
            if refusal.code != 503:
                raise
            time.sleep(0.05)
        except (urllib.error.URLError, OSError):
            time.sleep(0.05)
    raise TimeoutError(url)
