"""Past moments from one query: equal to the byte to those from a session, which answers where reports are pending."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import msgspec
import pytest
from httpx import AsyncClient

from app import clock
from app.db import Database
from app.housekeeping import project_once
from app.progress.answers.progress import progress
from app.progress.past import balances, transitions
from app.progress.past.past_figures import PastFigures
from app.progress.requests import query_context, read_context
from tests.conftest import Service
from tests.connecting import run_sql

NOW = clock.now().replace(microsecond=0)
MIDNIGHT = balances.today(NOW)
MOMENTS = [
    *(NOW - timedelta(hours=hours) for hours in (20 * 24, 75, 71, 47, 25, 5)),
    *(MIDNIGHT - timedelta(days=2) + timedelta(microseconds=tick) for tick in (-1, 0, 1)),
    *(MIDNIGHT - timedelta(days=2) + timedelta(hours=hours) for hours in (11, 12, 13)),
]
STORY = [
    (-74, "hotlines", "completed"),
    (-72, "staffing", "blocked"),
    (-48, "hotlines", "in_progress"),
    (-26, "staffing", "completed"),
    (-24, "hotlines", "completed"),
]


PROJECT = transitions.project


@pytest.fixture
async def projected(service: Service, huong: AsyncClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reports of the last days, all projected; later ones stay pending until a test projects them."""
    await run_sql(service.url, "update assignment set created_at = created_at - interval '40 days'")
    await run_sql(service.url, "update tally set last_created_at = last_created_at - interval '40 days'")
    for hours, task, status in STORY:
        await report(huong, task, status, NOW + timedelta(hours=hours))
    await project_once(service.app.state.database)

    async def asleep(_: Database) -> int:
        return 0

    monkeypatch.setattr(transitions, "project", asleep)


async def report(huong: AsyncClient, task: str, status: str, at: datetime) -> None:
    said = {"task": task, "status": status, "effective_at": at.isoformat()}
    assert (await huong.post("/v1/status-updates", json=said)).status_code == 201


async def from_session(service: Service, as_of: datetime, lang: Any = "vi") -> bytes:
    state = service.app.state
    async with query_context(state, await state.data_versions.version(), lang=lang, campaign=None) as query:
        context = await read_context(query, as_of=as_of)
        return msgspec.json.encode(progress(context, context.figures))


async def found(service: Service, moments: Iterable[datetime] = MOMENTS) -> list[bool]:
    """Whether the projection alone answers the moments."""
    past: PastFigures = service.app.state.past_figures
    return [await past.figures(None, "vi", as_of) is not None for as_of in moments]


@pytest.mark.usefixtures("projected")
async def test_a_projected_moment_is_one_query_and_the_same_answer(service: Service, huong: AsyncClient) -> None:
    assert all(await found(service))
    seen = set()
    for as_of in MOMENTS:
        for lang in ("vi", "en", "ja"):
            answer = await huong.get("/v1/progress", params={"as_of": as_of.isoformat(), "lang": lang})
            assert answer.content == await from_session(service, as_of, lang)
            seen.add(answer.content.split(b'"provinces_total"', 1)[1])
    assert len(seen) >= len(STORY)  # the moments differ


@pytest.mark.usefixtures("projected")
async def test_a_late_report_is_in_the_next_answer_before_it_is_projected(service: Service, huong: AsyncClient) -> None:
    as_of = NOW - timedelta(hours=60)
    ask = {"as_of": as_of.isoformat()}
    before = await huong.get("/v1/progress", params=ask)
    await report(huong, "hotlines", "blocked", NOW - timedelta(hours=61))
    assert await found(service, [as_of]) == [False]
    after = await huong.get("/v1/progress", params=ask)
    assert after.content == await from_session(service, as_of) != before.content
    await PROJECT(service.app.state.database)
    assert await found(service, [as_of]) == [True]
    assert (await huong.get("/v1/progress", params=ask)).content == after.content


@pytest.mark.usefixtures("projected")
@pytest.mark.parametrize(
    "lost",
    [
        "update projection_checkpoint set incarnation = 'gone' where what = 'transitions'",
        "update projection_checkpoint set closed_until = closed_until - interval '30 days' where what = 'transitions'",
        "update projection_checkpoint set closed_until = null where what = 'transitions'",
    ],
)
async def test_balances_of_another_incarnation_or_an_open_day_are_not_used(
    service: Service, huong: AsyncClient, lost: str
) -> None:
    as_of = NOW - timedelta(hours=60)
    before = await huong.get("/v1/progress", params={"as_of": as_of.isoformat()})
    await run_sql(service.url, lost)
    assert await found(service, [as_of]) == [False]
    assert (await huong.get("/v1/progress", params={"as_of": as_of.isoformat()})).content == before.content


@pytest.mark.usefixtures("projected")
async def test_the_present_and_what_lies_ahead_are_no_past(service: Service) -> None:
    assert await found(service, [clock.now(), clock.now() + timedelta(days=1)]) == [False, False]


@pytest.mark.usefixtures("projected")
async def test_a_catalogue_that_changed_is_the_one_of_the_answer(service: Service, huong: AsyncClient) -> None:
    ask = {"as_of": (NOW - timedelta(hours=60)).isoformat()}
    assert "New" not in (await huong.get("/v1/progress", params=ask)).text
    await run_sql(
        service.url,
        """update category set names = names || '{"vi": "New"}' where position = 1""",
        "update revision set number = number + 1 where what = 'catalogue'",
    )
    assert "New" in (await huong.get("/v1/progress", params=ask)).text
