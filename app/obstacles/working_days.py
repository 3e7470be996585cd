"""Until when an agency has to answer: the end of the third working day, by the holidays that are set. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from app.clock import end_of_day, in_vietnam

ANSWER_WITHIN = 3
"""Working days for an answer; the day of the report is not among them."""
SATURDAY = 6


@dataclass(frozen=True, slots=True)
class Holidays:
    """Days on which no answer is owed: those of every year (month and day), and single ones."""

    every_year: frozenset[tuple[int, int]] = frozenset()
    single: frozenset[date] = frozenset()

    @classmethod
    def of(cls, days: Iterable[str]) -> Self:
        """From `09-02`, which is every year's, and `2026-02-17`."""
        given = tuple(days)
        yearly = (one.split("-") for one in given if len(one) == len("09-02"))
        return cls(
            frozenset((int(month), int(day)) for month, day in yearly),
            frozenset(date.fromisoformat(one) for one in given if len(one) == len("2026-02-17")),
        )

    def has(self, day: date) -> bool:
        return day in self.single or (day.month, day.day) in self.every_year


def is_working_day(day: date, holidays: Holidays) -> bool:
    """Monday to Friday, and no holiday."""
    return day.isoweekday() < SATURDAY and not holidays.has(day)


def answer_due(since: datetime, holidays: Holidays) -> datetime:
    """When the answer is due that is owed since a moment, by the Vietnamese calendar."""
    day, left = in_vietnam(since).date(), ANSWER_WITHIN
    while left:
        day += timedelta(days=1)
        left -= is_working_day(day, holidays)
    return end_of_day(day)
