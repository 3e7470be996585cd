"""How late an owner's work is, and how much of that it spent waiting for an agency's answer. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.conditions import is_late, is_overdue
from app.status import Status

Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Delay:
    """Hours past the deadlines, over all assignments that are overdue or were completed late."""

    hours: float
    waiting_hours: float

    @property
    def own_hours(self) -> float:
        return round(self.hours - self.waiting_hours, 1)


def delay(work: Iterable[Any], waits: Sequence[Any], at: datetime) -> Delay:
    """The delay of assignments (rows with unit, task, deadline, status, complete_since), by a moment.

    A wait counts for the unit's task that its obstacle names, or for all of the unit's tasks when it names none.
    """
    total = waiting = timedelta()
    for row in work:
        late = _late(row, at)
        if late:
            total += late[1] - late[0]
            waiting += _overlap(late, [_span(wait, at) for wait in waits if _concerns(wait, row)])
    return Delay(_hours(total), _hours(waiting))


def _late(row: Any, at: datetime) -> Span | None:
    """From the deadline until the work was complete, or until now."""
    if Status(row.status).complete:
        return (row.deadline, row.complete_since) if is_late(row.complete_since, row.deadline) else None
    return (row.deadline, at) if is_overdue(row.deadline, at) else None


def _concerns(wait: Any, row: Any) -> bool:
    return wait.unit == row.unit and wait.task in (None, row.task)


def _span(wait: Any, at: datetime) -> Span:
    return wait.since, min(wait.until or at, at)


def _overlap(whole: Span, spans: Iterable[Span]) -> timedelta:
    """How much of a span is covered by other spans, which may overlap each other."""
    covered, reached = timedelta(), whole[0]
    for since, until in sorted(spans):
        since, until = max(since, reached), min(until, whole[1])  # noqa: PLW2901 - cut to what is not counted yet
        if until > since:
            covered += until - since
            reached = until
    return covered


def _hours(span: timedelta) -> float:
    return round(span.total_seconds() / 3600, 1)
