"""Two moments beside each other: what was read out yesterday and what is known today."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Annotated, Any

from fastapi import Depends, Request

from app.bulletins.routes_compare import AskedEnd, end_of
from app.clock import text
from app.page.asking import PRESENT, Asked, asked_of, read_moment, read_number, refuse_unknown, wall_clock
from app.page.context import Context
from app.page.texts import short_line
from app.progress.answers.compare import End, LineCount, compare
from app.progress.answers.context import ReadContext
from app.progress.figures.statement import moment as spoken


@dataclass(frozen=True, slots=True)
class Ends:
    """What the two ends are: `b1` for a bulletin, `now`, a moment, or nothing for what suggests itself."""

    asked: Asked
    start: str
    end: str

    @property
    def key(self) -> tuple[str, str]:
        return f"from={self.start}", f"to={self.end}"


async def _ends(request: Request) -> Ends:
    refuse_unknown(request, ("lang", "campaign", "from", "to"))
    given = request.query_params
    return Ends(asked_of(request), given.get("from", "").strip(), given.get("to", "").strip())


InComparison = Annotated[Ends, Depends(_ends)]
LIGHTS = ("red", "yellow", "green")


async def comparison(context: Context, ends: Ends) -> dict[str, Any]:
    """The answer of /v1/progress/compare in words; by default of the last bulletin and the present."""
    view = _as_known_now(context.view)
    newest = f"b{context.bulletins[0].number}" if context.bulletins else wall_clock(view.campaign.opening)
    written = (ends.start or newest, ends.end or PRESENT)
    start, end = [
        await end_of(context.setting, view, _asked(context, one, side))
        for one, side in zip(written, ("from", "to"), strict=True)
    ]
    found = compare(view, start, end)
    return {
        "ends": [_end(context, one, said) for one, said in zip((start, end), written, strict=True)],
        "choices": _choices(context),
        "rows": [_row(context, start, end, line) for line in found["categories"]],
        "changes": _by_province(context, found["changes"]),
        "lights": {light: [found["lights"][side][light] for side in ("before", "after")] for light in LIGHTS},
        "api": _api(context, start, end),
    }


def _as_known_now(view: ReadContext) -> ReadContext:
    """Without the clock of the bulletin that the other pages open on: each end has its own."""
    return replace(view, moment=replace(view.moment, known_at=None))


def _asked(context: Context, written: str, side: str) -> AskedEnd:
    if written.startswith("b"):
        return AskedEnd(side, None, read_number(written[1:], side), None)
    return AskedEnd(side, context.setting.now if written == PRESENT else read_moment(written, side), None, None)


def _end(context: Context, end: End, written: str) -> dict[str, Any]:
    lang, at = context.view.lang, end.moment
    return {
        "written": written,
        "bulletin": end.bulletin,
        "spoken": spoken(lang, at.as_of),
        "known": spoken(lang, at.known_at) if at.known_at else None,
        "statement": end.statement,
    }


def _choices(context: Context) -> list[tuple[str, str]]:
    """What a form offers: every bulletin, and the present."""
    say, lang = context.say, context.view.lang
    offered = [
        (f"b{row.number}", say("bulletin_short", number=row.number, moment=spoken(lang, row.as_of)))
        for row in context.bulletins
    ]
    return [*offered, (PRESENT, say("present"))]


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


def _by_province(context: Context, changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each province with the lines it moved in; those that fell back first."""
    moved = defaultdict(list)
    for change in changes:
        short = short_line(context.view.lang, change["category"], change["category_name"])
        moved[change["province"], change["province_name"]].append(
            {"line": short, "before": change["before"] or "none", "after": change["after"] or "none"}
        )
    found = [
        {"code": code, "name": name, "moved": moves, "worse": sum(one["before"] == "completed" for one in moves)}
        for (code, name), moves in moved.items()
    ]
    return sorted(found, key=lambda one: (-one["worse"], one["code"]))


def _api(context: Context, start: End, end: End) -> dict[str, str]:
    """How /v1/progress/compare is asked for this."""
    given = {"lang": context.view.lang, "campaign": context.asked.campaign}
    for side, one in (("from", start), ("to", end)):
        at = {f"{side}_bulletin": str(one.bulletin)} if one.bulletin else {side: text(one.moment.as_of)}
        given |= at
    return {name: value for name, value in given.items() if value}
