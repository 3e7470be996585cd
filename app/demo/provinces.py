"""The provinces' own work: complete by the moment of the report exactly where the report needs it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from app.catalogue.seed import provinces, tasks
from app.demo import phrases
from app.demo.histories import END, AssignmentHistory, begin, finish, go_on, hold_up, trouble, verify
from app.demo.hours import between, june
from app.demo.june27 import MOMENT, SEED, SILENT_FROM, SILENT_PROVINCE, is_done
from app.demo.shapes import DemoReport, Work
from app.status import Status

NEVER_DONE = frozenset({("processes-and-forms", "08"), ("procedures-published", "04"), ("reporting-system", "11")})
"""What is still open on 1 July, of the provinces' own work."""

_AFTER_THE_REPORT = june(27, 18, 30)
_LATE = june(31, 0, 5)
_DAY = timedelta(days=1)


def province_reports() -> Iterator[DemoReport]:
    for province in provinces():
        for task in tasks():
            if task.level == "province":
                history = AssignmentHistory(Work(province.code, task.code, province.code), SEED, province.code)
                tell = _done_in_time if is_done(task.code, province.code) else _done_afterwards
                tell(history, SILENT_FROM if province.code == SILENT_PROVINCE else MOMENT - timedelta(minutes=3))
                yield from history.reports


def _done_in_time(history: AssignmentHistory, known_by: datetime) -> None:
    """Complete at the report's moment, and known to be."""
    ready = between(history.rng, june(11, 8), known_by - _DAY)
    begun = begin(history, ready)
    redone = trouble(history, begun, ready)
    done = finish(history, max(ready, begun + _DAY / 2), known_by, phrases.REDONE if redone else None)
    if history.likely(0.35):
        verify(history, done, done.recorded_at, min(known_by, done.recorded_at + 4 * _DAY))
    if history.reports[-1].status is Status.COMPLETED and history.likely(0.6):
        verify(history, done, june(28, 8), END)
    elif history.likely(0.1):
        _add_the_paper(history, done)


def _add_the_paper(history: AssignmentHistory, done: DemoReport) -> None:
    """The same claim once more, now with its paper: nothing changes but the paper."""
    if history.reports[-1] is done and done.document_number is None:
        history.correct(done, Status.COMPLETED, phrases.PAPER_ADDED, earliest=june(28, 8), latest=june(30, 17))


def _done_afterwards(history: AssignmentHistory, known_by: datetime) -> None:
    """Open at the report's moment, and done in the last days; a little of it late, a little of it never."""
    if history.likely(0.87):
        begun = begin(history, known_by - 6 * _DAY)
        to_be_redone = trouble(history, begun, known_by - 3 * _DAY)
        if not (to_be_redone and history.likely(0.5)):
            _stand_before_the_report(history, known_by)
    if (history.work.task, history.work.unit) in NEVER_DONE:
        go_on(history, june(28, 8), june(31, 16))
        return
    late = history.likely(0.05)
    in_time = june(29, 23) if history.likely(0.75) else june(30, 23)
    done = finish(history, _LATE if late else _AFTER_THE_REPORT, END if late else in_time)
    if history.likely(0.4):
        verify(history, done, june(30, 8), END)


def _stand_before_the_report(history: AssignmentHistory, known_by: datetime) -> None:
    """What the province says in the last days before the report: how far it is, or what holds it up."""
    at = between(history.rng, known_by - 2 * _DAY, known_by - timedelta(hours=1))
    if history.likely(0.27):
        history.report(Status.BLOCKED, at, phrases.blocked(history.work.task), known_by=known_by)
        if history.likely(0.5):
            hold_up(history, june(28, 8), june(30, 20))
    else:
        history.report(Status.IN_PROGRESS, at, phrases.going_on(history.rng), known_by=known_by)
