"""The life of one piece of work, told report by report: begun, held up, claimed, returned, done, verified."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from app.demo import phrases
from app.demo.hours import between, evening, june, late_between, to_the_microsecond, written_down
from app.demo.shapes import MINISTRY, Told, Work
from app.status import Status

END = june(31, 17, 45)
"""Nothing is recorded after this."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


class Life:
    """Collects the reports about one piece of work; all chance comes from its own seed."""

    def __init__(self, work: Work, seed: str, by: str, *, in_the_evening: bool = False) -> None:
        self.work = work
        self.by = by
        self.in_the_evening = in_the_evening
        self.rng = Random(f"{seed}:{work.task}:{work.unit}")  # noqa: S311 - a story, not a secret
        self.told: list[Told] = []

    def likely(self, share: float) -> bool:
        return self.rng.random() < share

    def report(self, status: Status, at: datetime, note: str | None = None, *, known_by: datetime = END) -> Told:
        """The unit says what is so since `at`; a quarter of the reports are made on the spot."""
        if self.likely(0.25):
            at = recorded_at = min(to_the_microsecond(self.rng, at), known_by)
        else:
            recorded_at = written_down(self.rng, at, known_by)
        return self._add(Told(self.work, status, at, recorded_at, self.by, note))

    def complete(self, at: datetime, note: str | None = None, *, known_by: datetime = END) -> Told:
        """A claim with what it rests on: a paper mostly, a link or two sometimes."""
        told = self.report(Status.COMPLETED, at, note or phrases.done(self.rng), known_by=known_by)
        self.told.pop()
        number, day = phrases.paper(self.rng, self.work.task, told.effective_at) if self.likely(0.7) else (None, None)
        links = tuple(
            phrases.link(self.rng, self.work.task, self.work.unit) for _ in range(self.rng.choice((0, 1, 1, 2)))
        )
        return self._add(
            Told(self.work, told.status, told.effective_at, told.recorded_at, self.by, told.note, links, number, day)
        )

    def correct(self, wrong: Told, status: Status, note: str, *, earliest: datetime, latest: datetime) -> Told:
        """The same moment told again: the later recorded wins."""
        at = between(self.rng, max(earliest, wrong.recorded_at + _HOUR), latest)
        recorded_at = max(to_the_microsecond(self.rng, at), wrong.recorded_at + timedelta(minutes=1))
        return self._add(Told(self.work, status, wrong.effective_at, recorded_at, self.by, note))

    def judge(self, status: Status, note: str, *, earliest: datetime, latest: datetime) -> Told:
        """The ministry's verdict, as of the moment it is given."""
        at = to_the_microsecond(self.rng, between(self.rng, earliest, latest))
        return self._add(Told(self.work, status, at, at, MINISTRY, note))

    def _add(self, told: Told) -> Told:
        if self.in_the_evening and told.by == self.by:
            told = replace(told, recorded_at=min(evening(self.work.owner, told.recorded_at), END))
        self.told.append(told)
        return told


def begin(life: Life, until: datetime) -> datetime:
    """The first report; answers when it was begun."""
    at = between(life.rng, june(2, 7, 30), min(june(18, 17), max(june(3, 9), until - 3 * _DAY)))
    life.report(Status.IN_PROGRESS, at, phrases.started(life.rng), known_by=until)
    return at


def hold_up(life: Life, earliest: datetime, latest: datetime) -> None:
    """Held up for a while, and going on again."""
    if latest - earliest < 3 * _DAY:
        return
    stuck = between(life.rng, earliest + _DAY / 2, latest - 2 * _DAY)
    life.report(Status.BLOCKED, stuck, phrases.blocked(life.work.task), known_by=latest)
    life.report(Status.IN_PROGRESS, between(life.rng, stuck + _HOUR, latest - _DAY), phrases.UNBLOCKED, known_by=latest)


def go_on(life: Life, earliest: datetime, latest: datetime) -> None:
    """A word in between; sometimes it turns out much later that it was held up then."""
    if latest - earliest < 2 * _DAY:
        return
    at = between(life.rng, earliest + _DAY / 2, latest - _DAY)
    said = life.report(Status.IN_PROGRESS, at, phrases.going_on(life.rng), known_by=latest)
    if life.likely(0.12):
        life.correct(said, Status.BLOCKED, phrases.IN_TRUTH_BLOCKED, earliest=june(28, 9), latest=june(30, 17))


def claim_too_early(life: Life, earliest: datetime, latest: datetime) -> bool:
    """Reported as done, counted as done, and set back some days later."""
    if latest - earliest < 4 * _DAY:
        return False
    claimed_at = between(life.rng, earliest + _DAY, latest - 3 * _DAY)
    claim = life.complete(claimed_at, known_by=claimed_at + _DAY)
    life.correct(claim, Status.IN_PROGRESS, phrases.TOO_EARLY, earliest=claimed_at + 2 * _DAY, latest=latest - _HOUR)
    return True


def be_returned(life: Life, earliest: datetime, latest: datetime) -> bool:
    """Done, looked at by the ministry, and to be done again."""
    if latest - earliest < 4 * _DAY:
        return False
    claim = life.complete(between(life.rng, earliest + _DAY, latest - 3 * _DAY), known_by=latest - 2 * _DAY)
    latest -= _DAY + _HOUR
    life.judge(Status.RETURNED, phrases.returned(life.rng), earliest=claim.recorded_at + _HOUR, latest=latest)
    return True


def verify(life: Life, done: Told, earliest: datetime, latest: datetime) -> None:
    """The ministry looks at it and agrees; sometimes the paper comes after the claim."""
    earliest = max(earliest, done.recorded_at + 2 * _HOUR)
    if latest - earliest > 4 * _HOUR:
        life.judge(Status.VERIFIED, phrases.VERIFIED, earliest=earliest, latest=latest)


def finish(life: Life, earliest: datetime, latest: datetime, note: str | None = None) -> Told:
    """Done, between two moments and known by the second."""
    at = late_between(life.rng, earliest, latest - _HOUR / 2)
    return life.complete(at, note, known_by=latest)


def trouble(life: Life, earliest: datetime, latest: datetime) -> bool:
    """What may happen between the beginning and the end; whether it was returned on the way."""
    kind: float = life.rng.random()
    if kind < 0.12:
        return be_returned(life, earliest, latest)
    if kind < 0.22:
        claim_too_early(life, earliest, latest)
    elif kind < 0.42:
        hold_up(life, earliest, latest)
    elif kind < 0.8:
        go_on(life, earliest, latest)
    return False
