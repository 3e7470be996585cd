"""What stands behind the overview: a province, a line, the agencies, the bulletins, two moments beside each other."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.bulletins import service as bulletins
from app.catalogue.catalogue import Category, Unit
from app.clock import read, text
from app.errors import NotFound
from app.messages import say
from app.page import wording
from app.page.bars import BROAD, bar, bar_of
from app.page.context import Context
from app.page.overview import counted, courses_of, drawn, horizon
from app.page.shown import frozen, shown_matrix, shown_progress, shown_provinces
from app.page.texts import COMMA, short, short_line
from app.page.trend import CHART, trend
from app.progress.answers import province_detail, timeline
from app.progress.answers.agencies import agencies
from app.progress.answers.context import ReadContext
from app.progress.figures.statement import moment as spoken

Answer = Mapping[str, Any]
IN_FULL = 20
"""Bulletins that are set beside what is known today on one page; each asks as much as a page of its own."""


async def province(context: Context, unit: Unit) -> dict[str, Any]:
    """Its lights with reasons, lines, open work, communes in bands, history and rank."""
    view, say = context.view, context.say
    everyone = await shown_provinces(context)
    found = await _detail(context, unit, everyone)
    [item] = wording.provinces(view, [found], say)
    start, end = view.campaign.opening, min(view.moment.as_of, horizon(view))
    course = await timeline.points_of_owner(view, timeline.points(start, end, "day"), unit.code) if end > start else []
    return {
        "item": item,
        "of": len(everyone),
        "equals": sum(one["rank"] == item["rank"] for one in everyone),
        "statement": shown_progress(context)["statement"] if _complete(item) else None,
        "lines": [{**line, "bar": bar_of(line), "short": line["name"], "words": _why(context, line)}
                  for line in found["categories"]],
        "open": [_open(context, one) for one in found["open_assignments"]],
        "communes": [_communes(context, one) for one in found["communes"]],
        "chart": trend(
            [(read(point["at"]), point["assignments_completed"]) for point in course],
            found["assignments_total"],
            start=view.campaign.opening,
            end=horizon(view),
            deadline=view.campaign.deadline,
            size=CHART,
        ),
        "course": [(_short(view, point["at"]), point) for point in course],
        "names": [(one["code"], one["name"]) for one in everyone],
    }  # fmt: skip


async def _detail(context: Context, unit: Unit, everyone: Sequence[Answer]) -> dict[str, Any]:
    """The province in full. What a bulletin holds of it is as issued: its light and counts, the states of its lines."""
    found = await province_detail.province(context.view, unit)
    if "matrix" not in frozen(context):
        return found
    matrix = await shown_matrix(context)
    row = matrix["provinces"].index(unit.code)
    states = zip(matrix["states"][row], matrix["verified"][row], strict=True)
    issued = dict(zip(matrix["categories"], states, strict=True))
    lines = [
        {**line, **dict(zip(("state", "verified"), issued[line["code"]], strict=True))}
        for line in found["categories"]
        if line["code"] in issued
    ]
    item = next(one for one in everyone if one["code"] == unit.code)
    return {**found, **item, "categories": lines}


def _short(view: ReadContext, at: str) -> str:
    return short(view.lang, read(at), view.moment.as_of)


def _complete(item: Answer) -> bool:
    return bool(item["categories_total"]) and item["categories_completed"] == item["categories_total"]


def _why(context: Context, line: Answer) -> list[str]:
    """What is to be said of a province's line, in counts that are not zero."""
    say = context.say
    kinds = ("in_progress", "blocked", "returned", "not_started")
    counts = [(kind, line[f"assignments_{kind}"]) for kind in kinds] + [("overdue", line["overdue_open"])]
    return [say(f"count.{kind}", n=count) for kind, count in counts if count]


def _open(context: Context, one: Answer) -> dict[str, Any]:
    """A piece of open work, with its deadline and, where that was moved, the one before."""
    view = context.view
    moved = one["original_deadline"] != one["deadline"]
    return {
        **one,
        "name": view.name(view.catalogue.tasks[one["task"]].names),
        "line": view.name(view.catalogue.categories[one["category"]].names),
        "due": _short(view, one["deadline"]) if one["deadline"] else None,
        "due_before": _short(view, one["original_deadline"]) if moved and one["original_deadline"] else None,
        "since": _short(view, one["effective_at"]) if one["effective_at"] else None,
    }


def _communes(context: Context, one: Answer) -> dict[str, Any]:
    """Communes in bands that do not overlap, as parts of a bar, and those that hold the province back."""
    total, all_, over_70, over_50 = one["communes_total"], one["all"], one["over_70"], one["over_50"]
    category = context.view.catalogue.categories[one["category"]]
    bands = (
        ("all", all_),
        ("over_70", max(over_70 - all_, 0)),
        ("over_50", max(over_50 - max(over_70, all_), 0)),
        ("below", total - max(over_50, all_)),
    )
    return {**one, "name": context.view.name(category.names), "bands": bands, "total": total}


async def line(context: Context, category: Category) -> dict[str, Any]:
    """One line of the report in full: its sentence, its course, and where every province stands.

    Raises:
        NotFound: the campaign does not have it, or did not at that moment.

    """
    view = context.view
    lines = {one["code"]: one for one in shown_progress(context)["categories"]}
    if category.code not in lines:
        raise NotFound(say("no-such.category", seen=category.code))
    found = lines[category.code]
    matrix = await shown_matrix(context)
    column = matrix["categories"].index(category.code)
    states = {code: _state(matrix, row, column) for row, code in enumerate(matrix["provinces"])}
    course = (await courses_of(view))[category.code] if context.has_begun else []
    owners = [(owner, cell) for (owner, code), cell in sorted(view.cells.items()) if code == category.code]
    by_state: dict[str, list[Any]] = {state: [] for state in wording.STATES}
    for owner, cell in owners:
        state = states.get(owner) or ("verified" if cell.state == "completed" and cell.all_verified else cell.state)
        by_state[state].append((owner, view.unit_name(owner), cell, owner in states))
    tasks = view.catalogue.tasks_of(category.code)
    return {
        "line": {**found, **counted(found)},
        "bar": bar(found, BROAD),
        "chart": drawn(view, found, course),
        "course": [(_short(view, point["at"]), point) for point in course],
        "by_state": by_state,
        "tasks": [
            {
                "name": view.name(task.names),
                "level": task.level,
                "quality": task.quality_standard,
                "due": short(view.lang, task.deadline, view.moment.as_of) if task.deadline else None,
            }
            for task in tasks
        ],
        "column": column,
        "others": [(c.code, c.position, short_line(view.lang, c.code, view.name(c.names))) for c in view.categories],
    }


def _state(matrix: Answer, row: int, column: int) -> str | None:
    state: str | None = matrix["states"][row][column]
    return "verified" if state == "completed" and matrix["verified"][row][column] else state


async def owing(context: Context) -> dict[str, Any]:
    """What each agency owes, who owes most first."""
    view = context.view
    items = (await agencies(view))["items"]
    for item in items:
        for shown, fact in (("oldest", "oldest_open_since"), ("due", "first_answer_due")):
            item[shown] = _short(view, item[fact]) if item[fact] else None
    return {"agencies": items}


async def issued(context: Context) -> dict[str, Any]:
    """The last bulletins as issued and as known today; links to those before."""
    query, view = context.query, context.view
    found = []
    for head in context.bulletins[:IN_FULL]:
        row = await bulletins.find(query.session, query.campaign, head.number)
        shown = await bulletins.shown(query.session, query.catalogue, row, view.lang)
        found.append(
            {
                "number": row.number,
                "title": row.title,
                "as_of": spoken(view.lang, row.as_of),
                "as_of_text": text(row.as_of),
                "issued_at": spoken(view.lang, row.issued_at),
                "issued_at_text": text(row.issued_at),
                "completed": shown["progress"]["provinces_completed"],
                "total": shown["progress"]["provinces_total"],
                "restated": shown["restated"],
                "differences": [_difference(context, one) for one in shown["differences"]],
            }
        )
    return {"issued": found, "earlier": [head.number for head in context.bulletins[IN_FULL:]], "live": True}


def _difference(context: Context, one: Answer) -> dict[str, Any]:
    view, code = context.view, one["category"]
    known = code in view.catalogue.categories
    name = view.name(view.catalogue.categories[code].names) if known else context.say("whole_campaign")
    kind, whose = one["figure"], view.unit_name(one["province"]) if one["province"] else ""
    figure = context.say("light_of", name=whose) if kind == "light" else context.say(f"figure.{kind}")
    if whose and kind != "light":
        figure = context.say("of_province", name=whose, figure=figure)
    issued, now = (_shown_as(context, kind, one[side]) for side in ("issued", "now"))
    return {"line": name, "figure": figure, "issued": issued, "now": now}


def _shown_as(context: Context, kind: str, value: Any) -> str:
    """A light or a state in its word, a figure as people write it."""
    if kind in ("light", "state"):
        return context.say(f"{kind}.{value}" if value else "state.none")
    if kind == "verified":
        return context.say("state.none" if value is None else "state.verified" if value else "not_verified")
    return _figure(context, value)


def _figure(context: Context, value: Any) -> str:
    """A figure as people write it: a list of provinces by their names, a share in per cent."""
    if isinstance(value, list):
        return COMMA[context.view.lang].join(context.view.unit_name(code) for code in value) or "–"
    if isinstance(value, float):
        return f"{value:.0%}"
    return "–" if value is None else str(value)
