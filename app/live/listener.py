"""One open stream, as the hub sees it."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import NamedTuple

from app.live.events import Event


class Subscriber(NamedTuple):
    """Whose stream it is: the token itself, to ask again whether it is still good; none where progress is public."""

    token: str | None = None
    expires_at: datetime | None = None


class Listener(ABC):
    """Holds one event at most: what comes while its client is busy is added to that, so its memory is bounded."""

    __slots__ = ("_pending", "subscriber")

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self._pending: Event | None = None

    @abstractmethod
    def send_event(self, event: Event) -> None:
        """Something moved."""

    @abstractmethod
    def send_heartbeat(self) -> None:
        """Show the client that the stream lives."""

    @abstractmethod
    def end(self) -> None:
        """Nothing more is to be told. It leaves the hub by itself."""

    def _hold(self, event: Event) -> None:
        self._pending = event if self._pending is None else event.after(self._pending)
