"""The event: which provinces and categories changed. Pure."""

from dataclasses import dataclass
from datetime import datetime

import msgspec

from app.clock import text

HEARTBEAT = b":\n\n"
RECONNECT_AFTER = 2000
"""Milliseconds that a client waits before it reconnects."""


@dataclass(slots=True)
class Event:
    """`id` is the position in the change feed after everything that the event covers."""

    id: str
    provinces: frozenset[str]
    categories: frozenset[str]
    recorded_at: datetime
    _encoded: bytes | None = None

    def encoded(self) -> bytes:
        """The bytes that are sent, the same for every client."""
        if self._encoded is None:
            data = {
                "provinces": sorted(self.provinces),
                "categories": sorted(self.categories),
                "recorded_at": text(self.recorded_at),
            }
            self._encoded = b"event: progress\nid: %b\ndata: %b\n\n" % (self.id.encode(), msgspec.json.encode(data))
        return self._encoded

    def after(self, earlier: "Event") -> "Event":
        """One event that covers both."""
        return Event(
            self.id,
            self.provinces | earlier.provinces,
            self.categories | earlier.categories,
            max(self.recorded_at, earlier.recorded_at),
        )


def first_bytes(position: str | None) -> bytes:
    """The first bytes of a stream: not an event, but an id from which a client can resume before the first event."""
    known = b"id: %b\n" % position.encode() if position else b""
    return b"retry: %d\n%b\n" % (RECONNECT_AFTER, known)
