"""Single reports before the routes: without FastAPI's parsing and dependencies, recorded by the function of the route.

It takes a small JSON body with a token that this worker has authenticated before. Everything else goes on to the route
of the same path. So does a body that is no report, because only the route words complaints about its shape.
"""

from collections.abc import Mapping
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.types import Message, Receive, Scope, Send

from app.auth.authority import cached_identity
from app.auth.idempotency import IdempotentRequest, fingerprint, read_key, serialize_duplicates
from app.auth.identity import Identity, Role
from app.auth.limits import Limits
from app.auth.service import Identities
from app.data_version import DataVersion, DataVersionMonitor
from app.errors import Problem
from app.json_input import strict_json
from app.updates.recording import CallerOutdated, Recorder, ReportAnswer
from app.updates.reports import Report, read_report
from app.web import respond

PATH = "/v1/status-updates"
MAX_BODY = 64 * 1024
MAX_DIGITS = 18
"""Of a length: zeros before it change nothing, and Python reads no number of thousands of digits."""

Headers = Mapping[bytes, bytes]


def accepts(scope: Scope) -> bool:
    """Whether it is a small JSON body of a known length, with a token."""
    if scope["path"] != PATH or scope["method"] != "POST" or scope["query_string"]:
        return False
    headers = dict(scope["headers"])
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
        self, recorder: Recorder, versions: DataVersionMonitor, identities: Identities, limits: Limits
    ) -> None:
        self._recorder = recorder
        self._versions = versions
        self._identities = identities
        self._limits = limits

    async def try_record(self, scope: Scope, receive: Receive, send: Send) -> Receive | None:
        """Record the report and answer it; or the `receive` with which the route gets the whole request."""
        headers = dict(scope["headers"])
        authenticated = await self._authenticate(headers, scope["state"])
        if authenticated is None:
            return receive
        scope["state"] |= {"counted": True, "route": PATH, "token": authenticated[0].token}
        try:
            body = await Request(scope, receive).body()
        except ClientDisconnect:
            return None
        report = _parse(body)
        if report is None:
            return _replayed(body, receive)
        try:
            answer = await self._record(*authenticated, headers, report, body)
        except CallerOutdated:
            return _replayed(body, receive)
        except Problem as problem:
            await respond(Request(scope), problem)(scope, receive, send)
        else:
            await _send(answer, send)
        return None

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
        asked = key and IdempotentRequest(who.owner or "*", who.token, key, fingerprint("POST", PATH, "", body))
        async with serialize_duplicates(who.token, key):
            return await self._recorder.record(who, version, report, asked or None)


async def _send(answer: ReportAnswer, send: Send) -> None:
    head = [(b"content-length", b"%d" % len(answer.body)), (b"content-type", b"application/json")]
    if answer.is_replay:
        head.append((b"idempotency-replayed", b"true"))
    await send({"type": "http.response.start", "status": 201, "headers": head})
    await send({"type": "http.response.body", "body": answer.body})


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
