"""The event: changed provinces and categories, issued bulletins, agencies that an obstacle concerns. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from app.clock import text

HEARTBEAT = b":\n\n"
RECONNECT_AFTER = 2000
"""Milliseconds that a client waits before it reconnects."""


@dataclass(slots=True)
class Event:
    """`id` is the position in the change feed after everything that the event covers.

    `bulletins` are campaigns and numbers; `agencies` are those addressed by an obstacle that was reported or answered,
    or whose answer became overdue. Every client gets the same event, so it contains nothing else of an obstacle.
    """

    id: str
    provinces: frozenset[str]
    categories: frozenset[str]
    recorded_at: datetime
    bulletins: frozenset[tuple[str, int]] = frozenset()
    agencies: frozenset[str] = frozenset()
    _encoded: bytes | None = None

    def encoded(self) -> bytes:
        """The bytes that are sent, the same for every client.

        Only the last message has the id: a client that is cut off between two of them gets all of them again.
        """
        if self._encoded is None:
            *earlier, last = self._messages()
            sent = [b"event: %b\ndata: %b\n\n" % message for message in earlier]
            sent.append(b"event: %b\nid: %b\ndata: %b\n\n" % (last[0], self.id.encode(), last[1]))
            self._encoded = b"".join(sent)
        return self._encoded

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Kind and data of each message."""
        at = {"recorded_at": text(self.recorded_at)}
        for campaign, number in sorted(self.bulletins):
            yield b"bulletin", msgspec.json.encode({"campaign": campaign, "number": number, **at})
        if self.agencies:
            yield b"obstacle", msgspec.json.encode({"agencies": sorted(self.agencies), **at})
        if self.provinces or self.categories or not (self.bulletins or self.agencies):
            data = {"provinces": sorted(self.provinces), "categories": sorted(self.categories), **at}
            yield b"progress", msgspec.json.encode(data)

    def after(self, earlier: "Event") -> "Event":
        """One event that covers both."""
        return Event(
            self.id,
            self.provinces | earlier.provinces,
            self.categories | earlier.categories,
            max(self.recorded_at, earlier.recorded_at),
            self.bulletins | earlier.bulletins,
            self.agencies | earlier.agencies,
        )


def first_bytes(position: str | None) -> bytes:
    """The first bytes of a stream: not an event, but an id from which a client can resume before the first event."""
    known = b"id: %b\n" % position.encode() if position else b""
    return b"retry: %d\n%b\n" % (RECONNECT_AFTER, known)
