"""Questions that must be computed, about past moments, spans and documents: so many a minute, and at once, of each."""

import asyncio
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager
from typing import Any

from app.auth.identity import Identity
from app.auth.limits import FixedWindow, peer_of
from app.concurrency import FairSlots
from app.db import statement_limit
from app.errors import Unavailable
from app.messages import say
from app.settings import Settings

_COUNTED = "computed_counted"
"""Where the state of a request says that its question was counted."""


class ComputedQuestions:
    """Admits what has to be computed. Readers without a token share slots of their own, and never those of others.

    Each slot takes at the most one database connection, and there are fewer slots than connections, so that reports,
    lists and the present are answered however many ask about the past.
    """

    def __init__(self, settings: Settings) -> None:
        self._of_token = FixedWindow(settings.computed_limit, policy="computed")
        self._of_peer = FixedWindow(settings.computed_limit_anonymous, policy="computed")
        self._slots = FairSlots(max(1, settings.pool_size // 2))
        self._anonymous_slots = FairSlots(max(1, settings.pool_size // 4))
        self._patience = settings.pool_timeout
        self._statement_limit = settings.anonymous_statement_timeout

    def count(self, who: Identity | None, address: str, state: MutableMapping[str, Any]) -> None:
        """Count a question, once for its request.

        Raises:
            TooManyRequests: the token, or the address without one, has asked too much within the minute.

        """
        if not state.get(_COUNTED):
            (self._of_token if who else self._of_peer).count(who.token if who else peer_of(address), state)
            state[_COUNTED] = True

    @asynccontextmanager
    async def admitted(
        self, who: Identity | None, address: str, state: MutableMapping[str, Any]
    ) -> AsyncIterator[None]:
        """A slot for one question; `state` is that of its request.

        Raises:
            TooManyRequests: the token, or the address without one, has asked too much within the minute.
            Unavailable: no slot became free in time.

        """
        self.count(who, address, state)
        name = who.token if who else peer_of(address)
        slots = self._slots if who else self._anonymous_slots
        try:
            async with asyncio.timeout(self._patience):
                await slots.take(name)
        except TimeoutError:
            raise Unavailable(say("too-many-computed")) from None
        limit = statement_limit.set(None if who else self._statement_limit)
        try:
            yield
        finally:
            statement_limit.reset(limit)
            slots.release()
