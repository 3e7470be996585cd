"""One at a time, shared by all who wait: the pattern behind every answer that must not be older than its question."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Generic, TypeVar

Passenger = TypeVar("Passenger")
Result = TypeVar("Result")


class Batcher(Generic[Passenger, Result]):
    """Carries those who wait, again and again, never twice at once.

    Nobody joins a flight that has left: one that started before might miss what the passenger must see. So at most one
    is under way, and all who come meanwhile share the next, however many wait, unless `choose` leaves some of them for
    the one after it. Where a flight is dear, the next one starts `gathering` seconds after one that several shared, so
    that more share it.
    """

    def __init__(
        self,
        run: Callable[[list[Passenger]], Awaitable[Result]],
        *,
        choose: Callable[[list[Passenger]], list[Passenger]] | None = None,
        pause: float = 0,
    ) -> None:
        self._run = run
        self._choose = choose
        self._pause = pause
        self._waiting: list[tuple[Passenger, asyncio.Future[Result]]] = []
        self._running: asyncio.Task[None] | None = None

    def submit(self, item: Passenger) -> asyncio.Future[Result]:
        """What their flight brings, or why it failed. Each passenger's own: giving up takes nothing from the others."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((item, waiter))
        if self._running is None:
            self._running = loop.create_task(self._run_all())
        return waiter

    def cancel(self) -> None:
        """For the end: whoever still waits is cancelled too."""
        if self._running is not None:
            self._running.cancel()
        self._end()

    async def _run_all(self) -> None:
        # It starts in the loop's next round, so all who arrive in this one are aboard. Nothing is awaited between
        # finding nobody waiting and the end, so whoever comes then starts anew.
        try:
            while batch := self._next_batch():
                await self._run_batch([waiter for _, waiter in batch], [item for item, _ in batch])
                if self._pause and len(batch) > 1:
                    await asyncio.sleep(self._pause)
        finally:
            self._end()

    def _next_batch(self) -> list[tuple[Passenger, asyncio.Future[Result]]]:
        """Those for the next flight. The others go on waiting."""
        batch, self._waiting = self._waiting, []
        if self._choose and len(batch) > 1:
            chosen = set(map(id, self._choose([item for item, _ in batch])))
            self._waiting = [pair for pair in batch if id(pair[0]) not in chosen]
            batch = [pair for pair in batch if id(pair[0]) in chosen]
        return batch

    async def _run_batch(self, waiters: list[asyncio.Future[Result]], batch: list[Passenger]) -> None:
        try:
            result = await self._run(batch)
        except asyncio.CancelledError:
            _cancel(waiters)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for those who wait
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
    """Makes something again and again for all who want it: each gets what was made after they asked."""

    def __init__(self, make: Callable[[], Awaitable[Result]], *, pause: float = 0) -> None:
        super().__init__(lambda _: make(), pause=pause)

    def get(self) -> asyncio.Future[Result]:
        """What the next making makes, or why it failed."""
        return self.submit(None)


def _undone(batch: Iterable[asyncio.Future[Result]]) -> Iterator[asyncio.Future[Result]]:
    """Those who did not give up."""
    return (waiter for waiter in batch if not waiter.done())


def _cancel(waiting: Iterable[asyncio.Future[Result]]) -> None:
    for waiter in waiting:
        waiter.cancel()
