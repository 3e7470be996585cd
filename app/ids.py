"""Ids: UUIDv7 made from the moment of recording, so that their order is the order of the rows."""

import random
from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from asyncpg.pgproto import pgproto

from app.clock import EPOCH

_COUNTER_BITS = 20
_CHANCE = random.Random()  # noqa: S311 - an id has to be unique, not secret; of its own: the global one may be seeded


def _microseconds(at: datetime) -> int:
    elapsed = at - EPOCH
    return (elapsed.days * 86_400 + elapsed.seconds) * 1_000_000 + elapsed.microseconds


def _head(at: datetime) -> int:
    """All of an id but its last 62 bits."""
    milliseconds, microseconds = divmod(_microseconds(at), 1000)
    return (milliseconds << 80) | (0x7 << 76) | ((microseconds * 4) << 64) | (0b10 << 62)


def ids_at(recorded_at: datetime, randbits: Callable[[int], int] = _CHANCE.getrandbits) -> Iterator[UUID]:
    """Ascending ids of rows recorded together: milliseconds, microseconds, a counter, random bits (RFC 9562, 6.2).

    The driver's own kind of UUID is made, and sent, in a third of the time of Python's.
    """
    beginning = _head(recorded_at) | randbits(62 - _COUNTER_BITS)
    for counter in range(1 << _COUNTER_BITS):
        yield pgproto.UUID((beginning | (counter << (62 - _COUNTER_BITS))).to_bytes(16, "big"))


def lowest_at(recorded_at: datetime) -> UUID:
    """The id below every id recorded at or after a moment."""
    return UUID(int=_head(recorded_at))


def highest_at(recorded_at: datetime) -> UUID:
    """The id above every id recorded at or before a moment."""
    return UUID(int=_head(recorded_at) | ((1 << 62) - 1))
