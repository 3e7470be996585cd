"""How many provinces and assignments were complete at each hour or day, exactly as of each point."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Literal

from app.clock import LATEST, in_vietnam, text
from app.db import rows
from app.errors import Complaint, InvalidInput
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
        raise InvalidInput(errors=[Complaint("/query/from", "from-after-to", "the start lies behind the end")])
    found = [start]
    for boundary in _boundaries(start, end, step):
        found.append(boundary)
        if len(found) >= MAX_POINTS:
            detail = f"more than {MAX_POINTS:,} points: take a longer step or a shorter time"
            raise InvalidInput(errors=[Complaint("/query/step", "too-many-points", detail)])
    return found if found[-1] == end else [*found, end]


def _boundaries(start: datetime, end: datetime, step: Step) -> Iterator[datetime]:
    wall = in_vietnam(start).replace(minute=0, second=0, microsecond=0)
    boundary = wall.replace(hour=0) if step == "day" else wall
    stride = timedelta(days=1) if step == "day" else timedelta(hours=1)
    while (boundary := boundary + stride) < end:
        yield boundary


async def timeline(
    context: ReadContext, *, start: datetime, end: datetime, step: Step, category: str | None = None
) -> dict[str, Any]:
    """Provinces and assignments completed at each point: in one category, or in all of them."""
    at = points(start, end, step)
    changes = await _changes(context, at, category)
    return {
        **context.head(),
        "category": category,
        "step": step,
        "points": list(_points_out(at, changes, set(context.province_codes))),
    }


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
