"""The page of one moment: from what a reader asks for to the HTML."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.bulletins import service as bulletins
from app.clock import in_vietnam, text
from app.page import wording
from app.page.asking import Asked, question
from app.page.rendering import render
from app.page.texts import in_language
from app.progress import answers
from app.progress.serving import Setting, view_of
from app.progress.statement import moment as spoken
from app.progress.view import View

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """The moment that the page shows, and the bulletin it was taken from."""

    as_of: datetime | None
    known_at: datetime | None
    bulletin: int | None = None
    restated: bool = False


async def page(setting: Setting, asked: Asked, *, root: str, signed_in: bool) -> bytes:
    opening = await _opening(setting, asked)
    view = await view_of(setting, as_of=opening.as_of, known_at=opening.known_at)
    say = in_language(view.lang)
    progress = await answers.progress(view)
    provinces = wording.provinces(view, (await answers.provinces(view))["items"], say)
    html = render(
        "page.html",
        root,
        view.lang,
        here="/",
        asked=asked.parameters,
        opening=opening,
        signed_in=signed_in,
        head=_head(view),
        progress=progress,
        lines=wording.lines(view, progress),
        provinces=provinces,
        matrix=wording.matrix(view, await answers.matrix(view), provinces),
        milestones=wording.milestones(view, say),
        moments=_moments(setting, view, asked),
        data=_data(view, asked),
    )
    return html.encode()


async def _opening(setting: Setting, asked: Asked) -> Opening:
    """What is asked for; past its go-live a campaign opens on its last bulletin, as it was issued."""
    chosen = asked.present or asked.as_of is not None or asked.known_at is not None
    if chosen or setting.now < setting.campaign.go_live:
        return Opening(asked.as_of, asked.known_at)
    row = await bulletins.last(setting.session, setting.campaign)
    if row is None:
        return Opening(None, None)
    shown = await bulletins.shown(setting.session, setting.catalogue, row, setting.lang)
    return Opening(row.as_of, row.issued_at, row.number, shown["restated"])


def _head(view: View) -> dict[str, Any]:
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


def _moments(setting: Setting, view: View, asked: Asked) -> list[tuple[str, dict[str, str]]]:
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


def _data(view: View, asked: Asked) -> dict[str, str]:
    """How /v1/progress is asked for these very figures."""
    head = view.head()
    given = {"lang": asked.lang, "campaign": asked.campaign, "as_of": head["as_of"], "known_at": head["known_at"]}
    return {name: str(value) for name, value in given.items() if value}
