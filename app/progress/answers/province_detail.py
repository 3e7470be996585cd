"""One province in full: its categories, its open assignments, and its communes with unfinished work."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from app.catalogue.catalogue import Unit
from app.clock import text
from app.conditions import is_late, is_overdue
from app.db import rows
from app.errors import NotFound
from app.messages import say
from app.obstacles.service import waits_of
from app.progress import queries
from app.progress.answers.context import ReadContext
from app.progress.answers.provinces import province_items
from app.progress.figures import figures
from app.progress.figures.cell import Cell
from app.progress.figures.delays import delay
from app.status import Status

BANDS = (("over_50", 0.5), ("over_70", 0.7))


async def province(context: ReadContext, unit: Unit) -> dict[str, Any]:
    """The province's line, with its categories, its own open assignments, and its communes' work in bands."""
    if unit.code not in context.province_codes:
        raise NotFound(say("no-such.province-then"))
    all_provinces = context.figures.provinces
    [item] = await province_items(
        context, [p for p in all_provinces if p.code == unit.code], figures.ranks(all_provinces)
    )
    work = await _assignments(context, unit.code)
    late = delay(work, await waits_of(context.session, unit.code, context.moment.reported_by), context.moment.as_of)
    return {
        **context.head(),
        **item,
        "delay_hours": late.hours,
        "delay_own_hours": late.own_hours,
        "delay_waiting_hours": late.waiting_hours,
        "categories": [_category(context, unit.code, code, work) for code in context.category_codes],
        "open_assignments": [_open(context, row) for row in work if row.unit == unit.code and not _complete(row)],
        "communes": [
            _communes(context, unit, code, work) for code in context.category_codes if _has_communes(context, code)
        ],
    }


async def _assignments(context: ReadContext, owner: str) -> list[Any]:
    """Every applicable assignment of an owner in its state at the moment."""
    query = queries.OPEN_NOW if context.moment.present else queries.OPEN_THEN
    clocks = {} if context.moment.present else context.moment.clocks
    return await rows(context.session, query, **clocks, campaign=context.campaign.code, owner=owner)


def _category(context: ReadContext, owner: str, code: str, work: list[Any]) -> dict[str, Any]:
    cell = context.cells.get((owner, code), Cell())
    own = [row for row in work if row.category == code]
    return {
        "code": code,
        "name": context.name(context.catalogue.categories[code].names),
        "state": cell.state if cell.total else None,
        "verified": cell.all_verified if cell.total else None,
        "assignments_total": cell.total,
        "assignments_completed": cell.complete,
        "assignments_verified": cell.verified,
        "assignments_in_progress": cell.in_progress,
        "assignments_blocked": cell.blocked,
        "assignments_returned": cell.returned,
        "assignments_not_started": cell.not_started,
        "completed_on_time": cell.on_time,
        "completed_late": cell.late,
        "overdue_open": cell.overdue,
        "against_original_deadline": _against_original(context, own),
    }


def _against_original(context: ReadContext, work: Iterable[Any]) -> dict[str, int]:
    """On time, late and still open past it, had no deadline been moved."""
    counts = {"completed_on_time": 0, "completed_late": 0, "overdue_open": 0}
    for row in work:
        if _complete(row):
            late = is_late(row.complete_since, row.original_deadline)
            counts["completed_late" if late else "completed_on_time"] += 1
        elif is_overdue(row.original_deadline, context.moment.as_of):
            counts["overdue_open"] += 1
    return counts


def _open(context: ReadContext, row: Any) -> dict[str, Any]:
    return {
        "task": row.task,
        "category": row.category,
        "unit": row.unit,
        "status": row.status,
        "effective_at": text(row.effective_at) if row.effective_at else None,
        "deadline": text(row.deadline) if row.deadline else None,
        "original_deadline": text(row.original_deadline) if row.original_deadline else None,
        "overdue": is_overdue(row.deadline, context.moment.as_of),
    }


def _has_communes(context: ReadContext, code: str) -> bool:
    return any(task.level == "commune" for task in context.catalogue.tasks_of(code))


def _communes(context: ReadContext, province: Unit, code: str, work: list[Any]) -> dict[str, Any]:
    """How many communes have completed over 50 %, over 70 % and all of their work in a category, and which have not."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for row in work:
        if row.category == code and row.unit != province.code:
            counts[row.unit][0] += _complete(row)
            counts[row.unit][1] += 1
    shares = {unit: done / of for unit, (done, of) in counts.items()}
    return {
        "category": code,
        "communes_total": len(counts),
        **{band: sum(share > border for share in shares.values()) for band, border in BANDS},
        "all": sum(share == 1 for share in shares.values()),
        "not_done": [
            {"code": unit, "name": context.unit_name(unit), "assignments_completed": done, "assignments_total": of}
            for unit, (done, of) in sorted(counts.items())
            if done < of
        ],
    }


def _complete(row: Any) -> bool:
    return Status(row.status).complete
