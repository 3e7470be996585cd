"""The six statuses of an assignment, and which of them count as complete."""

from enum import StrEnum


class Status(StrEnum):
    """The status of an assignment. `completed` and `verified` count as complete."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    BLOCKED = "blocked"
    COMPLETED = "completed"
    VERIFIED = "verified"
    RETURNED = "returned"

    __hash__ = str.__hash__  # an enum's own hash is slow Python, called many times a row

    @property
    def complete(self) -> bool:
        return self in COMPLETE


COMPLETE = frozenset({Status.COMPLETED, Status.VERIFIED})
VERDICTS = frozenset({Status.VERIFIED, Status.RETURNED})
"""Only the ministry reports these, and only of work that was complete."""
REPORTABLE = frozenset(Status) - VERDICTS
