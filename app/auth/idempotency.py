"""Retries answered once: the first answer to an Idempotency-Key, kept in the write's own transaction."""

import asyncio
import hashlib
import re
from contextlib import AbstractAsyncContextManager, nullcontext
from typing import NamedTuple
from weakref import WeakValueDictionary

import msgspec
from fastapi import Request, Response
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth import queries
from app.auth.identity import Identity
from app.errors import BadRequest, KeyReused, RequestStillRunning

KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)
_KEPT_HEADERS = ("content-type", "location", "etag")


class IdempotentRequest(NamedTuple):
    """What makes two requests the same: the token, the key, and the fingerprint of all that was asked."""

    owner: str
    token: str
    key: str
    fingerprint: bytes

    @property
    def name(self) -> dict[str, str]:
        return {"owner": self.owner, "token": self.token, "key": self.key}


class Replay(Exception):
    def __init__(self, response: Response) -> None:
        self.response = response


_running: WeakValueDictionary[tuple[str, str], asyncio.Lock] = WeakValueDictionary()


def serialize_duplicates(request: Request) -> AbstractAsyncContextManager[object]:
    """Let twins that reach the same worker in one by one, so that those who wait hold no database connection."""
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return nullcontext()
    twins = (request.headers.get("authorization", ""), key)
    lock = _running.get(twins)
    if lock is None:
        lock = _running[twins] = asyncio.Lock()
    return lock


async def replay(request: Request, session: AsyncSession, who: Identity) -> None:
    """Raise `Replay` when this request was answered before; wait for a twin that is still running."""
    duplicate = await _idempotent_request(request, who)
    if duplicate is None:
        return
    await _wait_for(duplicate, session)
    kept = (await session.execute(queries.KEPT_ANSWER, duplicate.name)).one_or_none()
    if kept is None:
        request.state.idempotent_request = duplicate
        return
    if kept.fingerprint != duplicate.fingerprint:
        raise KeyReused
    body = kept.body if kept.status < 400 else _with_request_id(kept.body, request)
    raise Replay(Response(body, kept.status, {**kept.headers, "Idempotency-Replayed": "true"}))


def _with_request_id(problem: bytes, request: Request) -> bytes:
    """A kept problem under the id of the request that meets it now."""
    return msgspec.json.encode({**msgspec.json.decode(problem), "request_id": request.state.request_id})


async def keep(request: Request, response: Response) -> None:
    """Store the answer with the write that it answers. Only success is kept.

    A route that answers something to be seen once leaves what its retries get in `request.state.kept_answer`.
    """
    duplicate: IdempotentRequest | None = getattr(request.state, "twin", None)
    if duplicate is None or not 200 <= response.status_code < 300:
        return
    response = getattr(request.state, "kept_answer", response)
    headers = {name: response.headers[name] for name in _KEPT_HEADERS if name in response.headers}
    await request.state.write_session.execute(
        queries.KEEP_ANSWER,
        {
            **duplicate.name,
            "fingerprint": duplicate.fingerprint,
            "status": response.status_code,
            "headers": msgspec.json.encode(headers).decode(),
            "body": bytes(response.body),
        },
    )


async def _idempotent_request(request: Request, who: Identity) -> IdempotentRequest | None:
    key = request.headers.get("idempotency-key")
    if key is None or request.method != "POST":
        return None
    if not KEY.fullmatch(key):
        raise BadRequest("an Idempotency-Key is 1 to 255 visible ASCII characters")
    asked = fingerprint(request.method, request.scope["path"], request.url.query, await request.body())
    return IdempotentRequest(who.owner or "*", who.token, key, asked)


def fingerprint(method: str, path: str, query: str, body: bytes) -> bytes:
    """What two requests have in common that ask for the same thing."""
    asked = hashlib.sha256(f"{method}\0{path}\0{query}\0".encode())
    asked.update(body)
    return asked.digest()


async def _wait_for(duplicate: IdempotentRequest, session: AsyncSession) -> None:
    try:
        await session.execute(queries.WAIT_FOR_DUPLICATE, {"twin": f"{duplicate.token} {duplicate.key}"})
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) == "55P03":
            raise RequestStillRunning from None
        raise
