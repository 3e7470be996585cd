"""Health, readiness and metrics over HTTP."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, generate_latest
from sqlalchemy import text  # noqa: TID251 - two questions to the database about itself

from app import migrating
from app.database_errors import from_database
from app.db import Database
from app.settings import Settings
from app.version import VERSION

router = APIRouter(tags=["running"])

_SCHEMA = text("select version_num from alembic_version")
_DEMO = text("select count(*) from provenance where what = 'demo'")


@router.get("/healthz")
async def healthz() -> dict[str, str]:
    """The process is alive; with its release."""
    return {"status": "ok", "version": VERSION}


@router.get("/readyz", response_model=None, responses={503: {"description": "Not ready: see `checks`"}})
async def readyz(request: Request) -> Response:
    """The database is reachable, its schema is the one this release needs, and the demo is loaded where it is set."""
    checks = await _checks(request.app.state.database, request.app.state.settings)
    ready = all(value is True for value in checks.values())
    return JSONResponse({"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503)


async def _checks(database: Database, settings: Settings) -> dict[str, Any]:
    checks: dict[str, Any] = {"database": False, "schema": False}
    try:
        async with database.reading() as session:
            checks["database"] = True
            checks["schema"] = await session.scalar(_SCHEMA) == migrating.head()
            if settings.demo:
                checks["demo"] = bool(await session.scalar(_DEMO))
    except Exception as error:  # noqa: BLE001 - whatever it is, the service is not ready
        if from_database(error) is None and not checks["database"]:
            checks["database"] = type(error).__name__
    return checks


@router.get("/metrics")
async def metrics() -> Response:
    """Prometheus metrics of the process."""
    return Response(generate_latest(REGISTRY), media_type=CONTENT_TYPE_LATEST)
