"""Positions in the change feed: the snapshot that a reader has seen, and its text form, the cursor. Pure."""

import base64
import binascii
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Annotated
from uuid import UUID

import msgspec

from app.clock import EPOCH

MAX_OPEN = 256
"""Open transactions that a snapshot lists; later ones count as open too, so their changes come later."""

MAX_TEXT = 8000
"""Characters of a cursor: the longest that is issued has about seven thousand."""

Number = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Gaps = Annotated[list[Annotated[int, msgspec.Meta(ge=1, le=2**62)]], msgspec.Meta(max_length=MAX_OPEN)]
SixteenBytes = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]


class BrokenCursor(ValueError):
    """A cursor that was never issued."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Which transactions are visible: those below `until`, except the ones `still_open` then, in ascending order."""

    until: int
    still_open: tuple[int, ...] = ()

    def sees(self, transaction: int) -> bool:
        return transaction < self.until and transaction not in self.still_open

    def reaches(self, earlier: "Snapshot") -> bool:
        """Whether it sees everything that an earlier one saw."""
        return self.until >= earlier.until and all(
            not earlier.sees(transaction) for transaction in self.still_open if transaction < earlier.until
        )

    def appeared_since(self, earlier: "Snapshot") -> list[int]:
        """The transactions that were open in an earlier snapshot and are visible now."""
        return [transaction for transaction in earlier.still_open if self.sees(transaction)]


NOTHING = Snapshot(0)
"""Before everything."""


@dataclass(frozen=True, slots=True)
class FeedPosition:
    """How far a reader has come: everything visible in `seen`, and what `reading` adds to it up to `last`.

    An event's position also has the `moment` of its lights and the revision of its `catalogue`.
    """

    incarnation: bytes
    seen: Snapshot
    reading: Snapshot | None = None
    last: tuple[int, UUID] | None = None
    moment: datetime | None = None
    catalogue: int | None = None


class _CursorFields(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    incarnation: SixteenBytes
    until: Number
    open: Gaps
    reading_until: Number | None = None
    reading_open: Gaps = []
    transaction: Number | None = None
    id: SixteenBytes | None = None
    moment: Number | None = None
    catalogue: Number | None = None


def snapshot_from(text: str) -> Snapshot:
    """From PostgreSQL's `xmin:xmax:open,…`, cut when too many are open: then it sees less, never more."""
    _, until, still_open = text.split(":")
    numbers = sorted(int(number) for number in still_open.split(",") if number)
    if len(numbers) > MAX_OPEN:
        return Snapshot(numbers[MAX_OPEN], tuple(numbers[:MAX_OPEN]))
    return Snapshot(int(until), tuple(numbers))


def to_text(position: FeedPosition) -> str:
    """The position as an opaque text of at most a few thousand characters."""
    reading = position.reading
    transaction, last_id = position.last or (None, None)
    fields = _CursorFields(
        position.incarnation,
        position.seen.until,
        _gaps(position.seen),
        reading.until if reading else None,
        _gaps(reading) if reading else [],
        transaction,
        last_id.bytes if last_id else None,
        (position.moment - EPOCH) // timedelta(microseconds=1) if position.moment else None,
        position.catalogue,
    )
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(fields)).decode().rstrip("=")


def from_text(text: str) -> FeedPosition:
    """The position from a client's cursor.

    Raises:
        BrokenCursor: it was truncated, altered or made up.

    """
    if len(text) > MAX_TEXT:
        raise BrokenCursor
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        return _checked(msgspec.msgpack.decode(data, type=_CursorFields))
    except (ValueError, OverflowError, binascii.Error, msgspec.MsgspecError):
        raise BrokenCursor(text) from None


def _checked(fields: _CursorFields) -> FeedPosition:
    seen = _snapshot(fields.until, fields.open)
    reading = None if fields.reading_until is None else _snapshot(fields.reading_until, fields.reading_open)
    if (fields.transaction is None) != (fields.id is None) or (fields.id is None) != (reading is None):
        raise BrokenCursor
    if reading and not reading.reaches(seen):
        raise BrokenCursor
    last = (
        (fields.transaction, UUID(bytes=fields.id))
        if fields.transaction is not None and fields.id is not None
        else None
    )
    moment = None if fields.moment is None else EPOCH + timedelta(microseconds=fields.moment)
    return FeedPosition(fields.incarnation, seen, reading, last, moment, fields.catalogue)


def _gaps(snapshot: Snapshot) -> list[int]:
    """Differences instead of ids, downwards from `until`: a byte or two each."""
    downwards = [snapshot.until, *reversed(snapshot.still_open)]
    return [upper - lower for upper, lower in pairwise(downwards)]


def _snapshot(until: int, gaps: Sequence[int]) -> Snapshot:
    still_open = tuple(_upwards(until, gaps))
    if still_open and still_open[0] < 1:
        raise BrokenCursor
    return Snapshot(until, still_open)


def _upwards(until: int, gaps: Sequence[int]) -> Iterator[int]:
    at = until - sum(gaps)
    for gap in reversed(gaps):
        yield at
        at += gap
