"""The hatch: a quick way in for the commonest report, in one statement on a connection of its own.

It takes a single report of a known token that is newer than all that is known of its assignment. Whatever is not as
simple as that, or not right, goes on to the route of the same path, which knows every case and every complaint; the
rules, the answer and the tests are the same.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import asyncpg
from starlette.types import Message, Receive, Scope, Send

from app import errors
from app.auth.idempotency import KEY, fingerprint
from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue
from app.db import Database, asyncpg_arguments, harmless_scope
from app.ids import ids_at
from app.settings import Settings
from app.snapshot import Version
from app.status import VERDICTS
from app.updates import rules
from app.updates.hatch_queries import RECORD
from app.updates.reports import Report, read_report
from app.updates.schemas import StatusUpdateOut
from app.updates.shown import stored
from app.web import RequestIds, answer_failure, request_id_of, strict_json

PATH = "/v1/status-updates"
LARGEST = 64 * 1024
_CONNECTIONS = 8


class Entrant(NamedTuple):
    """A report that is good as far as can be said without its assignment, and what to answer when it is stored.

    It was judged by the tokens and the catalogue of a version, and is stored only while these still hold.
    """

    who: Identity
    version: Version
    subject: rules.Subject
    report: Report
    out: StatusUpdateOut
    key: str | None
    fingerprint: bytes
    answer: bytes


class Hatch:
    """The connections. Each remembers the scope it was confined to, and is confined anew when another comes."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._arguments = asyncpg_arguments(database.url, settings)
        self._free: list[_Connection] = []
        self._places = asyncio.Semaphore(_CONNECTIONS)

    async def record(self, entrant: Entrant) -> bool:
        """Store the report with its answer; False when it is not as simple as that, and nothing was stored."""
        async with self._connection(entrant.who.scope) as connection:
            return await connection.record(entrant)

    @asynccontextmanager
    async def _connection(self, scope: str) -> AsyncIterator["_Connection"]:
        async with self._places:
            mine = next((c for c in reversed(self._free) if c.scope == scope), None)
            if mine:
                self._free.remove(mine)
            else:
                mine = self._free.pop(0) if self._free else await _Connection.open(self._arguments)
            try:
                await mine.confine(scope)
                yield mine
            except asyncpg.UniqueViolationError:
                self._free.append(mine)
                raise
            except BaseException:
                mine.drop()
                raise
            self._free.append(mine)

    async def close(self) -> None:
        for connection in self._free:
            connection.drop()


class _Connection:
    def __init__(self, raw: Any, statement: Any) -> None:
        self._raw = raw
        self._statement = statement
        self.scope: str | None = None

    @classmethod
    async def open(cls, arguments: dict[str, Any]) -> "_Connection":
        raw = await asyncpg.connect(**arguments)
        try:
            return cls(raw, await raw.prepare(RECORD))
        except BaseException:  # a client that goes away must not leave a connection behind
            raw.terminate()
            raise

    async def confine(self, scope: str) -> None:
        """On a connection that nobody else uses, for the session: every use says it again unless it is the same."""
        if scope != self.scope:
            self.scope = None
            await self._raw.execute(f"set tiendo.scope = '{harmless_scope(scope)}'")
            self.scope = scope

    async def record(self, e: Entrant) -> bool:
        rows = await self._statement.fetch(
            e.subject.owner,
            e.subject.task,
            e.subject.unit,
            e.out.id,
            e.out.status.value,
            e.out.effective_at,
            e.out.recorded_at,
            e.report.note,
            e.report.evidence,
            e.report.document_number,
            e.report.document_date,
            e.who.token,
            e.key,
            e.fingerprint,
            e.answer,
            e.version.tokens,
            e.version.catalogue,
        )
        return bool(rows)

    def drop(self) -> None:
        self._raw.terminate()


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
        is_stored = entrant is not None and await state.hatch.record(entrant)
    except asyncpg.UniqueViolationError:  # the key was used before: the route replays the answer
        is_stored = False
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        # It may have been stored or not, so only the client's retry with its key is safe.
        await RequestIds(partial(answer_failure, error))(scope, receive, send)
        return None
    if entrant is None or not is_stored:
        return again
    state.database.committed()
    await _answer(send, headers, entrant.answer)
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
    now = state.watch.now()
    subject = rules.find_subject(report, who, catalogue)
    if isinstance(subject, list) or report.complaints or report.status in VERDICTS:
        return None
    if any(rules.standing_alone(report, who, now)):
        return None
    effective_at = rules.settled(report.effective_at, now)
    out = stored(
        catalogue, subject, report, id=next(ids_at(now)), effective_at=effective_at, recorded_at=now, current=True
    )
    asked = fingerprint(scope["method"], scope["path"], "", body)
    return Entrant(who, version, subject, report, out, key or None, asked, out.model_dump_json().encode())


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
