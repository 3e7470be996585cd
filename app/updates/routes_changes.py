"""The change feed over HTTP: what a front-end or another ministry keeps in step with."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.auth.api_route import ApiRoute
from app.auth.authority import CanView
from app.auth.identity import Identity
from app.db import Database
from app.errors import Complaint, InvalidInput, Unavailable
from app.paging import Limit
from app.updates import feed
from app.updates.cursors import BrokenCursor, FeedPosition, from_text, to_text
from app.updates.output import status_update_from_row
from app.updates.schemas import ChangesOut, StatusUpdateOut

router = APIRouter(prefix="/v1/changes", tags=["reporting"], route_class=ApiRoute)

After = Annotated[
    str | None, Query(max_length=8000, description="The `next_cursor` of the page before; none: from the beginning.")
]


@router.get("")
async def changes(request: Request, who: CanView, after: After = None, limit: Limit = 100) -> ChangesOut:
    """Every update once, corrections too, in an order in which nothing new appears behind a cursor given out.

    There is always a `next_cursor`; an empty page means that you have everything. After a restore of the database old
    cursors answer 410: begin again without one. Notes, evidence and documents are left out
    where they are not yours to read.
    """
    database: Database = request.app.state.database
    reached = _position(after) if after is not None else None
    for _ in range(2):
        async with database.reading() as session:
            now = await feed.head(session)
            if now is not None:
                found, position = await feed.page(session, now, reached, limit)
                items = [_for(who, row.owner, status_update_from_row(row)) for row in found]
                return ChangesOut(items=items, next_cursor=to_text(position))
        await feed.begin(database)
    raise Unavailable


def _position(cursor: str) -> FeedPosition:
    try:
        return from_text(cursor)
    except BrokenCursor:
        raise InvalidInput(
            errors=[Complaint("/query/after", "broken-cursor", "this is not a cursor that was given out")]
        ) from None


def _for(who: Identity, owner: str, update: StatusUpdateOut) -> StatusUpdateOut:
    """An update as somebody may see it: what was written about it belongs to its unit."""
    if who.may_read(owner, update.unit):
        return update
    return update.model_copy(update={"note": None, "evidence": [], "document": None})
