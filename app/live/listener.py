"""One open stream, as the hub sees it."""

import asyncio
from datetime import datetime
from typing import NamedTuple

from app.live.events import HEARTBEAT, Event


class Watcher(NamedTuple):
    """Whose stream it is: the token itself, to ask again whether it is still good; none where progress is public."""

    token: str | None = None
    expires_at: datetime | None = None


class Listener:
    """Holds one event at most: what comes while its client is busy is added to that, so its memory is bounded."""

    __slots__ = ("_beat", "_ended", "_pending", "_waiting", "tokens", "watcher")

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self.tokens: tuple[int, int] | None = None
        self._ended = False
        self._pending: Event | None = None
        self._beat = False
        self._waiting: asyncio.Future[None] | None = None

    def tell(self, event: Event) -> None:
        self._pending = event if self._pending is None else event.after(self._pending)
        self._wake()

    def beat(self) -> None:
        self._beat = True
        self._wake()

    def end(self) -> None:
        self._ended = True
        self._wake()

    async def words(self) -> bytes:
        """What is to be sent next, as soon as there is anything; nothing at the end."""
        while not self._ended:
            if words := self._take():
                return words
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        return b""

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _take(self) -> bytes:
        event, beat = self._pending, self._beat
        self._pending, self._beat = None, False
        if event is not None:
            return event.encoded()
        return HEARTBEAT if beat else b""
