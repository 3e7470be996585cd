"""A moment by both clocks. Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.clock import LATEST


@dataclass(frozen=True, slots=True)
class Moment:
    """`as_of` by effective time, `known_at` by recorded time (None: all that is recorded).

    `present` says that the kept counts answer it: nothing recorded lies behind it.
    """

    as_of: datetime
    known_at: datetime | None
    present: bool

    @property
    def clocks(self) -> dict[str, datetime]:
        """The two clocks as parameters of a query."""
        return {"as_of": self.as_of, "known_at": self.known_at or LATEST}

    @property
    def reported_by(self) -> datetime:
        """Until when a report counts as having been heard at this moment."""
        return min(self.as_of, self.known_at or self.as_of)
