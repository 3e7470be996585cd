"""What ministries, the Government Office and the telecom enterprises had to do themselves."""

from collections.abc import Iterator
from datetime import timedelta

from app.catalogue.seed import agencies, tasks
from app.demo import phrases
from app.demo.histories import END, AssignmentHistory, begin, finish, go_on, hold_up, verify
from app.demo.hours import between, june
from app.demo.june27 import SEED
from app.demo.shapes import DemoReport, Work
from app.status import Status

COORDINATOR = "vpcp"
"""The Government Office needs no contact of its own: ruled not applicable."""

NOT_DONE = frozenset({("central-support", "mobifone")})
_DAY = timedelta(days=1)


def agency_reports() -> Iterator[DemoReport]:
    for agency in agencies():
        for task in tasks():
            if task.level == "agency" and (task.code, agency.code) != ("support-contact", COORDINATOR):
                yield from _history(agency.code, task.code).reports


def _history(agency: str, task: str) -> AssignmentHistory:
    history = AssignmentHistory(Work(agency, task, agency), SEED, agency)
    begun = begin(history, june(13, 17))
    if task == "support-contact":
        done = finish(history, begun + _DAY / 4, june(17, 17))
        verify(history, done, june(18, 8), june(26, 17))
        return history
    hold_up(history, begun, june(23, 17)) if history.likely(0.4) else go_on(history, begun, june(23, 17))
    at = between(history.rng, june(25, 8), june(27, 16))
    history.report(Status.IN_PROGRESS, at, phrases.going_on(history.rng), known_by=june(27, 16, 50))
    if (task, agency) not in NOT_DONE:
        done = finish(history, june(27, 18, 30), june(30, 22))
        verify(history, done, june(30, 9), END)
    return history
