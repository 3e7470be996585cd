"""Budgets: how many bytes of files a token may have read in an hour, and keep as previews."""

import time
from collections.abc import Callable

from app.errors import TooManyRequests

HOUR = 3600.0


class UploadBudget:
    """Counts the bytes that each token sends to this worker within an hour, and refuses what is too much."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._clock = clock
        self._began = clock()
        self._spent: dict[str, int] = {}

    def spend(self, token: str, size: int) -> None:
        """Count a file before it is read.

        Raises:
            TooManyRequests: the token has sent too much within the hour.

        """
        now = self._clock()
        if now - self._began >= HOUR:
            self._began, self._spent = now, {}
        spent = self._spent.get(token, 0) + size
        if spent > self._most:
            left = int(HOUR - (now - self._began)) + 1
            raise TooManyRequests(headers={"Retry-After": str(left)})
        self._spent[token] = spent
