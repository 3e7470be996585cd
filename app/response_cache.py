"""Answers kept for as long as they are the truth, ready to be sent in each encoding."""

import gzip
import hashlib
from asyncio import Future
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import NamedTuple

import brotli

from app.concurrency import Coalescer
from app.data_version import DataVersion, DataVersionMonitor

MAX_ENTRIES = 512
MAX_UNUSED_IN_A_ROW = 3
"""Makings in a row after which nobody found the answer still true."""
COALESCE_SECONDS = 0.0005
"""Seconds: more than that is spent on sending an answer to those who share its making."""
MIN_COMPRESSED_SIZE = 1024

Headers = list[tuple[bytes, bytes]]


class PreparedResponse(NamedTuple):
    """What is sent: the status, its headers, the same as lines of HTTP/1.1 up to them, and the body."""

    status: int
    headers: Headers
    head: bytes
    body: bytes


class Variant(NamedTuple):
    """An answer in one encoding: its tag, the page for who does not have it yet, and the one for who does."""

    tag: bytes
    ok: PreparedResponse
    not_modified: PreparedResponse

    def response_for(self, if_none_match: bytes | None) -> PreparedResponse:
        return self.not_modified if if_none_match is not None and matches_etag(self.tag, if_none_match) else self.ok


def matches_etag(tag: bytes, if_none_match: bytes) -> bool:
    """Whether a client names the tag, strongly or weakly. Quoted as it is, it is no part of another one."""
    return tag in if_none_match


class Answer:
    """The bytes of an answer, with a strong tag for each encoding."""

    def __init__(self, body: bytes) -> None:
        self.body = body
        self._encoded: dict[str, tuple[bytes, bytes]] = {}
        self._variants: dict[tuple[str, bool, bytes], Variant] = {}

    def variant(self, accepted: bytes, *, private: bool, content_type: bytes = b"application/json") -> Variant:
        """The answer in the best encoding that the client takes, ready to be sent."""
        which = (choose_encoding(accepted, len(self.body)), private, content_type)
        found = self._variants.get(which)
        if found is None:
            found = self._variants[which] = self._encode(*which)
        return found

    def _encode(self, encoding: str, private: bool, content_type: bytes) -> Variant:
        body, tag = self.encoded(encoding)
        not_modified = common_headers(tag, encoding, private=private)
        ok = [*not_modified, (b"content-type", content_type), (b"content-length", b"%d" % len(body))]
        return Variant(tag, _prepare(HTTPStatus.OK, ok, body), _prepare(HTTPStatus.NOT_MODIFIED, not_modified))

    def encoded(self, encoding: str) -> tuple[bytes, bytes]:
        """The bytes in an encoding and their ETag."""
        found = self._encoded.get(encoding)
        if found is None:
            body = _compress(self.body, encoding)
            tag = hashlib.sha256(body).hexdigest()[:32]
            found = self._encoded[encoding] = (body, f'"{tag}"'.encode())
        return found


def _prepare(status: HTTPStatus, headers: Headers, body: bytes = b"") -> PreparedResponse:
    first = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return PreparedResponse(status, headers, first + b"".join(b"%b: %b\r\n" % header for header in headers), body)


def _compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=5))
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else body


def choose_encoding(accepted: bytes, size: int) -> str:
    """The smallest encoding that the client takes, where it pays."""
    if size < MIN_COMPRESSED_SIZE:
        return "identity"
    if b"br" in accepted:
        return "br"
    return "gzip" if b"gzip" in accepted else "identity"


def common_headers(tag: bytes, encoding: str, *, private: bool) -> Headers:
    """The headers that 200 and 304 share."""
    out = [
        (b"etag", tag),
        (b"cache-control", b"private, no-cache" if private else b"public, no-cache"),
        (b"vary", b"accept-encoding, accept-language, authorization, cookie"),
    ]
    return out if encoding == "identity" else [*out, (b"content-encoding", encoding.encode())]


Key = tuple[str, ...]
MakeBody = Callable[[DataVersion], Awaitable[bytes]]
"""Makes the bytes of an answer from what is visible at, or after, a version."""
MakeVersionedBody = Callable[[], Awaitable[tuple[DataVersion, bytes]]]
"""Makes them from what is visible after the call, and says at which version they are true."""


class CacheEntry:
    """A place on the shelf: how its answer is made, the last one made, and the version at which it was true."""

    def __init__(self, make: MakeVersionedBody) -> None:
        self._make = make
        self._refreshes = Coalescer(self._made, pause=COALESCE_SECONDS)
        self._true_at: DataVersion | None = None
        self._unused = 0
        self.answer: Answer | None = None

    @property
    def changes_every_time(self) -> bool:
        """Whether it was never again true when asked for: then it is quicker to make it than to ask first."""
        return self._unused > MAX_UNUSED_IN_A_ROW

    async def current(self, versions: DataVersionMonitor) -> Answer:
        """An answer that is true at, or after, the call."""
        cached = self.answer and self.valid_at(await versions.version())
        return cached or (await self.refresh())[1]

    def valid_at(self, version: DataVersion) -> Answer | None:
        """The last answer, if it is true at a version that was read just now."""
        if self._true_at is None or not self._true_at.holds_at(version):
            return None
        self._unused = 0
        return self.answer

    def refresh(self) -> Future[tuple[DataVersion, Answer]]:
        """An answer made after the call, and the version at which it is true."""
        return self._refreshes.get()

    async def _made(self) -> tuple[DataVersion, Answer]:
        version, body = await self._make()
        self._unused = 0 if version == self._true_at else self._unused + 1
        self.answer, self._true_at = Answer(body), version
        return version, self.answer


class ResponseCache:
    """Keeps the answers of one worker. However many ask for one that is old, it is made anew once for all of them."""

    def __init__(self, versions: DataVersionMonitor) -> None:
        self._versions = versions
        self._entries: OrderedDict[Key, CacheEntry] = OrderedDict()

    async def get(self, key: Key, make: MakeBody) -> Answer:
        """The answer to a key, kept or made."""

        async def made() -> tuple[DataVersion, bytes]:
            version = await self._versions.version()  # read before the data
            return version, await make(version)

        return await self.get_versioned(key, made)

    async def get_versioned(self, key: Key, make: MakeVersionedBody) -> Answer:
        """The answer to a key, kept or made. One that cannot be made takes no place."""
        entry = self._entries.setdefault(key, CacheEntry(make))
        try:
            answer = await entry.current(self._versions)
        finally:
            if entry.answer is None:
                self._entries.pop(key, None)
        self._entries[key] = entry
        self._entries.move_to_end(key)
        while len(self._entries) > MAX_ENTRIES:
            self._entries.popitem(last=False)
        return answer

    def find(self, key: Key) -> CacheEntry | None:
        """The place of an answer that was made before."""
        return self._entries.get(key)

    def clear(self) -> None:
        """Forget everything: for whoever changes what was final."""
        self._entries.clear()
