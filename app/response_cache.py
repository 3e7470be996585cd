"""A cache of exact answers, ready to be sent in each encoding, each valid until anything it depends on changes."""

import asyncio
import gzip
import hashlib
import re
from asyncio import Future
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from functools import lru_cache
from http import HTTPStatus
from operator import itemgetter
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import brotli

from app.concurrency import Batcher
from app.data_version import DataVersion, DataVersionMonitor
from app.db import statement_limit
from app.metrics import CACHE_HITS, CACHE_MISSES
from app.quality import quality

MAX_ENTRIES = 512
MAX_BYTES = 64 * 1024 * 1024
"""Bytes of all answers, in every encoding made of them: a timeline of every category by the hour has two million."""
MAX_UNUSED_IN_A_ROW = 3
"""Refreshes in a row without a cache hit between them, after which the cache is bypassed."""
COALESCE_SECONDS = 0.0005
"""Seconds that a refresh waits after one that several callers shared: sending the answer to them takes longer."""
MIN_COMPRESSED_SIZE = 1024
LARGE = 256 * 1024
"""Bytes beyond which an answer is compressed beside the event loop."""
MAX_HEADER = 256
"""Characters of an `Accept-Encoding` header that are read."""
_TAG = re.compile(rb'"[^"]*"')
_TAG_LIST = re.compile(rb'[\t ,]*(?:W/)?"[^"]*"(?:[\t ]*,[\t ,]*(?:W/)?"[^"]*")*[\t ,]*')
Headers = list[tuple[bytes, bytes]]


class PreparedResponse(NamedTuple):
    """What is sent: status, headers, the same as HTTP/1.1 lines, and the body."""

    status: int
    headers: Headers
    head: bytes
    body: bytes


class Variant(NamedTuple):
    """An answer in one encoding: its ETag, the response with the body, and the 304 response."""

    tag: bytes
    ok: PreparedResponse
    not_modified: PreparedResponse

    def response_for(self, if_none_match: bytes | None) -> PreparedResponse:
        return self.not_modified if if_none_match is not None and matches_etag(self.tag, if_none_match) else self.ok


def matches_etag(tag: bytes, if_none_match: bytes) -> bool:
    """Whether If-None-Match is a star, or a list that has the tag, strongly or weakly (RFC 9110, 13.1.2)."""
    if if_none_match.strip(b" \t") == b"*":
        return True
    return _TAG_LIST.fullmatch(if_none_match) is not None and tag in _TAG.findall(if_none_match)


class Answer:
    """The bytes of an answer, with a strong ETag for each encoding."""

    def __init__(self, body: bytes, language: str = "") -> None:
        self.body = body
        self._language = language
        self._encoded: dict[str, tuple[bytes, bytes]] = {}
        self._variants: dict[tuple[str, bool, bytes], Variant] = {}

    def variant(self, accepted: bytes, *, private: bool, content_type: bytes = b"application/json") -> Variant:
        """The answer in the best encoding that the client accepts, ready to be sent."""
        which = (choose_encoding(accepted, len(self.body)), private, content_type)
        found = self._variants.get(which)
        if found is None:
            found = self._variants[which] = self._encode(*which)
        return found

    def is_encoded(self, accepted: bytes) -> bool:
        """Whether the variant for a client can be had without work that keeps others waiting."""
        return len(self.body) <= LARGE or choose_encoding(accepted, len(self.body)) in self._encoded

    async def encode(self, accepted: bytes) -> None:
        """Make the encoding that a client accepts, beside the event loop where that takes long."""
        if not self.is_encoded(accepted):
            encoding = choose_encoding(accepted, len(self.body))
            self._encoded[encoding] = await asyncio.to_thread(_encoded, self.body, encoding)

    @property
    def size(self) -> int:
        return len(self.body) + sum(len(body) for body, _ in self._encoded.values())

    def _encode(self, encoding: str, private: bool, content_type: bytes) -> Variant:
        body, tag = self.encoded(encoding)
        not_modified = common_headers(tag, encoding, private=private, language=self._language)
        ok = [*not_modified, (b"content-type", content_type), (b"content-length", b"%d" % len(body))]
        return Variant(tag, prepared(HTTPStatus.OK, ok, body), prepared(HTTPStatus.NOT_MODIFIED, not_modified))

    def encoded(self, encoding: str) -> tuple[bytes, bytes]:
        """The bytes in an encoding and their ETag."""
        found = self._encoded.get(encoding)
        if found is None:
            found = self._encoded[encoding] = _encoded(self.body, encoding)
        return found


def _encoded(body: bytes, encoding: str) -> tuple[bytes, bytes]:
    body = compress(body, encoding)
    return body, f'"{hashlib.sha256(body).hexdigest()[:32]}"'.encode()


def prepared(status: HTTPStatus, headers: Headers, body: bytes = b"") -> PreparedResponse:
    """A response whose head is written out."""
    first = f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode()
    return PreparedResponse(status, headers, first + b"".join(b"%b: %b\r\n" % header for header in headers), body)


def compress(body: bytes, encoding: str) -> bytes:
    if encoding == "br":
        return bytes(brotli.compress(body, quality=5))
    return gzip.compress(body, 6, mtime=0) if encoding == "gzip" else body


def whole_field(headers: Headers, name: bytes) -> bytes:
    """A field that is a list, whose members may stand on several lines (RFC 9110, 5.3)."""
    return b", ".join(value for key, value in headers if key == name)


def choose_encoding(accepted: bytes, size: int) -> str:
    """The smallest encoding that the client accepts; a small body stays as it is, unless just that is refused."""
    best, takes_identity = _best_encoding(accepted[:MAX_HEADER])
    return "identity" if size < MIN_COMPRESSED_SIZE and takes_identity else best


@lru_cache(maxsize=256)
def _best_encoding(accepted: bytes) -> tuple[str, bool]:
    """By `Accept-Encoding` with its weights: one that is as welcome as another gives way to the smaller one.

    Where nothing that is offered is accepted, the body comes as it is: the standard has that rather than a refusal.
    """
    weights = dict(map(_weighted, accepted.decode("latin-1").lower().split(",")))
    rest = weights.get("*")
    offered = {coding: weights.get(coding, rest or 0.0) for coding in ("br", "gzip")}
    best = max(offered, key=offered.__getitem__)
    is_best = offered[best] > 0 and offered[best] >= weights.get("identity", 0.0)
    takes_identity = weights.get("identity", 1.0 if rest is None else rest) > 0
    return best if is_best else "identity", takes_identity


def _weighted(part: str) -> tuple[str, float]:
    coding, _, parameters = part.partition(";")
    return coding.strip(), quality(parameters)


def common_headers(tag: bytes, encoding: str, *, private: bool, language: str = "") -> Headers:
    """The headers that 200 and 304 share."""
    out = [
        (b"etag", tag),
        (b"cache-control", b"private, no-cache" if private else b"public, no-cache"),
        (b"vary", b"accept-encoding, accept-language, authorization, cookie"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if language:
        out.append((b"content-language", language.encode()))
    return out if encoding == "identity" else [*out, (b"content-encoding", encoding.encode())]


Key = tuple[str, ...]


def one_spelling(query_string: bytes) -> str:
    """The same text for every spelling of a query, by which a route reads the same names and values.

    Otherwise whoever asks would decide how often the same is computed, by the order of names and by escapes.
    """
    return urlencode(sorted(parse_qsl(query_string.decode("latin-1"), keep_blank_values=True), key=itemgetter(0)))


def request_key(path: str, query_string: bytes, language: str) -> Key:
    """The key under which equal requests share an answer."""
    return path, one_spelling(query_string), language


Admission = AbstractAsyncContextManager[None]
"""Entered by whoever needs an answer computed: it may refuse."""
MakeBody = Callable[[DataVersion], Awaitable[bytes]]
"""Computes an answer's bytes from the data at, or after, a version."""
MakeVersionedBody = Callable[[], Awaitable[tuple[DataVersion, bytes]]]
"""Computes them from the data after the call, and returns the version that they belong to."""


class CacheEntry:
    """One key's entry: how its answer is computed, the last answer, and the version that it belongs to."""

    def __init__(self, make: MakeVersionedBody, language: str = "", *, is_costly: bool = False) -> None:
        self._make = make
        self._language = language
        self.is_costly = is_costly
        self._refreshes = Batcher(self._made, pause=COALESCE_SECONDS)
        self._true_at: DataVersion | None = None
        self._unused = 0
        self.answer: Answer | None = None

    @property
    def changes_every_time(self) -> bool:
        """Whether the answer was stale at every recent request: then computing it is quicker than checking first."""
        return self._unused > MAX_UNUSED_IN_A_ROW

    async def current(self, versions: DataVersionMonitor, admission: Admission | None = None) -> Answer:
        """An answer that is exact at, or after, the call."""
        cached = self.answer and self.valid_at(await versions.version())
        if cached:
            CACHE_HITS.inc()
            return cached
        async with admission or nullcontext():
            return (await self.refresh())[1]

    def valid_at(self, version: DataVersion) -> Answer | None:
        """The last answer, if it is exact at a version that was just read."""
        if self._true_at is None or not self._true_at.holds_at(version):
            return None
        self._unused = 0
        return self.answer

    def refresh(self) -> Future[tuple[DataVersion, Answer]]:
        """An answer computed after the call, and the version that it belongs to."""
        return self._refreshes.submit(statement_limit.get())

    @property
    def is_being_made(self) -> bool:
        return self._refreshes.is_running

    async def _made(self, limits: Sequence[int | None]) -> tuple[DataVersion, Answer]:
        """The answer for several callers: its statements may take what the one that may take the most is granted."""
        CACHE_MISSES.inc()
        statement_limit.set(None if None in limits else max(filter(None, limits)))
        version, body = await self._make()
        self._unused = 0 if version == self._true_at else self._unused + 1
        self.answer, self._true_at = Answer(body, self._language), version
        return version, self.answer


class ResponseCache:
    """The answers of one worker. Concurrent requests for a stale answer share one refresh."""

    def __init__(self, versions: DataVersionMonitor) -> None:
        self._versions = versions
        self._entries: OrderedDict[Key, CacheEntry] = OrderedDict()

    async def get(self, key: Key, make: MakeBody, language: str = "", admission: Admission | None = None) -> Answer:
        """The answer for a key, cached or computed; where it is costly, once its asker is admitted."""

        async def made() -> tuple[DataVersion, bytes]:
            version = await self._versions.version()  # read before the data
            return version, await make(version)

        return await self.get_versioned(key, made, language, admission)

    async def get_versioned(
        self, key: Key, make: MakeVersionedBody, language: str = "", admission: Admission | None = None
    ) -> Answer:
        """The answer for a key, cached or computed. One that cannot be made takes no place."""
        is_new = key not in self._entries
        entry = self._entries.setdefault(key, CacheEntry(make, language, is_costly=admission is not None))
        try:
            answer = await entry.current(self._versions, admission)
        finally:
            is_left = entry.answer is None and not entry.is_being_made
            if is_left and self._entries.get(key) is entry:
                del self._entries[key]
        self._entries[key] = entry
        self._entries.move_to_end(key)
        if is_new:
            self._make_room()
        return answer

    def _make_room(self) -> None:
        """Drop the entries that were not asked for the longest, until there are not too many, nor too large ones."""
        size = sum(entry.answer.size for entry in self._entries.values() if entry.answer)
        while len(self._entries) > 1 and (len(self._entries) > MAX_ENTRIES or size > MAX_BYTES):
            _, dropped = self._entries.popitem(last=False)
            size -= dropped.answer.size if dropped.answer else 0

    def find(self, key: Key) -> CacheEntry | None:
        """The entry of a key that was asked for before."""
        return self._entries.get(key)

    def clear(self) -> None:
        """Forget everything, as a worker that has just started."""
        self._entries.clear()
