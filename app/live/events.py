"""The event: changed provinces and categories, issued bulletins, changed obstacles, and who is sent which. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

import msgspec

from app.auth.identity import ANYONE, Identity
from app.clock import text

HEARTBEAT = b":\n\n"
RECONNECT_AFTER = 2000
"""Milliseconds that a client waits before it reconnects."""


class ChangedObstacle(NamedTuple):
    """Whose obstacle was reported, answered or became overdue, and the agency it is addressed to."""

    owner: str
    unit: str
    agency: str

    def is_read_by(self, reader: Identity) -> bool:
        """The same condition as the feed's: the unit's side, the agency addressed, and those who see everything."""
        return reader.may_read(self.owner, self.unit) or bool(reader.scope and reader.unit == self.agency)


@dataclass(slots=True)
class Event:
    """`id` is the position in the change feed after everything that the event covers.

    `bulletins` are campaigns and numbers. An obstacle is an event for those who may read it, with its agency alone;
    everyone else learns that figures have changed, which are those of the agencies.
    """

    id: str
    provinces: frozenset[str]
    categories: frozenset[str]
    recorded_at: datetime
    bulletins: frozenset[tuple[str, int]] = frozenset()
    obstacles: frozenset[ChangedObstacle] = frozenset()
    _encoded: dict[frozenset[str], bytes] = field(default_factory=dict)

    def encoded(self, reader: Identity = ANYONE) -> bytes:
        """The bytes that are sent, the same for every client that may read the obstacles of the same agencies.

        Only the last message has the id: a client that is cut off between two of them gets all of them again.
        """
        agencies = frozenset(one.agency for one in self.obstacles if one.is_read_by(reader))
        if agencies not in self._encoded:
            *earlier, last = self._messages(agencies)
            sent = [b"event: %b\ndata: %b\n\n" % message for message in earlier]
            sent.append(b"event: %b\nid: %b\ndata: %b\n\n" % (last[0], self.id.encode(), last[1]))
            self._encoded[agencies] = b"".join(sent)
        return self._encoded[agencies]

    def _messages(self, agencies: frozenset[str]) -> Iterator[tuple[bytes, bytes]]:
        """Kind and data of each message."""
        at = {"recorded_at": text(self.recorded_at)}
        for campaign, number in sorted(self.bulletins):
            yield b"bulletin", msgspec.json.encode({"campaign": campaign, "number": number, **at})
        if agencies:
            yield b"obstacle", msgspec.json.encode({"agencies": sorted(agencies), **at})
        if self.provinces or self.categories or self.obstacles or not self.bulletins:
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
            self.obstacles | earlier.obstacles,
        )


def first_bytes(position: str | None) -> bytes:
    """The first bytes of a stream: not an event, but an id from which a client can resume before the first event."""
    known = b"id: %b\n" % position.encode() if position else b""
    return b"retry: %d\n%b\n" % (RECONNECT_AFTER, known)
