"""Issuing a bulletin, and reading one with the differences to what is known now."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity
from app.bulletins import queries
from app.bulletins.rules import differences
from app.catalogue.catalogue import Campaign, Catalogue
from app.clock import text
from app.errors import Complaint, InvalidInput, NotFound
from app.language import LANGUAGES, Language
from app.progress.answers.cells import read_cells
from app.progress.answers.context import ReadContext
from app.progress.answers.matrix import matrix
from app.progress.answers.progress import progress
from app.progress.answers.provinces import provinces
from app.progress.figures.moment import Moment
from app.progress.figures.statement import moment as spoken
from app.progress.requests import QueryContext


async def issue(
    session: AsyncSession,
    catalogue: Catalogue,
    campaign: Campaign,
    who: Identity,
    *,
    as_of: datetime,
    title: str | None = None,
    issued_at: datetime | None = None,
) -> Any:
    """Freeze the progress of a moment under the campaign's next number.

    `issued_at` is given by the demo, which plays in June 2025; otherwise it is the database's clock.
    """
    now = (await session.execute(queries.ONE_AT_A_TIME, {"campaign": campaign.code})).one()[1]
    issued_at = issued_at or now
    if as_of > issued_at:
        raise InvalidInput(errors=[Complaint("/as_of", "in-the-future", "this moment has not come yet")])
    context = await view_at(session, catalogue, campaign, Moment(as_of, issued_at, present=False), "vi")
    frozen = {lang: await progress(replace(context, lang=lang)) for lang in LANGUAGES}
    parameters = {
        "campaign": campaign.code,
        "title": title or f"Tiến độ tính đến {spoken('vi', as_of)}",
        "issued_at": issued_at,
        "as_of": as_of,
        "progress": msgspec.json.encode(frozen).decode(),
        "token": who.token,
    }
    return (await session.execute(queries.ISSUE, parameters)).one()


async def find(session: AsyncSession, campaign: Campaign, number: int) -> Any:
    row = (await session.execute(queries.BULLETIN, {"campaign": campaign.code, "number": number})).one_or_none()
    if row is None:
        raise NotFound(f"there is no bulletin {number} of {campaign.code}")
    return row


async def last(session: AsyncSession, campaign: Campaign) -> Any | None:
    return (await session.execute(queries.LAST, {"campaign": campaign.code})).one_or_none()


async def shown(session: AsyncSession, catalogue: Catalogue, row: Any, lang: Language) -> dict[str, Any]:
    """A bulletin as issued, with the differences when later reports have changed what was true at its moment."""
    campaign = catalogue.campaigns[row.campaign]
    context = await view_at(session, catalogue, campaign, Moment(row.as_of, None, present=False), lang)
    found = list(differences(row.progress[lang], await progress(context)))
    return {**head(row), "progress": row.progress[lang], "restated": bool(found), "differences": found}


async def shown_numbered(query: QueryContext, number: int) -> dict[str, Any]:
    row = await find(query.session, query.campaign, number)
    return {**await shown(query.session, query.catalogue, row, query.lang), **head_text(row)}


async def dashboard(query: QueryContext, context: ReadContext) -> dict[str, Any]:
    """All that a dashboard's first view needs, of one moment."""
    row = await last(query.session, query.campaign)
    return {
        **context.head(),
        "progress": await progress(context),
        "provinces": await provinces(context),
        "matrix": await matrix(context),
        "bulletin": {**await shown(query.session, query.catalogue, row, query.lang), **head_text(row)} if row else None,
    }


def head_text(row: Any) -> dict[str, Any]:
    """The head of a bulletin with its times written out."""
    return {**head(row), "issued_at": text(row.issued_at), "as_of": text(row.as_of)}


def head(row: Any) -> dict[str, Any]:
    return {
        "campaign": row.campaign,
        "number": row.number,
        "title": row.title,
        "issued_at": row.issued_at,
        "as_of": row.as_of,
    }


async def view_at(
    session: AsyncSession, catalogue: Catalogue, campaign: Campaign, moment: Moment, lang: Language
) -> ReadContext:
    return ReadContext(catalogue, campaign, moment, lang, session, await read_cells(session, campaign.code, moment))
