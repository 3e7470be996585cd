"""Changing assignments over HTTP: one, many at once, and the rulings of one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanReport
from app.auth.identity import Identity
from app.auth.sessions import ReadingOwn, Writing
from app.catalogue import rulings
from app.catalogue import write_queries as queries
from app.catalogue.catalogue import Catalogue, Unit
from app.catalogue.lookup import CurrentCatalogue, scope_of_list
from app.catalogue.preconditions import IfMatch, etag
from app.catalogue.routes import assignment_out, find_assignment
from app.catalogue.rulings import Filter
from app.catalogue.schemas import AssignmentOut
from app.catalogue.write_schemas import AssignmentPatch, AssignmentsChangedOut, RulingOut
from app.db import rows
from app.errors import Complaint, InvalidInput, NotFound, NotYourUnit
from app.language_of_request import InLanguage
from app.messages import say
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.status import Status

Expected = Annotated[
    int | None, Query(ge=0, le=2**31 - 1, description="How many match; without it at the most 1,000 are changed.")
]

BEFORE_ALL = UUID(int=0)
"""The id of the original in a cursor: those of rulings are greater."""

router = APIRouter(prefix="/v1/assignments", tags=["catalogue"], route_class=ApiRoute)


@router.patch("/{task}/{unit}")
async def change_assignment(
    task: str,
    unit: str,
    patch: AssignmentPatch,
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    response: Response,
    if_match: IfMatch = None,
) -> AssignmentOut:
    """Change an assignment: the role decides which fields (a unit names those responsible, an admin sets deadlines).

    Its ETag changes with these fields and never with its status.
    """
    sent, subject = patch.sent(), _unit_of(catalogue, unit)
    rulings.refuse_unauthorised(who, sent)
    rulings.refuse_elsewhere(who, sent, subject.owner, unit)
    _refuse(rulings.unreasoned(sent))
    wanted = Filter(owner=subject.owner, unit=unit, task=task)
    await rulings.rule_on_one(session, who, wanted, sent, if_match=if_match, at=clock.now())
    row = await find_assignment(session, catalogue, task, unit)
    response.headers["ETag"] = etag(row.version)
    return assignment_out(row, who, catalogue, lang)


@router.patch("")
async def change_assignments(
    patch: AssignmentPatch,
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: Writing,
    province: str | None = None,
    unit: str | None = None,
    category: str | None = None,
    task: str | None = None,
    status: Status | None = None,
    overdue: bool | None = None,
    expect: Expected = None,
) -> AssignmentsChangedOut:
    """Change every assignment that a filter matches (your own, where you are a unit): all of them, or none.

    At least one filter is needed; assignments that need no change are counted only in `matched`. A change of more than
    1,000 needs their number in `expect`.
    """
    wanted, sent = Filter(province, unit, task, category, status, overdue), patch.sent()
    unfiltered = [] if wanted.said() else [Complaint("/query", "filter-required")]
    rulings.refuse_unauthorised(who, sent)
    _refuse([*unfiltered, *rulings.unreasoned(sent)])
    owner, unit = scope_of_list(who, catalogue, province=province, unit=unit, category=category, task=task)
    rulings.refuse_elsewhere(who, sent, owner, unit)
    wanted = wanted._replace(owner=owner, unit=unit)
    matched, changed = await rulings.rule_on_many(session, who, wanted, sent, clock.now(), expect)
    return AssignmentsChangedOut(matched=matched, changed=changed)


@router.get("/{task}/{unit}/rulings")
async def decided(
    task: str,
    unit: str,
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: ReadingOwn,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RulingOut]:
    """The deadline and `not_applicable` of an assignment over time: the original, then each ruling, in order."""
    subject = _readable_unit(who, catalogue, unit)
    key = {"owner": subject.owner, "task": task, "unit": unit}
    original = await rows(session, queries.ORIGINAL, **key)
    if not original:
        raise NotFound(say("no-such.assignment", unit=unit, task=task))
    after = from_cursor("rulings", cursor, tuple[UUID])[0] if cursor else None
    found = await rows(session, queries.RULINGS, **key, after=after, limit=limit + 1)
    those = [(row.id, RulingOut.model_validate(row)) for row in found]
    if after is None:
        those = [(BEFORE_ALL, _original(original[0].created_at, original[0].original_deadline)), *those]
    page, rest = those[:limit], those[limit:]
    return Page(items=[ruling for _, ruling in page], next_cursor=to_cursor("rulings", page[-1][0]) if rest else None)


def _refuse(complaints: Iterable[Complaint]) -> None:
    if found := list(complaints):
        raise InvalidInput(errors=found)


def _original(created_at: datetime, deadline: datetime | None) -> RulingOut:
    return RulingOut(
        recorded_at=created_at, deadline=deadline, not_applicable=False, reason=None, token=None, token_name=None
    )


def _unit_of(catalogue: Catalogue, code: str) -> Unit:
    unit = catalogue.units.get(code)
    if unit is None:
        raise NotFound(say("no-such.unit", seen=code))
    return unit


def _readable_unit(who: Identity, catalogue: Catalogue, code: str) -> Unit:
    unit = _unit_of(catalogue, code)
    if not who.may_read(unit.owner, unit.code):
        raise NotYourUnit
    return unit
