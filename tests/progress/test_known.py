"""What was known at a moment is read from sums, and is what the history says."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text  # noqa: TID251 - amounts made up

from app import clock
from app.db import rows
from app.housekeeping import project_once
from app.ids import ids_at
from app.progress import queries
from app.progress.answers.cells import read_cells
from app.progress.figures.cell import Cell
from app.progress.figures.moment import Moment
from app.progress.past import late_queries, sources
from app.progress.past.sources import source
from app.progress.past.verify.recount import Difference
from tests.conftest import Service
from tests.connecting import connect, run_sql
from tests.progress.small_country import THREE_PROVINCES
from tests.progress.test_transitions import found_by_verify

OPENING = datetime(2025, 5, 31, 17, tzinfo=UTC)
STATUSES = ("not_started", "in_progress", "blocked", "completed", "completed", "verified", "returned")
TASKS = ("hotlines", "staffing", "equipment")
UNITS = ("38", "40", "01")
DAYS = 30
REPORT = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
values ($1, $2, $3, $1, $4, $5, $6, 'x')
"""
RULING = """
insert into ruling (owner, id, task, unit, recorded_at, deadline, not_applicable, token)
values ($1, $2, $3, $1, $4, $5, $6, 'x')
"""
RULED = "update assignment set deadline = $3, not_applicable = $4 where task = $1 and unit = $2"
CREATED = "update assignment set created_at = $3 where task = $1 and unit = $2"

COUNTED = "update tally set last_created_at = $3 where task = $1 and owner = $2"


class History:
    """A history written past the service, at any recorded time."""

    def __init__(self, connection: asyncpg.Connection, rng: random.Random) -> None:
        self.connection = connection
        self.rng = rng
        self.effective: dict[tuple[str, str], list[datetime]] = {}

    async def add(self, start: datetime, end: datetime, count: int) -> None:
        """Reports and rulings recorded between two moments, some of them at the same one."""
        moments = sorted(self.moment(start, end) for _ in range(count))
        for at in moments:
            task, unit = self.rng.choice(TASKS), self.rng.choice(UNITS)
            if self.rng.random() < 0.1:
                await self.rule(task, unit, at)
            else:
                await self.report(task, unit, at)

    def moment(self, start: datetime, end: datetime) -> datetime:
        """Mostly on the hour, so that many things happen at once."""
        at = start + (end - start) * self.rng.random()
        return at.replace(minute=0, second=0, microsecond=0) if self.rng.random() < 0.6 else at

    async def report(self, task: str, unit: str, recorded_at: datetime) -> None:
        said = self.effective.setdefault((task, unit), [])
        late = timedelta(hours=self.rng.choice((0, 0, 1, 5, 30, 200)) * self.rng.random())
        at = recorded_at - late
        if said and self.rng.random() < 0.3:
            at = min(self.rng.choice(said), recorded_at)  # a correction
        at = at.replace(minute=0, second=0, microsecond=0) if self.rng.random() < 0.5 else at
        said.append(at)
        [found] = [one for one, _ in zip(ids_at(recorded_at), range(1), strict=False)]
        await self.connection.execute(REPORT, unit, found, task, self.rng.choice(STATUSES), at, recorded_at)

    async def rule(self, task: str, unit: str, at: datetime) -> None:
        deadline = self.rng.choice((None, OPENING + timedelta(days=self.rng.randrange(DAYS))))
        waived = self.rng.random() < 0.3
        [found] = [one for one, _ in zip(ids_at(at), range(1), strict=False)]
        await self.connection.execute(RULING, unit, found, task, at, deadline, waived)
        newest = "order by recorded_at desc, id desc limit 1"
        last = f"select deadline, not_applicable from ruling where task = $1 and unit = $2 {newest}"
        held = await self.connection.fetchrow(last, task, unit)
        await self.connection.execute(RULED, task, unit, *held)


async def by_history(service: Service, moment: Moment) -> Mapping[Any, Cell]:
    async with service.app.state.database.reading() as session:
        asked = {"campaign": "two-tier-2025", "owner": None, **moment.clocks}
        return {row[:2]: Cell(*row[2:]) for row in await rows(session, queries.CELLS_THEN, **asked)}


async def by_sums(service: Service, moment: Moment) -> Mapping[Any, Cell]:
    async with service.app.state.database.reading() as session:
        assert await source(session, "two-tier-2025", moment)
        return await read_cells(session, "two-tier-2025", moment)


def moments(rng: random.Random, count: int) -> list[Moment]:
    """By both clocks: alone, before, after."""
    found = []
    for _ in range(count):
        known_at = OPENING + timedelta(hours=rng.randrange(24 * DAYS), microseconds=rng.choice((-1, 0, 1)))
        apart = timedelta(hours=rng.choice((0, 0, 0, -1, -30, -400, 30)))
        found.append(Moment(known_at + apart, known_at, present=False))
    return found


@pytest.fixture
async def history(service: Service) -> Any:
    connection = await connect(service.url)
    seed = random.randrange(1 << 30)
    print("seed", seed)  # noqa: T201 - pytest shows it where a run fails
    rng = random.Random(seed)
    await run_sql(service.url, *THREE_PROVINCES)
    for task, unit, hours in (("hotlines", "40", 100), ("staffing", "01", 300)):
        created_at = OPENING + timedelta(hours=hours)
        await connection.execute(CREATED, task, unit, created_at)
        await connection.execute(COUNTED, task, unit, created_at)
    yield History(connection, rng)
    await connection.close()


@pytest.mark.own_database
@pytest.mark.parametrize("side", ["what was known", "what is known"])
async def test_every_moment_by_both_clocks_is_the_history_s(
    service: Service, history: History, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However far it is projected, in one go or bit by bit, and from whichever side it is corrected."""

    async def costs(*_: object) -> dict[str, int]:
        return {way: way != side for way in ("what was known", "what is known", "the history")}

    monkeypatch.setattr(sources, "costs_of_ways", costs)
    database = service.app.state.database
    await project_once(database)
    for days in range(0, DAYS, 6):
        start = OPENING + timedelta(days=days)
        await history.add(start, start + timedelta(days=6), 40)
        for moment in moments(history.rng, 12):
            assert await by_sums(service, moment) == await by_history(service, moment), moment
        await project_once(database)
        for moment in moments(history.rng, 25):
            assert await by_sums(service, moment) == await by_history(service, moment), moment
    assert await differing(service) == []
    bit_by_bit = await stored(history)
    await history.connection.execute("update projection_checkpoint set incarnation = 'another', until = 1000000000")
    await project_once(database)
    assert await stored(history) == bit_by_bit


async def differing(service: Service) -> list[Difference]:
    """Of the projections: the present was not written here."""
    kinds = ("transition", "balance", "known transition", "known balance", "known moment")
    return [one for one in await found_by_verify(service) if one.what in kinds]


async def stored(history: History) -> list[Any]:
    found = []
    for table in ("known_transition", "known_balance"):
        found += [tuple(row) for row in await history.connection.fetch(f"select * from {table} order by 1, 2, 3, 4, 5")]
    return [row for row in found if any(row[5:])]


@pytest.mark.own_database
async def test_a_report_recorded_later_than_others_of_a_closed_day_is_in_the_balances(
    service: Service, history: History
) -> None:
    """A transaction may be open while others are projected."""
    database = service.app.state.database
    await history.add(OPENING, OPENING + timedelta(days=20), 60)
    await project_once(database)
    await history.add(OPENING + timedelta(days=3), OPENING + timedelta(days=12), 30)
    await project_once(database)
    for moment in moments(history.rng, 40):
        assert await by_sums(service, moment) == await by_history(service, moment), moment
    assert await differing(service) == []


async def test_the_cheapest_way_is_taken(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many reports between the clocks, about few assignments: these are read from their history."""
    await project_once(service.app.state.database)
    early, late = OPENING + timedelta(days=1), clock.now() - timedelta(days=1)
    ways = {}
    for reports, assignments in ((1_000_000, 100_000), (1_000_000, 10)):
        amounts = (
            f"select {reports} as reports, {assignments} as assignments, cast('{OPENING}' as timestamptz) as since"
        )
        monkeypatch.setattr(late_queries, "AMOUNTS", text(amounts))
        async with service.app.state.database.reading() as session:
            moments = (
                Moment(early, early, present=False),
                Moment(early, early + timedelta(days=1), present=False),
                Moment(early, late, present=False),
                Moment(early, early + (late - early) / 2, present=False),
            )
            found = [await source(session, "two-tier-2025", moment) for moment in moments]
        ways[assignments] = [one and one.way[0] for one in found]
    assert ways == {100_000: ["known_", "known_", "", None], 10: ["known_", None, None, None]}
