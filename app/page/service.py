"""The page of one moment: from what a reader asks for to the HTML."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.bulletins import service as bulletins
from app.clock import in_vietnam, text
from app.page import wording
from app.page.asking import Asked, question
from app.page.rendering import render
from app.page.texts import in_language
from app.progress.answers.context import ReadContext
from app.progress.answers.matrix import matrix
from app.progress.answers.progress import progress
from app.progress.answers.provinces import provinces
from app.progress.figures.statement import moment as spoken
from app.progress.requests import QueryContext, read_context

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """The moment that the page shows, and the bulletin it was taken from."""

    as_of: datetime | None
    known_at: datetime | None
    bulletin: int | None = None
    restated: bool = False
    answers: Mapping[str, Any] | None = None


async def page(setting: QueryContext, asked: Asked, *, root: str, signed_in: bool) -> bytes:
    opening = await _opening(setting, asked)
    view = await read_context(setting, as_of=opening.as_of, known_at=opening.known_at)
    say = in_language(view.lang)
    answers = opening.answers or await _answers(view)
    report = answers["progress"]
    rows = wording.provinces(view, answers["provinces"]["items"], say)
    html = render(
        "page.html",
        root,
        view.lang,
        here="/",
        asked=asked.parameters,
        opening=opening,
        signed_in=signed_in,
        head=_head(view),
        progress=report,
        lines=wording.lines(view, report),
        provinces=rows,
        matrix=wording.matrix(view, answers["matrix"], rows),
        milestones=wording.milestones(view, say),
        moments=_moments(setting, view, asked),
        data=_data(view, asked),
    )
    return html.encode()


async def _answers(view: ReadContext) -> dict[str, Any]:
    return {"progress": await progress(view), "provinces": await provinces(view), "matrix": await matrix(view)}


async def _opening(setting: QueryContext, asked: Asked) -> Opening:
    """What is asked for; past its go-live a campaign opens on its last bulletin, as it was issued."""
    chosen = asked.present or asked.as_of is not None or asked.known_at is not None
    if chosen or setting.now < setting.campaign.go_live:
        return Opening(asked.as_of, asked.known_at)
    row = await bulletins.last(setting.session, setting.campaign)
    if row is None:
        return Opening(None, None)
    shown = await bulletins.shown(setting.session, setting.catalogue, row, setting.lang)
    return Opening(row.as_of, row.known_at, row.number, shown["restated"], shown)


def _head(view: ReadContext) -> dict[str, Any]:
    moment = view.moment
    return {
        "campaign": view.name(view.campaign.names),
        "as_of": moment.as_of,
        "as_of_text": text(moment.as_of),
        "as_of_spoken": spoken(view.lang, moment.as_of),
        "as_of_field": _field(moment.as_of),
        "known_at_text": text(moment.known_at) if moment.known_at else None,
        "known_at_spoken": spoken(view.lang, moment.known_at) if moment.known_at else None,
        "known_at_field": _field(moment.known_at) if moment.known_at else "",
    }


def _field(at: datetime) -> str:
    """As a `datetime-local` field takes it: Vietnamese time, to the minute."""
    return in_vietnam(at).strftime("%Y-%m-%dT%H:%M")


def _moments(setting: QueryContext, view: ReadContext, asked: Asked) -> list[tuple[str, dict[str, str]]]:
    """Other moments worth a click, as texts and what they ask for."""
    say, campaign, at = in_language(view.lang), view.campaign, view.moment.as_of
    wanted: list[tuple[str, datetime | str | None]] = [("day_before", at - _DAY), ("day_after", at + _DAY)]
    wanted += [("deadline", campaign.deadline), ("go_live", campaign.go_live), ("present", "now")]
    if setting.now >= campaign.go_live:
        wanted.append(("latest_bulletin", None))
    return [
        (say(what), question(asked.lang, asked.campaign, moment))
        for what, moment in wanted
        if not isinstance(moment, datetime) or moment <= setting.now
    ]


def _data(view: ReadContext, asked: Asked) -> dict[str, str]:
    """How /v1/progress is asked for these very figures."""
    head = view.head()
    given = {"lang": asked.lang, "campaign": asked.campaign, "as_of": head["as_of"], "known_at": head["known_at"]}
    return {name: str(value) for name, value in given.items() if value}
