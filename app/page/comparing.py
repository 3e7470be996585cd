"""Two moments beside each other: what was read out yesterday and what is known today."""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request

from app.bulletins import service as bulletins
from app.catalogue.catalogue import Campaign
from app.page.asking import PRESENT, Asked, asked_of, read_moment, read_number, refuse_unknown, wall_clock
from app.page.context import Context
from app.page.overview import statement_of
from app.page.texts import short_line
from app.progress import answers, figures
from app.progress.cells import read_cells
from app.progress.moments import Moment, moment
from app.progress.serving import Setting
from app.progress.statement import moment as spoken
from app.progress.view import View


@dataclass(frozen=True, slots=True)
class Ends:
    """What the two ends are: each a bulletin's number, a moment, or nothing for what suggests itself."""

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


async def comparison(context: Context, ends: Ends) -> dict[str, Any]:
    """What is known of each end, and what changed between them; by default the last bulletin and the present."""
    setting, view = context.setting, context.view
    newest = f"b{context.bulletins[0].number}" if context.bulletins else wall_clock(setting.campaign.opening)
    start = await _end(context, ends.start or newest, "from")
    end = await _end(context, ends.end or PRESENT, "to")
    before, after = start["view"], end["view"]
    changes = _changes(before, after)
    return {
        "ends": (start, end),
        "choices": _choices(context),
        "rows": [_row(before, after, code, index) for index, code in enumerate(view.category_codes)],
        "changes": changes,
        "lights": _lights(before, after),
        "worse": sum(change["worse"] for change in changes),
    }


async def _end(context: Context, written: str, parameter: str) -> dict[str, Any]:
    """A moment by both clocks, from `b1` for a bulletin, `now`, or a time."""
    setting = context.setting
    at, label = await _moment_of(setting, setting.campaign, written, parameter)
    cells = await read_cells(setting.session, setting.campaign.code, at)
    view = View(setting.catalogue, setting.campaign, at, setting.lang, setting.session, cells)
    known = spoken(setting.lang, at.known_at) if at.known_at else None
    return {
        "written": written,
        "bulletin": label,
        "spoken": spoken(setting.lang, at.as_of),
        "known": known,
        "field": wall_clock(at.as_of),
        "view": view,
        "statement": statement_of(view, (await answers.provinces(view))["items"]),
    }


async def _moment_of(setting: Setting, campaign: Campaign, written: str, parameter: str) -> tuple[Moment, int | None]:
    if written.startswith("b"):
        row = await bulletins.find(setting.session, campaign, read_number(written[1:], parameter))
        return Moment(row.as_of, row.issued_at, present=False), row.number
    as_of = None if written == PRESENT else read_moment(written, parameter)
    return await moment(setting.session, as_of=as_of, known_at=None, now=setting.now), None


def _choices(context: Context) -> list[tuple[str, str]]:
    """What a form offers: every bulletin, and the present."""
    say, lang = context.say, context.view.lang
    offered = [
        (f"b{row.number}", say("bulletin_short", number=row.number, moment=spoken(lang, row.as_of)))
        for row in context.bulletins
    ]
    return [*offered, (PRESENT, say("present"))]


def _row(before: View, after: View, code: str, index: int) -> dict[str, Any]:
    category = after.categories[index]
    was, now = (_counted(view, code) for view in (before, after))
    name = after.name(category.names)
    return {
        "code": code,
        "position": category.position,
        "name": name,
        "short": short_line(after.lang, code, name),
        "before": was,
        "after": now,
        "change": now[0] - was[0],
    }


def _counted(view: View, code: str) -> tuple[int, int]:
    [line] = figures.categories(view.cells, [code], view.province_codes)
    if line.provinces_total or not line.owners:
        return line.provinces_completed, line.provinces_total
    return line.assignments.complete, line.assignments.total


def _changes(before: View, after: View) -> list[dict[str, Any]]:
    """Each province whose state in a line differs, with the lines it moved in."""
    found = []
    for code in after.province_codes:
        moved = [
            {
                "line": short_line(after.lang, category.code, after.name(category.names)),
                "before": _state(before, code, category.code),
                "after": _state(after, code, category.code),
            }
            for category in after.categories
            if _state(before, code, category.code) != _state(after, code, category.code)
        ]
        if moved:
            lost = sum(one["before"] == "completed" for one in moved)
            found.append({"code": code, "name": after.unit_name(code), "moved": moved, "worse": lost})
    return sorted(found, key=lambda change: (-change["worse"], change["code"]))


def _state(view: View, province: str, category: str) -> str:
    cell = view.cells.get((province, category))
    return cell.state if cell else "none"


def _lights(before: View, after: View) -> dict[str, tuple[int, int]]:
    """How many of each light at both ends."""
    counted = []
    for view in (before, after):
        those = figures.provinces(view.cells, view.category_codes, view.province_codes)
        counted.append([one.light for one in those if one.by_category])
    return {light: (counted[0].count(light), counted[1].count(light)) for light in ("red", "yellow", "green")}
