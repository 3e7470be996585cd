"""Answers kept for as long as they are the truth, ready to be sent in each encoding."""

import gzip
import hashlib
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime

import brotli

from app import clock
from app.flights import Flight
from app.snapshot import Version, Watch

KEPT_ANSWERS = 512
WORTH_COMPRESSING = 1024


@dataclass(slots=True)
class Answer:
    """The bytes of an answer, with a strong tag for each encoding."""

    body: bytes
    _encoded: dict[str, tuple[bytes, bytes]] = field(default_factory=dict)

    def encoded(self, encoding: str) -> tuple[bytes, bytes]:
        """The bytes in an encoding and their ETag."""
        found = self._encoded.get(encoding)
        if found is None:
            body = _compress(self.body, encoding)
            tag = hashlib.sha256(body).hexdigest()[:32]
            found = self._encoded[encoding] = (body, f'"{tag}"'.encode())
        return found


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=5))
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else body


def choose_encoding(accepted: bytes, size: int) -> str:
    """The smallest encoding that the client takes, where it pays."""
    if size < WORTH_COMPRESSING:
        return "identity"
    if b"br" in accepted:
        return "br"
    return "gzip" if b"gzip" in accepted else "identity"


Key = tuple[str, ...]
Make = Callable[[Version], Awaitable[bytes]]
"""Makes the bytes of an answer from what is visible at, or after, a version."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What an answer was true for: what was visible, and the minute, because lights turn by the clock."""

    snapshot: str
    connection: int
    minute: datetime


class Place:
    """A place on the shelf: how its answer is made, the last one made, and what it was true for."""

    def __init__(self, watch: Watch, make: Make) -> None:
        self._watch = watch
        self._make = make
        self._makings = Flight(self._made)
        self.truth: Truth | None = None
        self.answer: Answer | None = None

    async def answer_at(self, version: Version) -> Answer:
        """An answer that is true at, or after, a version that was read just now."""
        if self.answer is not None and self.truth == _truth_at(version):
            return self.answer
        return await self._makings.join()

    async def _made(self) -> Answer:
        version = await self._watch.version()  # read before the data, and before the minute
        truth = _truth_at(version)
        self.answer, self.truth = Answer(await self._make(version)), truth
        return self.answer


class Shelf:
    """Keeps the answers of one worker. However many ask for one that is old, it is made anew once for all of them."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._places: OrderedDict[Key, Place] = OrderedDict()

    async def get(self, key: Key, make: Make) -> Answer:
        """The answer to a key, kept or made. One that cannot be made takes no place."""
        place = self._places.setdefault(key, Place(self._watch, make))
        try:
            answer = await place.answer_at(await self._watch.version())
        finally:
            if place.answer is None:
                self._places.pop(key, None)
        self._places[key] = place
        self._places.move_to_end(key)
        while len(self._places) > KEPT_ANSWERS:
            self._places.popitem(last=False)
        return answer

    def find(self, key: Key) -> Place | None:
        """The place of an answer that was made before."""
        return self._places.get(key)


def _truth_at(version: Version) -> Truth:
    return Truth(version.snapshot, version.connection, clock.minute_of(clock.now()))
