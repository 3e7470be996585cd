"""Questions that must be computed: each has a budget, nobody takes the slots of others, and turns are kept."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app import clock
from app.auth.computed import ComputedQuestions
from app.auth.identity import Identity, Role
from app.concurrency import FairSlots
from app.errors import TooManyRequests, Unavailable
from app.housekeeping import project_once
from app.settings import Settings
from tests.checks.problems import refused
from tests.conftest import Template, serving

HUONG = Identity("huong", "huong", Role.REPORTER, "38", "38")
PAST = "2025-06-27T10:00:00.{:06}Z"


def questions(**settings: Any) -> ComputedQuestions:
    return ComputedQuestions(Settings(database_url="postgresql:///x", **settings))


async def test_slots_are_given_by_turns_and_none_is_lost() -> None:
    slots, order = FairSlots(1), []
    await slots.take("first")

    async def asks(name: str) -> None:
        await slots.take(name)
        order.append(name)
        slots.release()

    many = [asyncio.create_task(asks("many")) for _ in range(50)]
    await asyncio.sleep(0)
    one = asyncio.create_task(asks("one"))
    await asyncio.sleep(0)
    for impatient in many[:10]:
        impatient.cancel()
    slots.release()
    await asyncio.gather(*many, one, return_exceptions=True)
    assert order.index("one") <= 1
    assert len(order) == 41
    async with asyncio.timeout(1):
        await slots.take("next")  # the one slot is free again, and there is no other
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await slots.take("next")


async def test_a_slot_given_to_somebody_who_left_goes_to_the_next() -> None:
    slots = FairSlots(1)
    await slots.take("first")
    waits = asyncio.create_task(slots.take("second"))
    await asyncio.sleep(0)
    slots.release()
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)
    async with asyncio.timeout(1):
        await slots.take("third")


async def test_readers_without_a_token_leave_room_for_those_with_one() -> None:
    asked = questions(pool_size=8, pool_timeout=0.05)
    held = [asked.admitted(None, f"198.51.100.{number}", {}) for number in range(2)]
    for one in held:
        await one.__aenter__()
    with pytest.raises(Unavailable):
        async with asked.admitted(None, "198.51.100.9", {}):
            pass
    async with asked.admitted(HUONG, "198.51.100.9", {}):
        pass
    for one in held:
        await one.__aexit__(None, None, None)
    async with asked.admitted(None, "198.51.100.9", {}):
        pass


async def test_one_address_has_a_budget_and_another_its_own() -> None:
    asked = questions(computed_limit_anonymous=2)
    for _ in range(2):
        async with asked.admitted(None, "198.51.100.1", {}):
            pass
    with pytest.raises(TooManyRequests):
        async with asked.admitted(None, "198.51.100.1", {}):
            pass
    async with asked.admitted(None, "198.51.100.2", {}):
        pass


COMPUTED = (
    "/v1/progress?as_of={}",
    "/v1/progress/matrix?known_at={}",
    "/v1/progress/timeline?to={}",
    "/v1/progress/compare?from={}",
    "/v1/reports/progress.csv?as_of={}",
    "/?as_of={}",
)


@pytest.mark.parametrize("address", COMPUTED)
async def test_what_must_be_computed_is_counted_and_the_present_is_not(
    address: str, database_url: str, template: Template
) -> None:
    async with serving(database_url, template.tokens, computed_limit=3) as service:
        khach = service.client("khach")
        asked = [address.format(PAST.format(number)) for number in range(4)]
        for one in asked[:3]:
            assert (await khach.get(one)).status_code == 200
        refusal = await khach.get(asked[3])
        assert (refusal.status_code, "retry-after" in refusal.headers) == (429, True)
        for present in ("/v1/progress", "/v1/progress/dashboard", "/v1/assignments"):
            assert (await khach.get(present)).status_code == 200
        assert (await service.client("huong").get(asked[3])).status_code == 200


async def test_what_nobody_asked_before_is_counted_though_it_is_of_the_present(
    database_url: str, template: Template
) -> None:
    async with serving(database_url, template.tokens, computed_limit=3) as service:
        khach = service.client("khach")
        answers = [await khach.get(f"/v1/progress/silent?limit={number}") for number in (1, 2, 3, 4, 100)]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429, 200]


CLAIMED = "select moment from answered_until where what = 'known_at'"


@pytest.mark.parametrize("path", ["/v1/progress", "/"])
async def test_whoever_has_asked_enough_claims_no_moments(path: str, database_url: str, template: Template) -> None:
    """A claim is a commit, after which every kept answer is computed again."""
    from tests.connecting import connect  # noqa: PLC0415

    limits = {"public_progress": True, "computed_limit_anonymous": 2}
    async with serving(database_url, template.tokens, **limits) as service:
        asked = [f"{path}?known_at={clock.text(clock.now() + timedelta(days=number))}" for number in range(1, 5)]
        statuses = [(await service.client().get(one)).status_code for one in asked[:3]]
        owner = await connect(database_url)
        try:
            before = await owner.fetchval(CLAIMED)
            statuses.append((await service.client().get(asked[3])).status_code)
            assert await owner.fetchval(CLAIMED) == before
        finally:
            await owner.close()
    assert statuses == [200, 200, 429, 429]


async def test_what_is_kept_is_not_counted(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, computed_limit=1) as service:
        asked = "/v1/progress/matrix?known_at=" + PAST.format(0)
        for _ in range(5):
            assert (await service.client("khach").get(asked)).status_code == 200


@pytest.mark.parametrize(("path", "table"), [("/matrix", "assignment"), ("", "transition")])
async def test_a_statement_of_a_reader_without_a_token_may_take_less(
    path: str, table: str, database_url: str, template: Template
) -> None:
    """A table that somebody has locked stands for whatever is slow."""
    from tests.connecting import connect  # noqa: PLC0415

    limits = {"public_progress": True, "anonymous_statement_timeout": 1}
    async with serving(database_url, template.tokens, **limits) as service:
        asked = f"/v1/progress{path}?as_of=" + PAST.format(7)
        await project_once(service.app.state.database)
        owner = await connect(database_url)
        try:
            async with owner.transaction(), asyncio.timeout(8):
                await owner.execute(f"lock table {table} in access exclusive mode")
                refused(await service.client().get(asked), 503)
        finally:
            await owner.close()
        assert (await service.client().get(asked)).status_code == 200
