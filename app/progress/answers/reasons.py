"""The first assignments behind a province's light: which work is blocked, overdue or due soon."""

from collections import defaultdict
from typing import Any

from app.clock import text
from app.db import rows
from app.progress import queries
from app.progress.answers.context import ReadContext
from app.progress.past.sources import source

FirstAssignments = dict[tuple[str, str], list[dict[str, Any]]]
"""By owner and kind of reason."""


async def first_assignments(context: ReadContext, wanted: list[tuple[str, str]]) -> FirstAssignments:
    """The first three assignments behind each reason of each owner."""
    first: FirstAssignments = defaultdict(list)
    for row in await _found(context, wanted):
        assignments = first[row.owner, row.kind]
        if len(assignments) < queries.FIRST:
            deadline = text(row.deadline) if row.deadline else None
            named = {"task": row.task, "unit": row.unit, "unit_name": context.unit_name(row.unit)}
            assignments.append({**named, "status": row.status, "deadline": deadline})
    return first


async def _found(context: ReadContext, wanted: list[tuple[str, str]]) -> list[Any]:
    """By owner, kind, task and unit: at least the first three of each."""
    those = {"owners": [owner for owner, _ in wanted], "kinds": [kind for _, kind in wanted]}
    asked = {**context.moment.clocks, "campaign": context.campaign.code}
    if context.moment.present:
        return await rows(context.session, queries.REASONS_NOW, **asked, **those)
    found = await _tasks_to_search(context, set(wanted))
    if found is None:
        return await rows(context.session, queries.REASONS_THEN, **asked, **those)
    owners, kinds, tasks = zip(*found, strict=True) if found else ((), (), ())
    search = {"owners": list(owners), "kinds": list(kinds), "tasks": list(tasks)}
    return await rows(context.session, queries.REASONS_IN_TASKS, **asked, **search)


async def _tasks_to_search(context: ReadContext, wanted: set[tuple[str, str]]) -> list[tuple[str, str, str]] | None:
    """The first tasks in which an owner has three such assignments; None where the projection cannot answer."""
    past = await source(context.session, context.campaign.code, context.moment)
    if past is None:
        return None
    enough: dict[tuple[str, str], int] = defaultdict(int)
    tasks = []
    for row in await rows(context.session, past.reasons, campaign=context.campaign.code, **past.parameters):
        reason = (row.owner, row.kind)
        if reason in wanted and enough[reason] < queries.FIRST:
            enough[reason] += row.work
            tasks.append((row.owner, row.kind, row.task))
    return tasks
