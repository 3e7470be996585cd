"""The change feed over HTTP, by which a front-end or another ministry keeps a copy up to date."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.auth.api_route import ApiRoute
from app.auth.authority import CanView
from app.catalogue.lookup import CurrentCatalogue, filtered
from app.db import Database
from app.errors import Complaint, InvalidInput
from app.paging import Limit
from app.updates import feed
from app.updates.change_details import details
from app.updates.change_schemas import ChangeKind, ChangesOut
from app.updates.cursors import MAX_TEXT, BrokenCursor, FeedPosition, from_text, to_text
from app.updates.feed import ChangeFilter

router = APIRouter(prefix="/v1/changes", tags=["reporting"], route_class=ApiRoute)

NOW = "now"
After = Annotated[
    str | None,
    Query(
        max_length=MAX_TEXT,
        description="The `next_cursor` of the page before, asked with the same filter; `now`: begin here; none: from "
        "the beginning.",
    ),
]
Kinds = Annotated[
    list[ChangeKind] | None, Query(alias="kind", description="Only these kinds of changes; may be repeated.")
]


@router.get("")
async def changes(
    request: Request,
    who: CanView,
    catalogue: CurrentCatalogue,
    after: After = None,
    kind: Kinds = None,
    province: str | None = None,
    unit: str | None = None,
    limit: Limit = 100,
) -> ChangesOut:
    """Every change once, corrections too, in an order in which nothing new appears before a cursor already issued.

    There is always a `next_cursor`; an empty page means that there is nothing new. After a restore of the database old
    cursors answer 410: begin again without one. Obstacles come to those who may read them; notes, evidence, documents,
    reasons and who did it are left out where they are not yours to read. Bulletins belong to no unit, so a filter by
    one leaves them out.
    """
    reached = position_of(after, "after") if after not in (None, NOW) else None
    owner, unit = filtered(catalogue, province=province, unit=unit)
    wanted = ChangeFilter(who, tuple(kind or ChangeKind), owner, unit)
    database: Database = request.app.state.database
    async with feed.reading(database) as (session, now):
        if after == NOW:
            return ChangesOut(items=[], next_cursor=to_text(FeedPosition(now.incarnation, now.snapshot)))
        found, position = await feed.page(session, now, reached, wanted, limit)
        return ChangesOut(items=await details(session, who, found), next_cursor=to_text(position))


def position_of(cursor: str, parameter: str) -> FeedPosition:
    """The position that a parameter names; one that was never issued is refused."""
    try:
        return from_text(cursor)
    except BrokenCursor:
        raise InvalidInput(errors=[Complaint(f"/query/{parameter}", "broken-cursor")]) from None
