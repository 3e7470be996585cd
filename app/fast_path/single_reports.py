"""Single reports before the routes: without FastAPI's parsing and dependencies, recorded by the function of the route.

It takes a small JSON body with a token that this worker has authenticated before. Everything else goes on to the route
of the same path. So does a body that is no report, because only the route words complaints about its shape.
"""

import asyncio
from functools import partial
from time import perf_counter
from typing import Any

from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.auth.authority import cached_identity
from app.auth.idempotency import IdempotentRequest, fingerprint, read_key, serialize_duplicates
from app.auth.identity import Identity, Role
from app.auth.limits import Limits
from app.auth.service import Identities
from app.data_version import DataVersion, DataVersionMonitor
from app.errors import Problem
from app.fast_path.answers import failed_app, refusing_app, send_at_once
from app.fast_path.headers import Headers, request_id_in
from app.json_input import strict_json
from app.middleware import CutOff, fields_of_every_answer
from app.observing import NO_ANSWER, observe
from app.representations import Representations
from app.response_cache import MIN_COMPRESSED_SIZE
from app.settings import Settings
from app.updates.recording import CREATED, CallerOutdated, Recorder, ReportAnswer
from app.updates.reports import Report, read_report

PATH = "/v1/status-updates"
MAX_BODY = 64 * 1024
MAX_DIGITS = 18
"""Of a length: zeros before it change nothing, and Python reads no number of thousands of digits."""


def accepts(headers: Headers) -> bool:
    """Whether it is a small JSON body of a known length, with a token."""
    length = headers.get(b"content-length", b"")
    if (
        not length.isdigit()
        or len(length) > MAX_DIGITS
        or int(length) > MAX_BODY
        or headers.get(b"content-type") != b"application/json"
    ):
        return False
    return b"authorization" in headers


class SingleReportFastPath:
    """Records the reports of requests that `accepts` is true of."""

    def __init__(
        self,
        recorder: Recorder,
        versions: DataVersionMonitor,
        identities: Identities,
        limits: Limits,
        settings: Settings,
    ) -> None:
        self._recorder = recorder
        self._versions = versions
        self._identities = identities
        self._limits = limits
        self._prefix = settings.root_path

    async def answer(self, headers: Headers, scope: Scope, receive: Receive, send: Send, otherwise: ASGIApp) -> None:
        """Record the report and answer it; `otherwise` answers the whole request where that is not so simple."""
        state = scope.setdefault("state", {})
        state["began"] = perf_counter()
        context = logs.request.set(state)
        try:
            try:
                app, left = await self._recorded(headers, scope, receive)
            except asyncio.CancelledError:  # at the end of the grace period the server cancels what is left
                await failed_app(CutOff("at the end of the grace period"), self._prefix)(scope, receive, send)
                raise
            except Exception as error:  # noqa: BLE001 - the database may be away before it is known whose report it is
                app, left = failed_app(error, self._prefix), receive
            await (app or otherwise)(scope, left, send)
        finally:
            logs.request.reset(context)

    async def _recorded(self, headers: Headers, scope: Scope, receive: Receive) -> tuple[ASGIApp | None, Receive]:
        """The application that answers, None for the routes, and what it receives."""
        state = scope["state"]
        authenticated = await self._authenticate(headers, state)
        if authenticated is None:
            return None, receive
        state |= {"counted": True, "route": PATH, "token": authenticated[0].token}
        body = await _body(receive)
        if body is None:
            return _unanswered, receive
        report = _parse(body)
        if report is None:
            return None, _replayed(body, receive)
        state["request_id"] = request_id_in(headers)
        return await self._answering(*authenticated, headers, report, body), _replayed(body, receive)

    async def _answering(
        self, who: Identity, version: DataVersion, headers: Headers, report: Report, body: bytes
    ) -> ASGIApp | None:
        try:
            answer = await self._record(who, version, headers, report, body)
        except CallerOutdated:
            return None
        except Problem as problem:
            return refusing_app(problem, self._prefix)
        except Exception as error:  # noqa: BLE001 - the layers that turn failures into problems are inside
            return failed_app(error, self._prefix)
        return partial(_send, answer, self._prefix)

    async def _authenticate(self, headers: Headers, state: dict[str, Any]) -> tuple[Identity, DataVersion] | None:
        """A reporter whose token was authenticated before, and who has not asked too often."""
        version = self._versions.recent() or await self._versions.version()
        who = cached_identity(self._identities, headers, version, self._versions.now())
        if who is None or not who.role.at_least(Role.REPORTER):
            return None
        if not self._limits.requests.try_acquire(who.token, state):
            return None
        return who, version

    async def _record(
        self, who: Identity, version: DataVersion, headers: Headers, report: Report, body: bytes
    ) -> ReportAnswer:
        sent = headers.get(b"idempotency-key")
        key = read_key(None if sent is None else sent.decode("latin-1"))
        asked = key and IdempotentRequest.of(who, key, fingerprint("POST", PATH, "", body))
        async with serialize_duplicates(who.token, key):
            return await self._recorder.record(who, version, report, asked or None)


async def _body(receive: Receive) -> bytes | None:
    """The whole body, which nearly always comes in one piece; None where the client left."""
    pieces, more = [], True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    return b"".join(pieces)


async def _unanswered(scope: Scope, _: Receive, __: Send) -> None:
    observe(scope, scope["state"], NO_ANSWER, perf_counter() - scope["state"]["began"])


async def _send(answer: ReportAnswer, prefix: str, scope: Scope, receive: Receive, send: Send) -> None:
    """Send an answer at once, unless it is long enough to be compressed."""
    state, body = scope["state"], answer.body
    seconds = perf_counter() - state["began"]
    fields = [*answer.headers(prefix).items(), *fields_of_every_answer(state)]
    if len(body) < MIN_COMPRESSED_SIZE:
        head = [(b"content-length", b"%d" % len(body)), (b"content-type", b"application/json")]
        head += [(name.encode(), value.encode()) for name, value in fields]
        await send_at_once(CREATED, head, body, scope, send)
    else:
        response = Response(body, CREATED, dict(fields), media_type="application/json")
        await Representations(response)(scope, receive, send)
    observe(scope, state, CREATED, seconds)


def _parse(body: bytes) -> Report | None:
    """A report without a complaint about its shape."""
    try:
        report = read_report(strict_json(body))
    except Problem:
        return None
    return None if report.complaints else report


def _replayed(body: bytes, receive: Receive) -> Receive:
    """A `receive` that gives a body that was read already, and then goes on."""
    messages: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return messages.pop() if messages else await receive()

    return replay
