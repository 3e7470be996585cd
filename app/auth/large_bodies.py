"""Large JSON bodies: few are worked on at once, one token after the other.

What is built of one takes up to a hundred times its size when all of it is bad, and an event loop works on one at a
time anyway.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from app.concurrency import FairSlots
from app.errors import Unavailable
from app.messages import say
from app.settings import Settings

LARGE = 256 * 1024
"""Bytes from which on a body waits for a slot: a report has at most 50 KB."""
SLOTS = 4
"""Large bodies in work: others go on while one waits for a lock."""
SLOTS_OF_ONE = 1
"""Of one token: its next one would wait for the same owner's lock, with all that was read of it in memory."""


class LargeBodies:
    """The slots of one worker."""

    def __init__(self, settings: Settings) -> None:
        self._slots = FairSlots(SLOTS)
        self._of_token: WeakValueDictionary[str, FairSlots] = WeakValueDictionary()
        self._patience = settings.statement_timeout

    @property
    def tokens(self) -> int:
        """How many tokens have bodies in work, or waiting for it."""
        return len(self._of_token)

    @asynccontextmanager
    async def admitted(self, name: str, size: int) -> AsyncIterator[None]:
        """A slot for a body of a token, which small ones need not wait for.

        Raises:
            Unavailable: none became free in time.

        """
        if size < LARGE:
            yield
            return
        end = asyncio.get_running_loop().time() + self._patience
        of_token = self._of_token.setdefault(name, FairSlots(SLOTS_OF_ONE))
        async with _taken(of_token, name, end), _taken(self._slots, name, end):
            yield


@asynccontextmanager
async def _taken(slots: FairSlots, name: str, end: float) -> AsyncIterator[None]:
    try:
        async with asyncio.timeout_at(end):
            await slots.take(name)
    except TimeoutError:
        raise Unavailable(say("too-much-received")) from None
    try:
        yield
    finally:
        slots.release()
