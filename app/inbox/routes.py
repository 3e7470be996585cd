"""Over HTTP: who am I, and what waits for me."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanReport, SomeIdentity
from app.auth.identity import Role
from app.auth.sessions import ReadingOwn
from app.catalogue.catalogue import Catalogue, named
from app.catalogue.lookup import CurrentCatalogue, scope_of_list
from app.inbox import service
from app.inbox.schemas import InboxCountsOut, InboxItemOut, InboxOut, MeWithInboxOut, Reason, WaitingOut
from app.inbox.service import InboxQuery
from app.language_of_request import InLanguage
from app.paging import Cursor, Limit, from_cursor, to_cursor
from app.updates import feed
from app.updates.cursors import MAX_TEXT, FeedPosition, to_text
from app.updates.routes_changes import position_of

router = APIRouter(prefix="/v1", route_class=ApiRoute)

Since = Annotated[
    str | None,
    Query(max_length=MAX_TEXT, description="A cursor of `/v1/changes`; what others changed since is counted."),
]
Reasons = Annotated[list[Reason] | None, Query(alias="reason", description="Only for these; may be repeated.")]


@router.get("/me", tags=["access"])
async def me(who: SomeIdentity, catalogue: CurrentCatalogue, session: ReadingOwn, lang: InLanguage) -> MeWithInboxOut:
    """Who the token is, what it may, its unit, when it expires, and how much waits for the unit."""
    unit = catalogue.units.get(who.unit or "")
    waits = None
    if unit and who.scope:
        asked = InboxQuery(who, unit.owner, None if unit.code == unit.owner else unit.code, clock.now())
        waits = WaitingOut.model_validate(await service.counts(session, catalogue, asked))
    return MeWithInboxOut(
        token=who.token,
        name=who.name,
        role=who.role,
        may=[role for role in Role if who.role.at_least(role)],
        unit=who.unit,
        unit_name=named(unit.names, lang) if unit else None,
        owner=who.owner,
        may_delegate=who.may_delegate,
        expires_at=who.expires_at,
        inbox=waits,
    )


@router.get("/inbox", tags=["reporting"])
async def inbox(
    request: Request,
    who: CanReport,
    catalogue: CurrentCatalogue,
    lang: InLanguage,
    province: str | None = None,
    unit: str | None = None,
    reason: Reasons = None,
    since: Since = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> InboxOut:
    """What waits for your unit (a province: its communes, too), the most pressing first.

    Work that was returned, is overdue, due soon, or blocked; obstacles whose answer is overdue, or promised for a
    time that has passed; those answered in the last seven days; for an agency those that it has to answer; and, with
    `since`, what others changed.
    """
    before = position_of(since, "since") if since is not None else None
    after = from_cursor("inbox", cursor, tuple[int, str]) if cursor is not None else None
    owner, unit = scope_of_list(who, catalogue, province=province, unit=unit)
    async with feed.reading(request.app.state.database, who.scope) as (session, now):
        feed.refuse_unknown(now, before)
        asked = InboxQuery(who, owner, unit, clock.now())
        if before is not None:
            asked = asked._replace(seen=before.seen, now=now.snapshot)
        counted = await service.counts(session, catalogue, asked)
        found = await service.page(session, catalogue, asked, reason or list(Reason), after, limit + 1)
    items = [_item(row, catalogue, lang) for row in found[:limit]]
    return InboxOut(
        counts=_counts(counted, changed=before is not None),
        items=items,
        next_cursor=to_cursor("inbox", found[limit - 1].rank, found[limit - 1].key) if len(found) > limit else None,
        changes_cursor=to_text(FeedPosition(now.incarnation, now.snapshot)),
    )


def _counts(counted: Any, *, changed: bool) -> InboxCountsOut:
    return InboxCountsOut.model_validate({**counted._mapping, "changed": counted.changed if changed else None})  # noqa: SLF001 - SQLAlchemy's way


def _item(row: Any, catalogue: Catalogue, lang: str) -> InboxItemOut:
    task, unit = catalogue.tasks.get(row.task or ""), catalogue.units[row.unit]
    return InboxItemOut.model_validate(
        {
            **row._mapping,  # noqa: SLF001 - SQLAlchemy's way
            "task_name": named(task.names, lang) if task else None,
            "category": task.category if task else None,
            "unit_name": named(unit.names, lang),
            "province": None if unit.level == "agency" else unit.owner,
        }
    )
