"""One at a time, shared by all who wait."""

import asyncio
import gc

import pytest

from app.concurrency import Batcher, Coalescer


class Maker:
    """Makes numbers, each when it is told to; or fails."""

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

    def land(self, number: int) -> None:
        self._ends.pop().set_result(number)

    def crash(self, error: BaseException) -> None:
        self._ends.pop().set_exception(error)


async def rounds(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


async def test_all_who_come_before_it_starts_share_one_making() -> None:
    maker = Maker()
    flight = Coalescer(maker.make)
    waiters = [flight.get() for _ in range(3)]
    await rounds()
    maker.land(1)
    assert await asyncio.gather(*waiters) == [1, 1, 1]
    assert maker.started == 1


async def test_who_comes_while_one_is_under_way_shares_the_next() -> None:
    maker = Maker()
    flight = Coalescer(maker.make)
    first = flight.get()
    await rounds()
    later = [flight.get(), flight.get()]
    await rounds()
    assert maker.started == 1
    maker.land(1)
    assert await first == 1
    await rounds()
    assert not any(waiter.done() for waiter in later)
    maker.land(2)
    assert await asyncio.gather(*later) == [2, 2]
    assert maker.started == 2


async def test_who_comes_as_one_lands_is_not_forgotten() -> None:
    flight = Coalescer(instantly := Counting())
    for number in range(50):
        assert await asyncio.wait_for(flight.get(), 1) == number + 1
    landed: list[int] = []
    waiter = flight.get()
    waiter.add_done_callback(lambda _: flight.get().add_done_callback(lambda again: landed.append(again.result())))
    await asyncio.wait_for(waiter, 1)
    await rounds(10)
    assert landed == [instantly.count]


class Counting:
    def __init__(self) -> None:
        self.count = 0

    async def __call__(self) -> int:
        self.count += 1
        return self.count


async def test_a_failure_reaches_all_who_were_aboard_and_nobody_else() -> None:
    maker = Maker()
    flight = Coalescer(maker.make)
    aboard = [flight.get(), flight.get()]
    await rounds()
    later = flight.get()
    maker.crash(ConnectionError("away"))
    failed = await asyncio.gather(*aboard, return_exceptions=True)
    assert [str(error) for error in failed] == ["away", "away"]
    await rounds()
    maker.land(2)
    assert await later == 2


async def test_after_a_failure_the_next_caller_starts_anew() -> None:
    maker = Maker()
    flight = Coalescer(maker.make)
    failing = flight.get()
    await rounds()
    maker.crash(ConnectionError("away"))
    with pytest.raises(ConnectionError):
        await failing
    await rounds()
    fresh = flight.get()
    await rounds()
    maker.land(7)
    assert await fresh == 7


async def test_who_gives_up_takes_nothing_from_the_others() -> None:
    maker = Maker()
    flight = Coalescer(maker.make)

    async def wait() -> int:
        return await flight.get()

    patient, impatient = asyncio.create_task(wait()), asyncio.create_task(wait())
    await rounds()
    impatient.cancel()
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert maker.under_way == 1
    maker.land(1)
    assert await patient == 1


async def test_when_all_gave_up_the_next_caller_is_still_served() -> None:
    maker = Maker()
    flight = Coalescer(maker.make)
    flight.get().cancel()
    await rounds()
    later = flight.get()
    maker.land(1)
    await rounds()
    maker.land(2)
    assert await later == 2


@pytest.mark.parametrize("started", [True, False])
async def test_at_the_end_everybody_is_told(started: bool) -> None:
    maker = Maker()
    flight = Coalescer(maker.make)
    waiters = [flight.get()]
    if started:
        await rounds()
        waiters.append(flight.get())
    flight.cancel()
    found = await asyncio.wait_for(asyncio.gather(*waiters, return_exceptions=True), 1)
    assert all(isinstance(error, asyncio.CancelledError) for error in found)


async def test_one_that_makes_its_result_from_a_cancelled_one_leaves_nobody_waiting() -> None:
    inner = Maker()
    asked = Coalescer(inner.make)
    flight = Coalescer(asked.get)
    waiter = flight.get()
    await rounds()
    later = flight.get()
    asked.cancel()
    found = await asyncio.wait_for(asyncio.gather(waiter, later, return_exceptions=True), 1)
    assert all(isinstance(error, asyncio.CancelledError) for error in found)
    fresh = flight.get()
    await rounds()
    inner.land(3)
    assert await asyncio.wait_for(fresh, 1) == 3


async def test_a_flight_leaves_no_work_for_the_collector() -> None:
    flight = Coalescer(Counting())
    await flight.get()
    gc.collect()
    gc.disable()
    try:
        for _ in range(100):
            await [flight.get() for _ in range(10)][-1]
        assert gc.collect() < 10, "references in circles at every request cost a fifth of a worker"
    finally:
        gc.enable()


async def test_after_a_shared_making_the_next_waits_for_more_to_share_it() -> None:
    maker = Maker()
    flight = Coalescer(maker.make, pause=0.05)
    waiters = [flight.get(), flight.get()]
    await rounds()
    later = [flight.get()]
    maker.land(1)
    assert await asyncio.gather(*waiters) == [1, 1]
    await rounds()
    assert maker.started == 1
    later.append(flight.get())
    while maker.started == 1:  # noqa: ASYNC110 - a count has no event
        await asyncio.sleep(0.01)
    maker.land(2)
    assert await asyncio.gather(*later) == [2, 2]


async def test_cancelled_while_it_gathers_it_keeps_nobody_waiting() -> None:
    maker = Maker()
    flight = Coalescer(maker.make, pause=60)
    waiters = [flight.get(), flight.get()]
    await rounds()
    later = flight.get()
    maker.land(1)
    await asyncio.gather(*waiters)
    await rounds()
    flight.cancel()
    with pytest.raises(asyncio.CancelledError):
        await later


async def test_those_who_are_left_for_the_next_flight_take_it() -> None:
    flown: list[list[str]] = []

    async def run(aboard: list[str]) -> int:
        flown.append(aboard)
        return len(flown)

    flights = Batcher(run, choose=lambda waiting: waiting[:2])
    assert await asyncio.gather(*map(flights.submit, "abcde")) == [1, 1, 2, 2, 3]
    assert flown == [["a", "b"], ["c", "d"], ["e"]]
