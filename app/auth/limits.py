"""Rate limits: how many requests each may make within a window of time."""

import ipaddress
import math
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, MutableMapping
from contextlib import asynccontextmanager
from functools import lru_cache
from typing import Any

from app.concurrency import FairSlots
from app.errors import TooManyRequests
from app.quotas import Quota, note_quota
from app.settings import Settings

WINDOW_SECONDS = 60
MAX_COUNTED = 100_000
"""Names that a window counts one by one. Those that come after share one count: addresses cost an attacker nothing."""
MAX_NAME = 64
"""Characters of what is counted by, where it is no address."""
MAX_LOOK_UPS = 4
"""Unknown tokens that the database is asked about at once: a quarter of the connections for reading, by turns."""
_THE_REST = ""


class FixedWindow:
    """Counts requests in a fixed window, the same for all; at its end all counts are cleared at once.

    A request costs one look-up, however many tokens are counted.
    """

    def __init__(
        self,
        limit: int,
        clock: Callable[[], float] = time.monotonic,
        *,
        seconds: float = WINDOW_SECONDS,
        policy: str = "requests",
    ) -> None:
        self._policy = policy
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._over_at = clock()
        self._counted: Counter[str] = Counter()

    def try_acquire(self, who: str, state: MutableMapping[str, Any] | None = None) -> bool:
        """Count a request, which may be one too many, and leave in its state what is left."""
        now = self._clock()
        if now >= self._over_at:
            self._over_at = now + self._seconds
            self._counted.clear()
        if len(self._counted) >= MAX_COUNTED and who not in self._counted:
            who = _THE_REST
        self._counted[who] += 1
        left = self._limit - self._counted[who]
        if state is not None:
            note_quota(state, self._policy, self._quota(left, now))
        return left >= 0

    def count(self, who: str, state: MutableMapping[str, Any] | None = None) -> None:
        """Count a request, and leave in its state what is left.

        Raises:
            TooManyRequests: with the seconds after which there is room again, at least one.

        """
        if not self.try_acquire(who, state):
            raise self._refusal()

    def _quota(self, left: int, now: float) -> Quota:
        return Quota(self._limit, math.ceil(self._seconds), max(left, 0), max(1, math.ceil(self._over_at - now)))

    def refuse_excess(self, who: str, state: MutableMapping[str, Any] | None = None) -> None:
        """Raise TooManyRequests where there is no room for another request, without counting one."""
        is_over = self._clock() >= self._over_at
        name = who if who in self._counted else _THE_REST
        if not is_over and self._counted[name] >= self._limit:
            if state is not None:
                note_quota(state, self._policy, self._quota(0, self._clock()))
            raise self._refusal()

    def _refusal(self) -> TooManyRequests:
        wait = math.ceil(self._over_at - self._clock())
        return TooManyRequests(headers={"Retry-After": str(max(1, wait))})


class Limits:
    """Counts requests per token, and bad tokens per address."""

    def __init__(self, settings: Settings) -> None:
        self.requests = FixedWindow(settings.rate_limit, policy="token")
        self.bad_tokens = FixedWindow(settings.bad_token_limit, policy="bad-tokens")
        self._look_ups = FairSlots(MAX_LOOK_UPS)

    @asynccontextmanager
    async def look_up(self, peer: str, state: MutableMapping[str, Any]) -> AsyncIterator[None]:
        """A turn to ask the database about a token that nobody has used here before, if the address may still guess.

        Raises:
            TooManyRequests: it has sent too many bad ones; the database is not asked.

        """
        self.bad_tokens.refuse_excess(peer, state)
        async with self._look_ups.taken(peer):
            self.bad_tokens.refuse_excess(peer, state)  # those before it in the queue may all have been bad
            yield


def peer_of(address: str) -> str:
    """What counts as one peer: an IPv4 address, or the /64 network that one IPv6 line is given.

    What a proxy passes on may be no address, and as long as a header.
    """
    return _peer_of(address[:MAX_NAME])


@lru_cache(maxsize=1024)
def _peer_of(address: str) -> str:
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
