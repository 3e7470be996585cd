"""Rate limits: how many requests each may make within a window of time."""

import math
import time
from collections import Counter
from collections.abc import Callable

from app.errors import TooManyRequests
from app.settings import Settings

WINDOW_SECONDS = 60


class FixedWindow:
    """Counts requests in a fixed window of a minute, the same for all; at its end all counts are cleared at once.

    A request costs one look-up, however many tokens are counted.
    """

    def __init__(self, limit: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit = limit
        self._clock = clock
        self._over_at = clock()
        self._counted: Counter[str] = Counter()

    def try_acquire(self, who: str) -> bool:
        """Count a request, which may be one too many."""
        now = self._clock()
        if now >= self._over_at:
            self._over_at = now + WINDOW_SECONDS
            self._counted.clear()
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
