"""Retries answered once: the first answer to an Idempotency-Key, stored in the write's own transaction."""

import asyncio
import hashlib
import re
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import NamedTuple, Self
from weakref import WeakValueDictionary

import msgspec
from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import queries
from app.auth.identity import Identity
from app.errors import BadRequest, KeyReused, RequestStillRunning
from app.messages import say
from app.scope import EVERYTHING

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_STORED_HEADERS = ("content-type", "content-language", "location", "etag")


class IdempotentRequest(NamedTuple):
    """What makes two requests the same: the token, the key, and the fingerprint of everything that was asked."""

    owner: str
    token: str
    key: str
    fingerprint: bytes

    @classmethod
    def of(cls, who: Identity, key: str, asked: bytes) -> Self:
        """A caller's request with a key; `asked` is its `fingerprint`."""
        return cls(who.owner or EVERYTHING, who.token, key, asked)

    @property
    def name(self) -> dict[str, str]:
        return {"owner": self.owner, "token": self.token, "key": self.key}


class StoredAnswer(NamedTuple):
    status: int
    headers: dict[str, str]
    body: bytes


class Replay(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


_running: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


def read_key(header: str | None) -> str | None:
    """The key of an `Idempotency-Key` header; with quotation marks, as the draft writes it, it is the same key.

    Raises:
        BadRequest: it is not 1 to 255 visible ASCII characters.

    """
    if header is None:
        return None
    key = header[1:-1] if len(header) > 1 and header[0] == header[-1] == '"' else header
    if not _KEY.fullmatch(key):
        raise BadRequest(say("bad-key"))
    return key


def serialize_duplicates(token: str, key: str | None) -> AbstractAsyncContextManager[object]:
    """Run requests of a token with the same key one by one in this worker, so that they wait without a connection.

    Side by side they would come into one group commit, and fail it for all that are in it.
    """
    if key is None:
        return nullcontext()
    duplicates = (token, key)
    lock = _running.get(duplicates)
    if lock is None:
        lock = _running[duplicates] = asyncio.Lock()
    return lock


async def stored_answer(session: AsyncSession, asked: IdempotentRequest) -> StoredAnswer | None:
    """The first answer to a request, after waiting for a duplicate that is still running at another worker.

    Raises:
        KeyReused: another request was answered under this key.
        RequestStillRunning: the duplicate takes longer than the lock timeout.

    """
    await _wait_for_duplicate(session, asked)
    found = (await session.execute(queries.STORED_ANSWER, asked.name)).one_or_none()
    if found is None:
        return None
    if found.fingerprint != asked.fingerprint:
        raise KeyReused
    return StoredAnswer(found.status, found.headers, found.body)


async def store_answer(session: AsyncSession, asked: IdempotentRequest, answer: StoredAnswer) -> None:
    await session.execute(
        queries.STORE_ANSWER,
        {
            **asked.name,
            "fingerprint": asked.fingerprint,
            "status": answer.status,
            "headers": msgspec.json.encode(answer.headers).decode(),
            "body": answer.body,
        },
    )


async def replay(request: Request, session: AsyncSession, who: Identity) -> None:
    """Raise `Replay` when this request was answered before."""
    asked = await idempotent_request(request, who)
    if asked is None:
        return
    before = await stored_answer(session, asked)
    if before is None:
        request.state.idempotent_request = asked
        return
    body = before.body if before.status < 400 else _with_request_id(before.body, request)
    raise Replay(Response(body, before.status, {**before.headers, "Idempotency-Replayed": "true"}))


def _with_request_id(problem: bytes, request: Request) -> bytes:
    """A stored problem under the id of the present request."""
    return msgspec.json.encode({**msgspec.json.decode(problem), "request_id": request.state.request_id})


async def store_response(request: Request, response: Response) -> None:
    """Store the answer with the write that it answers. Only success is stored.

    A route whose answer may be seen only once leaves what its retries get in `request.state.answer_to_retries`.
    """
    asked: IdempotentRequest | None = getattr(request.state, "idempotent_request", None)
    if asked is None or not 200 <= response.status_code < 300:
        return
    response = getattr(request.state, "answer_to_retries", response)
    headers = {name: response.headers[name] for name in _STORED_HEADERS if name in response.headers}
    answer = StoredAnswer(response.status_code, headers, bytes(response.body))
    await store_answer(request.state.write_session, asked, answer)


async def idempotent_request(request: Request, who: Identity) -> IdempotentRequest | None:
    """The request by its key; None where it has none."""
    key = read_key(request.headers.get("idempotency-key"))
    if key is None or request.method != "POST":
        return None
    asked = fingerprint(request.method, request.scope["path"], request.url.query, await request.body())
    return IdempotentRequest.of(who, key, asked)


def fingerprint(method: str, path: str, query: str, body: bytes) -> bytes:
    """What two requests for the same thing have in common."""
    asked = hashlib.sha256(f"{method}\0{path}\0{query}\0".encode())
    asked.update(body)
    return asked.digest()


async def _wait_for_duplicate(session: AsyncSession, asked: IdempotentRequest) -> None:
    try:
        await session.execute(queries.WAIT_FOR_DUPLICATE, {"token": asked.token, "key": asked.key})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise RequestStillRunning from None
        raise
