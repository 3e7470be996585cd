"""The service, put together: what a worker holds while it lives, its rooms, and how failures are answered."""

import asyncio
import gc
import multiprocessing
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from app import health, logs, web
from app.auth.limits import Limits
from app.auth.service import Identities
from app.bulletins import dashboard, routes_agenda, routes_compare
from app.bulletins import routes as bulletin_routes
from app.catalogue import access, assigning, writing, writing_units
from app.catalogue import routes as catalogue_routes
from app.catalogue.catalogue import Catalogues
from app.db import Database
from app.describing import describe_refusals
from app.housekeeping import keep_house, keep_telling
from app.imports import routes as import_routes
from app.imports.turns import Turns
from app.live import routes as live_routes
from app.live.hub import Hub
from app.live.leaving import leaving
from app.live.side_door import SideDoor
from app.obstacles import routes as obstacle_routes
from app.page import routes as page_routes
from app.progress import routes as progress_routes
from app.progress.archive import Archive
from app.progress.counter import Counter
from app.progress.present import Present
from app.progress.shelf import Shelf
from app.reports import routes as report_routes
from app.settings import Settings
from app.snapshot import Watch
from app.updates import changes
from app.updates import routes as update_routes
from app.updates.group_commit import GroupCommit
from app.updates.hatch import Hatch

ROUTERS = (
    catalogue_routes.router,
    writing.router,
    writing_units.router,
    assigning.router,
    access.router,
    update_routes.router,
    obstacle_routes.router,
    changes.router,
    live_routes.router,
    import_routes.router,
    progress_routes.router,
    dashboard.router,
    routes_agenda.router,
    routes_compare.router,
    bulletin_routes.router,
    report_routes.router,
    health.router,
)


class Service(FastAPI):
    """FastAPI, whose description of itself tells of the refusals too."""

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            describe_refusals(super().openapi())
        return super().openapi()


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application. `settings.database_url` must name a database; the command line finds the embedded one."""
    app = Service(
        title="Tiến Độ",
        summary="How far every province is with a reform, at any moment and beyond doubt.",
        version="1",
        lifespan=lifespan,
        root_path=settings.root_path,
        docs_url=None,
        redoc_url=None,
    )
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router)
    page_routes.install(app)
    web.install(app, max_body_size=settings.max_body_size)
    app.add_middleware(web.RequestIds)
    if settings.cors_origins:
        _allow_origins(app, settings)
    return app


def from_environment() -> FastAPI:
    """The application of a worker process."""
    settings = Settings()
    logs.configure(settings)
    app = create_app(settings)
    gc.freeze()  # what a worker is made of stays: looking through all of it for garbage holds up everybody for 0.2 s
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Everything that a worker holds open while it lives. The front of the house is given its three ways in."""
    settings: Settings = app.state.settings
    database = Database(settings.database_url or "", settings)
    watch = Watch(database, settings)
    app.state.database = database
    app.state.watch = watch
    app.state.limits = limits = Limits(settings)
    app.state.identities = identities = Identities(database, watch)
    app.state.catalogues = catalogues = Catalogues(database, watch)
    app.state.present = present = Present(database, settings, watch, catalogues)
    app.state.archive = Archive(database, watch, catalogues)
    app.state.shelf = shelf = Shelf(watch)
    app.state.group_commit = group_commit = GroupCommit(database, watch, settings)
    app.state.turns = Turns()
    app.state.hub = hub = Hub(database, watch, identities, catalogues, settings)
    front = {
        "counter": Counter(shelf, watch, identities, settings),
        "hatch": Hatch(group_commit, database, watch, identities, catalogues, limits),
        "side_door": SideDoor(hub, watch, identities, limits, settings),
    }
    chores = [asyncio.create_task(chore(database), name=chore.__name__) for chore in (keep_house, keep_telling)]
    _end_with_the_supervisor()
    try:
        with leaving(hub.end):
            yield front
    finally:
        for chore in chores:
            chore.cancel()
        await hub.close()
        group_commit.close()
        await present.close()
        catalogues.close()
        await watch.close()
        await database.close()


def _end_with_the_supervisor() -> None:
    """A worker whose supervisor was killed stops by itself, and leaves no orphan on the port."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        loop = asyncio.get_running_loop()
        loop.add_reader(supervisor.sentinel, _stop, loop, supervisor.sentinel)


def _stop(loop: asyncio.AbstractEventLoop, sentinel: int) -> None:
    loop.remove_reader(sentinel)
    signal.raise_signal(signal.SIGTERM)


def _allow_origins(app: FastAPI, settings: Settings) -> None:
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET", "POST", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", "Idempotency-Key", "If-Match", "If-None-Match", "X-Request-ID"],
        expose_headers=["ETag", "Idempotency-Replayed", "Retry-After", "X-Request-ID"],
    )
