"""What a report says beside the figures: what changed since the last bulletin, who owes answers, who is silent."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.catalogue.catalogue import named
from app.clock import in_vietnam, read
from app.errors import Complaint, InvalidInput, NotFound
from app.language import Language
from app.messages import say as said
from app.progress.answers.agencies import agencies
from app.progress.answers.context import ReadContext
from app.progress.answers.reasons import first_assignments
from app.progress.answers.silent import silent
from app.progress.figures.context import FigureContext
from app.reports import queries
from app.reports.report import AgencyOwing, Letterhead, OverdueWork, SilentUnit
from app.reports.words import number, say

SYMBOL = "BC-BKHCN"
MOST_AGENCIES = 1000


async def compared(
    context: ReadContext, *, wanted: int | None, before: int | None, known_by: datetime
) -> tuple[Any, dict[str, int]] | None:
    """The bulletin that a report is compared with, and the provinces that had completed each line by it.

    Raises:
        NotFound: a bulletin that is asked for and is not there.
        InvalidInput: one that is not earlier.

    """
    asked = {"campaign": context.campaign.code, "wanted": wanted, "before": before, "known_by": known_by}
    row = (await context.session.execute(queries.COMPARED, {**asked, "as_of": context.moment.as_of})).one_or_none()
    if row is None:
        if wanted is not None:
            raise NotFound(said("no-such.bulletin", number=wanted, campaign=context.campaign.code))
        return None
    if row.as_of > context.moment.as_of or (before is not None and row.number >= before):
        raise InvalidInput(errors=[Complaint("/query/since_bulletin", "not-earlier")])
    lines = row.progress["vi"]["categories"]
    return row, {line["code"]: line["provinces_completed"] for line in lines}


async def owing(context: ReadContext) -> tuple[tuple[AgencyOwing, ...], tuple[OverdueWork, ...]]:
    """What agencies owe to others, and which of them have overdue work of their own."""
    items = (await agencies(context))["items"]
    late = [item for item in items if item["overdue_open"]]
    first = await first_assignments(context, [(item["code"], "overdue") for item in late])
    return (
        tuple(_agency(context, item) for item in items),
        tuple(
            OverdueWork(one["name"], one["overdue_open"], _tasks(context, first[one["code"], "overdue"]))
            for one in late
        ),
    )


def _tasks(context: ReadContext, those: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(context.name(context.catalogue.tasks[one["task"]].names) for one in those)


def _agency(context: ReadContext, item: Mapping[str, Any]) -> AgencyOwing:
    lang, median = context.lang, item["median_answer_hours"]
    hours = "" if median is None else say(lang, "hours", n=number(lang, round(median)))
    return AgencyOwing(
        name=item["name"],
        obstacles_open=item["obstacles_open"],
        oldest=_day(lang, item["oldest_open_since"]),
        overdue=item["answers_overdue"],
        due=_day(lang, item["first_answer_due"]),
        broken=item["promises_broken"],
        answered=item["obstacles_answered"],
        median=hours,
        light=item["light"],
        tasks_completed=item["assignments_completed"],
        tasks_total=item["assignments_total"],
        tasks_overdue=item["overdue_open"],
        oldest_at=_moment(item["oldest_open_since"]),
        due_at=_moment(item["first_answer_due"]),
    )


def _moment(at: str | None) -> datetime | None:
    return read(at) if at else None


def _day(lang: Language, at: str | None) -> str:
    return f"{in_vietnam(read(at)):{DATES[lang]}}" if at else ""


DATES = {"vi": "%d/%m/%Y", "en": "%d\u00a0%b %Y", "ja": "%Y/%m/%d"}
"""Day and month stay together, also in a narrow column."""


async def silent_units(context: ReadContext) -> tuple[tuple[SilentUnit, ...], int]:
    """Silent agencies by name, and how many communes are silent."""
    found = (await silent(context, limit=MOST_AGENCIES, after=None, level="agency"))["items"]
    communes = await silent(context, limit=1, after=None, level="commune")
    return tuple(SilentUnit(one["name"], one["reporting"]) for one in found), communes["total"]


def letterhead(context: FigureContext) -> Letterhead:
    """The campaign's own, in the report's language; else the ministry's."""
    own, lang = context.campaign.letterhead, context.lang
    signer = own.get("signer") or {}
    return Letterhead(
        issuer=_named(own.get("issuer"), lang) or say(lang, "issuer"),
        symbol=own.get("symbol") or SYMBOL,
        place=_named(own.get("place"), lang) or say(lang, "place"),
        on_behalf=signer.get("on_behalf") or "",
        position=signer.get("position") or "",
        signer=signer.get("name") or "",
        addressees=tuple(own.get("addressees") or ()),
        recipients=tuple(own.get("recipients") or ()),
    )


def _named(names: Mapping[str, str] | None, lang: str) -> str:
    return named(names, lang) if names else ""
