"""What the model answers about a province in full, about stretches of time, and about those who are silent."""

from collections import Counter
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from tests.model.figures import Cells, count, provinces, state_of
from tests.model.model import SILENCE, ModelState, Moment, World
from tests.model.owing import delay

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
BANDS = {"over_50": Fraction(1, 2), "over_70": Fraction(7, 10)}


def province_in_full(cells: Cells, province: str) -> dict[str, Any]:
    """The province's item, its lines by category, its own open work by task, its communes by category."""
    everything = cells.of_province(province)
    return {
        **provinces(cells)[province],
        **delay(cells, province),
        "categories": [_line(cells, province, category.code) for category in cells.categories],
        "open_assignments": {
            standing.assignment.task.code: _open(standing, cells.moment)
            for standing in everything
            if standing.assignment.unit.code == province and not standing.complete
        },
        "communes": {
            category.code: communes
            for category in cells.categories
            if (communes := _communes(cells.cell(province, category.code)))
        },
    }


def _line(cells: Cells, province: str, category: str) -> dict[str, Any]:
    cell = cells.cell(province, category)
    statuses = Counter(standing.status for standing in cell)
    originally = [standing.against(standing.assignment.deadline.original, cells.moment.as_of) for standing in cell]
    return {
        "code": category,
        "state": cells.state(province, category),
        "verified": cells.verified(province, category),
        "assignments_total": len(cell),
        "assignments_completed": count(cell, lambda standing: standing.complete),
        "assignments_verified": statuses["verified"],
        "assignments_in_progress": statuses["in_progress"],
        "assignments_blocked": statuses["blocked"],
        "assignments_returned": statuses["returned"],
        "assignments_not_started": statuses["not_started"],
        **_timeliness(cell),
        "against_original_deadline": _timeliness(originally),
    }


def _timeliness(standings: list[ModelState]) -> dict[str, int]:
    return {
        "completed_on_time": count(standings, lambda standing: standing.on_time),
        "completed_late": count(standings, lambda standing: standing.late),
        "overdue_open": count(standings, lambda standing: standing.overdue),
    }


def _open(standing: ModelState, moment: Moment) -> dict[str, Any]:
    assignment = standing.assignment
    winners = assignment.winners(moment)
    return {
        "category": assignment.task.category,
        "unit": assignment.unit.code,
        "status": standing.status,
        "effective_at": winners[-1].effective_at if winners else None,
        "deadline": standing.deadline,
        "original_deadline": assignment.deadline.original,
        "overdue": standing.overdue,
    }


def _communes(cell: list[ModelState]) -> dict[str, Any] | None:
    """How many communes have more than a share of their work done; None where communes have nothing to do."""
    work: dict[str, list[bool]] = {}
    for standing in cell:
        if standing.assignment.unit.level == "commune":
            work.setdefault(standing.assignment.unit.code, []).append(standing.complete)
    shares = {commune: Fraction(sum(done), len(done)) for commune, done in work.items()}
    if not shares:
        return None
    return {
        "communes_total": len(shares),
        **{band: sum(1 for share in shares.values() if share > over) for band, over in BANDS.items()},
        "all": sum(1 for share in shares.values() if share == 1),
        "not_done": {
            commune: {"assignments_completed": sum(work[commune]), "assignments_total": len(work[commune])}
            for commune, share in shares.items()
            if share < 1
        },
    }


def timeline(world: World, known_at: datetime | None, points: list[datetime], category: str | None) -> list[Any]:
    """What was completed as of each point."""
    return [_point(Cells(world, Moment(at, known_at)), at, category) for at in points]


def _point(cells: Cells, at: datetime, category: str | None) -> dict[str, Any]:
    chosen = [one.code for one in cells.categories if category in (None, one.code)]
    states = [state_of([s for code in chosen for s in cells.cell(province, code)]) for province in cells.provinces]
    done = sum(count(cells.of_category(code), lambda standing: standing.complete) for code in chosen)
    return {"at": at, "provinces_completed": states.count("completed"), "assignments_completed": done}


def boundaries(start: datetime, end: datetime, step: str) -> list[datetime]:
    """`start`, every full hour or midnight of Viet Nam in between, `end`."""
    at = start.astimezone(VIETNAM).replace(minute=0, second=0, microsecond=0)
    at = at.replace(hour=0) if step == "day" else at
    between = []
    while at < end:
        between += [at] if at > start else []
        at += timedelta(hours=1) if step == "hour" else timedelta(days=1)
    return [start, *between, *([end] if end > start else [])]


def comparison(before: Cells, after: Cells) -> dict[str, Any]:
    """The cells that stand otherwise, and how many provinces completed each line."""
    lines = [category.code for category in after.categories]
    cells = [(province, line) for province in after.provinces for line in lines]
    return {
        "changes": {
            cell: (before.state(*cell), after.state(*cell))
            for cell in cells
            if before.state(*cell) != after.state(*cell)
        },
        "categories": [
            {"code": line, "before": _completed(before, line), "after": _completed(after, line)} for line in lines
        ],
    }


def _completed(cells: Cells, line: str) -> int:
    return sum(1 for province in cells.provinces if cells.state(province, line) == "completed")


def silent(cells: Cells) -> dict[str, dict[str, Any]]:
    """The units with open work of their own that were not heard of for 72 hours, or never."""
    moment, still_open = cells.moment, Counter[str]()
    for standing in cells.world.standings(moment):
        still_open[standing.assignment.unit.code] += not standing.complete
    heard = {code: cells.world.last_heard_itself(code, moment) for code, number in still_open.items() if number}
    return {
        code: {"reporting": "stale" if at else "never", "last_update_at": at, "assignments_open": still_open[code]}
        for code, at in heard.items()
        if at is None or moment.as_of - at >= SILENCE
    }
