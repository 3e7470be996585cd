"""`tiendo serve`: from the settings to a listening service."""

import asyncio
import signal
import sys
from socket import socket
from typing import Annotated

import typer
import uvicorn
from rich.console import Console
from uvicorn.config import STARTUP_FAILURE

from app import logs, migrating
from app.catalogue import seeding
from app.cli.database import open_database, with_database
from app.cli.supervisor import Supervisor
from app.connections import Connector
from app.database_errors import is_misconfiguration
from app.fast_path.protocol import CacheHitProtocol, LimitsProtocol
from app.metrics_server import metrics_served, metrics_shared
from app.readiness import notify_ready
from app.server_kind import refuse_distributed_tables
from app.settings import Settings, hand_down, read_settings

HUNG_AFTER = 60
"""Seconds without a sign of life after which a worker is replaced: a slow one is not hung."""
MOST_FILES = 65_536
"""Open files that are asked for: a table of them takes memory, so not without an end."""
SPARE_FILES = 256
"""Open files of a worker that are no connections of clients: the database, logs, child processes."""
out = Console(stderr=True, highlight=False)


def serve(
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="The port to listen on.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer.")] = 1,
    demo: Annotated[
        bool, typer.Option(help="Migrate, seed, load the demo of June 2025, open progress to all.")
    ] = False,
) -> None:
    """Serve. An embedded database is brought up to date first; one of your own is left as it is, see `tiendo db`."""
    asked = read_settings()
    embedded = not (asked.database_url or asked.database_url_file)
    if demo:
        asked = for_demo(asked)
    with with_database(asked, lasting=True, workers=workers) as settings:
        if embedded or demo:
            migrating.upgrade(settings.database_url or "")
            asyncio.run(seed(settings))
        asyncio.run(refuse_misconfigured(settings))
        if demo:
            _show_demo(settings, host, port)
        _listen(settings, host, port, workers)


def for_demo(asked: Settings) -> Settings:
    """Progress is open to all, unless the operator has said otherwise."""
    is_open = {} if "public_progress" in asked.model_fields_set else {"public_progress": True}
    return asked.model_copy(update={"demo": True, **is_open})


async def refuse_misconfigured(settings: Settings) -> None:
    """Raise what somebody has to mend before the service can work; a database that is away may come back."""
    try:
        connection = await Connector(settings.database_url or "", settings).connect({})
    except Exception as error:
        if is_misconfiguration(error):
            raise
    else:
        try:
            await refuse_distributed_tables(connection)
        finally:
            await connection.close()


def _leave(*_: object) -> None:
    sys.exit(0)


async def seed(settings: Settings) -> None:
    async with open_database(settings) as database, database.writing() as session:
        await seeding.seed(session)


def _show_demo(settings: Settings, host: str, port: int) -> None:
    from app.cli.demo_examples import keep_examples  # noqa: PLC0415 - production doesn't need it
    from app.demo.service import cast_tokens, load_demo  # noqa: PLC0415

    async def prepare() -> dict[str, str]:
        async with open_database(settings) as database:
            await load_demo(database)
            await keep_examples(database)
            return await cast_tokens(database, settings.data_dir)

    out.print("Loading the demo of June 2025 …")
    tokens = asyncio.run(prepare())
    print(f"\nTiến Độ: http://{host}:{port}/\n")  # noqa: T201 - this is what the command is for
    for name, token in tokens.items():
        print(f"  {name:<8} {token}")  # noqa: T201
    print(flush=True)  # noqa: T201


def _listen(settings: Settings, host: str, port: int, workers: int) -> None:
    signal.signal(signal.SIGTERM, _leave)  # uvicorn raises the signal again after it stopped; clean up first
    fitting = max(_files() - SPARE_FILES, SPARE_FILES)
    settings = settings.model_copy(update={"max_connections": min(settings.max_connections, fitting)})
    hand_down(settings)
    logs.configure(settings)
    logs.log.info("serving", host=host, port=port, workers=workers)
    with metrics_shared(workers), metrics_served(settings.metrics_port):
        _run(settings, host, port, workers)
    sys.stderr.flush()


def _run(settings: Settings, host: str, port: int, workers: int) -> None:
    """Serve until asked to stop.

    Raises:
        SystemExit: with 3, a worker could not start.

    """
    config = uvicorn.Config(
        "app.main:from_environment",
        factory=True,
        host=host,
        port=port,
        workers=workers,
        log_config=None,
        http=CacheHitProtocol if settings.fast_path else LimitsProtocol,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=settings.shutdown_grace,
        timeout_keep_alive=settings.keep_alive,
        timeout_worker_healthcheck=HUNG_AFTER,
        backlog=4096,
    )
    if workers == 1:
        server = _SingleServer(config)
        server.run()
        if not server.started:
            sys.exit(STARTUP_FAILURE)
        return
    supervisor = Supervisor(config, [config.bind_socket()], settings.max_worker_memory)
    supervisor.run()
    if any(process.exitcode == STARTUP_FAILURE for process in supervisor.processes):
        sys.exit(STARTUP_FAILURE)


class _SingleServer(uvicorn.Server):
    """A server without a supervisor, which tells systemd when it listens."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            notify_ready()


def _files() -> int:
    """How many files a worker may open, after the soft limit was raised to what the system allows."""
    import resource  # noqa: PLC0415 - not on Windows

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = min(hard, MOST_FILES) if hard != resource.RLIM_INFINITY else MOST_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    return MOST_FILES if soft == resource.RLIM_INFINITY else soft
