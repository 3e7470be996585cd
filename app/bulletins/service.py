"""Issuing a bulletin, and reading one with the differences to what is known now."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity
from app.bulletins import queries
from app.bulletins.rules import ReportFigures, differences, report_of
from app.catalogue.catalogue import Campaign, Catalogue
from app.clock import LATEST, text
from app.db import Database
from app.errors import Complaint, InvalidInput, NotFound
from app.language import LANGUAGES, Language
from app.messages import say
from app.progress.answers.cells import read_cells, read_cells_by_cause
from app.progress.answers.context import ReadContext
from app.progress.answers.matrix import matrix
from app.progress.answers.progress import progress
from app.progress.answers.provinces import PROVINCE_FIGURES, province_figures, provinces
from app.progress.figures.moment import Moment
from app.progress.figures.statement import moment as spoken
from app.progress.requests import QueryContext
from app.settled import SettledMoments

PATIENCE = timedelta(seconds=60)
"""How long a bulletin waits for the writers that were open when it was asked for."""


SnapshotAt = Callable[[datetime], AbstractAsyncContextManager[AsyncSession]]


def settled_snapshots(moments: SettledMoments, database: Database) -> SnapshotAt:
    """Sessions that see all that will ever be recorded up to a moment, and nothing that comes while they read.

    The figures of a moment come from several statements, and a writing session would see each at a state of its own.
    """

    @asynccontextmanager
    async def snapshot_at(moment: datetime) -> AsyncIterator[AsyncSession]:
        await moments.settle(moment, PATIENCE)
        async with database.reading() as session:
            yield session

    return snapshot_at


async def issue(
    session: AsyncSession,
    catalogue: Catalogue,
    campaign: Campaign,
    who: Identity,
    *,
    as_of: datetime,
    title: str | None = None,
    proposals: Sequence[str] = (),
    snapshot_at: SnapshotAt | None = None,
    issued_at: datetime | None = None,
) -> Any:
    """Freeze the progress of a moment under the campaign's next number, with all that was acknowledged before.

    `issued_at` is for the demo, which tells of June 2025 within its own transaction; otherwise it is the present.

    Raises:
        InvalidInput: `in-the-future`.
        NotSettled: a writer has been open for too long.

    """
    await session.execute(queries.ONE_AT_A_TIME, {"campaign": campaign.code})
    present: datetime = (await session.execute(queries.PRESENT)).scalar_one()
    issued_at = issued_at or present
    if as_of > issued_at:
        raise InvalidInput(errors=[Complaint("/as_of", "in-the-future", say("in-the-future.json"))])
    async with snapshot_at(issued_at) if snapshot_at else nullcontext(session) as snapshot:
        context = await context_at(snapshot, catalogue, campaign, Moment(as_of, issued_at, present=False), "vi")
        answers = await _freeze(context)
    parameters = {
        **{part: msgspec.json.encode(answer).decode() for part, answer in answers.items()},
        "campaign": campaign.code,
        "title": title or f"Tiến độ tính đến {spoken('vi', as_of)}",
        "issued_at": issued_at,
        "as_of": as_of,
        "token": who.token,
        "proposals": list(proposals),
    }
    return (await session.execute(queries.ISSUE, parameters)).one()


async def _freeze(context: ReadContext) -> dict[str, Any]:
    """All that page and documents show of a bulletin: the two that have words in each language."""
    spoken_in = [replace(context, lang=lang) for lang in LANGUAGES]
    return {
        "progress": {one.lang: progress(one, one.figures) for one in spoken_in},
        "provinces": {one.lang: await provinces(one) for one in spoken_in},
        "matrix": await matrix(context),
    }


async def find(session: AsyncSession, campaign: Campaign, number: int) -> Any:
    row = (await session.execute(queries.BULLETIN, {"campaign": campaign.code, "number": number})).one_or_none()
    if row is None:
        raise NotFound(say("no-such.bulletin", number=number, campaign=campaign.code))
    return row


async def last(session: AsyncSession, campaign: Campaign, known_at: datetime | None = None) -> Any | None:
    """The campaign's last bulletin of those that had been issued by `known_at`."""
    asked = {"campaign": campaign.code, "known_at": known_at or LATEST}
    return (await session.execute(queries.LAST, asked)).one_or_none()


async def shown(
    session: AsyncSession, catalogue: Catalogue, row: Any, lang: Language, known_at: datetime | None = None
) -> dict[str, Any]:
    """A bulletin as issued, and what had changed by `known_at` (None: by now) in what is known of its moment."""
    campaign = catalogue.campaigns[row.campaign]
    found = list(differences(await _stages(session, catalogue, campaign, row, lang, known_at)))
    answers = frozen(row, lang) if is_frozen(row) else await _completed(session, catalogue, campaign, row, lang)
    not_frozen = [] if is_frozen(row) else ["provinces", "matrix"]
    return {**_head_text(row), **answers, "restated": bool(found), "differences": found, "not_frozen": not_frozen}


def is_frozen(row: Any) -> bool:
    """Whether it was frozen whole; of an early bulletin only the progress was stored."""
    return row.matrix is not None


def frozen(row: Any, lang: Language) -> dict[str, Any]:
    """The answers as they were when the bulletin was issued."""
    return {
        "progress": row.progress[lang],
        "provinces": row.provinces[lang],
        "matrix": row.matrix,
        "proposals": row.proposals,
    }


async def _completed(
    session: AsyncSession, catalogue: Catalogue, campaign: Campaign, row: Any, lang: Language
) -> dict[str, Any]:
    """The same where only the progress was frozen: the rest is computed by the bulletin's two clocks."""
    context = await context_at(session, catalogue, campaign, moment_of(row), lang)
    return {
        "progress": row.progress[lang],
        "provinces": await provinces(context),
        "matrix": await matrix(context),
        "proposals": row.proposals,
    }


async def _stages(
    session: AsyncSession, catalogue: Catalogue, campaign: Campaign, row: Any, lang: Language, known_at: datetime | None
) -> list[ReportFigures]:
    """The report as issued, then by all reports, all rulings on what applies, and all deadlines known by `known_at`."""
    known = await context_at(session, catalogue, campaign, Moment(row.as_of, known_at, present=False), lang)
    until = known_at or LATEST
    those = {"campaign": campaign.code, "known_at": row.known_at, "until": until}
    provinces_then = {one["code"]: _figures_of(one) for one in row.provinces[lang]["items"]} if is_frozen(row) else None
    stages = [report_of(row.progress[lang], provinces_then, row.matrix)]
    if (await session.execute(queries.RULED_SINCE, those)).scalar_one():
        for applied_by in (row.known_at, until):
            clocks = {"known_at": until, "applied_by": applied_by, "due_by": row.known_at}
            cells = await read_cells_by_cause(session, campaign.code, row.as_of, **clocks)
            stages.append(await _stage(replace(known, cells=cells)))
    return [*stages, await _stage(known)]


async def _stage(context: ReadContext) -> ReportFigures:
    found = context.figures
    of_provinces = {one.code: province_figures(one) for one in found.provinces}
    return report_of(progress(context, found), of_provinces, await matrix(context))


def _figures_of(frozen: Mapping[str, Any]) -> dict[str, Any]:
    """Of a province as it was frozen, what does not depend on the others nor on words."""
    return {figure: frozen[figure] for figure in PROVINCE_FIGURES if figure in frozen}


async def shown_numbered(query: QueryContext, number: int) -> dict[str, Any]:
    row = await find(query.session, query.campaign, number)
    return await shown(query.session, query.catalogue, row, query.lang)


async def dashboard(query: QueryContext, context: ReadContext) -> dict[str, Any]:
    """All that a dashboard's first view needs, of one moment: also the bulletin is the last that was issued by it."""
    known_at = context.moment.known_at
    row = await last(query.session, query.campaign, known_at)
    return {
        **context.head(),
        "progress": progress(context, context.figures),
        "provinces": await provinces(context),
        "matrix": await matrix(context),
        "bulletin": await shown(query.session, query.catalogue, row, query.lang, known_at) if row else None,
    }


def _head_text(row: Any) -> dict[str, Any]:
    """The head of a bulletin with its times written out."""
    return {**head(row), **{clock: text(getattr(row, clock)) for clock in ("issued_at", "as_of", "known_at")}}


def head(row: Any) -> dict[str, Any]:
    return {
        "campaign": row.campaign,
        "number": row.number,
        "title": row.title,
        "issued_at": row.issued_at,
        "as_of": row.as_of,
        "known_at": row.known_at,
    }


def moment_of(row: Any) -> Moment:
    """The moment of a bulletin, by the two clocks that it was issued by."""
    return Moment(row.as_of, row.known_at, present=False)


async def context_at(
    session: AsyncSession, catalogue: Catalogue, campaign: Campaign, moment: Moment, lang: Language
) -> ReadContext:
    return ReadContext(catalogue, campaign, moment, lang, session, await read_cells(session, campaign.code, moment))
