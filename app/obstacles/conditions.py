"""The conditions of an obstacle in SQL: an answer is owed, was given, is overdue, a promise was broken. Pure.

Of an obstacle's row or one of its events. What waits were before the last event is in `queries.py`, and in Python in
`rules.py`.
"""

from app.obstacles.rules import State

_ANSWERED = ", ".join(f"'{state}'" for state in State if state.answered)
_OWED = ", ".join(f"'{state}'" for state in State if not state.answered)


def owed_sql(state: str = "state") -> str:
    return f"{state} in ({_OWED})"


def answered_sql(state: str = "state") -> str:
    return f"{state} in ({_ANSWERED})"


def answer_overdue_sql(at: str, table: str = "") -> str:
    """Of an answer that is owed: its third working day has passed."""
    return f"{table}answer_due < {at}"


def promise_broken_sql(at: str, table: str = "") -> str:
    """Of an answer that is owed: the moment for which it was promised has passed."""
    return f"{table}promised_by < {at}"
