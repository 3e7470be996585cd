"""Two moments beside each other: what was read out yesterday and what is known today."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.bulletins.routes_compare import end_of
from app.clock import in_vietnam, text
from app.page.asking import PRESENT, question, wall_clock
from app.page.context import Context
from app.page.ends import Ends, Side
from app.page.texts import short, short_line
from app.progress.answers.compare import End, LineCount, compare
from app.progress.answers.context import ReadContext
from app.progress.figures.statement import moment as spoken

LIGHTS = ("red", "yellow", "green")
MEETING_HOUR = 17
"""When the figures of a day are read out; the moments that are offered for comparison are at that hour."""
_DAY = timedelta(days=1)


async def comparison(context: Context, ends: Ends) -> dict[str, Any]:
    """The answer of /v1/progress/compare in words; by default of the last bulletin and the present."""
    view, now = _as_known_now(context.view), context.query.now
    end_side = ends.end if ends.end.written else replace(ends.end, written=PRESENT)
    sides = (ends.start if ends.start.written else _before(context, end_side), end_side)
    start, end = [await end_of(context.query, view, side.in_full(now)) for side in sides]
    found = compare(view, start, end)
    return {
        "question": ends.parameters,
        "ends": [_end(context, one, side) for one, side in zip((start, end), sides, strict=True)],
        "choices": list(_choices(context)),
        "live": any(side.written == PRESENT and side.known_at is None for side in sides),
        "at_end": _question_of(context, sides[1]),
        "rows": [_row(context, start, end, line) for line in found["categories"]],
        "changes": _by_province(context, found["changes"], found["lights"]["changes"]),
        "lights": {light: [found["lights"][side][light] for side in ("before", "after")] for light in LIGHTS},
        "api": _api(context, start, end),
        "data": _answer_of(context, end),
        "report": _answer_of(context, end) | ({"since_bulletin": str(start.bulletin)} if start.bulletin else {}),
    }


def _as_known_now(view: ReadContext) -> ReadContext:
    """Without the clock of the bulletin that the other pages open on: each end has its own."""
    return replace(view, moment=replace(view.moment, known_at=None))


def _before(context: Context, end: Side) -> Side:
    """Where nothing is asked for: the last bulletin of an earlier moment, else the opening."""
    at = end.moment or context.query.now
    earlier = (row for row in context.bulletins if (row.number < end.bulletin if end.bulletin else row.as_of < at))
    if row := next(earlier, None):
        return Side("from", f"b{row.number}", row.number)
    opening = context.view.campaign.opening
    return Side("from", wall_clock(opening), moment=opening)


def _end(context: Context, end: End, side: Side) -> dict[str, Any]:
    lang, at = context.view.lang, end.moment
    known = spoken(lang, at.known_at) if at.known_at else None
    return {
        "name": side.name,
        "written": side.written,
        "bulletin": end.bulletin,
        "spoken": spoken(lang, at.as_of),
        "known": known,
        "known_field": "" if end.bulletin or not at.known_at else wall_clock(at.known_at),
        "then": end.bulletin is None and at.known_at is not None and at.known_at == at.as_of,
        "statement": end.statement,
    }


def _choices(context: Context) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """What a form offers, in groups: bulletins, milestones, and every day at the hour of the meeting."""
    say, lang, campaign = context.say, context.view.lang, context.view.campaign
    yield (
        say("nav.bulletins"),
        [
            (f"b{row.number}", say("bulletin_short", number=row.number, moment=spoken(lang, row.as_of)))
            for row in context.bulletins
        ],
    )
    milestones = (("opening", campaign.opening), ("deadline", campaign.deadline), ("go_live", campaign.go_live))
    past = [(what, at) for what, at in milestones if at <= context.query.now]
    yield (
        say("milestones"),
        [
            (PRESENT, say("present")),
            *((wall_clock(at), f"{say(what)} · {short(lang, at, context.query.now)}") for what, at in reversed(past)),
        ],
    )
    yield say("days"), [(wall_clock(at), short(lang, at, context.query.now)) for at in _meeting_hours(context)]


def _meeting_hours(context: Context) -> list[datetime]:
    """The last one first, from the opening to two days after the go-live."""
    campaign = context.view.campaign
    end = min(context.query.now, campaign.go_live + 2 * _DAY)
    first = in_vietnam(campaign.opening).replace(hour=MEETING_HOUR, minute=0, second=0, microsecond=0)
    days = range(max((end - first) // _DAY, -1), -1, -1)
    return [first + day * _DAY for day in days]


def _answer_of(context: Context, end: End) -> dict[str, str]:
    """How data and documents of the later moment are asked for."""
    asked, at = context.asked, end.moment
    if end.bulletin:
        return question(asked.lang, asked.campaign, bulletin=end.bulletin)
    return question(asked.lang, asked.campaign, text(at.as_of), text(at.known_at) if at.known_at else None)


def _question_of(context: Context, side: Side) -> dict[str, str]:
    """How other pages are asked for the moment of one end."""
    asked = context.asked
    if side.bulletin:
        return question(asked.lang, asked.campaign, bulletin=side.bulletin)
    return question(asked.lang, asked.campaign, side.moment or PRESENT, side.known_at)


def _row(context: Context, start: End, end: End, line: dict[str, Any]) -> dict[str, Any]:
    """A line of agencies alone counts their tasks."""
    view = context.view
    counts = [one.lines.get(line["code"], LineCount()) for one in (start, end)]
    provinces = any(count.provinces_total for count in counts)
    of = [count.provinces_total if provinces else count.assignments_total for count in counts]
    level = "" if provinces else "assignments_"
    before, after = line[f"{level}before"], line[f"{level}after"]
    return {
        "code": line["code"],
        "position": view.catalogue.categories[line["code"]].position,
        "short": short_line(view.lang, line["code"], line["name"]),
        "before": (before, of[0]),
        "after": (after, of[1]),
        "change": after - before,
    }


def _by_province(context: Context, changes: list[dict[str, Any]], turned: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each province with the light that it turned from, and the lines it moved in; those that fell back first."""
    moved = defaultdict(list)
    for change in changes:
        line = short_line(context.view.lang, change["category"], change["category_name"])
        moved[change["province"], change["province_name"]].append(
            {"line": line, "before": change["before"] or "none", "after": change["after"] or "none"}
        )
    lights = {(one["province"], one["name"]): (one["before"] or "none", one["after"] or "none") for one in turned}
    found = [
        {
            "code": who[0],
            "name": who[1],
            "light": lights.get(who),
            "moved": moved[who],
            "worse": sum(one["before"] == "completed" for one in moved[who]),
        }
        for who in {**moved, **lights}
    ]
    return sorted(found, key=lambda one: (-one["worse"], one["code"]))


def _api(context: Context, start: End, end: End) -> dict[str, str]:
    """How /v1/progress/compare is asked for this."""
    given = {"lang": context.view.lang, "campaign": context.asked.campaign}
    for side, one in (("from", start), ("to", end)):
        if one.bulletin:
            given[f"{side}_bulletin"] = str(one.bulletin)
            continue
        given[side] = text(one.moment.as_of)
        given[f"{side}_known_at"] = text(one.moment.known_at) if one.moment.known_at else None
    return {name: value for name, value in given.items() if value}
