"""How many provinces and assignments were complete at each hour or day, exactly as of each point."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from app.clock import LATEST, in_vietnam, text
from app.db import rows
from app.errors import Complaint, InvalidInput
from app.messages import say
from app.progress import timeline_queries as queries
from app.progress.answers.context import ReadContext
from app.progress.past import transitions

Step = Literal["hour", "day"]
MAX_POINTS = 2000


def points(start: datetime, end: datetime, step: Step) -> list[datetime]:
    """The start, every step boundary in Vietnamese time between, the end.

    Raises:
        InvalidInput: `too-many-points` above 2,000, `from-after-to`.

    """
    if start > end:
        raise InvalidInput(errors=[Complaint("/query/from", "from-after-to")])
    found = [start]
    for boundary in _boundaries(start, end, step):
        found.append(boundary)
        if len(found) >= MAX_POINTS:
            said = say("too-many-points", most=MAX_POINTS)
            raise InvalidInput(errors=[Complaint("/query/step", "too-many-points", said)])
    return found if found[-1] == end else [*found, end]


def _boundaries(start: datetime, end: datetime, step: Step) -> Iterator[datetime]:
    wall = in_vietnam(start).replace(minute=0, second=0, microsecond=0)
    boundary = wall.replace(hour=0) if step == "day" else wall
    stride = timedelta(days=1) if step == "day" else timedelta(hours=1)
    while (boundary := boundary + stride) < end:
        yield boundary


class Span(NamedTuple):
    """The first and the last moment of a timeline, and the step between its points."""

    start: datetime
    end: datetime
    step: Step

    @property
    def points(self) -> list[datetime]:
        return points(self.start, self.end, self.step)


async def timeline(context: ReadContext, span: Span, category: str | None = None) -> dict[str, Any]:
    """Provinces and assignments completed at each point: in one category, or in all of them."""
    at = span.points
    [found] = (await _lines(context, at, [None], category=category)).values()
    moments = list(map(text, at))
    return {**context.head(), "category": category, "step": span.step, "points": list(_points_out(moments, found))}


async def series(context: ReadContext, span: Span, categories: Sequence[str]) -> dict[str, Any]:
    """The points of each of several categories, from one query."""
    found = await points_by_category(context, span.points)
    return {
        **context.head(),
        "step": span.step,
        "series": [{"category": code, "points": found[code]} for code in categories if code in found],
    }


async def points_by_category(context: ReadContext, at: list[datetime]) -> dict[str, list[dict[str, Any]]]:
    """The points of every category of the campaign."""
    found = await _lines(context, at, context.category_codes)
    moments = list(map(text, at))
    return {code: list(_points_out(moments, line)) for code, line in found.items()}


async def points_of_owner(context: ReadContext, at: list[datetime], owner: str) -> list[dict[str, Any]]:
    """How many categories and assignments one owner had completed at each point."""
    lines = (await _lines(context, at, context.category_codes, owner=owner)).values()
    return [
        {
            "at": text(moment),
            "categories_completed": sum(line[index].done for line in lines),
            "assignments_completed": sum(line[index].complete for line in lines),
        }
        for index, moment in enumerate(at)
    ]


class CompletedAtPoint(NamedTuple):
    """How many assignments were complete at a point, and how many owners had completed all of their work."""

    complete: int
    done: int


async def _lines(
    context: ReadContext,
    at: list[datetime],
    lines: Sequence[str | None],
    *,
    category: str | None = None,
    owner: str | None = None,
) -> dict[Any, list[CompletedAtPoint]]:
    """What stood at each point in each of some lines: categories, or None for all of them together."""
    asked = {
        "campaign": context.campaign.code,
        "category": category,
        "owner": owner,
        "owners_counted": [owner] if owner else list(context.province_codes),
        "by_category": lines != [None],
        "points": at,
    }
    steps: dict[Any, dict[int, tuple[int, int]]] = defaultdict(dict)
    for line, point, complete, done in await _steps(context, asked):
        steps[line][point] = (complete, done)
    return {line: list(_summed(len(at), steps[line])) for line in lines}


async def _steps(context: ReadContext, asked: dict[str, Any]) -> list[Any]:
    """What changed by each point: from transitions, or from the history as it was known."""
    points = asked["points"]
    known_at = context.moment.known_at
    past = None if known_at else await transitions.past(context.session, points[-1], since=points[0])
    if past is None:
        return await rows(context.session, queries.STEPS_KNOWN, **asked, known_at=known_at or LATEST)
    query = queries.STEPS_WITH_PENDING if past.has_pending else queries.STEPS_PROJECTED
    return await rows(context.session, query, **asked, **past.parameters)


def _summed(points: int, steps: dict[int, tuple[int, int]]) -> Iterator[CompletedAtPoint]:
    complete = done = 0
    for point in range(points):
        more_complete, more_done = steps.get(point, (0, 0))
        complete, done = complete + more_complete, done + more_done
        yield CompletedAtPoint(complete, done)


def _points_out(moments: list[str], line: list[CompletedAtPoint]) -> Iterator[dict[str, Any]]:
    for moment, (complete, done) in zip(moments, line, strict=True):
        yield {"at": moment, "provinces_completed": done, "assignments_completed": complete}
