"""One open stream, as the hub sees it."""

from abc import ABC, abstractmethod
from datetime import datetime
from typing import NamedTuple

from app.auth.identity import ANYONE, Identity
from app.live.events import Event


class Subscriber(NamedTuple):
    """Who reads a stream: the token, which is authenticated again when tokens change; None where progress is public."""

    token: str | None = None
    reader: Identity = ANYONE

    @property
    def expires_at(self) -> datetime | None:
        return self.reader.expires_at


class Listener(ABC):
    """Holds at most one pending event: later ones are merged into it while the client is slow, so memory is bounded."""

    __slots__ = ("_pending", "subscriber")

    def __init__(self, subscriber: Subscriber) -> None:
        self.subscriber = subscriber
        self._pending: Event | None = None

    @abstractmethod
    def send_event(self, event: Event) -> None:
        """Send an event, or keep it until the client can take it."""

    @abstractmethod
    def send_heartbeat(self) -> None:
        """Send a comment, so that the client knows the stream is alive."""

    @abstractmethod
    def end(self) -> None:
        """End the stream. The listener then leaves the hub."""

    def _hold(self, event: Event) -> None:
        self._pending = event if self._pending is None else event.after(self._pending)
