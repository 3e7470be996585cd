"""The ASGI layer that compresses answers, tags those to GET, and answers 304 to those who have them already.

Answers of the response cache come tagged and compressed; what carries a version as its tag, for If-Match, keeps it.
"""

import asyncio
import hashlib
from functools import lru_cache

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.response_cache import MIN_COMPRESSED_SIZE, choose_encoding, compress, matches_etag, whole_field

TEXTS = ("application/json", "application/problem+json", "image/svg+xml", "text/")
UNTEXT = "text/event-stream"
LARGEST = 8 * 1024 * 1024
"""Bytes of an answer that is held to be tagged; larger ones pass as they are."""
AT_ONCE = 64 * 1024
"""Bytes that are compressed on the event loop; more in a thread."""
VARIES = "accept-encoding, accept-language, authorization, cookie"


class Representations:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        return await self.app(scope, receive, _WholeAnswer(scope, send).send)


class _WholeAnswer:
    """An answer that is held until it is whole; one that is not worth it passes."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self._scope = scope
        self._send = send
        self._start: Message | None = None
        self._parts: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            _forbid_caching_of_problems(message)
            if self._is_worth_it(message):
                self._start = message
            else:
                self._say_how_a_version_is_kept(message)
                await self._send(message)
        elif self._start is None:
            await self._send(message)
        else:
            self._parts.append(message.get("body", b""))
            if not message.get("more_body", False):
                await self._send_whole(self._start, b"".join(self._parts))

    def _is_worth_it(self, start: Message) -> bool:
        """A whole answer that can be made smaller, or that can be asked for again."""
        headers = Headers(raw=start["headers"])
        length = headers.get("content-length", "")
        if "content-encoding" in headers or _has_version(headers) or not length.isdecimal() or int(length) > LARGEST:
            return False
        is_part = start["status"] in (204, 206, 304)
        is_large_text = _is_text(headers) and int(length) >= MIN_COMPRESSED_SIZE
        return self._is_tagged(start["status"], headers) or (is_large_text and not is_part)

    def _is_tagged(self, status: int, headers: Headers) -> bool:
        is_read = status == 200 and self._scope["method"] == "GET"
        return is_read and "no-store" not in headers.get("cache-control", "")

    def _say_how_a_version_is_kept(self, start: Message) -> None:
        """As lists are: the tag is the same in every language. Answers of the response cache say it themselves."""
        headers = MutableHeaders(raw=start["headers"])
        is_read = start["status"] == 200 and self._scope["method"] == "GET"
        if is_read and _has_version(headers) and "cache-control" not in headers:
            headers["cache-control"] = self._no_cache()
            headers.add_vary_header(VARIES)

    def _no_cache(self) -> str:
        is_private = any(name in (b"authorization", b"cookie") for name, _ in self._scope["headers"])
        return "private, no-cache" if is_private else "public, no-cache"

    async def _send_whole(self, start: Message, body: bytes) -> None:
        headers, asked = MutableHeaders(raw=start["headers"]), self._scope["headers"]
        is_fixed = "max-age" in headers.get("cache-control", "")
        accepted = whole_field(asked, b"accept-encoding")
        encoding = choose_encoding(accepted, len(body)) if _is_text(headers) else "identity"
        body = await _encoded(body, encoding, keep=is_fixed)
        if encoding != "identity":
            headers["content-encoding"] = encoding
        if not is_fixed:
            headers.add_vary_header(VARIES)
        elif _is_text(headers):
            headers.add_vary_header("accept-encoding")
        headers["content-length"] = str(len(body))
        if self._is_tagged(start["status"], headers):
            tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
            headers["etag"] = tag
            headers.setdefault("cache-control", self._no_cache())
            if matches_etag(tag.encode(), whole_field(asked, b"if-none-match")):
                start["status"], body = 304, b""
                for name in ("content-length", "content-type", "content-disposition"):
                    if name in headers:
                        del headers[name]
        start["headers"] = headers.raw
        await self._send(start)
        await self._send({"type": "http.response.body", "body": body})


def _forbid_caching_of_problems(start: Message) -> None:
    """A 404 or a 410 without a word about it may be kept by whoever passes it on."""
    if start["status"] >= 400:
        MutableHeaders(raw=start["headers"]).setdefault("cache-control", "no-store")


def _has_version(headers: Headers) -> bool:
    """A tag of its own; files have a date beside it, and are tagged anew."""
    return "etag" in headers and "last-modified" not in headers


def _is_text(headers: Headers) -> bool:
    kind = headers.get("content-type", "")
    return kind.startswith(TEXTS) and not kind.startswith(UNTEXT)


async def _encoded(body: bytes, encoding: str, *, keep: bool) -> bytes:
    """The body in an encoding; that of a file is kept."""
    make = _compress_file if keep else compress
    return make(body, encoding) if len(body) <= AT_ONCE else await asyncio.to_thread(make, body, encoding)


_compress_file = lru_cache(maxsize=64)(compress)
