"""The first assignments behind a province's light: which work is blocked, overdue or due soon."""

from collections import defaultdict
from typing import Any

from app.clock import text
from app.db import rows
from app.progress import past_queries, queries, turns
from app.progress.view import View

FIRST = 3

FirstAssignments = dict[tuple[str, str], list[dict[str, Any]]]
"""By owner and kind of reason."""


async def first_assignments(view: View, wanted: list[tuple[str, str]]) -> FirstAssignments:
    """The first three assignments behind each reason of each owner."""
    first: FirstAssignments = defaultdict(list)
    for row in await _found(view, wanted):
        held = first[row.owner, row.kind]
        if len(held) < FIRST:
            deadline = text(row.deadline) if row.deadline else None
            named = {"task": row.task, "unit": row.unit, "unit_name": view.unit_name(row.unit)}
            held.append({**named, "status": row.status, "deadline": deadline})
    return first


async def _found(view: View, wanted: list[tuple[str, str]]) -> list[Any]:
    """By owner, kind, task and unit: at least the first three of each."""
    those = {"owners": [owner for owner, _ in wanted], "kinds": [kind for _, kind in wanted]}
    asked = {**view.moment.clocks, "campaign": view.campaign.code}
    if view.moment.present:
        return await rows(view.session, queries.REASONS_NOW, **asked, **those)
    places = await _places(view, set(wanted))
    if places is None:
        return await rows(view.session, queries.REASONS_THEN, **asked, **those)
    owners, kinds, tasks = zip(*places, strict=True) if places else ((), (), ())
    look = {"owners": list(owners), "kinds": list(kinds), "tasks": list(tasks)}
    return await rows(view.session, queries.REASONS_IN_TASKS, **asked, **look)


async def _places(view: View, wanted: set[tuple[str, str]]) -> list[tuple[str, str, str]] | None:
    """The first tasks in which an owner has three such assignments; None where the turns do not tell."""
    past = None if view.moment.known_at else await turns.past(view.session, view.moment.as_of)
    if past is None:
        return None
    query = past_queries.HOLDING_UNTOLD if past.untold else past_queries.HOLDING_TOLD
    enough: dict[tuple[str, str], int] = defaultdict(int)
    places = []
    for row in await rows(view.session, query, campaign=view.campaign.code, **past.parameters):
        reason = (row.owner, row.kind)
        if reason in wanted and enough[reason] < FIRST:
            enough[reason] += row.work
            places.append((row.owner, row.kind, row.task))
    return places
