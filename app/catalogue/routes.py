"""The catalogue over HTTP, to read: campaigns, units, categories, tasks, assignments."""

from typing import Any

from fastapi import APIRouter, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanView, CanWatch
from app.auth.identity import Identity
from app.auth.sessions import Reading
from app.catalogue import queries
from app.catalogue.catalogue import Catalogue, named
from app.catalogue.lookup import CurrentCatalogue, filtered, province_of, refuse_wrong_filters
from app.catalogue.preconditions import etag
from app.catalogue.schemas import AssignmentOut, CampaignOut, CategoryOut, ProvinceOut, TaskOut, UnitOut
from app.db import rows
from app.errors import NotFound
from app.language_of_request import InLanguage
from app.messages import say
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.status import Status

router = APIRouter(prefix="/v1", tags=["catalogue"], route_class=ApiRoute)


@router.get("/campaigns")
async def campaigns(
    _: CanWatch, catalogue: CurrentCatalogue, lang: InLanguage, limit: Limit = 100, cursor: Cursor = None
) -> Page[CampaignOut]:
    """Every reform, the earliest opening first; `current` is the one that opened last."""
    current = catalogue.current_campaign(clock.now())
    items = [
        CampaignOut.model_validate({**fields_of(c), "name": named(c.names, lang), "current": c is current})
        for c in catalogue.campaigns.values()
    ]
    return _page("campaigns", items, limit, _after("campaigns", cursor))


@router.get("/provinces")
async def provinces(
    _: CanWatch, catalogue: CurrentCatalogue, lang: InLanguage, limit: Limit = 100, cursor: Cursor = None
) -> Page[ProvinceOut]:
    """The 34 provinces and centrally-run cities, with coordinates, in code order."""
    after = _after("provinces", cursor)
    return _page("provinces", [_province_out(catalogue, unit, lang) for unit in catalogue.provinces], limit, after)


@router.get("/provinces/{code}")
async def province(code: str, _: CanWatch, catalogue: CurrentCatalogue, lang: InLanguage) -> ProvinceOut:
    """One province or centrally-run city."""
    return _province_out(catalogue, province_of(catalogue, code), lang)


@router.get("/provinces/{code}/communes")
async def communes(
    code: str, _: CanWatch, catalogue: CurrentCatalogue, lang: InLanguage, limit: Limit = 100, cursor: Cursor = None
) -> Page[UnitOut]:
    """The communes, wards and special zones of a province, in code order."""
    those = catalogue.communes.get(province_of(catalogue, code).code, ())
    return _page("communes", [unit_out(unit, lang) for unit in those], limit, _after("communes", cursor))


@router.get("/agencies")
async def agencies(
    _: CanWatch, catalogue: CurrentCatalogue, lang: InLanguage, limit: Limit = 100, cursor: Cursor = None
) -> Page[UnitOut]:
    """Ministries, the Government Office and telecom enterprises with work of their own."""
    after = _after("agencies", cursor)
    return _page("agencies", [unit_out(unit, lang) for unit in catalogue.agencies], limit, after)


@router.get("/categories")
async def categories(
    _: CanWatch,
    catalogue: CurrentCatalogue,
    lang: InLanguage,
    campaign: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[CategoryOut]:
    """The lines of the report, in order: of one campaign, or of all."""
    after = _after("categories", cursor)
    refuse_wrong_filters(catalogue, campaign=campaign)
    items = [category_out(c, lang) for c in catalogue.categories.values() if campaign in (None, c.campaign)]
    return _page("categories", items, limit, after)


@router.get("/categories/{code}")
async def category(
    code: str, _: CanWatch, catalogue: CurrentCatalogue, lang: InLanguage, response: Response
) -> CategoryOut:
    """One line of the report."""
    found = catalogue.categories.get(code)
    if found is None:
        raise NotFound(say("no-such.category", seen=code))
    response.headers["ETag"] = etag(found.version)
    return category_out(found, lang)


@router.get("/tasks")
async def tasks(
    _: CanView,
    catalogue: CurrentCatalogue,
    lang: InLanguage,
    category: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[TaskOut]:
    """The pieces of work, in the order of the report."""
    after = _after("tasks", cursor)
    refuse_wrong_filters(catalogue, category=category)
    those = catalogue.tasks_of(category) if category is not None else tuple(catalogue.tasks.values())
    return _page("tasks", [task_out(task, lang) for task in those], limit, after)


@router.get("/tasks/{code}")
async def task(code: str, _: CanView, catalogue: CurrentCatalogue, lang: InLanguage, response: Response) -> TaskOut:
    """One task."""
    found = catalogue.tasks.get(code)
    if found is None:
        raise NotFound(say("no-such.task", seen=code))
    response.headers["ETag"] = etag(found.version)
    return task_out(found, lang)


@router.get("/assignments")
async def assignments(
    who: CanView,
    catalogue: CurrentCatalogue,
    session: Reading,
    lang: InLanguage,
    province: str | None = None,
    unit: str | None = None,
    category: str | None = None,
    task: str | None = None,
    status: Status | None = None,
    overdue: bool | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[AssignmentOut]:
    """Assignments with deadline and status; responsible persons only where you may see them."""
    after = from_cursor("assignments", cursor, tuple[str, str, str]) if cursor else (None, None, None)
    owner, unit = filtered(catalogue, province=province, unit=unit, category=category, task=task)
    found = await rows(
        session,
        queries.ASSIGNMENTS,
        owner=owner,
        unit=unit,
        task=task,
        category=category,
        status=status,
        overdue=overdue,
        at=clock.now(),
        after_owner=after[0],
        after_task=after[1],
        after_unit=after[2],
        limit=limit + 1,
    )
    items = [assignment_out(row, who, catalogue, lang) for row in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return Page(items=items, next_cursor=to_cursor("assignments", last.owner, last.task, last.unit) if last else None)


@router.get("/assignments/{task}/{unit}")
async def assignment(
    task: str,
    unit: str,
    who: CanView,
    catalogue: CurrentCatalogue,
    session: Reading,
    lang: InLanguage,
    response: Response,
) -> AssignmentOut:
    """One assignment. Its ETag changes with its deadline and responsibilities, not with its status."""
    row = await find_assignment(session, catalogue, task, unit)
    response.headers["ETag"] = etag(row.version)
    return assignment_out(row, who, catalogue, lang)


async def find_assignment(session: Any, catalogue: Catalogue, task: str, unit: str) -> Any:
    """The row of one assignment, or 404."""
    known = catalogue.units.get(unit)
    parameters: dict[str, object] = dict.fromkeys(
        ("category", "status", "overdue", "at", "after_owner", "after_task", "after_unit")
    )
    owner = known.owner if known else ""
    found = await rows(session, queries.ASSIGNMENTS, **parameters, owner=owner, unit=unit, task=task, limit=1)
    if not found:
        raise NotFound(say("no-such.assignment", unit=unit, task=task))
    return found[0]


def assignment_out(row: Any, who: Identity, catalogue: Catalogue, lang: str) -> AssignmentOut:
    return AssignmentOut.model_validate(
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's way
            "unit_name": catalogue.unit_name(row.unit, lang),
            "province": None if catalogue.is_agency(row.owner) else row.owner,
            "responsible_person": row.responsible_person if who.may_read(row.owner, row.unit) else None,
        }
    )


def category_out(category: Any, lang: str) -> CategoryOut:
    return CategoryOut.model_validate({**fields_of(category), "name": named(category.names, lang)})


def task_out(task: Any, lang: str) -> TaskOut:
    return TaskOut.model_validate({**fields_of(task), "name": named(task.names, lang)})


def unit_out(unit: Any, lang: str) -> UnitOut:
    return UnitOut.model_validate({**fields_of(unit), "name": named(unit.names, lang)})


def _province_out(catalogue: Catalogue, unit: Any, lang: str) -> ProvinceOut:
    total = len(catalogue.communes.get(unit.code, ()))
    return ProvinceOut.model_validate({**fields_of(unit), "name": named(unit.names, lang), "communes_total": total})


def fields_of(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__slots__}


def _after(of: str, cursor: str | None) -> str | None:
    """The code in the cursor of a list in memory."""
    return from_cursor(of, cursor, tuple[str])[0] if cursor else None


def _page(of: str, items: list[Any], limit: int, after: str | None) -> Page[Any]:
    """A page of a list in memory, after a code."""
    codes = [item.code for item in items]
    start = codes.index(after) + 1 if after in codes else 0
    piece = items[start : start + limit]
    more = start + limit < len(items)
    return Page(items=piece, next_cursor=to_cursor(of, piece[-1].code) if more else None)
