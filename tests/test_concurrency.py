"""One run at a time, shared by all waiting callers."""

import asyncio
import gc

import pytest

from app.concurrency import Batcher, Coalescer


class Maker:
    """Makes numbers, each when the test says so; or fails."""

    def __init__(self) -> None:
        self.started = 0
        self.under_way = 0
        self._ends: list[asyncio.Future[int]] = []

    async def make(self) -> int:
        self.started += 1
        self.under_way += 1
        assert self.under_way == 1, "never twice at once"
        end: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._ends.append(end)
        try:
            return await end
        finally:
            self.under_way -= 1

    def finish(self, number: int) -> None:
        self._ends.pop().set_result(number)

    def fail(self, error: BaseException) -> None:
        self._ends.pop().set_exception(error)


async def rounds(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_callers_before_the_start_share_one_run() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make)
    waiters = [coalescer.get() for _ in range(3)]
    await rounds()
    maker.finish(1)
    assert await asyncio.gather(*waiters) == [1, 1, 1]
    assert maker.started == 1


async def test_a_call_during_a_run_shares_the_next() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make)
    first = coalescer.get()
    await rounds()
    later = [coalescer.get(), coalescer.get()]
    await rounds()
    assert maker.started == 1
    maker.finish(1)
    assert await first == 1
    await rounds()
    assert not any(waiter.done() for waiter in later)
    maker.finish(2)
    assert await asyncio.gather(*later) == [2, 2]
    assert maker.started == 2


async def test_a_call_at_the_end_of_a_run_is_answered() -> None:
    coalescer = Coalescer(instantly := Counting())
    for number in range(50):
        assert await asyncio.wait_for(coalescer.get(), 1) == number + 1
    results: list[int] = []
    waiter = coalescer.get()
    waiter.add_done_callback(lambda _: coalescer.get().add_done_callback(lambda again: results.append(again.result())))
    await asyncio.wait_for(waiter, 1)
    await rounds(10)
    assert results == [instantly.count]


class Counting:
    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> int:
        self.count += 1
        return self.count


async def test_a_failure_reaches_every_caller_of_its_run_and_no_other() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make)
    waiting = [coalescer.get(), coalescer.get()]
    await rounds()
    later = coalescer.get()
    maker.fail(ConnectionError("away"))
    failed = await asyncio.gather(*waiting, return_exceptions=True)
    assert [str(error) for error in failed] == ["away", "away"]
    await rounds()
    maker.finish(2)
    assert await later == 2


async def test_after_a_failure_the_next_call_starts_a_new_run() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make)
    failing = coalescer.get()
    await rounds()
    maker.fail(ConnectionError("away"))
    with pytest.raises(ConnectionError):
        await failing
    await rounds()
    fresh = coalescer.get()
    await rounds()
    maker.finish(7)
    assert await fresh == 7


async def test_a_cancelled_caller_affects_no_other() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make)

    async def wait() -> int:
        return await coalescer.get()

    patient, impatient = asyncio.create_task(wait()), asyncio.create_task(wait())
    await rounds()
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert maker.under_way == 1
    maker.finish(1)
    assert await patient == 1


async def test_after_every_caller_cancelled_the_next_is_answered() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make)
    coalescer.get().cancel()
    await rounds()
    later = coalescer.get()
    maker.finish(1)
    await rounds()
    maker.finish(2)
    assert await later == 2


@pytest.mark.parametrize("started", [True, False])
async def test_cancel_ends_every_waiting_call(started: bool) -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make)
    waiters = [coalescer.get()]
    if started:
        await rounds()
        waiters.append(coalescer.get())
    coalescer.cancel()
    found = await asyncio.wait_for(asyncio.gather(*waiters, return_exceptions=True), 1)
    assert all(isinstance(error, asyncio.CancelledError) for error in found)


async def test_a_run_whose_own_call_is_cancelled_leaves_no_caller_waiting() -> None:
    inner = Maker()
    asked = Coalescer(inner.make)
    coalescer = Coalescer(asked.get)
    waiter = coalescer.get()
    await rounds()
    later = coalescer.get()
    asked.cancel()
    found = await asyncio.wait_for(asyncio.gather(waiter, later, return_exceptions=True), 1)
    assert all(isinstance(error, asyncio.CancelledError) for error in found)
    fresh = coalescer.get()
    await rounds()
    inner.finish(3)
    assert await asyncio.wait_for(fresh, 1) == 3


async def test_a_run_leaves_no_reference_cycles() -> None:
    coalescer = Coalescer(Counting())
    await coalescer.get()
    gc.collect()
    gc.disable()  # noqa: TID251 - what it would do is counted here
    try:
        for _ in range(100):
            await [coalescer.get() for _ in range(10)][-1]
        assert gc.collect() < 10, "references in circles at every request cost a fifth of a worker"
    finally:
        gc.enable()


async def test_after_a_shared_run_the_next_waits_for_more_callers() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make, pause=0.05)
    waiters = [coalescer.get(), coalescer.get()]
    await rounds()
    later = [coalescer.get()]
    maker.finish(1)
    assert await asyncio.gather(*waiters) == [1, 1]
    await rounds()
    assert maker.started == 1
    later.append(coalescer.get())
    while maker.started == 1:  # noqa: ASYNC110 - a count has no event
        await asyncio.sleep(0.01)
    maker.finish(2)
    assert await asyncio.gather(*later) == [2, 2]


async def test_cancelled_during_the_pause_it_leaves_no_caller_waiting() -> None:
    maker = Maker()
    coalescer = Coalescer(maker.make, pause=60)
    waiters = [coalescer.get(), coalescer.get()]
    await rounds()
    later = coalescer.get()
    maker.finish(1)
    await asyncio.gather(*waiters)
    await rounds()
    coalescer.cancel()
    with pytest.raises(asyncio.CancelledError):
        await later


async def test_items_that_were_not_chosen_are_in_the_next_batch() -> None:
    batches: list[list[str]] = []

    async def run(batch: list[str]) -> int:
        batches.append(batch)
        return len(batches)

    batcher = Batcher(run, choose=lambda items: items[:2])
    assert await asyncio.gather(*map(batcher.submit, "abcde")) == [1, 1, 2, 2, 3]
    assert batches == [["a", "b"], ["c", "d"], ["e"]]
