"""Obstacles in plain Python: what a unit asked of an agency, what became of it, and how long an answer was owed."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

ANSWERS = ("resolved", "declined")


class Wait(NamedTuple):
    """A time in which an answer was owed; `until` is None while it still is."""

    since: datetime
    until: datetime | None


@dataclass
class Obstacle:
    """A difficulty of a unit, about one task or none in particular, and the states it was put in, in order."""

    unit: str
    owner: str
    task: str | None
    addressed_to: str
    changes: list[tuple[datetime, str]] = field(default_factory=list)

    @property
    def state(self) -> str:
        return self.changes[-1][1]

    def waits(self, reported_by: datetime) -> list[Wait]:
        """The times in which an answer was owed, by what had been said by a moment."""
        found, since = list[Wait](), None
        for at, state in self.changes:
            if at > reported_by:
                break
            if state in ANSWERS and since:
                found.append(Wait(since, at))
            since = None if state in ANSWERS else since or at
        return [*found, Wait(since, None)] if since else found
