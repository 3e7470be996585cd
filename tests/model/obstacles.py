"""Obstacles in plain Python: what a unit asked of an agency, what became of it, and how long an answer was owed."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

VIETNAM = timedelta(hours=7)
HOLIDAYS = {(1, 1), (4, 30), (5, 1), (9, 2)}
"""Of every year: the service is asked with its default."""
ANSWERS = ("resolved", "declined")


class Wait(NamedTuple):
    """A time in which an answer was owed; `until` is None while it still is."""

    since: datetime
    until: datetime | None

    @property
    def due(self) -> datetime:
        """23:59:59 of the third working day after it began, in Viet Nam."""
        midnight = (self.since + VIETNAM).replace(hour=0, minute=0, second=0, microsecond=0)
        later = (midnight + timedelta(days=days) for days in range(1, 30))
        working = [day for day in later if day.weekday() < 5 and (day.month, day.day) not in HOLIDAYS]
        return working[2] + timedelta(hours=23, minutes=59, seconds=59) - VIETNAM


class Promise(NamedTuple):
    """Said by an agency at a moment: until when it will answer; None takes back what it said."""

    said_at: datetime
    by: datetime | None


@dataclass
class Obstacle:
    """A difficulty of a unit, about one task or none in particular, and the states it was put in, in order."""

    unit: str
    owner: str
    task: str | None
    addressed_to: str
    changes: list[tuple[datetime, str]] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)

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

    def promised_by(self) -> datetime | None:
        """What is promised for the answer that is, or was last, owed."""
        since = self.waits(self.changes[-1][0])[-1].since
        return next((one.by for one in reversed(self.promises) if one.said_at >= since), None)

    def promises_broken(self, reported_by: datetime, at: datetime) -> int:
        """How many promises about the answer that is owed have passed, each before it was replaced by another."""
        waits = self.waits(reported_by)
        if not waits or waits[-1].until:
            return 0
        those = [one for one in self.promises if waits[-1].since <= one.said_at <= reported_by]
        ends = [*(one.said_at for one in those), at][1:] if those else []
        return len({one.by for one, end in zip(those, ends, strict=True) if one.by and one.by < min(end, at)})
