"""uvicorn's HTTP protocol with limits that always hold, and one that answers cache hits before a task is created.

These two classes are all that leans on names inside uvicorn; pyproject bounds it to the minor release that was tried.
"""

import asyncio
from functools import partial
from http import HTTPStatus
from time import perf_counter
from typing import Any, cast

import httptools
from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.fast_path.answers import AT_ONCE, failed_app
from app.fast_path.cache_hits import CacheHitHandler
from app.fast_path.connections import Awaited, Connections
from app.fast_path.headers import Headers, request_id_in
from app.fast_path.refusals import languages_in, refusal, target_in
from app.metrics import counter_of
from app.observing import NO_ROUTE
from app.response_cache import Headers as RawHeaders
from app.response_cache import PreparedResponse
from app.web import request_id_of

MAX_IGNORED = 1024 * 1024
"""Bytes of a body that is still arriving after its request was refused, until the connection ends."""
MAX_PIPELINED = 64
"""Requests of a connection that wait for the answer to an earlier one. A quarter of a megabyte has room for 14,000."""

MAX_FIELDS_WAITING = 1_000
"""Header fields of all of these: each is kept as three objects, however short it was sent."""

_OFFER = (b"upgrade", b"http2-settings")


class _Ignored(list[tuple[bytes, bytes]]):
    """Where the fields behind a body go: a proxy does not look at them, so none may say who asks, or from where."""

    def append(self, _: tuple[bytes, bytes]) -> None:
        pass


class LimitsProtocol(HttpToolsProtocol):
    """Bounds what is held of a request before anything knows whose it is, and declines every upgrade.

    Java's and Ktor's clients offer HTTP/2 with every plain request. llhttp stops at such an offer and takes the body
    for another protocol, so the request is parsed again without the offer.
    """

    url = b""
    awaited: Awaited | None = Awaited.HEAD
    waited = 0.0
    received = 0
    _under_way: RequestResponseCycle | None = None
    """The request that is being answered, or was the last to be."""
    _is_refused = False
    """Whether what is still sent is not looked at any more."""
    _fields_waiting = 0
    """Header fields of requests that wait for the answer to an earlier one."""
    _head_size = 0
    _framing_size = 0
    """Bytes around a body since its last piece: lengths of chunks, and the fields behind the last one."""

    @property
    def address(self) -> str | None:
        return self.client[0] if self.client else None

    @property
    def unsent(self) -> int:
        return self.transport.get_write_buffer_size()

    def abort(self) -> None:
        self.transport.abort()

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connections: Connections = self.app_state["connections"]
        if refusal := self._connections.admit(self):
            self._refuse(refusal)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connections.leave(self)
        if self._under_way is not None:  # uvicorn tells the last request that came, which may be another one
            self._under_way.disconnected = True
            self._under_way.message_event.set()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()  # of a reset connection uvicorn keeps all for as long as of an idle one

    def is_readable(self) -> bool:
        """Whether it is the client that the worker waits for: it reads, and owes no earlier answer."""
        return not self.flow.read_paused and (self.awaited is Awaited.BODY or self._is_idle())

    def time_out(self) -> None:
        self._refuse(HTTPStatus.REQUEST_TIMEOUT)

    def data_received(self, data: bytes) -> None:
        if self._is_refused:  # it only has an answer to come, which may be a stream without an end
            return
        self._unset_keepalive_if_required()
        if self.awaited is None and self._is_idle():  # line breaks between two requests begin none for the parser
            self._await(Awaited.HEAD)
        self._head_size += len(data) if self.awaited is Awaited.HEAD else 0
        self._framing_size += len(data) if self.awaited is Awaited.BODY else 0
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._parse_without_offer(data[offer.args[0] :])
        except httptools.HttpParserError:
            self._refuse(self._excess() or HTTPStatus.BAD_REQUEST, data)
        else:
            limits = self._connections.settings
            if self.awaited is Awaited.HEAD and self._head_size > limits.max_header_bytes + limits.max_address_bytes:
                self._refuse(self._excess() or HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
            if self._framing_size > limits.max_header_bytes:
                self._refuse(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)

    def on_message_begin(self) -> None:
        if len(self.pipeline) >= MAX_PIPELINED:
            raise ValueError  # ends the parser; `data_received` refuses
        super().on_message_begin()
        self._await(Awaited.HEAD)
        self._head_size = 0

    def on_headers_complete(self) -> None:
        is_offer = self.parser.should_upgrade()
        if self._excess() or (is_offer and self.parser.get_method() == b"CONNECT"):  # which stays an upgrade, always
            raise ValueError  # ends the parser; `data_received` refuses
        self._fields_waiting = self._fields_waiting + len(self.headers or []) if self.pipeline else 0
        if self._fields_waiting > MAX_FIELDS_WAITING:
            raise ValueError
        if not is_offer:
            super().on_headers_complete()
            self.headers = _IGNORED
        self._await(Awaited.BODY)

    def on_body(self, body: bytes) -> None:
        self.received += len(body)
        self._framing_size = 0
        if self.cycle.response_complete and self.received > MAX_IGNORED:
            self.transport.close()
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._await(None)
        if not self.parser.should_upgrade():
            super().on_message_complete()

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._under_way = cycle
        super()._start_asgi_task(cycle, app)

    def _parse_without_offer(self, rest: bytes) -> None:
        method, version = self.parser.get_method(), self.parser.get_http_version().encode()
        kept = ((name, _without_offer(value) if name == b"connection" else value) for name, value in self.headers)
        lines = [b"%b: %b\r\n" % header for header in kept if header[0] not in _OFFER]
        head = b"%b %b HTTP/%b\r\n%b\r\n" % (method, self.url, version, b"".join(lines))
        self.parser = httptools.HttpRequestParser(self)
        self.parser.set_dangerous_leniencies(lenient_data_after_close=True)
        self.data_received(head + rest)

    def _excess(self) -> HTTPStatus | None:
        limits = self._connections.settings
        if len(self.url) > limits.max_address_bytes:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        headers = self.headers or []
        size = sum(len(name) + len(value) for name, value in headers)
        is_over = size > limits.max_header_bytes or len(headers) > limits.max_header_fields
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE if is_over else None

    def _await(self, what: Awaited | None) -> None:
        self.awaited, self.waited, self.received, self._framing_size = what, 0.0, 0, 0

    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete  # type: ignore[redundant-expr] # None at first

    def _refuse(self, status: HTTPStatus, unparsed: bytes = b"") -> None:
        """Answer and close; without an answer where it would stand before, behind, or inside, another."""
        if self.awaited is Awaited.BODY:
            if self.cycle.response_started or self.pipeline:
                return self.transport.close()
        elif not self._is_idle():
            self.cycle.keep_alive = False  # the last one under way: the connection ends with its answer
            self._is_refused, self.headers, self.url = True, _IGNORED, b""
            return None
        counter_of(NO_ROUTE, "-", status)(0.0)
        languages, target = languages_in(self.headers or (), unparsed), self.url or target_in(unparsed)
        prefix = self._connections.settings.root_path
        self.transport.write(refusal(status, target, languages, request_id_of(None), prefix))
        return self.transport.close()


class CacheHitProtocol(LimitsProtocol):
    """Writes a cached response as the bytes that were prepared once.

    For uvicorn a request is a task, and a response two messages whose headers it checks one by one. That costs about as
    much as everything else about a cache hit. Pipelining, keep-alive and shutdown stay uvicorn's.
    """

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        self._under_way = cycle
        handler: CacheHitHandler | None = self.app_state.get("cache_hits")
        # Not while uvicorn has more requests than it takes, nor for a client that does not read.
        if handler and app is self.app and not self.flow.write_paused and (lookup := handler.lookup(cycle.scope)):
            handler.respond(lookup, partial(self._respond, cycle, app, lookup.headers, perf_counter()))
        else:
            cycle.scope["extensions"] = {AT_ONCE: cast("Any", partial(self._write_if_read, cycle))}
            super()._start_asgi_task(cycle, app)

    def _write_if_read(self, cycle: RequestResponseCycle, response: PreparedResponse) -> bool:
        """Write a response of the application, unless its client does not take what was written before."""
        if self.flow.write_paused:
            return False
        if not cycle.disconnected:
            self._write(cycle, response, [])
        return True

    def _respond(
        self,
        cycle: RequestResponseCycle,
        app: ASGI3Application,
        headers: Headers,
        began: float,
        found: PreparedResponse | Exception | None,
    ) -> None:
        """Write a response; a failure is a logged 500 for this request alone, and the pipeline goes on."""
        if found is None:
            super()._start_asgi_task(cycle, app)
        elif isinstance(found, Exception):
            cycle.scope["state"]["route"] = self.app_state["cache_hits"].route_of(cycle.scope)
            super()._start_asgi_task(cycle, cast("Any", failed_app(found, self.app_state["cache_hits"].prefix)))
        elif not cycle.disconnected:
            handler: CacheHitHandler = self.app_state["cache_hits"]
            request_id = request_id_in(headers)
            self._write(cycle, found, [(b"x-request-id", request_id.encode()), *handler.more_headers])
            handler.observe(cycle.scope, found, request_id, perf_counter() - began)

    def _write(self, cycle: RequestResponseCycle, found: PreparedResponse, more: RawHeaders) -> None:
        """Write head and body at once: apart, as uvicorn does, each is a call of the system and wakes the client."""
        more += cycle.default_headers
        if not cycle.keep_alive:
            more.append((b"connection", b"close"))
        lines = b"".join(b"%b: %b\r\n" % header for header in more)
        self.transport.write(b"%b%b\r\n%b" % (found.head, lines, found.body))
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()


_IGNORED = _Ignored()


def _without_offer(connection: bytes) -> bytes:
    """What a Connection header says besides the offer, such as that the client wants the connection closed."""
    options = (option.strip() for option in connection.split(b","))
    return b", ".join(option for option in options if option.lower() not in _OFFER)
