"""How long answers take and who owes them: by the history, as of any moment."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.exc import DBAPIError

from app.db import Database
from app.obstacles import rules
from app.obstacles.queries import LOCK
from app.obstacles.rules import Group, SentChange, State, Wait
from app.obstacles.service import NewObstacle, Owed, change, owed, store, waits_of
from app.obstacles.working_days import Holidays
from app.settings import Settings

START = datetime(2025, 6, 1, tzinfo=UTC)
DUE = datetime(2025, 6, 4, 16, 59, 59, tzinfo=UTC)
"""Of all that begins to wait on that Sunday, the first of June, or in the night to Monday."""


class Step(NamedTuple):
    at: datetime
    state: str
    response: str | None = None
    promised_by: datetime | None = None
    answer_due: datetime = DUE


def hour(number: float) -> datetime:
    return START + timedelta(hours=number)


def test_a_reopened_obstacle_waits_again() -> None:
    steps = [
        Step(hour(0), "open"),
        Step(hour(1), "acknowledged"),
        Step(hour(4), "resolved"),
        Step(hour(6), "declined"),
        Step(hour(10), "open"),
    ]
    waits = rules.waits(steps)
    assert waits == [Wait(hour(0), hour(4), DUE), Wait(hour(10), None, DUE)]
    assert rules.waiting_hours(waits, hour(12.5)) == 6.5


def test_an_answer_ends_being_overdue() -> None:
    assert rules.overdue(State.ACKNOWLEDGED, hour(1), hour(2))
    assert not rules.overdue(State.RESOLVED, hour(1), hour(2))
    assert not rules.overdue(State.OPEN, hour(2), hour(2))
    assert not rules.overdue(State.OPEN, None, hour(2))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    made = Database(database_url, Settings(database_url=database_url))
    yield made
    await made.close()


async def record_obstacle(database: Database, owner: str, agency: str, *steps: tuple[float, str]) -> None:
    """Store an obstacle whose history is the given hours and states."""
    async with database.writing() as session:
        asked = NewObstacle(owner, owner, None, Group.SUPPORT, "x", "x", agency, None)
        made = await store(session, asked, token="x", at=hour(steps[0][0]), holidays=Holidays())
        for number, state in steps[1:]:
            found = (await session.execute(LOCK, {"id": made})).one()
            sent = SentChange(State(state), "x")
            await change(session, found, sent, token="x", at=hour(number), holidays=Holidays())


async def test_what_agencies_owe_is_known_as_of_any_moment(database: Database) -> None:
    await record_obstacle(database, "38", "viettel", (0, "open"), (1, "acknowledged"), (4, "resolved"), (10, "open"))
    await record_obstacle(database, "40", "viettel", (2, "open"), (12, "declined"))
    await record_obstacle(database, "38", "vnpt", (3, "open"))
    async with database.reading() as session:
        assert await owed(session, "two-tier-2025", hour(-1)) == []
        assert await owed(session, "two-tier-2025", hour(2)) == [Owed("viettel", 2, hour(0), 0, DUE, 0, 0, None)]
        assert await owed(session, "two-tier-2025", hour(5)) == [
            Owed("viettel", 1, hour(2), 0, DUE, 0, 1, 4.0),
            Owed("vnpt", 1, hour(3), 0, DUE, 0, 0, None),
        ]
        assert (await owed(session, "two-tier-2025", hour(20)))[0] == Owed("viettel", 1, hour(10), 0, DUE, 0, 2, 7.0)
        waited = await waits_of(session, "38", hour(20))
        assert [(w.addressed_to, w.since, w.until) for w in waited] == [
            ("viettel", hour(0), hour(4)),
            ("vnpt", hour(3), None),
            ("viettel", hour(10), None),
        ]


async def test_the_history_cannot_be_rewritten_and_another_province_cannot_reach_it(database: Database) -> None:
    await record_obstacle(database, "38", "viettel", (0, "open"))
    for statement in ("update obstacle_event set response = 'x'", "delete from obstacle_event"):
        with pytest.raises(DBAPIError, match="permission denied"):
            async with database.writing() as session:
                await (await session.connection()).exec_driver_sql(statement)
    for scope, seen in (("40/*", 0), ("38/*", 1), ("38/14758", 0), ("viettel/*", 1), ("", 0)):
        async with database.reading(scope) as session:
            connection = await session.connection()
            for table in ("obstacle", "obstacle_event"):
                found = await connection.exec_driver_sql(f"select count(*) from {table}")
                assert (scope, found.scalar_one()) == (scope, seen)


async def test_an_agency_cannot_report_in_a_provinces_name_even_past_the_application(database: Database) -> None:
    asked = NewObstacle("38", "38", None, Group.SUPPORT, "x", "x", "viettel", None)
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.writing("viettel/*") as session:
            await store(session, asked, token="x", at=hour(0), holidays=Holidays())


@given(st.lists(st.sampled_from(list(State)), max_size=12))
def test_waits_never_overlap_and_only_the_last_is_open(states: list[State]) -> None:
    steps = [Step(hour(0), "open"), *(Step(hour(index + 1), state) for index, state in enumerate(states))]
    waits = rules.waits(steps)
    assert all(wait.until is not None for wait in waits[:-1])
    assert all(one.until and one.until < other.since for one, other in pairwise(waits))
    assert (waits[-1].until is None) == (not State(steps[-1].state).answered)
