"""The hatch: a quick way in for the commonest report, past routes and sessions, to the group commit.

It takes a single report of a known token that is newer than all that is known of its assignment. Whatever is not as
simple as that, or not right, goes on to the route of the same path, which knows every case and every complaint; the
rules, the answer and the tests are the same.
"""

from functools import partial
from typing import Any

import asyncpg
from starlette.types import Message, Receive, Scope, Send

from app import errors
from app.auth.idempotency import KEY, fingerprint
from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue
from app.snapshot import Version
from app.status import VERDICTS
from app.updates import rules
from app.updates.group_commit import Entrant
from app.updates.reports import read_report
from app.web import RequestIds, answer_failure, request_id_of, strict_json

PATH = "/v1/status-updates"
LARGEST = 64 * 1024


async def passed_in(state: Any, scope: Scope, receive: Receive, send: Send) -> Receive | None:
    """None when the request was answered here; otherwise what the route is to receive, from the beginning."""
    if scope["type"] != "http" or scope["method"] != "POST" or scope["path"] != PATH or scope["query_string"]:
        return receive
    headers = dict(scope["headers"])
    admitted = await _admitted(state, scope, headers)
    if admitted is None:
        return receive
    body, again = await _read(receive)
    entrant = _understood(state, *admitted, scope, headers, body)
    try:
        answer = await state.group_commit.record(entrant) if entrant else None
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        # It may have been stored or not, so only the client's retry with its key is safe.
        await RequestIds(partial(answer_failure, error))(scope, receive, send)
        return None
    if answer is None:
        return again
    state.database.committed()
    await _answer(send, headers, answer)
    return None


async def _admitted(state: Any, scope: Scope, headers: dict[bytes, bytes]) -> tuple[Identity, Version] | None:
    """A reporter whose token was recognised before, with a small JSON body of a known length."""
    length = headers.get(b"content-length", b"")
    if not length.isdigit() or int(length) > LARGEST or headers.get(b"content-type") != b"application/json":
        return None
    if b"origin" in headers or b"authorization" not in headers:
        return None
    try:
        version = state.watch.lately() or await state.watch.version()
    except Exception:  # noqa: BLE001 - the database is away: the route knows how to say so
        return None
    who: Identity | None = state.identities.recalled(headers[b"authorization"], version, state.watch.now())
    if who is None or not who.role.at_least(Role.REPORTER) or not await state.limits.has_room_for(who.token):
        return None
    scope.setdefault("state", {})["counted"] = True  # the route need not count it again
    return who, version


def _understood(
    state: Any, who: Identity, version: Version, scope: Scope, headers: dict[bytes, bytes], body: bytes
) -> Entrant | None:
    """The report, when nothing is wrong with it; every complaint is the route's to make."""
    catalogue: Catalogue | None = state.catalogues.held(version)
    key = headers.get(b"idempotency-key", b"").decode("latin-1")
    if catalogue is None or (key and not KEY.fullmatch(key)):
        return None
    try:
        report = read_report(strict_json(body))
    except errors.Problem:
        return None
    subject = rules.find_subject(report, who, catalogue)
    if isinstance(subject, list) or report.complaints or report.status in VERDICTS:
        return None
    if any(rules.standing_alone(report, who, state.watch.now())):
        return None
    asked = fingerprint(scope["method"], scope["path"], "", body)
    return Entrant(who, version, catalogue, subject, report, key or None, asked)


async def _read(receive: Receive) -> tuple[bytes, Receive]:
    """The body, and a way to receive it again."""
    messages: list[Message] = []
    while not messages or messages[-1].get("more_body"):
        messages.append(await receive())
    waiting = list(messages)

    async def again() -> Message:
        return waiting.pop(0) if waiting else await receive()

    return b"".join(message.get("body", b"") for message in messages), again


async def _answer(send: Send, headers: dict[bytes, bytes], body: bytes) -> None:
    request_id = request_id_of(headers.get(b"x-request-id", b"").decode("latin-1")).encode()
    head = [
        (b"content-length", b"%d" % len(body)),
        (b"content-type", b"application/json"),
        (b"x-request-id", request_id),
    ]
    await send({"type": "http.response.start", "status": 201, "headers": head})
    await send({"type": "http.response.body", "body": body})
