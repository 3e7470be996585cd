"""When people in the provinces work and write it down: office hours mostly, nights and weekends before a deadline."""

from datetime import datetime, time, timedelta
from random import Random

from app.clock import VIETNAM

STEP = timedelta(minutes=5)
_TRIES = 24
_NIGHTS_FROM = datetime(2025, 6, 23, tzinfo=VIETNAM)
_WEEKENDS_FROM = datetime(2025, 6, 28, tzinfo=VIETNAM)
_OFFICE = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 15)))
_NIGHT = (time(18, 30), time(22, 50))


def june(day: int, hour: int = 0, minute: int = 0) -> datetime:
    """A Vietnamese moment of June 2025; day 31 is 1 July."""
    return datetime(2025, 6, 1, hour, minute, tzinfo=VIETNAM) + timedelta(days=day - 1)


def between(rng: Random, earliest: datetime, latest: datetime) -> datetime:
    """A working moment between two, as people write moments: on five minutes. `earliest` when there is no room."""
    first = _on_five_minutes(earliest)
    steps = (latest - first) // STEP
    if steps < 1:
        return earliest
    found = first
    for _ in range(_TRIES):
        found = first + rng.randrange(steps) * STEP
        if _at_work(rng, found):
            break
    return found


def late_between(rng: Random, earliest: datetime, latest: datetime) -> datetime:
    """As `between`, more often towards the end."""
    share = rng.betavariate(2.0, 1.4)
    middle = earliest + (latest - earliest) * share
    return between(rng, max(earliest, middle - timedelta(hours=14)), min(latest, middle + timedelta(hours=14)))


def written_down(rng: Random, effective_at: datetime, by: datetime) -> datetime:
    """When a report came in: soon mostly, the next days sometimes, never after `by`."""
    kind = rng.random()
    if kind < 0.7:
        recorded = effective_at + timedelta(minutes=rng.randint(4, 200))
    elif kind < 0.9:
        recorded = effective_at + timedelta(hours=rng.randint(14, 30))
    else:
        recorded = effective_at + timedelta(hours=rng.randint(40, 110))
    if not _at_work(rng, recorded):
        recorded = between(rng, recorded, recorded + timedelta(hours=15))
    recorded = to_the_microsecond(rng, recorded)
    if recorded >= by:
        recorded = effective_at + (by - effective_at) * rng.uniform(0.05, 0.95)
    return max(recorded, effective_at)


def to_the_microsecond(rng: Random, at: datetime) -> datetime:
    """The service's own clock has no round moments."""
    return at.replace(microsecond=0) + timedelta(seconds=rng.randrange(60), microseconds=rng.randrange(1_000_000))


def evening(owner: str, at: datetime) -> datetime:
    """The next moment at which a province sends in what its communes reported to it during the day."""
    rng = Random(f"{owner}:{at.date()}")  # noqa: S311 - a story, not a secret
    sent = at.replace(hour=16, minute=rng.randint(30, 59), second=rng.randrange(60), microsecond=rng.randrange(10**6))
    return sent if sent >= at else evening(owner, (at + timedelta(days=1)).replace(hour=0))


def _on_five_minutes(at: datetime) -> datetime:
    floor = at.replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)
    return floor if floor == at else floor + STEP


def _at_work(rng: Random, at: datetime) -> bool:
    if at.weekday() >= 5 and at < _WEEKENDS_FROM and rng.random() > 0.05:
        return False
    if any(start <= at.time() <= end for start, end in _OFFICE):
        return True
    return at >= _NIGHTS_FROM and _NIGHT[0] <= at.time() <= _NIGHT[1] and rng.random() < 0.4
