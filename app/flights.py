"""One at a time, shared by all who wait: the pattern behind every answer that must not be older than its question."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Generic, TypeVar

Passenger = TypeVar("Passenger")
Result = TypeVar("Result")


class Flights(Generic[Passenger, Result]):
    """Carries those who wait, again and again, never twice at once.

    Nobody joins a flight that has left: one that started before might miss what the passenger must see. So at most one
    is under way, and all who come meanwhile share the next, however many wait, unless `choose` leaves some of them for
    the one after it. Where a flight is dear, the next one starts `gathering` seconds after one that several shared, so
    that more share it.
    """

    def __init__(
        self,
        carry: Callable[[list[Passenger]], Awaitable[Result]],
        *,
        choose: Callable[[list[Passenger]], list[Passenger]] | None = None,
        gathering: float = 0,
    ) -> None:
        self._carry = carry
        self._choose = choose
        self._gathering = gathering
        self._waiting: list[tuple[Passenger, asyncio.Future[Result]]] = []
        self._flying: asyncio.Task[None] | None = None

    def board(self, passenger: Passenger) -> asyncio.Future[Result]:
        """What their flight brings, or why it failed. Each passenger's own: giving up takes nothing from the others."""
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[Result] = loop.create_future()
        self._waiting.append((passenger, waiter))
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
            while aboard := self._aboard():
                await self._bring([waiter for _, waiter in aboard], [passenger for passenger, _ in aboard])
                if self._gathering and len(aboard) > 1:
                    await asyncio.sleep(self._gathering)
        finally:
            self._end()

    def _aboard(self) -> list[tuple[Passenger, asyncio.Future[Result]]]:
        """Those for the next flight. The others go on waiting."""
        aboard, self._waiting = self._waiting, []
        if self._choose and len(aboard) > 1:
            chosen = set(map(id, self._choose([passenger for passenger, _ in aboard])))
            self._waiting = [pair for pair in aboard if id(pair[0]) not in chosen]
            aboard = [pair for pair in aboard if id(pair[0]) in chosen]
        return aboard

    async def _bring(self, waiters: list[asyncio.Future[Result]], aboard: list[Passenger]) -> None:
        try:
            result = await self._carry(aboard)
        except asyncio.CancelledError:
            _cancel(waiters)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is for those who wait
            for waiter in _patient(waiters):
                waiter.set_exception(error)
        else:
            for waiter in _patient(waiters):
                waiter.set_result(result)

    def _end(self) -> None:
        self._flying = None
        waiting, self._waiting = self._waiting, []
        _cancel(waiter for _, waiter in waiting)


class Flight(Flights[None, Result]):
    """Makes something again and again for all who want it: each gets what was made after they asked."""

    def __init__(self, make: Callable[[], Awaitable[Result]], *, gathering: float = 0) -> None:
        super().__init__(lambda _: make(), gathering=gathering)

    def join(self) -> asyncio.Future[Result]:
        """What the next making makes, or why it failed."""
        return self.board(None)


def _patient(aboard: Iterable[asyncio.Future[Result]]) -> Iterator[asyncio.Future[Result]]:
    """Those who did not give up."""
    return (waiter for waiter in aboard if not waiter.done())


def _cancel(waiting: Iterable[asyncio.Future[Result]]) -> None:
    for waiter in waiting:
        waiter.cancel()
