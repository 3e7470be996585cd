"""Obstacles over HTTP: reported by a unit, answered by the agency addressed, reopened when the answer does not help."""

from collections import defaultdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Request, Response
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanReport
from app.auth.identity import Identity
from app.auth.sessions import ReadingOwn, Writing
from app.catalogue.catalogue import Catalogue, named
from app.catalogue.lookup import CurrentCatalogue, filtered, scope_of_list
from app.catalogue.preconditions import IfMatch, etag
from app.db import rows
from app.errors import NotFound
from app.language_of_request import InLanguage
from app.obstacles import queries, rules, service
from app.obstacles.rules import Group, SentChange, State
from app.obstacles.schemas import ObstacleChangeOut, ObstacleIn, ObstacleOut, ObstaclePatch
from app.obstacles.working_days import Holidays
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor


async def _holidays(request: Request) -> Holidays:
    return Holidays.of(request.app.state.settings.holidays)


CurrentHolidays = Annotated[Holidays, Depends(_holidays)]

router = APIRouter(prefix="/v1/obstacles", tags=["obstacles"], route_class=ApiRoute)


@router.post("", status_code=201)
async def report_obstacle(
    sent: ObstacleIn,
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
    holidays: CurrentHolidays,
) -> ObstacleOut:
    """Report a difficulty and ask an agency for help. Waiting is counted until the agency resolves or declines it."""
    made = await service.report(session, catalogue, who, sent, holidays)
    response.headers["Location"] = f"/v1/obstacles/{made}"
    return await _one(session, made, lang, response)


@router.get("")
async def obstacles(
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: ReadingOwn,
    lang: InLanguage,
    province: str | None = None,
    unit: str | None = None,
    task: str | None = None,
    group: Group | None = None,
    state: State | None = None,
    addressed_to: str | None = None,
    answer_overdue: Annotated[
        bool | None, Query(description="Whether an answer is owed that should have been given by now.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ObstacleOut]:
    """Newest first: what you reported, what is addressed to you, or (for the ministry) all; or a part of it."""
    before = from_cursor("obstacles", cursor, tuple[UUID])[0] if cursor else None
    filters = {"province": province, "unit": unit, "task": task, "addressed_to": addressed_to}
    owner, unit = _scope_of_list(who, catalogue, **filters)
    at = clock.now()
    found = await rows(
        session,
        queries.OBSTACLES,
        id=None,
        owner=owner,
        unit=unit,
        task=task,
        group=group,
        state=state,
        addressed_to=addressed_to,
        answer_overdue=answer_overdue,
        at=at,
        before_id=before,
        limit=limit + 1,
    )
    items = await _with_history(session, found[:limit], lang, at)
    return Page(items=items, next_cursor=to_cursor("obstacles", items[-1].id) if len(found) > limit else None)


@router.get("/{id}")
async def obstacle(
    id: UUID,  # noqa: A002 - the contract's word
    _: CanReport,
    session: ReadingOwn,
    lang: InLanguage,
    response: Response,
) -> ObstacleOut:
    """One obstacle with its history; 404 for one that you may not see."""
    return await _one(session, id, lang, response)


@router.patch("/{id}")
async def answer_obstacle(
    id: UUID,  # noqa: A002 - the contract's word
    patch: ObstaclePatch,
    who: CanReport,
    session: Writing,
    lang: InLanguage,
    response: Response,
    holidays: CurrentHolidays,
    if_match: IfMatch = None,
) -> ObstacleOut:
    """Answer an obstacle, or promise an answer: the agency addressed, or the ministry. The unit may reopen it."""
    promises = "promised_by" in patch.model_fields_set
    sent = SentChange(patch.state, patch.response, promises, patch.promised_by)
    await service.answer(session, who, id, sent, if_match, holidays)
    return await _one(session, id, lang, response)


def _scope_of_list(
    who: Identity, catalogue: Catalogue, *, province: str | None, unit: str | None, **others: str | None
) -> tuple[str | None, str | None]:
    """As in other lists, but an agency may name any unit: it sees what is addressed to it."""
    own = catalogue.units.get(who.unit or "")
    if own is not None and own.level == "agency":
        return filtered(catalogue, province=province, unit=unit, **others)
    return scope_of_list(who, catalogue, province=province, unit=unit, **others)


async def _one(session: AsyncSession, obstacle: UUID, lang: str, response: Response) -> ObstacleOut:
    filters = ("owner", "unit", "task", "group", "state", "addressed_to", "answer_overdue", "before_id")
    at = clock.now()
    found = await rows(session, queries.OBSTACLES, **dict.fromkeys(filters), id=obstacle, at=at, limit=1)
    if not found:
        raise NotFound
    response.headers["ETag"] = etag(found[0].version)
    return (await _with_history(session, found, lang, at))[0]


async def _with_history(session: AsyncSession, found: Any, lang: str, at: datetime) -> list[ObstacleOut]:
    """Obstacles with their events."""
    history = defaultdict(list)
    keys = {"owners": [row.owner for row in found], "ids": [row.id for row in found]}
    for event in await rows(session, queries.EVENTS, **keys):
        history[event.obstacle].append(event)
    return [_out(row, history[row.id], lang, at) for row in found]


def _out(row: Any, changes: list[Any], lang: str, at: datetime) -> ObstacleOut:
    waits = rules.waits(changes)
    return ObstacleOut.model_validate(
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's way
            "unit_name": named(row.unit_names, lang),
            "addressed_to_name": named(row.addressed_to_names, lang),
            "response": rules.last_answer(changes),
            "answered_at": waits[-1].until,
            "waiting_since": waits[-1].since if waits[-1].until is None else None,
            "answer_overdue": rules.is_overdue(waits[-1], at),
            "promises_broken": rules.promises_broken(changes, waits[-1].since, waits[-1].until or at),
            "waiting_hours": rules.waiting_hours(waits, at),
            "overdue": rules.overdue(State(row.state), row.needed_by, at),
            "history": [ObstacleChangeOut.model_validate(change) for change in changes],
        }
    )
