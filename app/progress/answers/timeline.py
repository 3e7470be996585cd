"""How many provinces and assignments were complete at each hour or day, exactly as of each point."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from app.clock import LATEST, in_vietnam, text
from app.db import rows
from app.errors import Complaint, InvalidInput
from app.messages import say
from app.progress import queries
from app.progress.answers.context import ReadContext
from app.progress.past import past_queries, transitions

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
    changes = await _changes(context, at, category)
    return {
        **context.head(),
        "category": category,
        "step": span.step,
        "points": list(_points_out(at, changes, set(context.province_codes))),
    }


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
    by_category = defaultdict(list)
    for row in await _changes(context, at, None):
        by_category[row[1]].append(row)
    provinces = set(context.province_codes)
    return {code: list(_points_out(at, by_category[code], provinces)) for code in context.category_codes}


async def points_of_owner(context: ReadContext, at: list[datetime], owner: str) -> list[dict[str, Any]]:
    """How many categories and assignments one owner had completed at each point."""
    by_point = defaultdict(list)
    for unit, category, point, complete, total in await _changes(context, at, None):
        if unit == owner:
            by_point[point].append((category, complete, total))
    found, done, of = [], Counter[str](), Counter[str]()
    for index, moment in enumerate(at):
        for category, complete, total in by_point[index]:
            done[category] += complete
            of[category] += total
        lines = sum(1 for category, total in of.items() if total and done[category] == total)
        found.append({"at": text(moment), "categories_completed": lines, "assignments_completed": done.total()})
    return found


async def _changes(context: ReadContext, points: list[datetime], category: str | None) -> list[Any]:
    """How the counts changed between the points: from transitions, or from the history as it was known."""
    asked = {"campaign": context.campaign.code, "category": category, "points": points}
    known_at = context.moment.known_at
    past = None if known_at else await transitions.past(context.session, points[-1], since=points[0])
    if past is None:
        return await rows(context.session, queries.COMPLETION_CHANGES, **asked, known_at=known_at or LATEST)
    query = past_queries.CHANGES_WITH_PENDING if past.has_pending else past_queries.CHANGES_PROJECTED
    return await rows(context.session, query, **asked, **past.parameters)


def _points_out(at: list[datetime], changes: list[Any], provinces: set[str]) -> Iterator[dict[str, Any]]:
    """Walk through the points with a running count of each owner's open work in each category."""
    by_point = defaultdict(list)
    for (
        owner,
        category,
        point,
        complete,
        total,
    ) in changes:  # many rows: attribute access would cost most
        by_point[point].append((owner, category, complete, total - complete))
    open_work: dict[tuple[str, str], int] = defaultdict(int)
    open_categories: dict[str, int] = defaultdict(int)
    completed = 0
    for index, moment in enumerate(at):
        for owner, category, complete, opened in by_point[index]:
            completed += complete
            before = open_work[owner, category]
            after = open_work[owner, category] = before + opened
            open_categories[owner] += (after > 0) - (before > 0)
        done = sum(1 for owner, open_count in open_categories.items() if owner in provinces and not open_count)
        yield {"at": text(moment), "provinces_completed": done, "assignments_completed": completed}
