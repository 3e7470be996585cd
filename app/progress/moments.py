"""The moment of a request, by both clocks."""

from datetime import datetime
from typing import Annotated

from fastapi import Query
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalogue.catalogue import Campaign, Catalogue
from app.catalogue.lookup import campaign_named
from app.clock import Instant, minute_of
from app.errors import NotFound
from app.messages import say
from app.progress import queries
from app.progress.figures.moment import Moment

AsOf = Annotated[Instant | None, Query(description="Effective time: what was true then. Default: the present.")]
KnownAt = Annotated[
    Instant | None,
    Query(
        description="Only what had been recorded by then. Default: everything. The answer names the moment it is of: "
        "this one, or the last settled one where reports of it are still being stored."
    ),
]
InCampaign = Annotated[
    str | None, Query(max_length=64, description="The code of a campaign. Default: the one that opened last.")
]


async def moment(session: AsyncSession, *, as_of: datetime | None, known_at: datetime | None, now: datetime) -> Moment:
    """The moment asked for. Without both clocks: the present minute's start, or what was recorded since.

    With `known_at` alone, which is a settled moment, it is the report as it could be read at that moment.
    """
    minute = minute_of(now)
    if known_at or (as_of and as_of < minute):
        return Moment(as_of or known_at or minute, known_at, present=False)
    newest = (await session.execute(queries.NEWEST)).scalar_one()
    present = max(minute, newest) if newest else minute
    return Moment(as_of or present, None, present=as_of is None or as_of >= present)


def current_code(catalogue: Catalogue, now: datetime) -> str | None:
    """The code of the campaign that is asked for where none is named."""
    current = catalogue.current_campaign(now)
    return current.code if current else None


def campaign_asked(catalogue: Catalogue, code: str | None, now: datetime) -> Campaign:
    if code is not None:
        return campaign_named(catalogue, code)
    current = catalogue.current_campaign(now)
    if current is None:
        raise NotFound(say("no-such.campaign-yet"))
    return current
