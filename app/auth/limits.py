"""Rate limits: how many requests each may make within a window of time."""

import ipaddress
import math
import time
from collections import Counter
from collections.abc import Callable
from functools import lru_cache

from app.errors import TooManyRequests
from app.settings import Settings

WINDOW_SECONDS = 60
MAX_COUNTED = 100_000
"""Names that a window counts one by one. Those that come after share one count: addresses cost an attacker nothing."""
_THE_REST = ""


class FixedWindow:
    """Counts requests in a fixed window, the same for all; at its end all counts are cleared at once.

    A request costs one look-up, however many tokens are counted.
    """

    def __init__(
        self, limit: int, clock: Callable[[], float] = time.monotonic, *, seconds: float = WINDOW_SECONDS
    ) -> None:
        self._limit = limit
        self._seconds = seconds
        self._clock = clock
        self._over_at = clock()
        self._counted: Counter[str] = Counter()

    def try_acquire(self, who: str) -> bool:
        """Count a request, which may be one too many."""
        now = self._clock()
        if now >= self._over_at:
            self._over_at = now + self._seconds
            self._counted.clear()
        if len(self._counted) >= MAX_COUNTED and who not in self._counted:
            who = _THE_REST
        self._counted[who] += 1
        return self._counted[who] <= self._limit

    def count(self, who: str) -> None:
        """Count a request.

        Raises:
            TooManyRequests: with the seconds after which there is room again, at least one.

        """
        if not self.try_acquire(who):
            wait = math.ceil(self._over_at - self._clock())
            raise TooManyRequests(headers={"Retry-After": str(max(1, wait))})


class Limits:
    """Counts requests per token, and bad tokens per address."""

    def __init__(self, settings: Settings) -> None:
        self.requests = FixedWindow(settings.rate_limit)
        self.bad_tokens = FixedWindow(settings.bad_token_limit)


@lru_cache(maxsize=1024)
def peer_of(address: str) -> str:
    """What counts as one peer: an IPv4 address, or the /64 network that one IPv6 line is given."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address) and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(getattr(found, "ipv4_mapped", None) or found)
