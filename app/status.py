"""The six statuses of an assignment, and what each one means for counting."""

from enum import StrEnum


class Status(StrEnum):
    """What can be said of an assignment. `completed` and `verified` count as complete."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    VERIFIED = "verified"
    RETURNED = "returned"

    __hash__ = str.__hash__  # that of an enum is Python's own, and is asked for many times a row

    @property
    def complete(self) -> bool:
        return self in COMPLETE


COMPLETE = frozenset({Status.COMPLETED, Status.VERIFIED})
VERDICTS = frozenset({Status.VERIFIED, Status.RETURNED})
"""Only the ministry says these, and only of work that was complete."""
REPORTABLE = frozenset(Status) - VERDICTS
