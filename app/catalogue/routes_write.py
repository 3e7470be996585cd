"""Changing the catalogue over HTTP: campaigns, categories and tasks. For admins."""

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanAdminister, CanWatch
from app.auth.sessions import Writing
from app.catalogue import service
from app.catalogue.catalogue import Campaign, Catalogue, named
from app.catalogue.lookup import CurrentCatalogue
from app.catalogue.preconditions import IfMatch, etag
from app.catalogue.routes import category_out, fields_of, task_out
from app.catalogue.schemas import CampaignOut, CategoryOut, TaskOut
from app.catalogue.write_schemas import (
    CampaignIn,
    CampaignPatch,
    CategoryIn,
    CategoryPatch,
    TaskIn,
    TaskPatch,
)
from app.errors import NotFound
from app.language import Language
from app.language_of_request import InLanguage
from app.messages import say

router = APIRouter(prefix="/v1", tags=["catalogue"], route_class=ApiRoute)


@router.post("/campaigns", status_code=201)
async def new_campaign(
    new: CampaignIn,
    who: CanAdminister,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
) -> CampaignOut:
    """Begin a reform. It is the current one from its opening on, unless another opens later."""
    made = await service.add_campaign(session, who, new, clock.now())
    mark_new(response, "campaigns", made)
    return _campaign_out(made, catalogue, lang)


@router.get("/campaigns/{code}")
async def campaign(
    code: str, _: CanWatch, catalogue: CurrentCatalogue, lang: InLanguage, response: Response
) -> CampaignOut:
    """One reform, with what its documents carry."""
    found = catalogue.campaigns.get(code)
    if found is None:
        raise NotFound(say("no-such.campaign", seen=code))
    response.headers["ETag"] = etag(found.version)
    return _campaign_out(found, catalogue, lang)


@router.patch("/campaigns/{code}")
async def change_campaign(
    code: str,
    patch: CampaignPatch,
    who: CanAdminister,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> CampaignOut:
    """Change a campaign's names, moments or letterhead. Deadlines of assignments stay: see PATCH /v1/assignments."""
    changed = await service.change(
        session, who, service.CAMPAIGN, code, patch.sent(), if_match=if_match, at=clock.now()
    )
    response.headers["ETag"] = etag(changed.version)
    return _campaign_out(changed, catalogue, lang)


@router.post("/categories", status_code=201)
async def new_category(
    new: CategoryIn,
    who: CanAdminister,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
) -> CategoryOut:
    """Add a line to the report. A position that another line of the campaign has is refused with 409."""
    made = await service.add_category(session, who, catalogue, new, clock.now())
    mark_new(response, "categories", made)
    return category_out(made, lang)


@router.patch("/categories/{code}")
async def change_category(
    code: str,
    patch: CategoryPatch,
    who: CanAdminister,
    session: Writing,
    lang: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> CategoryOut:
    """Rename a line of the report, or move it. Its code and campaign stay."""
    changed = await service.change(
        session, who, service.CATEGORY, code, patch.sent(), if_match=if_match, at=clock.now()
    )
    response.headers["ETag"] = etag(changed.version)
    return category_out(changed, lang)


@router.post("/tasks", status_code=201)
async def new_task(
    new: TaskIn,
    who: CanAdminister,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
) -> TaskOut:
    """Add a task, and give it to every unit of its level at once. It counts from now on, by both clocks."""
    made = await service.add_task(session, who, catalogue, new, clock.now())
    mark_new(response, "tasks", made)
    return task_out(made, lang)


@router.patch("/tasks/{code}")
async def change_task(
    code: str,
    patch: TaskPatch,
    who: CanAdminister,
    session: Writing,
    lang: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> TaskOut:
    """Change a task's names or position, or what later units start with. Its code, level and category stay.

    `deadline` and `quality_standard` move no assignment that exists: PATCH /v1/assignments?task=… does.
    """
    changed = await service.change(session, who, service.TASK, code, patch.sent(), if_match=if_match, at=clock.now())
    response.headers["ETag"] = etag(changed.version)
    return task_out(changed, lang)


def mark_new(response: Response, where: str, made: Any) -> None:
    response.headers["ETag"] = etag(made.version)
    response.headers["Location"] = f"/v1/{where}/{made.code}"


def _campaign_out(found: Campaign, catalogue: Catalogue, lang: Language) -> CampaignOut:
    with_it = replace(catalogue, campaigns={**catalogue.campaigns, found.code: found})
    current = with_it.current_campaign(clock.now())
    return CampaignOut.model_validate(
        {**fields_of(found), "name": named(found.names, lang), "current": found is current}
    )
