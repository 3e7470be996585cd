"""The template over HTTP: the caller's open work, or the part of it that was asked for."""

import asyncio
from typing import Annotated
from uuid import uuid4

from fastapi import APIRouter, Query, Request, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanReport
from app.catalogue.lookup import CurrentCatalogue, scope_of_list
from app.db import Database, rows
from app.errors import Complaint, InvalidInput
from app.imports import queries
from app.imports.routes import A_WORKBOOK, workbook
from app.imports.template import Template, template_workbook
from app.language_of_request import InLanguage
from app.messages import say
from app.status import COMPLETE, Status

MOST_ROWS = 100_000
router = APIRouter(prefix="/v1/imports", tags=["files"], route_class=ApiRoute)
Statuses = Annotated[list[Status], Query(alias="status", description="Work that stands so; default: what is open.")]


@router.get("/template.xlsx", responses=A_WORKBOOK, response_class=Response)
async def template(
    request: Request,
    who: CanReport,
    catalogue: CurrentCatalogue,
    lang: InLanguage,
    province: str | None = None,
    unit: str | None = None,
    category: str | None = None,
    status: Statuses = [],  # noqa: B006 - FastAPI's way of saying it
) -> Response:
    """Your open work as a spreadsheet: fill it in and send it back as it is.

    For the ministry: complete work that awaits a verdict.
    """
    owner, of = scope_of_list(who, catalogue, province=province, unit=unit, category=category)
    wanted = status or ([Status.COMPLETED] if who.sees_everything else [s for s in Status if s not in COMPLETE])
    database: Database = request.app.state.database
    async with database.answering(who.scope) as session:
        work = await rows(
            session, queries.WORK, owner=owner, unit=of, category=category, statuses=wanted, limit=MOST_ROWS + 1
        )
    if len(work) > MOST_ROWS:
        raise InvalidInput(errors=[Complaint("/query", "too-many-rows", say("too-many-rows.template"))])
    about = Template(uuid4().hex, clock.now(), of or owner or who.unit, who.sees_everything, lang)
    book = await asyncio.to_thread(template_workbook, work, about, catalogue)
    return workbook(book, "tien-do-template.xlsx", lang)
