"""The history of one piece of work, report by report: begun, held up, claimed, returned, done, verified."""

from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

from app.demo import phrases
from app.demo.hours import between, evening, june, late_between, to_the_microsecond, written_down
from app.demo.shapes import MINISTRY, DemoReport, Work
from app.status import Status

END = june(31, 17, 45)
"""Nothing is recorded after this."""

_DAY = timedelta(days=1)
_HOUR = timedelta(hours=1)


class AssignmentHistory:
    """Collects the reports about one piece of work; all chance comes from its own seed."""

    def __init__(self, work: Work, seed: str, by: str, *, in_the_evening: bool = False) -> None:
        self.work = work
        self.by = by
        self.in_the_evening = in_the_evening
        self.rng = Random(f"{seed}:{work.task}:{work.unit}")  # noqa: S311 - a story, not a secret
        self.reports: list[DemoReport] = []

    def likely(self, share: float) -> bool:
        return self.rng.random() < share

    def report(self, status: Status, at: datetime, note: str | None = None, *, known_by: datetime = END) -> DemoReport:
        """The unit says what is so since `at`; a quarter of the reports are made on the spot."""
        if self.likely(0.25):
            at = recorded_at = min(to_the_microsecond(self.rng, at), known_by)
        else:
            recorded_at = written_down(self.rng, at, known_by)
        return self._add(DemoReport(self.work, status, at, recorded_at, self.by, note))

    def complete(self, at: datetime, note: str | None = None, *, known_by: datetime = END) -> DemoReport:
        """A claim with what it rests on: a paper mostly, a link or two sometimes."""
        report = self.report(Status.COMPLETED, at, note or phrases.done(self.rng), known_by=known_by)
        self.reports.pop()
        number, day = phrases.paper(self.rng, self.work.task, report.effective_at) if self.likely(0.7) else (None, None)
        links = tuple(
            phrases.link(self.rng, self.work.task, self.work.unit) for _ in range(self.rng.choice((0, 1, 1, 2)))
        )
        return self._add(replace(report, evidence=links, document_number=number, document_date=day))

    def correct(
        self, wrong: DemoReport, status: Status, note: str, *, earliest: datetime, latest: datetime
    ) -> DemoReport:
        """The same moment reported again: the later recorded wins."""
        at = between(self.rng, max(earliest, wrong.recorded_at + _HOUR), latest)
        recorded_at = max(to_the_microsecond(self.rng, at), wrong.recorded_at + timedelta(minutes=1))
        return self._add(DemoReport(self.work, status, wrong.effective_at, recorded_at, self.by, note))

    def judge(self, status: Status, note: str, *, earliest: datetime, latest: datetime) -> DemoReport:
        """The ministry's verdict, as of the moment it is given."""
        at = to_the_microsecond(self.rng, between(self.rng, earliest, latest))
        return self._add(DemoReport(self.work, status, at, at, MINISTRY, note))

    def _add(self, report: DemoReport) -> DemoReport:
        if self.in_the_evening and report.by == self.by:
            report = replace(report, recorded_at=min(evening(self.work.owner, report.recorded_at), END))
        self.reports.append(report)
        return report


def begin(history: AssignmentHistory, until: datetime) -> datetime:
    """The first report; answers when it was begun."""
    at = between(history.rng, june(2, 7, 30), min(june(18, 17), max(june(3, 9), until - 3 * _DAY)))
    history.report(Status.IN_PROGRESS, at, phrases.started(history.rng), known_by=until)
    return at


def hold_up(history: AssignmentHistory, earliest: datetime, latest: datetime) -> None:
    """Held up for a while, and going on again."""
    if latest - earliest < 3 * _DAY:
        return
    stuck = between(history.rng, earliest + _DAY / 2, latest - 2 * _DAY)
    history.report(Status.BLOCKED, stuck, phrases.blocked(history.work.task), known_by=latest)
    history.report(
        Status.IN_PROGRESS, between(history.rng, stuck + _HOUR, latest - _DAY), phrases.UNBLOCKED, known_by=latest
    )


def go_on(history: AssignmentHistory, earliest: datetime, latest: datetime) -> None:
    """A word in between; sometimes it turns out much later that it was held up then."""
    if latest - earliest < 2 * _DAY:
        return
    at = between(history.rng, earliest + _DAY / 2, latest - _DAY)
    said = history.report(Status.IN_PROGRESS, at, phrases.going_on(history.rng), known_by=latest)
    if history.likely(0.12):
        history.correct(said, Status.BLOCKED, phrases.IN_TRUTH_BLOCKED, earliest=june(28, 9), latest=june(30, 17))


def claim_too_early(history: AssignmentHistory, earliest: datetime, latest: datetime) -> bool:
    """Reported as done, counted as done, and set back some days later."""
    if latest - earliest < 4 * _DAY:
        return False
    claimed_at = between(history.rng, earliest + _DAY, latest - 3 * _DAY)
    claim = history.complete(claimed_at, known_by=claimed_at + _DAY)
    history.correct(claim, Status.IN_PROGRESS, phrases.TOO_EARLY, earliest=claimed_at + 2 * _DAY, latest=latest - _HOUR)
    return True


def be_returned(history: AssignmentHistory, earliest: datetime, latest: datetime) -> bool:
    """Done, looked at by the ministry, and to be done again."""
    if latest - earliest < 4 * _DAY:
        return False
    claim = history.complete(between(history.rng, earliest + _DAY, latest - 3 * _DAY), known_by=latest - 2 * _DAY)
    latest -= _DAY + _HOUR
    history.judge(Status.RETURNED, phrases.returned(history.rng), earliest=claim.recorded_at + _HOUR, latest=latest)
    return True


def verify(history: AssignmentHistory, done: DemoReport, earliest: datetime, latest: datetime) -> None:
    """The ministry looks at it and agrees; sometimes the paper comes after the claim."""
    earliest = max(earliest, done.recorded_at + 2 * _HOUR)
    if latest - earliest > 4 * _HOUR:
        history.judge(Status.VERIFIED, phrases.VERIFIED, earliest=earliest, latest=latest)


def finish(history: AssignmentHistory, earliest: datetime, latest: datetime, note: str | None = None) -> DemoReport:
    """Done, between two moments and known by the second."""
    at = late_between(history.rng, earliest, latest - _HOUR / 2)
    return history.complete(at, note, known_by=latest)


def trouble(history: AssignmentHistory, earliest: datetime, latest: datetime) -> bool:
    """What may happen between the beginning and the end; whether it was returned on the way."""
    kind: float = history.rng.random()
    if kind < 0.12:
        return be_returned(history, earliest, latest)
    if kind < 0.22:
        claim_too_early(history, earliest, latest)
    elif kind < 0.42:
        hold_up(history, earliest, latest)
    elif kind < 0.8:
        go_on(history, earliest, latest)
    return False
