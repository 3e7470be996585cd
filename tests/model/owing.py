"""What the model answers about those who wait and those who are waited for: agencies, and a province's delay."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from tests.model.figures import Cells, count, light_of
from tests.model.model import FOREVER, ModelState

HOUR = timedelta(hours=1)
Span = tuple[datetime, datetime]


def agencies(cells: Cells) -> list[dict[str, Any]]:
    """What each agency owes, who owes most answers first."""
    return sorted((agency(cells, code) for code in cells.agencies), key=_urgency)


def _urgency(item: dict[str, Any]) -> tuple[int, datetime, int, str]:
    oldest = item["oldest_open_since"] or FOREVER
    return -item["obstacles_open"], oldest, -item["assignments_open"], item["code"]


def agency(cells: Cells, code: str) -> dict[str, Any]:
    """Its own work, and the answers that it owes."""
    own = cells.of_province(code)
    done = count(own, lambda standing: standing.complete)
    answers = _answers(cells, code)
    return {
        "code": code,
        "light": "red" if answers["answers_overdue"] else light_of(own),
        "assignments_total": len(own),
        "assignments_completed": done,
        "assignments_verified": count(own, lambda standing: standing.status == "verified"),
        "assignments_open": len(own) - done,
        "overdue_open": count(own, lambda standing: standing.overdue),
        **answers,
    }


def _answers(cells: Cells, code: str) -> dict[str, Any]:
    by, at = cells.moment.reported_by, cells.moment.as_of
    obstacles = [obstacle for obstacle in cells.world.obstacles.values() if obstacle.addressed_to == code]
    waits = [wait for obstacle in obstacles for wait in obstacle.waits(by)]
    still = [wait.since for wait in waits if wait.until is None]
    due = [wait.due for wait in waits if wait.until is None]
    took = [(wait.until - wait.since) / HOUR for wait in waits if wait.until]
    return {
        "obstacles_open": len(still),
        "oldest_open_since": min(still, default=None),
        "answers_overdue": sum(one < at for one in due),
        "first_answer_due": min(due, default=None),
        "promises_broken": sum(obstacle.promises_broken(by, at) for obstacle in obstacles),
        "obstacles_answered": len(took),
        "median_answer_hours": median(took) if took else None,
    }


def delay(cells: Cells, province: str) -> dict[str, float]:
    """The hours past its deadlines: all, and those in which an answer was owed to the same unit."""
    spans = [(standing, span) for standing in cells.of_province(province) if (span := _overrun(cells, standing))]
    total = sum((end - start for _, (start, end) in spans), timedelta()) / HOUR
    waiting = sum((_waited(cells, standing, span) for standing, span in spans), timedelta()) / HOUR
    return {"delay_hours": total, "delay_waiting_hours": waiting}


def _overrun(cells: Cells, standing: ModelState) -> Span | None:
    """From the deadline until the work was completed, or the moment asked about; None where that was in time."""
    until = standing.since if standing.complete else cells.moment.as_of
    due = standing.deadline
    return (due, until) if until and due and due < until else None


def _waited(cells: Cells, standing: ModelState, span: Span) -> timedelta:
    """How much of a time was spent waiting for any answer; two that are owed at once are one wait."""
    start, end = span
    waited, reached = timedelta(), start
    for since, until in sorted(_spans(cells, standing)):
        begin, finish = max(since, reached), min(until, end)
        waited += max(finish - begin, timedelta())
        reached = max(reached, finish)
    return waited


def _spans(cells: Cells, standing: ModelState) -> list[Span]:
    """When its unit waited for others with this work: by an obstacle about its task, or about none in particular."""
    unit, task = standing.assignment.unit.code, standing.assignment.task.code
    about = [o for o in cells.world.obstacles.values() if o.unit == unit and o.task in (None, task)]
    waits = [wait for obstacle in about for wait in obstacle.waits(cells.moment.reported_by)]
    return [(wait.since, wait.until or FOREVER) for wait in waits]
