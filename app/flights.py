"""One at a time, shared by all who wait: the pattern behind every answer that must not be older than its question."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Flight(Generic[Result]):
    """Makes something again and again, never twice at once.

    A caller joins only a making that starts after it arrived, because one that started before might miss what the
    caller must see. So at most one is under way, and all who come meanwhile share the next, however many wait. Where a
    making is dear, the next one starts `gathering` seconds after one that several shared, so that more share it.
    """

    def __init__(self, make: Callable[[], Awaitable[Result]], *, gathering: float = 0) -> None:
        self._make = make
        self._gathering = gathering
        self._waiting: list[asyncio.Future[Result]] = []
        self._flying: asyncio.Task[None] | None = None

    def join(self) -> asyncio.Future[Result]:
        """What the next making makes, or why it failed. Each caller's own: giving up takes nothing from the others."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._waiting.append(waiter)
        if self._flying is None:
            self._flying = loop.create_task(self._fly())
        return waiter

    def cancel(self) -> None:
        """For the end: whoever still waits is cancelled too."""
        if self._flying is not None:
            self._flying.cancel()
        self._end()

    async def _fly(self) -> None:
        # It starts in the loop's next round, so all who arrive in this one are aboard. Nothing is awaited between
        # finding nobody waiting and the end, so whoever comes then starts anew.
        try:
            while self._waiting:
                aboard, self._waiting = self._waiting, []
                await self._carry(aboard)
                if self._gathering and len(aboard) > 1:
                    await asyncio.sleep(self._gathering)
        finally:
            self._end()

    async def _carry(self, aboard: list[asyncio.Future[Result]]) -> None:
        try:
            result = await self._make()
        except asyncio.CancelledError:
            _cancel(aboard)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for those who wait
            for waiter in _patient(aboard):
                waiter.set_exception(error)
        else:
            for waiter in _patient(aboard):
                waiter.set_result(result)

    def _end(self) -> None:
        self._flying = None
        waiting, self._waiting = self._waiting, []
        _cancel(waiting)


def _patient(aboard: list[asyncio.Future[Result]]) -> Iterator[asyncio.Future[Result]]:
    """Those who did not give up."""
    return (waiter for waiter in aboard if not waiter.done())


def _cancel(waiting: list[asyncio.Future[Result]]) -> None:
    for waiter in waiting:
        waiter.cancel()
