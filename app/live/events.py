"""What is told: which provinces and categories moved, which bulletin was issued, whom an obstacle concerns. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import msgspec

from app.clock import text

HEARTBEAT = b":\n\n"
RECONNECT_AFTER = 2000
"""Milliseconds that a client waits before it comes back."""


@dataclass(slots=True)
class Event:
    """`id` is the place in the change feed behind all that the event tells of.

    `bulletins` are campaigns and numbers; `agencies` those that an obstacle which was raised or answered is addressed
    to. Everyone is told the same, so nothing of an obstacle stands here but whom it concerns.
    """

    id: str
    provinces: frozenset[str]
    categories: frozenset[str]
    recorded_at: datetime
    bulletins: frozenset[tuple[str, int]] = frozenset()
    agencies: frozenset[str] = frozenset()
    _encoded: bytes | None = None

    def encoded(self) -> bytes:
        """As it goes over the wire, the same bytes for everyone.

        The last message alone has the id: whoever is cut off between two of them is told all of them again.
        """
        if self._encoded is None:
            *earlier, last = self._messages()
            sent = [b"event: %b\ndata: %b\n\n" % message for message in earlier]
            sent.append(b"event: %b\nid: %b\ndata: %b\n\n" % (last[0], self.id.encode(), last[1]))
            self._encoded = b"".join(sent)
        return self._encoded

    def _messages(self) -> Iterator[tuple[bytes, bytes]]:
        """Kind and data of each."""
        at = {"recorded_at": text(self.recorded_at)}
        for campaign, number in sorted(self.bulletins):
            yield b"bulletin", msgspec.json.encode({"campaign": campaign, "number": number, **at})
        if self.agencies:
            yield b"obstacle", msgspec.json.encode({"agencies": sorted(self.agencies), **at})
        if self.provinces or self.categories or not (self.bulletins or self.agencies):
            data = {"provinces": sorted(self.provinces), "categories": sorted(self.categories), **at}
            yield b"progress", msgspec.json.encode(data)

    def after(self, earlier: "Event") -> "Event":
        """One event that tells of both."""
        return Event(
            self.id,
            self.provinces | earlier.provinces,
            self.categories | earlier.categories,
            max(self.recorded_at, earlier.recorded_at),
            self.bulletins | earlier.bulletins,
            self.agencies | earlier.agencies,
        )


def first_bytes(position: str | None) -> bytes:
    """The first words of a stream: no event, but a client that is cut off before the first one knows its place."""
    known = b"id: %b\n" % position.encode() if position else b""
    return b"retry: %d\n%b\n" % (RECONNECT_AFTER, known)
