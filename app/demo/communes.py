"""The communes' work: technical infrastructure and the dedicated network, most of it done in the last ten days."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from app.catalogue.seed import SeedUnit, communes, tasks
from app.demo import phrases
from app.demo.histories import END, AssignmentHistory, hold_up, verify
from app.demo.hours import between, june, late_between
from app.demo.june27 import EVERYTHING_DONE, KNOWN_BY, MOMENT, SEED, readiness
from app.demo.shapes import DemoReport, Work
from app.status import Status

NEVER_HEARD = frozenset({"04", "08", "11", "15", "22", "40", "51", "56", "91"})
"""In each of these provinces one commune never reports anything."""

BY_THEMSELVES = frozenset({"01", "04", "19", "31", "38", "46", "48", "66", "79", "92"})
"""In these provinces the communes report themselves; elsewhere the province does, for all of them every evening."""

WAITING = frozenset({"07192", "11948", "19742", "21548", "23272", "26732", "31105", "31108"})
"""Islands that the dedicated network has not reached."""

SHARING = ("commune-equipment", "14758")
"""DemoRuling not applicable for some days of June, so that nothing could be reported."""

_DAY = timedelta(days=1)


def commune_reports() -> Iterator[DemoReport]:
    silent = set(_silent())
    tasks_there = [task.code for task in tasks() if task.level == "commune"]
    for unit in communes():
        for task in tasks_there:
            if unit.code not in silent:
                yield from _history(unit, task).reports


def _silent() -> Iterator[str]:
    by_province: dict[str, list[str]] = {code: [] for code in sorted(NEVER_HEARD)}
    for unit in communes():
        by_province.get(unit.owner, []).append(unit.code)
    for province, codes in by_province.items():
        yield Random(f"{SEED}:silent:{province}").choice(codes)  # noqa: S311 - a story, not a secret


def _history(unit: SeedUnit, task: str) -> AssignmentHistory:
    alone = unit.owner in BY_THEMSELVES
    work = Work(unit.owner, task, unit.code)
    history = AssignmentHistory(work, SEED, unit.code if alone else unit.owner, in_the_evening=not alone)
    share = 0.42 + 0.5 * readiness()[unit.owner] - (0.08 if task == "commune-network" else 0)
    if (task, unit.code) == SHARING:
        history.complete(between(history.rng, june(23, 8), june(26, 16)), known_by=KNOWN_BY)
    elif unit.owner in EVERYTHING_DONE:
        _get_done(history, late_between(history.rng, june(12, 8), KNOWN_BY), known_by=KNOWN_BY)
    elif task == "commune-network" and unit.code in WAITING:
        _wait_for_the_cable(history)
    elif history.likely(share):
        _get_done(history, late_between(history.rng, june(12, 8), MOMENT))
    elif history.likely(0.985):
        _get_done(history, between(history.rng, june(27, 18, 30), june(30, 22)))
    else:
        _stay_open(history)
    return history


def _get_done(history: AssignmentHistory, at: datetime, known_by: datetime = END) -> None:
    _begin(history, at - _DAY)
    done = history.complete(at, known_by=known_by)
    if history.likely(0.06):
        verify(history, done, june(29, 8), END)


def _wait_for_the_cable(history: AssignmentHistory) -> None:
    history.report(Status.IN_PROGRESS, between(history.rng, june(9, 8), june(17, 16)), phrases.started(history.rng))
    history.report(
        Status.BLOCKED, between(history.rng, june(19, 8), june(26, 16)), "Cáp biển chưa tới đảo.", known_by=MOMENT
    )


def _begin(history: AssignmentHistory, latest: datetime) -> None:
    """Half of the communes say that they have begun; some of them are held up."""
    if history.likely(0.45):
        at = between(history.rng, june(9, 8), max(latest, june(9, 9)))
        history.report(Status.IN_PROGRESS, at, phrases.started(history.rng))
        if history.likely(0.12):
            hold_up(history, at, latest)


def _stay_open(history: AssignmentHistory) -> None:
    """Not done on 1 July: late by hours, held up, or begun and not heard of again."""
    at = between(history.rng, june(16, 8), june(27, 16))
    history.report(Status.IN_PROGRESS, at, phrases.started(history.rng))
    kind = history.rng.random()
    if kind < 0.35:
        history.complete(between(history.rng, june(31, 0, 30), june(31, 15)))
    elif kind < 0.7:
        stuck = between(history.rng, at + _DAY, june(30, 16))
        history.report(Status.BLOCKED, stuck, phrases.blocked(history.work.task))
