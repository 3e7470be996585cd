"""A moment by both clocks. Pure."""

from dataclasses import dataclass
from datetime import datetime

from app.clock import LATEST


@dataclass(frozen=True, slots=True)
class Moment:
    """`as_of` by effective time, `known_at` by recorded time (None: all that is recorded).

    `present`: nothing is recorded with a later effective time, so the tally answers it.
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
        """A report recorded later than this does not count at this moment."""
        return min(self.as_of, self.known_at or self.as_of)
