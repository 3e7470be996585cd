"""What all pages share: the moment shown, where it comes from, and what stands around the content."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from app.bulletins import service as bulletins
from app.bulletins.baseline import bulletin_heads
from app.clock import in_vietnam, text
from app.page.asking import PRESENT, THEN, Asked, question, wall_clock
from app.page.countdown import Distance, distance
from app.page.texts import Say, in_language, short
from app.progress.answers.context import ReadContext
from app.progress.figures.statement import moment as spoken
from app.progress.requests import QueryContext, read_context

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Opening:
    """The moment that the page shows; `row` is the bulletin that it was taken from."""

    as_of: datetime | None
    known_at: datetime | None
    row: Any | None = None
    restated: bool = False


@dataclass(frozen=True)
class Context:
    """One question to the page, with the figures' starting point."""

    query: QueryContext
    view: ReadContext
    asked: Asked
    opening: Opening
    bulletins: list[Any]
    root: str
    signed_in: bool

    @property
    def say(self) -> Say:
        return in_language(self.view.lang)

    @property
    def at(self) -> datetime:
        return self.view.moment.as_of

    @property
    def phase(self) -> str:
        """`future`, `before` the opening, `empty` where nothing is assigned, else `running` or `after` the go-live.

        `unstarted` is a running campaign of which nothing has been reported but that it is not started.
        """
        campaign, at = self.view.campaign, self.at
        if at > self.query.now + _MINUTE:
            return "future"
        if at < campaign.opening:
            return "before"
        if not self.view.cells:
            return "empty"
        if at >= campaign.go_live:
            return "after"
        return "unstarted" if all(cell.state == "not_started" for cell in self.view.cells.values()) else "running"

    @property
    def has_begun(self) -> bool:
        """Whether there is anything to judge."""
        return self.phase not in ("before", "empty")


async def context_of(query: QueryContext, asked: Asked, *, root: str, signed_in: bool) -> Context:
    opening = await _opening(query, asked)
    view = await read_context(query, as_of=opening.as_of, known_at=opening.known_at)
    return Context(query, view, asked, opening, await bulletin_heads(view), root, signed_in)


async def _opening(query: QueryContext, asked: Asked) -> Opening:
    """What is asked for; past its go-live a campaign opens on its last bulletin, as it was issued."""
    if asked.bulletin is not None:
        return await _of_bulletin(query, await bulletins.find(query.session, query.campaign, asked.bulletin))
    if asked.chosen or asked.room or query.now < query.campaign.go_live:
        return Opening(asked.as_of, _known_at(query, asked))
    row = await bulletins.last(query.session, query.campaign)
    return Opening(None, None) if row is None else await _of_bulletin(query, row)


def _known_at(query: QueryContext, asked: Asked) -> datetime | None:
    """`then` is the moment shown; of the present, all that is recorded is known."""
    if asked.known_at != THEN:
        return asked.known_at if isinstance(asked.known_at, datetime) else None
    return asked.as_of if asked.as_of and asked.as_of < query.now else None


async def _of_bulletin(query: QueryContext, row: Any) -> Opening:
    shown = await bulletins.shown(query.session, query.catalogue, row, query.lang)
    return Opening(row.as_of, row.known_at, row, shown["restated"])


def surroundings(context: Context, here: str) -> dict[str, Any]:
    """What the frame of every page needs: the head, the ways onward, the moment's slider."""
    asked, view = context.asked, context.view
    return {
        "here": here,
        "asked": asked.parameters,
        "of_campaign": question(asked.lang, asked.campaign),
        "to_compare": question(asked.lang, asked.campaign) | _as_an_end(context),
        "signed_in": context.signed_in,
        "phase": context.phase,
        "phase_words": _phase_words(context),
        "opening": context.opening,
        "computed": context.opening.row is not None,
        "all_computed": context.opening.row is not None and not bulletins.is_frozen(context.opening.row),
        "head": _head(context),
        "milestones": milestones(context),
        "campaigns": _campaigns(context),
        "slider": _slider(context),
        "moments": _moments(context),
        "known_then": _switch(context),
        "data": api_question(context),
        "report": _report(context),
        "live": context.opening.row is None and view.moment.known_at is None and asked.as_of is None,
    }


def _as_an_end(context: Context) -> dict[str, str]:
    """The moment that was chosen, as the later one of a comparison."""
    as_of, known_at = context.asked.as_of, context.view.moment.known_at
    if as_of is None:
        return {}
    return {"to": wall_clock(as_of)} | ({"to_known_at": wall_clock(known_at)} if known_at else {})


def _head(context: Context) -> dict[str, Any]:
    view, moment = context.view, context.view.moment
    row = context.opening.row
    return {
        "campaign": view.name(view.campaign.names),
        "as_of": moment.as_of,
        "as_of_text": text(moment.as_of),
        "as_of_spoken": spoken(view.lang, moment.as_of),
        "as_of_field": _field(moment.as_of),
        "known_at_text": text(moment.known_at) if moment.known_at else None,
        "known_at_spoken": spoken(view.lang, moment.known_at) if moment.known_at else None,
        "known_at_field": _field(moment.known_at) if moment.known_at else "",
        "bulletin": row.number if row else None,
        "title": row.title if row else None,
    }


def _phase_words(context: Context) -> str | None:
    say, campaign, lang = context.say, context.view.campaign, context.view.lang
    if context.phase == "before":
        return say("phase.before", moment=spoken(lang, campaign.opening))
    if context.phase in ("future", "empty", "unstarted"):
        return say(f"phase.{context.phase}")
    return say("phase.after", moment=spoken(lang, campaign.go_live)) if context.phase == "after" else None


def milestones(context: Context) -> list[tuple[str, str, str, Distance]]:
    """The deadline and the go-live: which, when as data, when in words, how far away at the moment shown."""
    campaign, say, at = context.view.campaign, context.say, context.at
    return [
        (what, text(moment), spoken(context.view.lang, moment), distance(at, moment, say))
        for what, moment in (("deadline", campaign.deadline), ("go_live", campaign.go_live))
    ]


def _campaigns(context: Context) -> list[tuple[str, str, bool]]:
    """Every campaign, when there are several: its code, its name, whether it is the one shown."""
    those = context.query.catalogue.campaigns.values()
    current = context.view.campaign.code
    return [(one.code, context.view.name(one.names), one.code == current) for one in those] if len(those) > 1 else []


def _slider(context: Context) -> dict[str, Any] | None:
    """Hours from the opening to two days after the go-live, as far as they have come; with what lies on the way."""
    campaign, now = context.view.campaign, context.query.now
    end = min(now, campaign.go_live + timedelta(days=2))
    hours = (end - campaign.opening) // _HOUR
    if hours < 1:
        return None
    marks = [("bulletin", row.as_of) for row in context.bulletins]
    marks += [("deadline", campaign.deadline), ("go_live", campaign.go_live)]
    places = [(kind, int((at - campaign.opening) / _HOUR)) for kind, at in marks]
    return {
        "start": text(campaign.opening),
        "hours": hours,
        "value": min(max((context.at - campaign.opening) // _HOUR, 0), hours),
        "marks": [(kind, place) for kind, place in places if 0 <= place <= hours],
        "days": [day * 24 for day in range(hours // 24 + 1)],
    }


def _moments(context: Context) -> list[tuple[str, str, dict[str, str], bool]]:
    """Other moments worth a click: which kind, in words, what they ask for, whether it is the one shown."""
    asked, say, lang = context.asked, context.say, context.view.lang
    campaign, now = context.view.campaign, context.query.now

    def asks(**given: Any) -> dict[str, str]:
        return question(lang, asked.campaign, **given)

    row = context.opening.row
    found = [
        ("bulletin", say("bulletin_short", number=b.number, moment=short(lang, b.as_of, context.at)),
         asks(bulletin=b.number), row is not None and row.number == b.number)
        for b in reversed(context.bulletins[:6])
    ]  # fmt: skip
    for what, at in (("deadline", campaign.deadline), ("go_live", campaign.go_live)):
        if at <= now:
            found.append((what, f"{say(what)} {short(lang, at, context.at)}", asks(as_of=at), context.at == at))
    found.append((PRESENT, say("present"), asks(as_of=PRESENT), asked.present))
    return found


def _switch(context: Context) -> dict[str, Any] | None:
    """The switch between what is known today and what was known then; a bulletin is always as known then."""
    asked, row = context.asked, context.opening.row
    then = context.view.moment.known_at is not None
    if row is not None:
        other = question(asked.lang, asked.campaign, row.as_of)
    elif asked.as_of is None:
        return None
    else:
        other = replace(asked, known_at=None if then else "then").parameters
    return {"then": then, "other": other}


def api_question(context: Context) -> dict[str, str]:
    """How /v1/progress is asked for these very figures."""
    head, asked = context.view.head(), context.asked
    given = {"lang": asked.lang, "campaign": asked.campaign, "as_of": head["as_of"], "known_at": head["known_at"]}
    return {name: str(value) for name, value in given.items() if value}


def _report(context: Context) -> dict[str, str]:
    """How /v1/reports is asked for the document of what is shown."""
    row = context.opening.row
    if row is None:
        return api_question(context)
    given = {"lang": context.asked.lang, "campaign": context.asked.campaign, "bulletin": str(row.number)}
    return {name: value for name, value in given.items() if value}


def _field(at: datetime) -> str:
    """As a `datetime-local` field takes it: Vietnamese time, to the minute."""
    return in_vietnam(at).strftime("%Y-%m-%dT%H:%M")
