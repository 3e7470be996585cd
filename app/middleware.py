"""The ASGI layers around the routes: request ids, other origins, clear requests, HEAD, body limit, failures."""

import asyncio
from collections import Counter
from collections.abc import Mapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors
from app.database_errors import from_database
from app.messages import Sentence, say
from app.quotas import quota_fields
from app.read_replica import ReplicaLost
from app.settings import Settings
from app.web import request_id_of, respond

SINGLE_HEADERS = frozenset(
    (b"authorization", b"content-type", b"idempotency-key", b"if-match", b"last-event-id", b"origin", b"x-request-id")
)
"""Headers that may appear once: a second one with another value is ambiguous."""
MAX_UNAUTHENTICATED = 64 * 1024
"""Bytes of a body that are held before it is known whose it is: the form to sign in has under 1 KB."""
NEVER_EMPTY = frozenset((b"authorization", b"idempotency-key", b"if-match"))


class RequestIds:
    """Gives every request an id, the client's own where it is sane, and refuses NUL in the path or query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        state = scope.setdefault("state", {})
        if "request_id" not in state:
            state["request_id"] = request_id_of(Headers(scope=scope).get("x-request-id"))

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in fields_of_every_answer(state):
                    headers[name] = value
            await send(message)

        if "\0" in scope["path"] or b"%00" in scope["query_string"]:
            refusal = respond(Request(scope), errors.BadRequest(say("nul-in-address")))
            return await refusal(scope, receive, send_with_id)
        return await self.app(scope, receive, send_with_id)


def fields_of_every_answer(state: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The header fields that every answer has, by the state of its request."""
    said = [("x-request-id", state["request_id"]), ("x-content-type-options", "nosniff")]
    return said + quota_fields(state)


class CrossOrigin(CORSMiddleware):
    """Lets pages of other origins in. A preflight is answered here, with a request id, and refused with a problem."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" and scope["method"] == "OPTIONS" else {}
        if "origin" in headers and "access-control-request-method" in headers:
            return await RequestIds(self._answer_preflight)(scope, receive, send)
        return await super().__call__(scope, receive, send)

    async def _answer_preflight(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        answer = self.preflight_response(headers)
        if answer.status_code >= 400:
            kept = {name: value for name, value in answer.headers.items() if not name.startswith("content-")}
            said = say("cross-origin", origin=headers["origin"], possible=list(self.allow_methods))
            answer = respond(Request(scope), errors.BadRequest(said, headers=kept))
        await answer(scope, receive, send)


class UnambiguousRequests:
    """Refuses headers that are empty or repeated with different values; accepts a path with a slash at its end."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if wrong := _ambiguity(scope["headers"]):
            return await respond(Request(scope), errors.BadRequest(wrong))(scope, receive, send)
        home = f"{scope.get('root_path', '').rstrip('/')}/"
        if scope["path"] != home and scope["path"].endswith("/"):
            scope["path"] = scope["path"].rstrip("/") or "/"
        return await self.app(scope, receive, send)


def _ambiguity(headers: list[tuple[bytes, bytes]]) -> Sentence | None:
    seen: dict[bytes, bytes] = {}
    for name, value in headers:
        if name in SINGLE_HEADERS and seen.setdefault(name, value) != value:
            return say("header-twice", header=name.decode())
        if name in NEVER_EMPTY and not value:
            return say("header-empty", header=name.decode())
    return None


class HeadRequests:
    """Answers HEAD as GET without a body. A stream ends after its headers."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            return await self.app(scope, receive, send)
        is_over = False

        async def receive_until_headers() -> Message:
            return {"type": "http.disconnect"} if is_over else await receive()

        async def send_headers_only(message: Message) -> None:
            nonlocal is_over
            if is_over:
                return
            await send(message)
            if message["type"] == "http.response.start":
                is_over = True
                await send({"type": "http.response.body", "body": b""})

        inner = {**scope, "method": "GET"}
        try:
            return await self.app(inner, receive_until_headers, send_headers_only)
        finally:
            scope["route"] = inner.get("route")


class BodyLimit:
    """Refuses a body over the limit: at once by its Content-Length, otherwise as soon as too much has arrived.

    Before a caller is authenticated the limit is small. The bodies of all requests together, and of one caller, are
    limited as well, from their arrival until they are answered. FastAPI's own limit would answer in plain text.
    """

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.limit = settings.max_body_size
        self._held = BodiesHeld(settings.max_bodies_held, settings.max_bodies_held_by_one)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdecimal() and (len(declared) > 18 or int(declared) > self.limit):
            return await respond(Request(scope), errors.TooLarge())(scope, receive, send)
        size = 0
        owner: str | None = None

        async def limited_receive() -> Message:
            nonlocal size, owner
            message = await receive()
            if more := len(message.get("body", b"")):
                who = scope["state"].get("identity")
                if owner is None:
                    owner = who.token if who else ""
                size += more
                self._held.add(owner, more)
                if size > (self.limit if who else MAX_UNAUTHENTICATED):
                    raise errors.TooLarge
            return message

        try:
            return await self.app(scope, limited_receive, send)
        finally:
            self._held.subtract(owner or "", size)


class BodiesHeld:
    """The bytes of all bodies that are being received and worked on, by token."""

    def __init__(self, most: int, most_of_one: int) -> None:
        self._most = most
        self._most_of_one = most_of_one
        self._all = 0
        self._of: Counter[str] = Counter()

    def add(self, owner: str, size: int) -> None:
        """Count bytes that arrived.

        Raises:
            TooManyRequests: the token has too much under way.
            Unavailable: all together have.

        """
        self._all += size
        self._of[owner] += size
        if owner and self._of[owner] > self._most_of_one:
            raise errors.TooManyRequests(say("too-much-under-way"), headers={"Retry-After": "5"})
        if self._all > self._most:
            raise errors.Unavailable(say("too-much-received"))

    def subtract(self, owner: str, size: int) -> None:
        self._all -= size
        self._of[owner] -= size
        if self._of[owner] <= 0:
            del self._of[owner]


class CutOff(Exception):
    """The worker stops, and the request was not done within the grace period. What it wrote is rolled back."""


class ReplicaFallback:
    """Answers a GET once more when the read replica was lost meanwhile: the primary is asked then."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET":
            return await self.app(scope, receive, send)
        again = {**scope}
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            return await self.app(scope, receive, watched_send)
        except ReplicaLost:
            if started:
                raise
        try:
            return await self.app(again, receive, send)
        finally:
            scope["route"] = again.get("route")


class Failures:
    """Answers an unhandled exception with a problem: 503 for a lost database, else 500."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except ClientDisconnect:  # the client has disconnected
            return None
        except asyncio.CancelledError:
            # At the end of the grace period the server cancels what is left, and would say 500 in plain text.
            if not started:
                await answer_failure(CutOff("at the end of the grace period"), scope, receive, send)
            raise
        except Exception as error:
            if started:
                raise
            await answer_failure(error, scope, receive, send)


async def answer_failure(error: BaseException, scope: Scope, receive: Receive, send: Send) -> None:
    """The problem for an exception: 503 when the database is unavailable, else 500. The cause is left for the log."""
    problem = errors.Unavailable() if isinstance(error, CutOff) else from_database(error) or errors.Internal()
    scope.setdefault("state", {})["cause"] = error
    await respond(Request(scope), problem)(scope, receive, send)
