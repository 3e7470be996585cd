"""What ministries, the Government Office and the telecom enterprises had to do themselves."""

from collections.abc import Iterator
from datetime import timedelta

from app.catalogue.seed import agencies, tasks
from app.demo import phrases
from app.demo.hours import between, june
from app.demo.june27 import SEED
from app.demo.lives import END, Life, begin, finish, go_on, hold_up, verify
from app.demo.shapes import Told, Work
from app.status import Status

COORDINATOR = "vpcp"
"""The Government Office needs no contact of its own: ruled not applicable."""

NOT_DONE = frozenset({("central-support", "mobifone")})
_DAY = timedelta(days=1)


def told_by_agencies() -> Iterator[Told]:
    for agency in agencies():
        for task in tasks():
            if task.level == "agency" and (task.code, agency.code) != ("support-contact", COORDINATOR):
                yield from _life(agency.code, task.code).told


def _life(agency: str, task: str) -> Life:
    life = Life(Work(agency, task, agency), SEED, agency)
    begun = begin(life, june(13, 17))
    if task == "support-contact":
        done = finish(life, begun + _DAY / 4, june(17, 17))
        verify(life, done, june(18, 8), june(26, 17))
        return life
    hold_up(life, begun, june(23, 17)) if life.likely(0.4) else go_on(life, begun, june(23, 17))
    at = between(life.rng, june(25, 8), june(27, 16))
    life.report(Status.IN_PROGRESS, at, phrases.going_on(life.rng), known_by=june(27, 16, 50))
    if (task, agency) not in NOT_DONE:
        done = finish(life, june(27, 18, 30), june(30, 22))
        verify(life, done, june(30, 9), END)
    return life
