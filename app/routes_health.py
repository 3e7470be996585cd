"""Health, readiness and metrics over HTTP."""

import asyncio
from contextlib import suppress
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import text  # noqa: TID251 - two questions to the database about itself
from starlette.datastructures import State

from app import settled
from app.database_errors import WrongRole, from_database
from app.db import Database, ReadSession
from app.metrics import SETTLED_LAG, exposition
from app.schema_head import REVISIONS, SCHEMA_HEAD
from app.settings import Settings
from app.version import VERSION

router = APIRouter(tags=["running"])

_SCHEMA = text("select version_num from alembic_version")
WHY_NOT_WRITABLE = text("""
select case when pg_is_in_recovery() then 'the server is in recovery'
            when current_setting('default_transaction_read_only')::boolean then 'default_transaction_read_only is on'
       end
""")
_DEMO = text("select count(*) from provenance where what = 'demo'")
_LACKING = text("""
select count(*) from unnest(cast(:tables as text[]), cast(:columns as text[])) as needed (in_table, name)
where not exists (select from pg_attribute
                  where attrelid = to_regclass(quote_ident(in_table)) and attname = needed.name and not attisdropped)
""")

READY_SECONDS = 1.5
"""Within which `/readyz` answers, whatever the database does."""


NOW_ONLY = {"Cache-Control": "no-store"}


@router.get("/healthz")
async def healthz(response: Response) -> dict[str, str]:
    """The process is alive; with its release."""
    response.headers.update(NOW_ONLY)
    return {"status": "ok", "version": VERSION}


@router.get("/readyz", response_model=None, responses={503: {"description": "Not ready: see `checks`"}})
async def readyz(request: Request) -> Response:
    """The database is reachable, its schema is the one this release needs, and the demo is loaded where it is set."""
    looking = _look(request.app.state)
    await asyncio.wait({looking}, timeout=READY_SECONDS)
    said = looking.result() if looking.done() else _silent(f"no answer within {READY_SECONDS} s")
    ready = all(value is True for value in said["checks"].values())
    if not ready:
        lacking = ", ".join(name for name, value in said["checks"].items() if value is not True)
        request.state.cause = f"not ready: {lacking}" + (
            f" ({said['reason']})" if "reason" in said else ""
        )  # for the log
    return JSONResponse({"status": "ready" if ready else "not ready", **said}, 200 if ready else 503, NOW_ONLY)


def _look(state: State) -> asyncio.Task[dict[str, Any]]:
    """The look that is under way, or a new one. It is never cut short: on a slow machine none would come to its end."""
    under_way: asyncio.Task[dict[str, Any]] | None = getattr(state, "looking", None)
    if under_way is None or under_way.done():
        state.looking = under_way = asyncio.create_task(_readiness(state), name="readiness")
    return under_way


async def _readiness(state: State) -> dict[str, Any]:
    try:
        await state.data_versions.version()  # which gives up a silent database sooner than the pools do
    except WrongRole as error:
        return _silent(str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, the service is not ready
        return _silent(type(error).__name__)
    checks = await _checks(state.database, state.settings)
    if all(value is True for value in checks.values()):
        return {"checks": checks, "settled_lag_seconds": round(await _settled_lag(state.database), 3)}
    return {"checks": checks}


def _silent(reason: str) -> dict[str, Any]:
    """What is said where there is no good connection. The reason names no host: `/readyz` is open to everyone."""
    return {"checks": {"database": False, "schema": False}, "reason": reason}


async def _settled_lag(database: Database) -> float:
    """For how many seconds the oldest writer has been open, which the metric then says, too."""
    async with database.reading() as session:
        lag = await settled.lag(session)
    SETTLED_LAG.set(lag)
    return lag


async def _checks(database: Database, settings: Settings) -> dict[str, Any]:
    checks: dict[str, Any] = {"database": False, "schema": False}
    try:
        async with database.reading() as session:
            checks["database"] = True
            checks["writable"] = await session.scalar(WHY_NOT_WRITABLE) or True
            checks["schema"] = await _schema_serves(session)
            if settings.demo:
                checks["demo"] = bool(await session.scalar(_DEMO))
    except Exception as error:  # noqa: BLE001 - whatever it is, the service is not ready
        if from_database(error) is None and not checks["database"]:
            checks["database"] = type(error).__name__
    return checks


async def _schema_serves(session: ReadSession) -> bool:
    """Whether the schema is this release's, or a later one's that has every column it needs: an upgrade under way."""
    revision = await session.scalar(_SCHEMA)
    if revision is None or revision in REVISIONS:
        return bool(revision == SCHEMA_HEAD)
    from app.models import Base  # noqa: PLC0415 - only while another release is newer

    columns = [column for table in Base.metadata.tables.values() for column in table.columns]
    needed = {"tables": [column.table.name for column in columns], "columns": [column.name for column in columns]}
    return not await session.scalar(_LACKING, needed)


@router.get("/metrics", response_class=PlainTextResponse)
async def metrics(request: Request) -> Response:
    """Prometheus metrics of the service, all of its workers."""
    with suppress(Exception):  # the database is away: what the process says of itself is asked for most then
        await _settled_lag(request.app.state.database)
    return Response(exposition(), media_type=CONTENT_TYPE_LATEST, headers=NOW_ONLY)
