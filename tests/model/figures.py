"""What the model answers: every figure of every progress answer, in the words of the wire."""

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from fractions import Fraction
from typing import Any

from tests.model.model import COMPLETE, SILENCE, Category, ModelState, Moment, World

KINDS: dict[str, Callable[[ModelState], bool]] = {
    "overdue": lambda standing: standing.overdue,
    "due_soon": lambda standing: standing.due_soon,
    "blocked": lambda standing: standing.blocked,
}


class Cells:
    """The standings of a moment, sorted by province and category once: they are asked for again and again."""

    def __init__(self, world: World, moment: Moment) -> None:
        self.world, self.moment = world, moment
        known = world.is_known(moment)
        self.provinces = world.provinces if known else []
        self.agencies = [unit.code for unit in world.units.values() if unit.level == "agency"] if known else []
        self.categories = sorted(world.categories, key=lambda category: category.position) if known else []
        self._cells: dict[tuple[str, str], list[ModelState]] = {}
        for standing in world.standings(moment):
            self._cells.setdefault((standing.owner, standing.assignment.task.category), []).append(standing)

    def cell(self, owner: str, category: str) -> list[ModelState]:
        return self._cells.get((owner, category), [])

    def state(self, province: str, category: str) -> str | None:
        return state_of(self.cell(province, category))

    def verified(self, province: str, category: str) -> bool | None:
        cell = self.cell(province, category)
        return all(standing.status == "verified" for standing in cell) if cell else None

    def of_province(self, province: str) -> list[ModelState]:
        return [standing for category in self.categories for standing in self.cell(province, category.code)]

    def of_category(self, category: str) -> list[ModelState]:
        return [standing for (_, code), cell in self._cells.items() if code == category for standing in cell]


def count(standings: list[ModelState], what: Callable[[ModelState], bool]) -> int:
    return sum(1 for standing in standings if what(standing))


def progress(cells: Cells) -> dict[str, Any]:
    by_province = [cells.of_province(province) for province in cells.provinces]
    lights = Counter(light_of(standings) for standings in by_province)
    return {
        "campaign": cells.world.campaign,
        "provinces_total": sum(1 for standings in by_province if standings),
        "provinces_completed": sum(1 for standings in by_province if state_of(standings) == "completed"),
        "lights": {light: lights[light] for light in ("green", "yellow", "red")},
        "categories": [line(cells, category) for category in cells.categories],
    }


def line(cells: Cells, category: Category) -> dict[str, Any]:
    states = {province: cells.state(province, category.code) for province in cells.provinces}
    applicable = {province: state for province, state in states.items() if state is not None}
    counted = Counter(applicable.values())
    everything = cells.of_category(category.code)
    return {
        "code": category.code,
        "position": category.position,
        "provinces_total": len(applicable),
        "provinces_completed": counted["completed"],
        "provinces_verified": sum(1 for province in applicable if cells.verified(province, category.code)),
        "provinces_in_progress": counted["in_progress"],
        "provinces_blocked": counted["blocked"],
        "provinces_not_started": counted["not_started"],
        "assignments_total": len(everything),
        "assignments_completed": count(everything, lambda standing: standing.complete),
        "assignments_verified": count(everything, lambda standing: standing.status == "verified"),
        "completed_on_time": count(everything, lambda standing: standing.on_time),
        "completed_late": count(everything, lambda standing: standing.late),
        "overdue_open": count(everything, lambda standing: standing.overdue),
        "completion": round(counted["completed"] / len(applicable), 4) if applicable else None,
        "missing": [province for province, state in applicable.items() if state != "completed"],
    }


def matrix(cells: Cells) -> dict[str, Any]:
    codes = [category.code for category in cells.categories]
    return {
        "campaign": cells.world.campaign,
        "provinces": cells.provinces,
        "categories": codes,
        "states": [[cells.state(province, code) for code in codes] for province in cells.provinces],
        "verified": [[cells.verified(province, code) for code in codes] for province in cells.provinces],
    }


def provinces(cells: Cells) -> dict[str, dict[str, Any]]:
    """Each province by its code."""
    items = {province: province_item(cells, province) for province in cells.provinces}
    keys = {province: _rank_key(item) for province, item in items.items()}
    for province, item in items.items():
        item["rank"] = 1 + sum(1 for other in keys.values() if other > keys[province])
    return items


def province_item(cells: Cells, province: str) -> dict[str, Any]:
    """Everything about a province but its rank, which the others decide."""
    standings = cells.of_province(province)
    states = [cells.state(province, category.code) for category in cells.categories]
    heard = cells.world.last_heard(province, cells.moment)
    return {
        "code": province,
        "light": light_of(standings),
        "reasons": {kind: count(standings, holds) for kind, holds in KINDS.items() if count(standings, holds)},
        "reporting": _reporting(standings, heard, cells.moment),
        "categories_completed": sum(1 for state in states if state == "completed"),
        "categories_total": sum(1 for state in states if state is not None),
        "assignments_completed": count(standings, lambda standing: standing.complete),
        "assignments_verified": count(standings, lambda standing: standing.status == "verified"),
        "assignments_total": len(standings),
        "assignments_blocked": count(standings, lambda standing: standing.blocked),
        "overdue_open": count(standings, lambda standing: standing.overdue),
        "last_update_at": heard,
    }


def _reporting(standings: list[ModelState], heard: datetime | None, moment: Moment) -> str:
    if heard is None:
        return "never"
    open_work = any(not standing.complete for standing in standings)
    return "stale" if open_work and moment.as_of - heard >= SILENCE else "fresh"


def _rank_key(item: dict[str, Any]) -> tuple[int, Fraction, int]:
    total = item["assignments_total"]
    share = Fraction(item["assignments_completed"], total) if total else Fraction(0)
    return item["categories_completed"], share, -item["overdue_open"]


def state_of(standings: Iterable[ModelState]) -> str | None:
    """A province's state in a category; None where nothing applies."""
    statuses = [standing.status for standing in standings]
    if not statuses:
        return None
    if all(status in COMPLETE for status in statuses):
        return "completed"
    if "blocked" in statuses:
        return "blocked"
    return "in_progress" if any(status != "not_started" for status in statuses) else "not_started"


def light_of(standings: list[ModelState]) -> str | None:
    if not standings:
        return None
    if any(standing.overdue for standing in standings):
        return "red"
    return "yellow" if any(standing.due_soon or standing.blocked for standing in standings) else "green"
