"""The cache of answers: one computation for all who ask, however differently they came, and however many leave."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from app.data_version import LONG_AGO, DataVersion
from app.db import statement_limit
from app.errors import TooManyRequests
from app.response_cache import LARGE, Answer, CacheEntry, ResponseCache

VERSION = DataVersion("1:2:", 1, 1, 1, LONG_AGO)


class Making:
    """Makes an answer once it is let; remembers how long its statements might take."""

    def __init__(self) -> None:
        self.let = asyncio.Event()
        self.limits: list[int | None] = []

    async def __call__(self) -> tuple[DataVersion, bytes]:
        self.limits.append(statement_limit.get())
        await self.let.wait()
        return VERSION, b"{}"


@pytest.mark.parametrize(("limits", "granted"), [((10, None), None), ((None, 10), None), ((10, 20), 20), ((10,), 10)])
async def test_a_shared_computation_may_take_what_the_caller_with_the_most_may(
    limits: tuple[int | None, ...], granted: int | None
) -> None:
    making = Making()
    making.let.set()
    entry = CacheEntry(making)

    async def ask(limit: int | None) -> None:
        statement_limit.set(limit)
        await entry.refresh()

    await asyncio.gather(*map(ask, limits))
    assert making.limits == [granted]


async def test_a_later_computation_is_not_limited_by_whoever_came_first() -> None:
    making = Making()
    entry = CacheEntry(making)

    async def ask(limit: int | None) -> None:
        statement_limit.set(limit)
        await entry.refresh()

    first = asyncio.create_task(ask(10))
    while not making.limits:  # noqa: ASYNC110 - until it has begun
        await asyncio.sleep(0)
    second = asyncio.create_task(ask(None))
    await asyncio.sleep(0)
    making.let.set()
    await asyncio.gather(first, second)
    assert making.limits == [10, None]


@asynccontextmanager
async def refusing() -> AsyncIterator[None]:
    raise TooManyRequests
    yield


async def test_whoever_is_refused_takes_the_answer_from_nobody() -> None:
    making, cache = Making(), ResponseCache(versions=None)  # type: ignore[arg-type]
    first = asyncio.create_task(cache.get_versioned(("a",), making))
    while not making.limits:  # noqa: ASYNC110
        await asyncio.sleep(0)
    with pytest.raises(TooManyRequests):
        await cache.get_versioned(("a",), making, admission=refusing())
    third = asyncio.create_task(cache.get_versioned(("a",), making))
    await asyncio.sleep(0)
    assert (entry := cache.find(("a",)))
    assert entry.is_being_made
    making.let.set()
    await asyncio.gather(first, third)
    assert cache.find(("a",)) is entry


async def test_what_nobody_could_have_made_takes_no_place() -> None:
    cache = ResponseCache(versions=None)  # type: ignore[arg-type]
    with pytest.raises(TooManyRequests):
        await cache.get_versioned(("a",), Making(), admission=refusing())
    assert cache.find(("a",)) is None


async def test_a_large_answer_is_compressed_beside_the_event_loop() -> None:
    large, small = Answer(b"0123456789" * LARGE), Answer(b"0123456789")
    assert (small.is_encoded(b"br"), large.is_encoded(b"br")) == (True, False)
    looked = 0

    async def look() -> None:
        nonlocal looked
        while not large.is_encoded(b"br"):
            looked += 1
            await asyncio.sleep(0)

    await asyncio.gather(large.encode(b"br"), look())
    assert looked > 1
    assert (large.is_encoded(b"br"), large.is_encoded(b"gzip")) == (True, False)
