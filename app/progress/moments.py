"""The moment of a request, by both clocks."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.catalogue import Campaign, Catalogue
from app.catalogue.lookup import campaign_named
from app.clock import Instant, minute_of
from app.errors import NotFound
from app.progress import queries
from app.progress.figures.moment import Moment

AsOf = Annotated[Instant | None, Query(description="Effective time: what was true then. Default: the present.")]
KnownAt = Annotated[Instant | None, Query(description="Only what had been recorded by then. Default: everything.")]
InCampaign = Annotated[str | None, Query(max_length=64, description="Default: the campaign that opened last.")]


async def moment(session: AsyncSession, *, as_of: datetime | None, known_at: datetime | None, now: datetime) -> Moment:
    """The moment asked for. Without `as_of`: the present minute's start, or what was recorded since.

    With `known_at` alone it is the report as it could be read at that moment.
    """
    minute = minute_of(now)
    if as_of and (known_at or as_of < minute):
        return Moment(as_of, known_at, present=False)
    newest = (await session.execute(queries.NEWEST)).scalar_one()
    present = max(minute, newest) if newest else minute
    if known_at is None:
        return Moment(as_of or present, None, present=as_of is None or as_of >= present)
    return Moment(min(known_at, present), known_at, present=False)


def campaign_asked(catalogue: Catalogue, code: str | None, now: datetime) -> Campaign:
    if code is not None:
        return campaign_named(catalogue, code)
    current = catalogue.current_campaign(now)
    if current is None:
        raise NotFound("there is no campaign yet")
    return current
