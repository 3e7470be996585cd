"""What is complete, overdue, due soon, late and silent: the one definition of each, in Python and as SQL text.

An argument of a function that returns SQL is an expression: a column, or a parameter such as `:as_of`.
"""

from datetime import datetime, timedelta

from app.status import COMPLETE

DUE_SOON = timedelta(hours=48)
SILENT_AFTER = timedelta(hours=72)

HOURS = {"due_soon_hours": DUE_SOON // timedelta(hours=1), "silent_hours": SILENT_AFTER // timedelta(hours=1)}
"""The two as texts for people name them."""

COUNT_COLUMNS = ("total", "in_progress", "blocked", "returned", "completed", "verified", "late")
"""What is counted of applicable assignments: columns of `tally`, `transition` and `balance`, fields of a cell."""


def is_overdue(deadline: datetime | None, at: datetime) -> bool:
    """Of open work: its deadline has passed."""
    return deadline is not None and deadline < at


def is_due_soon(deadline: datetime | None, at: datetime) -> bool:
    """Of open work: its deadline is near."""
    return deadline is not None and at <= deadline <= at + DUE_SOON


def is_late(complete_since: datetime, deadline: datetime | None) -> bool:
    """Of complete work: it became complete after its deadline, and has stayed complete since."""
    return deadline is not None and complete_since > deadline


def is_silent(last_report_at: datetime, at: datetime) -> bool:
    """Of a unit with open work: its last report is old."""
    return last_report_at <= at - SILENT_AFTER


def complete_sql(status: str) -> str:
    return f"{status} in ({_COMPLETE})"


def open_sql(status: str) -> str:
    return f"{status} not in ({_COMPLETE})"


def overdue_sql(deadline: str, at: str) -> str:
    """Of open work, as `is_overdue`; null without a deadline."""
    return f"{deadline} < {at}"


def due_soon_sql(deadline: str, at: str) -> str:
    """Of open work, as `is_due_soon`; null without a deadline."""
    return f"{deadline} between {at} and {at} + {_interval(DUE_SOON)}"


def late_sql(complete_since: str, deadline: str) -> str:
    """Of complete work, as `is_late`; null without a deadline. `complete_since` is null of open work."""
    return f"{complete_since} > {deadline}"


def silent_sql(last_report_at: str, at: str) -> str:
    """Of a unit with open work, as `is_silent`; null when it never reported."""
    return f"{last_report_at} <= {at} - {_interval(SILENT_AFTER)}"


def counts_sql(status: str, complete_since: str, deadline: str) -> dict[str, str]:
    """By count column: the condition under which an applicable assignment counts in it."""
    late = f"{complete_sql(status)} and {late_sql(complete_since, deadline)}"
    return {name: f"{status} = '{name}'" for name in COUNT_COLUMNS} | {"total": "true", "late": late}


def complete_count_sql(prefix: str = "") -> str:
    """How many are complete, from count columns."""
    return " + ".join(f"{prefix}{status}" for status in sorted(COMPLETE))


def open_count_sql(prefix: str = "") -> str:
    """How many are open, from count columns."""
    return " - ".join([f"{prefix}total", *(f"{prefix}{status}" for status in sorted(COMPLETE))])


def cell_sums_sql(at: str, prefix: str = "") -> str:
    """The columns of a cell at a moment, as sums over rows that have count columns and a deadline."""
    opened, deadline = open_count_sql(prefix), f"{prefix}deadline"
    counts = [f"sum({prefix}{name})::int8 as {name}" for name in COUNT_COLUMNS]
    dues = {"overdue": overdue_sql(deadline, at), "due_soon": due_soon_sql(deadline, at)}
    return ",\n       ".join(
        [
            *counts,
            *(f"coalesce(sum({opened}) filter (where {when}), 0)::int8 as {name}" for name, when in dues.items()),
        ]
    )


_COMPLETE = ", ".join(f"'{status}'" for status in sorted(COMPLETE))


def _interval(span: timedelta) -> str:
    return f"interval '{span.total_seconds() / 3600:g} hours'"
