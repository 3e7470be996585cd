"""Changing units over HTTP: provinces, communes and agencies, which keep their former names. For admins."""

from typing import Any

from fastapi import APIRouter, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanAdminister, CanView
from app.auth.sessions import Reading, Writing
from app.catalogue import service
from app.catalogue import write_queries as queries
from app.catalogue.catalogue import Unit
from app.catalogue.lookup import CurrentCatalogue
from app.catalogue.preconditions import IfMatch, etag
from app.catalogue.routes import unit_out
from app.catalogue.routes_write import mark_new
from app.catalogue.schemas import UnitOut
from app.catalogue.write_schemas import AgencyIn, AgencyPatch, UnitDetailOut, UnitIn, UnitPatch
from app.db import rows
from app.errors import NotFound
from app.language import Language
from app.language_of_request import InLanguage
from app.messages import say

router = APIRouter(prefix="/v1", tags=["catalogue"], route_class=ApiRoute)

AGENCIES = frozenset({"agency"})
PLACES = frozenset({"province", "commune"})


@router.post("/units", status_code=201)
async def new_unit(
    new: UnitIn,
    who: CanAdminister,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
) -> UnitOut:
    """Add a province or a commune. It gets the tasks of its level, which count from now on."""
    made = await service.add_unit(session, who, catalogue, new, clock.now())
    mark_new(response, "units", made)
    return unit_out(made, lang)


@router.get("/units/{code}")
async def unit(
    code: str, _: CanView, catalogue: CurrentCatalogue, session: Reading, lang: InLanguage, response: Response
) -> UnitDetailOut:
    """Any unit: a province, a commune or an agency, with its former names."""
    found = catalogue.units.get(code)
    if found is None:
        raise NotFound(say("no-such.unit", seen=code))
    response.headers["ETag"] = etag(found.version)
    return await _unit_detail(session, found, lang)


@router.patch("/units/{code}")
async def change_unit(
    code: str,
    patch: UnitPatch,
    who: CanAdminister,
    session: Writing,
    lang: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> UnitDetailOut:
    """Rename a province or commune, change its kind or coordinates. The former name and kind are kept.

    A second change with the same last day corrects the first one.
    """
    changed = await service.change_unit(
        session, who, code, patch.sent(), levels=PLACES, if_match=if_match, at=clock.now()
    )
    response.headers["ETag"] = etag(changed.version)
    return await _unit_detail(session, changed, lang)


@router.post("/agencies", status_code=201)
async def new_agency(
    new: AgencyIn,
    who: CanAdminister,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
) -> UnitOut:
    """Add an agency. It gets the tasks of agencies, which count from now on."""
    made = await service.add_unit(session, who, catalogue, new, clock.now())
    mark_new(response, "units", made)
    return unit_out(made, lang)


@router.patch("/agencies/{code}")
async def change_agency(
    code: str,
    patch: AgencyPatch,
    who: CanAdminister,
    session: Writing,
    lang: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> UnitDetailOut:
    """Rename an agency or change its kind. The former name and kind are kept with their last day."""
    changed = await service.change_unit(
        session, who, code, patch.sent(), levels=AGENCIES, if_match=if_match, at=clock.now()
    )
    response.headers["ETag"] = etag(changed.version)
    return await _unit_detail(session, changed, lang)


async def _unit_detail(session: Any, found: Unit, lang: Language) -> UnitDetailOut:
    former = await rows(session, queries.FORMER_NAMES_OF, unit=found.code)
    return UnitDetailOut.model_validate({**unit_out(found, lang).model_dump(), "former_names": former})
