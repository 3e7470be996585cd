"""A fair share: so many requests of one caller are worked on at once, and the others of theirs wait.

What is worked on takes database connections and the processor, of which there is one for all.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from weakref import WeakValueDictionary

from fastapi import Depends, Request

from app.auth.authority import token_sent
from app.auth.limits import peer_of
from app.concurrency import FairSlots
from app.errors import TooManyRequests
from app.messages import say
from app.settings import Settings

MOST_WAITING = 500
"""Requests of one caller that wait: each takes room, also once its client has gone."""


class FairShare:
    """A quarter of a pool's connections for each caller: a token, or an address without one."""

    def __init__(self, settings: Settings) -> None:
        self._at_once = max(2, settings.pool_size // 4)
        self._of: WeakValueDictionary[str, FairSlots] = WeakValueDictionary()
        self._patience = settings.statement_timeout

    @asynccontextmanager
    async def taken(self, caller: str) -> AsyncIterator[None]:
        """A slot of the caller, for one request whose body was received.

        Raises:
            TooManyRequests: none became free in time, or too many of the caller's wait for one.

        """
        slots = self._of.setdefault(caller, FairSlots(self._at_once))
        try:
            async with asyncio.timeout(self._patience if slots.waiting < MOST_WAITING else 0):
                await slots.take("")
        except TimeoutError:
            raise TooManyRequests(say("too-much-under-way"), headers={"Retry-After": "5"}) from None
        try:
            yield
        finally:
            slots.release()


async def _share(request: Request) -> AsyncIterator[None]:
    fair_share: FairShare = request.app.state.fair_share
    async with fair_share.taken(caller_of(request)):
        yield


SHARE = Depends(_share, scope="function")
"""Taken before a route's session is opened, and free again after it is committed."""


def caller_of(request: Request) -> str:
    """Whose request it is: the token's, where it is known or sent, else the address's."""
    who = getattr(request.state, "identity", None)
    sent = who.token if who else token_sent(request)
    return sent or f"address {peer_of(request.client.host if request.client else '')}"
