"""The report of 27 June 2025, 17:00: its ten published figures, and the provinces that the demo puts behind them."""

from functools import cache
from random import Random

from app.catalogue.seed import provinces, tasks
from app.demo.hours import june

SEED = "june-6"
MOMENT = june(27, 17)

COMPLETED = {
    "equipment": 26,
    "information-systems": 29,
    "procedures-published": 17,
    "commune-procedures": 19,
    "processes-and-forms": 14,
    "access-points": 23,
    "hotlines": 27,
    "reporting-system": 21,
    "online-meetings": 29,
    "staffing": 29,
}
"""Provinces completed, of 34: from the report."""

EVERYTHING_DONE = frozenset({"33", "38", "46"})
"""Thanh Hóa is from the report; that it was one of three, and which others, is made up.

Everything is their own work and their communes', by either clock. None of them has an island that waits for a cable.
"""

KNOWN_BY = june(27, 16)
"""By then the communes of those three had reported everything, so that the evening's reports were in by the moment."""

SILENT_PROVINCE = "12"
SILENT_FROM, SILENT_UNTIL = june(23, 16, 30), june(28, 8, 5)
"""One province is not heard of for more than 72 hours around the report. Made up."""


@cache
def readiness() -> dict[str, float]:
    """How far ahead a province is, from 0 to 1. Made up."""
    rng = Random(f"{SEED}:readiness")  # noqa: S311 - a story, not a secret
    return {unit.code: 1.0 if unit.code in EVERYTHING_DONE else rng.random() * 0.9 for unit in provinces()}


@cache
def completed(category: str) -> frozenset[str]:
    """The provinces that have completed a category at the moment of the report."""
    rng = Random(f"{SEED}:{category}")  # noqa: S311
    ahead = {code: score + rng.gauss(0, 0.45) for code, score in readiness().items()}
    ahead |= dict.fromkeys(EVERYTHING_DONE, float("inf"))
    return frozenset(sorted(ahead, key=lambda code: (-ahead[code], code))[: COMPLETED[category]])


@cache
def is_done(task: str, province: str) -> bool:
    """Whether a province's piece of work is complete at that moment: where a line has two, one may be done alone."""
    category = next(t.category for t in tasks() if t.code == task)
    if province in completed(category):
        return True
    siblings = [t.code for t in tasks() if t.category == category]
    alone = Random(f"{SEED}:{category}:{province}").choice([None, *siblings])  # noqa: S311
    return len(siblings) > 1 and alone == task
