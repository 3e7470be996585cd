"""What is looked up again after many reports: all that may have moved, and little else."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from httpx import AsyncClient
from hypothesis import given
from hypothesis import strategies as st

from app.db import Database
from app.progress.past.verify.recount import differences
from app.settings import Settings
from app.status import Status
from app.updates.reports import Report
from app.updates.rules import touches_completion_streak
from tests.conftest import Service

START = datetime(2025, 6, 10, tzinfo=UTC)
Sentence = tuple[int, Status]
SAID = st.tuples(st.integers(0, 6), st.sampled_from(list(Status)))


def moment(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def complete_since(history: Sequence[Sentence]) -> int | None:
    """The plain definition, hour by hour: of two reports of one hour the later one counts."""
    at = dict(history)
    since = None
    for hour in sorted(at):
        since = (hour if since is None else since) if at[hour].complete else None
    return since


@given(st.lists(SAID, min_size=1, max_size=8), st.lists(SAID, max_size=4))
def test_reports_that_touch_no_run_leave_it_as_it_was(before: list[Sentence], more: list[Sentence]) -> None:
    since, newest = complete_since(before), max(hour for hour, _ in before)
    begun = None if since is None else moment(since)
    untouching = [
        (hour, status)
        for hour, status in more
        if hour < newest and not touches_completion_streak(Report("t", "u", status), moment(hour), begun)
    ]
    assert complete_since([*before, *untouching]) == since


async def test_batches_of_older_and_newer_reports_leave_what_the_history_says(
    huong: AsyncClient, service: Service
) -> None:
    """Few moments, so that reports correct each other, cut a run and lengthen it; each batch moves some work only."""
    chance = random.Random(1)
    items = (await huong.get("/v1/assignments?unit=38")).json()["items"]
    tasks = [item["task"] for item in items][:8]
    for _ in range(12):
        sent = [
            {
                "task": chance.choice(tasks),
                "status": chance.choice(("in_progress", "completed", "completed")),
                "effective_at": moment(chance.randrange(30)).isoformat(),
            }
            for _ in range(10)
        ]
        answer = await huong.post("/v1/status-updates/batch", json={"updates": sent})
        assert answer.json()["stored"] == len(sent)
        assert await all_agrees(service)


async def test_a_report_counts_as_the_last_one_even_when_nothing_changes(huong: AsyncClient) -> None:
    report = {"task": "hotlines", "status": "blocked", "effective_at": moment(2).isoformat()}
    older = {**report, "effective_at": moment(1).isoformat()}
    first = await huong.post("/v1/status-updates", json=report)
    before = await last_update_at(huong)
    second = (await huong.post("/v1/status-updates/batch", json={"updates": [older]})).json()
    assert (first.status_code, second["superseded"]) == (201, 1)
    assert await last_update_at(huong) > before


async def last_update_at(client: AsyncClient) -> str:
    return str((await client.get("/v1/progress/provinces/38")).json()["last_update_at"])


async def all_agrees(service: Service) -> bool:
    database = Database(service.url, Settings(database_url=service.url))
    try:
        async with database.reading() as session:
            return not [difference async for difference in differences(session)]
    finally:
        await database.close()
