"""Runs that are shared by all waiting callers, one at a time, so that a result is never older than its request."""

import asyncio
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from contextvars import Context
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


class Batcher(Generic[Item, Result]):
    """Runs `run` on batches of items, one batch at a time.

    Items submitted during a run wait for the next one: a run that has begun may not see what their callers must see.
    The next batch takes every waiting item, unless `choose` leaves some of them for the batch after it. After a batch
    of several items the next one starts `pause` seconds later, so that more items share an expensive run.
    A run is of all its callers, so it has the context variables of none of them.
    """

    def __init__(
        self,
        run: Callable[[list[Item]], Awaitable[Result]],
        *,
        choose: Callable[[list[Item]], list[Item]] | None = None,
        pause: float = 0,
    ) -> None:
        self._run = run
        self._choose = choose
        self._pause = pause
        self._waiting: list[tuple[Item, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    def submit(self, item: Item) -> asyncio.Future[Result]:
        """The result of the item's batch, or its error. Cancelling this future affects no other caller."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, waiter))
        if self._running is None:
            self._running = loop.create_task(self._run_all(), context=Context())
        return waiter

    @property
    def is_running(self) -> bool:
        """Whether anything is being made, for callers that may have left."""
        return self._running is not None

    def cancel(self) -> None:
        """Stop; callers that still wait are cancelled."""
        if self._running is not None:
            self._running.cancel()
        self._end()

    async def _run_all(self) -> None:
        # The task starts in the loop's next iteration, so all items submitted in this one share the batch. Nothing is
        # awaited between finding no item and the end, so an item submitted later starts a new task.
        try:
            while batch := self._next_batch():
                await self._run_batch([waiter for _, waiter in batch], [item for item, _ in batch])
                if self._pause and len(batch) > 1:
                    await asyncio.sleep(self._pause)
        finally:
            self._end()

    def _next_batch(self) -> list[tuple[Item, asyncio.Future[Result]]]:
        """The items of the next batch. The others go on waiting."""
        batch, self._waiting = self._waiting, []
        if self._choose and len(batch) > 1:
            chosen = set(map(id, self._choose([item for item, _ in batch])))
            self._waiting = [pair for pair in batch if id(pair[0]) not in chosen]
            batch = [pair for pair in batch if id(pair[0]) in chosen]
        return batch

    async def _run_batch(self, waiters: list[asyncio.Future[Result]], batch: list[Item]) -> None:
        try:
            result = await self._run(batch)
        except asyncio.CancelledError:
            _cancel(waiters)
            raise
        except Exception as error:  # noqa: BLE001 - any error belongs to the waiting callers
            for waiter in _undone(waiters):
                waiter.set_exception(error)
        else:
            for waiter in _undone(waiters):
                waiter.set_result(result)

    def _end(self) -> None:
        self._running = None
        waiting, self._waiting = self._waiting, []
        _cancel(waiter for _, waiter in waiting)


class Coalescer(Batcher[None, Result]):
    """Shares one call of `make` among concurrent callers. A caller never joins a call that has already begun."""

    def __init__(self, make: Callable[[], Awaitable[Result]], *, pause: float = 0) -> None:
        super().__init__(lambda _: make(), pause=pause)

    def get(self) -> asyncio.Future[Result]:
        """The result of the next call, or its error."""
        return self.submit(None)


class FairSlots:
    """Lets so many in at once. Those who wait are let in by turns, one of each name, however many wait under it."""

    def __init__(self, slots: int) -> None:
        self._free = slots
        self._waiting: OrderedDict[str, deque[asyncio.Future[None]]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait."""
        return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def taken(self, name: str) -> AsyncIterator[None]:
        """A slot for as long as the block takes."""
        await self.take(name)
        try:
            yield
        finally:
            self.release()

    async def take(self, name: str) -> None:
        """Wait for a slot, which has to be released."""
        if self._free > 0:
            self._free -= 1
            return
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(name, deque()).append(waiter)
        try:
            await waiter
        except asyncio.CancelledError:
            if not waiter.cancelled():  # the slot was given to somebody who has just left
                self.release()
            raise

    def release(self) -> None:
        while self._waiting:
            name, queue = self._waiting.popitem(last=False)
            waiter = queue.popleft()
            if queue:
                self._waiting[name] = queue  # behind the others
            if not waiter.done():
                waiter.set_result(None)
                return
        self._free += 1


def _undone(batch: Iterable[asyncio.Future[Result]]) -> Iterator[asyncio.Future[Result]]:
    """Those that are not cancelled."""
    return (waiter for waiter in batch if not waiter.done())


def _cancel(waiting: Iterable[asyncio.Future[Result]]) -> None:
    for waiter in waiting:
        waiter.cancel()
