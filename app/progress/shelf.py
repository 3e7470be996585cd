"""Answers kept for as long as they are the truth, ready to be sent in each encoding."""

import gzip
import hashlib
from asyncio import Future
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import NamedTuple

import brotli

from app.flights import Flight
from app.snapshot import Version, Watch

KEPT_ANSWERS = 512
RESTLESS = 3
"""Makings in a row after which nobody found the answer still true."""
GATHERING = 0.0005
"""Seconds: more than that is spent on sending an answer to those who share its making."""
WORTH_COMPRESSING = 1024

Headers = list[tuple[bytes, bytes]]


class Page(NamedTuple):
    """What is sent: the status, its headers, the same as lines of HTTP/1.1 up to them, and the body."""

    status: int
    headers: Headers
    lines: bytes
    body: bytes


class Sheet(NamedTuple):
    """An answer in one encoding: its tag, the page for who does not have it yet, and the one for who does."""

    tag: bytes
    whole: Page
    same: Page

    def page_for(self, if_none_match: bytes | None) -> Page:
        return self.same if if_none_match is not None and is_named(self.tag, if_none_match) else self.whole


def is_named(tag: bytes, if_none_match: bytes) -> bool:
    """Whether a client names the tag, strongly or weakly. Quoted as it is, it is no part of another one."""
    return tag in if_none_match


class Answer:
    """The bytes of an answer, with a strong tag for each encoding."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self._encoded: dict[str, tuple[bytes, bytes]] = {}
        self._sheets: dict[tuple[str, bool, bytes], Sheet] = {}

    def sheet(self, accepted: bytes, *, private: bool, content_type: bytes = b"application/json") -> Sheet:
        """The answer in the best encoding that the client takes, ready to be sent."""
        which = (choose_encoding(accepted, len(self.body)), private, content_type)
        found = self._sheets.get(which)
        if found is None:
            found = self._sheets[which] = self._ready(*which)
        return found

    def _ready(self, encoding: str, private: bool, content_type: bytes) -> Sheet:
        body, tag = self.encoded(encoding)
        same = head_of(tag, encoding, private=private)
        whole = [*same, (b"content-type", content_type), (b"content-length", b"%d" % len(body))]
        return Sheet(tag, _page(HTTPStatus.OK, whole, body), _page(HTTPStatus.NOT_MODIFIED, same))

    def encoded(self, encoding: str) -> tuple[bytes, bytes]:
        """The bytes in an encoding and their ETag."""
        found = self._encoded.get(encoding)
        if found is None:
            body = _compress(self.body, encoding)
            tag = hashlib.sha256(body).hexdigest()[:32]
            found = self._encoded[encoding] = (body, f'"{tag}"'.encode())
        return found


def _page(status: HTTPStatus, headers: Headers, body: bytes = b"") -> Page:
    first = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return Page(status, headers, first + b"".join(b"%b: %b\r\n" % header for header in headers), body)


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


def head_of(tag: bytes, encoding: str, *, private: bool) -> Headers:
    """The headers that 200 and 304 share."""
    out = [
        (b"etag", tag),
        (b"cache-control", b"private, no-cache" if private else b"public, no-cache"),
        (b"vary", b"accept-encoding, accept-language, authorization, cookie"),
    ]
    return out if encoding == "identity" else [*out, (b"content-encoding", encoding.encode())]


Key = tuple[str, ...]
Make = Callable[[Version], Awaitable[bytes]]
"""Makes the bytes of an answer from what is visible at, or after, a version."""
Making = Callable[[], Awaitable[tuple[Version, bytes]]]
"""Makes them from what is visible after the call, and says at which version they are true."""


class Place:
    """A place on the shelf: how its answer is made, the last one made, and the version at which it was true."""

    def __init__(self, make: Making) -> None:
        self._make = make
        self._makings = Flight(self._made, gathering=GATHERING)
        self._true_at: Version | None = None
        self._in_vain = 0
        self.answer: Answer | None = None

    @property
    def is_restless(self) -> bool:
        """Whether it was never again true when asked for: then it is quicker to make it than to ask first."""
        return self._in_vain > RESTLESS

    async def current(self, watch: Watch) -> Answer:
        """An answer that is true at, or after, the call."""
        kept = self.answer and self.kept_at(await watch.version())
        return kept or (await self.anew())[1]

    def kept_at(self, version: Version) -> Answer | None:
        """The last answer, if it is true at a version that was read just now."""
        if self._true_at != version:
            return None
        self._in_vain = 0
        return self.answer

    def anew(self) -> Future[tuple[Version, Answer]]:
        """An answer made after the call, and the version at which it is true."""
        return self._makings.join()

    async def _made(self) -> tuple[Version, Answer]:
        version, body = await self._make()
        self._in_vain = 0 if version == self._true_at else self._in_vain + 1
        self.answer, self._true_at = Answer(body), version
        return version, self.answer


class Shelf:
    """Keeps the answers of one worker. However many ask for one that is old, it is made anew once for all of them."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        self._places: OrderedDict[Key, Place] = OrderedDict()

    async def get(self, key: Key, make: Make) -> Answer:
        """The answer to a key, kept or made."""

        async def made() -> tuple[Version, bytes]:
            version = await self._watch.version()  # read before the data
            return version, await make(version)

        return await self.get_made(key, made)

    async def get_made(self, key: Key, make: Making) -> Answer:
        """The answer to a key, kept or made. One that cannot be made takes no place."""
        place = self._places.setdefault(key, Place(make))
        try:
            answer = await place.current(self._watch)
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
