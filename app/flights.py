"""One at a time, shared by all who wait: the pattern behind every answer that must not be older than its question."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

Result = TypeVar("Result")


class Flight(Generic[Result]):
    """Makes something again and again, never twice at once.

    A caller joins only a making that starts after it arrived, because one that started before might miss what the
    caller must see. So at most one is under way and one is next, however many wait.
    """

    def __init__(self, make: Callable[[], Awaitable[Result]]) -> None:
        self._make = make
        self._under_way: asyncio.Task[Result] | None = None
        self._next: asyncio.Task[Result] | None = None

    async def join(self) -> Result:
        if self._next is not None:
            return await asyncio.shield(self._next)
        if self._under_way is None or self._under_way.done():
            self._under_way = asyncio.create_task(self._go())
            return await asyncio.shield(self._under_way)
        self._next = asyncio.create_task(self._go_after(self._under_way))
        return await asyncio.shield(self._next)

    def cancel(self) -> None:
        for task in (self._under_way, self._next):
            if task is not None and not task.done():
                task.cancel()

    async def _go_after(self, earlier: asyncio.Task[Result]) -> Result:
        await asyncio.wait([earlier])  # not its result: that it failed is no reason to fail
        self._under_way, self._next = self._next, None
        return await self._go()

    async def _go(self) -> Result:
        return await self._make()
