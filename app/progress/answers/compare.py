"""What changed between two moments, each by both clocks. Pure."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from app.clock import text
from app.progress.answers.progress import statement_of_whole
from app.progress.figures.cell import Cells
from app.progress.figures.compare_sentences import sentences
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import CategoryFigures, of_cells
from app.progress.figures.moment import Moment


class LineCount(NamedTuple):
    """How much of a line was complete, of how much."""

    provinces_completed: int = 0
    provinces_total: int = 0
    assignments_completed: int = 0
    assignments_total: int = 0


@dataclass(frozen=True, slots=True)
class End:
    """One of the two moments in figures; `bulletin` is the number of the one that it was read out with.

    `states` are by province and category, `lines` by category, `lights` by province: none where nothing applies.
    """

    moment: Moment
    states: Mapping[tuple[str, str], str | None]
    lines: Mapping[str, LineCount]
    lights: Mapping[str, str | None]
    provinces_completed: int
    statement: str
    bulletin: int | None = None


def computed_end(context: FigureContext, moment: Moment, cells: Cells, bulletin: int | None = None) -> End:
    """A moment's figures from its cells."""
    lines, provinces = of_cells(cells, context.category_codes, context.province_codes)
    return End(
        moment,
        states={(one.code, code): cell.state for one in provinces for code, cell in one.by_category.items()},
        lines={line.code: _line_count(line) for line in lines},
        lights={one.code: one.light for one in provinces},
        provinces_completed=sum(one.completed for one in provinces),
        statement=statement_of_whole(replace(context, moment=moment), provinces),
        bulletin=bulletin,
    )


def frozen_end(moment: Moment, bulletin: int, answers: Mapping[str, Any]) -> End:
    """A bulletin's figures as they were issued."""
    matrix = answers["matrix"]
    rows = zip(matrix["provinces"], matrix["states"], strict=True)
    return End(
        moment,
        states={(code, at): state for code, row in rows for at, state in zip(matrix["categories"], row, strict=True)},
        lines={
            line["code"]: LineCount(*(line[field] for field in LineCount._fields))
            for line in answers["progress"]["categories"]
        },
        lights={item["code"]: item["light"] for item in answers["provinces"]["items"]},
        provinces_completed=answers["progress"]["provinces_completed"],
        statement=answers["progress"]["statement"],
        bulletin=bulletin,
    )


def compare(context: FigureContext, start: End, end: End) -> dict[str, Any]:
    """Each province's state and light where they differ, the report's lines at both moments, and what to say of it."""
    lines = list(_lines(context, start, end))
    changes = list(_changes(context, start, end))
    return {
        "campaign": context.campaign.code,
        "known_at": context.head()["known_at"],
        **_head("from", start),
        **_head("to", end),
        "changes": changes,
        "categories": lines,
        "lights": {
            "before": _counted(start.lights),
            "after": _counted(end.lights),
            "changes": [
                {"province": code, "name": context.unit_name(code), "before": was, "after": now}
                for code in context.province_codes
                if (was := start.lights.get(code)) != (now := end.lights.get(code))
            ],
        },
        "sentences": sentences(context, lines, changes),
    }


def _head(side: str, end: End) -> dict[str, Any]:
    known_at = end.moment.known_at
    return {
        side: text(end.moment.as_of),
        f"{side}_known_at": text(known_at) if known_at else None,
        f"{side}_bulletin": end.bulletin,
    }


def _changes(context: FigureContext, start: End, end: End) -> Iterator[dict[str, Any]]:
    for province in context.province_codes:
        for category in context.categories:
            was, now = (one.states.get((province, category.code)) for one in (start, end))
            if was != now:
                yield {
                    "province": province,
                    "province_name": context.unit_name(province),
                    "category": category.code,
                    "category_name": context.name(category.names),
                    "before": was,
                    "after": now,
                }


def _lines(context: FigureContext, start: End, end: End) -> Iterator[dict[str, Any]]:
    for category in context.categories:
        was, now = (one.lines.get(category.code, LineCount()) for one in (start, end))
        yield {
            "code": category.code,
            "name": context.name(category.names),
            "before": was.provinces_completed,
            "after": now.provinces_completed,
            "assignments_before": was.assignments_completed,
            "assignments_after": now.assignments_completed,
        }


def _line_count(line: CategoryFigures) -> LineCount:
    work = line.assignments
    return LineCount(line.provinces_completed, line.provinces_total, work.complete, work.total)


def _counted(lights: Mapping[str, str | None]) -> dict[str, int]:
    counts = Counter(lights.values())
    return {light: counts[light] for light in ("green", "yellow", "red")}
