"""The composition of the application: state of a worker, routers, middleware and exception handlers."""

import asyncio
import gc
import multiprocessing
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cached_property, partial
from typing import Any

import msgspec
from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.config import STARTUP_FAILURE

from app import logs, metrics, middleware, routes_health, routes_tools, web
from app.auth import routes_audit
from app.auth.computed import ComputedQuestions
from app.auth.fair_share import FairShare
from app.auth.issuing import routes as token_routes
from app.auth.large_bodies import LargeBodies
from app.auth.limits import Limits
from app.auth.service import Identities
from app.bulletins import routes as bulletin_routes
from app.bulletins import routes_agenda, routes_compare, routes_dashboard
from app.catalogue import routes as catalogue_routes
from app.catalogue import routes_assignments, routes_units, routes_write
from app.catalogue.catalogues import Catalogues
from app.catalogue.lookup import unknown_beside
from app.data_version import DataVersionMonitor
from app.db import Database
from app.fast_path.cache_hits import CacheHitHandler
from app.fast_path.connections import Connections
from app.fast_path.event_streams import EventStreamFastPath
from app.fast_path.layer import FastPathLayer
from app.fast_path.single_reports import SingleReportFastPath
from app.housekeeping import keep_measuring, keep_noting_use, keep_projecting, keep_tidy, note_last_use
from app.imports import routes as import_routes
from app.imports import template_routes
from app.imports.budgets import UploadBudget
from app.imports.reader import ChildReaders
from app.imports.upload_slots import UploadSlots
from app.inbox import routes as inbox_routes
from app.live import routes as live_routes
from app.live.hub import Hub
from app.live.shutdown import calls_on_termination
from app.malloc import give_back_large_blocks
from app.observing import Observed
from app.obstacles import routes as obstacle_routes
from app.openapi import describe
from app.page import routes as page_routes
from app.page.rendering import compile_templates
from app.prefix import PathPrefix
from app.progress import routes as progress_routes
from app.progress.past.past_figures import PastFigures
from app.progress.present.current_counts import CurrentCounts
from app.reports import routes as report_routes
from app.reports.files.pdf import PdfConverter
from app.representations import Representations
from app.response_cache import Answer, ResponseCache
from app.settings import Settings, read_settings
from app.settled import SettledMoments
from app.updates import routes as update_routes
from app.updates import routes_changes
from app.updates.group_commit import GroupCommit
from app.updates.recording import Recorder
from app.version import VERSION

ROUTERS = (
    catalogue_routes.router,
    routes_write.router,
    routes_units.router,
    routes_assignments.router,
    token_routes.router,
    routes_audit.router,
    update_routes.router,
    obstacle_routes.router,
    routes_changes.router,
    inbox_routes.router,
    live_routes.router,
    template_routes.router,
    import_routes.router,
    progress_routes.router,
    routes_agenda.router,
    routes_compare.router,
    routes_dashboard.router,
    bulletin_routes.router,
    report_routes.router,
    routes_health.router,
    routes_tools.router,
)


class Service(FastAPI):
    """FastAPI with a layer outside of its own, and the problems of every route in its OpenAPI document."""

    outermost: ASGIApp | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await (self.outermost or super().__call__)(scope, receive, send)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
            describe(super().openapi(), routes)
        return super().openapi()

    @cached_property
    def written_description(self) -> Answer:
        """The same as it is sent. It has half a million letters, so it is written, and compressed, once."""
        return Answer(msgspec.json.encode(self.openapi()))


GARBAGE = 50_000, 5, 5
"""When the collector looks for cycles: after so many new objects among these, at every fifth look among older ones,
at every fifth of those among all. Its own 700 are those of a few requests; a file's rows would be seen many times."""
REQUEST_HEADERS = (
    "Accept-Language", "Authorization", "Cache-Control", "Content-Type", "Idempotency-Key", "If-Match",
    "If-None-Match", "Last-Event-ID", "X-Request-ID",
)  # fmt: skip
"""What a page of another origin may send."""
RESPONSE_HEADERS = (
    "Content-Disposition", "Content-Language", "ETag", "Idempotency-Replayed", "Location", "RateLimit",
    "RateLimit-Policy", "Retry-After", "X-Request-ID",
)  # fmt: skip
"""What it may read."""


def create_app(settings: Settings) -> FastAPI:
    """The ASGI application. `settings.database_url` must name a database; the command line finds the embedded one."""
    app = Service(
        title="Tiến Độ",
        summary="How far every province is with a reform, at any moment and beyond doubt.",
        version=VERSION,
        lifespan=lifespan,
        servers=[{"url": settings.root_path}] if settings.root_path else None,
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,  # app.page.reference has it
    )
    app.state.settings = settings
    for router in ROUTERS:
        app.include_router(router)
    page_routes.install(app)
    routes = [route for router in (*ROUTERS, *page_routes.ROUTERS) for route in router.routes]
    web.install(app, routes, unknown_beside)
    _install_layers(app, settings)
    if settings.cors_origins:
        _allow_origins(app, settings)
    app.add_middleware(PathPrefix, prefix=settings.root_path)
    if settings.fast_path:
        app.outermost = FastPathLayer(partial(FastAPI.__call__, app), app.state, settings.root_path)
    return app


def _install_layers(app: FastAPI, settings: Settings) -> None:
    """The layers around the routes, from the innermost to the outermost."""
    app.add_middleware(middleware.BodyLimit, settings=settings)
    if settings.read_database_url:
        app.add_middleware(middleware.ReplicaFallback)
    app.add_middleware(middleware.Failures)
    app.add_middleware(Representations)
    app.add_middleware(middleware.HeadRequests)
    app.add_middleware(middleware.UnambiguousRequests)
    app.add_middleware(middleware.RequestIds)
    app.add_middleware(Observed)


def from_environment() -> FastAPI:
    """The application of a worker process."""
    give_back_large_blocks()
    try:
        settings = read_settings()
        logs.configure(settings)
        app = create_app(settings)
    except Exception:  # noqa: BLE001 - whatever it is, it would be the same for the next one
        logs.log.exception("a worker cannot start")
        sys.exit(STARTUP_FAILURE)  # by which the supervisor knows that trying again is of no use
    gc.freeze()  # these objects live as long as the worker, and collecting over all of them would block for 0.2 s
    gc.set_threshold(*GARBAGE)
    return app


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[dict[str, Any]]:
    """Create and close the state of a worker. The protocol finds what it needs in the yielded state."""
    settings: Settings = app.state.settings
    database = Database(settings.database_url or "", settings)
    versions = DataVersionMonitor(database, settings)
    app.state.database = database
    app.state.data_versions = versions
    app.state.limits = limits = Limits(settings)
    app.state.large_bodies = LargeBodies(settings)
    app.state.fair_share = FairShare(settings)
    app.state.file_share = FairShare(settings)
    app.state.computed_questions = ComputedQuestions(settings)
    app.state.identities = identities = Identities(database, versions)
    app.state.catalogues = catalogues = Catalogues(database, versions)
    app.state.current_counts = present = CurrentCounts(database, settings, versions, catalogues)
    app.state.past_figures = PastFigures(database, versions, catalogues)
    app.state.response_cache = cache = ResponseCache(versions)
    app.state.settled_moments = settled = SettledMoments(database, settings)
    app.state.group_commit = group_commit = GroupCommit(database, versions, settings)
    app.state.recorder = recorder = Recorder(database, versions, catalogues, group_commit)
    app.state.pdf_converter = PdfConverter(settings.pdf_converter)
    app.state.child_readers = ChildReaders()
    app.state.upload_slots = UploadSlots()
    app.state.upload_budget = UploadBudget(settings.import_bytes_per_hour)
    app.state.hub = hub = Hub(database, versions, identities, catalogues, settings)
    app.state.single_reports = SingleReportFastPath(recorder, versions, identities, limits, settings)
    app.state.event_streams = EventStreamFastPath(hub, versions, identities, limits, settings)
    cache_hits = CacheHitHandler(cache, versions, identities, settings, progress_routes.router.routes)
    app.state.connections = connections = Connections(settings)
    tasks = _background_tasks(database, settings, identities, connections)
    metrics.worker_started()
    _end_with_the_supervisor()
    try:
        with calls_on_termination(hub.end):
            yield {"connections": connections} | ({"cache_hits": cache_hits} if settings.fast_path else {})
    finally:
        for task in tasks:
            task.cancel()
        cache_hits.flush()
        await note_last_use(database, identities)
        await hub.close()
        group_commit.close()
        await present.close()
        settled.close()
        catalogues.close()
        await versions.close()
        await database.close()


def _background_tasks(
    database: Database, settings: Settings, identities: Identities, connections: Connections
) -> list[asyncio.Task[None]]:
    """What a worker does beside answering."""
    return [
        asyncio.create_task(keep_tidy(database, settings), name="keep_tidy"),
        asyncio.create_task(keep_projecting(database), name="keep_projecting"),
        asyncio.create_task(keep_noting_use(database, identities), name="keep_noting_use"),
        asyncio.create_task(keep_measuring(database), name="keep_measuring"),
        asyncio.create_task(connections.keep_ticking(), name="connections"),
        asyncio.create_task(asyncio.to_thread(compile_templates), name="compile_templates"),
    ]


def _end_with_the_supervisor() -> None:
    """Stop the worker when its supervisor was killed, so that no orphan keeps the port."""
    supervisor = multiprocessing.parent_process()
    if supervisor is not None:
        loop = asyncio.get_running_loop()
        loop.add_reader(supervisor.sentinel, _stop, loop, supervisor.sentinel)


def _stop(loop: asyncio.AbstractEventLoop, sentinel: int) -> None:
    loop.remove_reader(sentinel)
    signal.raise_signal(signal.SIGTERM)


def _allow_origins(app: FastAPI, settings: Settings) -> None:
    app.add_middleware(
        middleware.CrossOrigin,
        allow_origins=list(settings.cors_origins),
        allow_methods=["GET", "HEAD", "POST", "PATCH", "DELETE"],
        allow_headers=REQUEST_HEADERS,
        expose_headers=RESPONSE_HEADERS,
    )
