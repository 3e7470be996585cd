"""Recognising a token, handing one out, taking it back, and writing down what was done with authority."""

import hashlib
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, nullcontext
from datetime import datetime

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth import queries, tokens
from app.auth.identity import Identity, Role
from app.data_version import DataVersion, DataVersionMonitor
from app.db import Database
from app.errors import Complaint, InvalidInput, NotFound, Unauthenticated
from app.ids import ids_at
from app.messages import say

MAX_RECOGNISED = 20_000
"""Credentials that are recognised at once: each token's header, and cookies among whatever else a browser sends."""


class Identities:
    """Recognises tokens. A copy of the good ones is kept for as long as none was revoked or rotated anywhere."""

    def __init__(self, database: Database, versions: DataVersionMonitor) -> None:
        self._database = database
        self._versions = versions
        self._revision: tuple[int, int] | None = None
        self._known: dict[tokens.Parts, Identity] = {}
        self._current: dict[str, Identity] = {}
        """The same by the token's id."""
        self._recognised: dict[bytes, Identity] = {}
        self._good: set[tokens.Parts] = set()
        """Tokens that were good when they were looked up last. Whoever has one is not guessing."""
        self.used: dict[str, datetime] = {}
        """When each token was used, until it is noted in the database."""

    async def authenticate(
        self, token: str, at: datetime, admission: AbstractAsyncContextManager[None] | None = None
    ) -> Identity | None:
        """Who a token is, or None for one that is wrong, unknown or revoked.

        Before the database is asked about a token that was never good here, `admission` is entered, and may refuse.

        Raises:
            Unauthenticated: it has expired, which only whoever has its secret is told.

        """
        parts = tokens.read_token(token)
        if parts is None:
            return None
        version = await self._versions.version()
        revision = (version.tokens, version.connection)
        if revision != self._revision:
            self._known.clear()
            self._current.clear()
            self._recognised.clear()
            self._revision = revision
        identity = self._known.get(parts)
        if identity is None:
            async with (None if parts in self._good else admission) or nullcontext():
                identity = await self.look_up(parts)
            self._remember(parts, is_good=identity is not None)
        if identity is None:
            return None
        if self._revision == revision:
            self._known[parts] = self._current[identity.token] = identity
        if identity.expires_at and identity.expires_at <= at:
            expired_at = clock.text(identity.expires_at)
            raise Unauthenticated(say("token-expired", at=expired_at), expired_at=expired_at)
        self.used[identity.token] = at
        return identity

    def cached(self, credentials: bytes, version: DataVersion, at: datetime) -> Identity | None:
        """Who these credentials were recognised as before, if that still holds at a version read just now."""
        if (version.tokens, version.connection) != self._revision:
            return None
        identity = self._recognised.get(_fingerprint(credentials))
        expired = identity is not None and identity.expires_at is not None and identity.expires_at <= at
        if identity is None or expired:
            return None
        self.used[identity.token] = at
        return identity

    def cache(self, credentials: bytes, identity: Identity) -> None:
        """Recognise the same credentials without another look, for as long as their identity is known."""
        if self._current.get(identity.token) == identity:
            if len(self._recognised) >= MAX_RECOGNISED:
                self._recognised.clear()
            self._recognised[_fingerprint(credentials)] = identity

    def _remember(self, parts: tokens.Parts, *, is_good: bool) -> None:
        if not is_good:
            self._good.discard(parts)
        else:
            if len(self._good) >= MAX_RECOGNISED:
                self._good.clear()
            self._good.add(parts)

    async def look_up(self, parts: tokens.Parts) -> Identity | None:
        async with self._database.reading() as session:
            row = (await session.execute(queries.TOKEN_BY_ID, {"id": parts.id})).one_or_none()
        known = row.secret_hash if row else b"\0" * len(parts.secret_hash)
        if not tokens.same(known, parts.secret_hash) or row is None or row.revoked_at is not None:
            return None
        return Identity(row.id, row.name, Role(row.role), row.unit, row.owner, row.expires_at, row.may_delegate)


def _fingerprint(credentials: bytes) -> bytes:
    """What is kept of credentials, which hold a secret. BLAKE2 takes half as long as SHA-256, at every request."""
    return hashlib.blake2s(credentials).digest()


async def create_token(
    session: AsyncSession,
    who: Identity,
    *,
    name: str,
    role: Role,
    unit: str | None,
    expires_at: datetime | None,
    at: datetime,
    may_delegate: bool = False,
) -> tuple[str, str]:
    """A new token: its id, and its text, which is not kept anywhere.

    No worker need be told: none knows anything of a token that there was not.
    """
    level = None if unit is None else await session.scalar(queries.LEVEL_OF_UNIT, {"unit": unit})
    unfit = _unfit_unit(role, unit, level, may_delegate=may_delegate)
    if complaints := [*unfit, *past_expiry(expires_at, at)]:
        raise InvalidInput(errors=complaints)
    token = tokens.new_token()
    parts = tokens.read_token(token)
    assert parts is not None  # noqa: S101 - it was made a line ago
    await session.execute(
        queries.ADD_TOKEN,
        {
            "id": parts.id,
            "secret_hash": parts.secret_hash,
            "name": name,
            "role": role.value,
            "unit": unit,
            "created_at": at,
            "created_by": who.token,
            "expires_at": expires_at,
            "may_delegate": may_delegate,
        },
    )
    after = {"name": name, "role": role.value, "unit": unit} | ({"may_delegate": True} if may_delegate else {})
    await audit(session, who, "token.create", parts.id, at=at, after=after)
    return parts.id, token


def past_expiry(expires_at: datetime | None, at: datetime) -> Iterator[Complaint]:
    """A token that has expired already would only look like a good one."""
    if expires_at is not None and expires_at <= at:
        yield Complaint("/expires_at", "past-expiry", say("past-expiry", at=clock.text(expires_at)))


def _unfit_unit(role: Role, unit: str | None, level: str | None, *, may_delegate: bool) -> Iterator[Complaint]:
    """What is wrong with the unit of a token; `level` is the unit's, None for one that there is not."""
    if role in (Role.REPORTER, Role.AGENCY) and unit is None:
        yield Complaint("/unit", "missing", say("missing.role-unit"))
    if unit is not None and level is None:
        yield Complaint("/unit", "unknown-unit", say("unknown-unit.plain", seen=unit))
    may_be_province = level == "province" or (unit is not None and level is None)
    if may_delegate and not (role is Role.REPORTER and may_be_province):
        yield Complaint("/may_delegate", "not-a-province", say("not-a-province"))


async def revoke_token(session: AsyncSession, who: Identity, token_id: str, at: datetime) -> None:
    if (await session.execute(queries.REVOKE_TOKEN, {"id": token_id, "at": at})).one_or_none() is None:
        raise NotFound
    await bump(session, "tokens")
    await audit(session, who, "token.revoke", token_id, at=at)


async def bump(session: AsyncSession, what: str) -> None:
    """Tell every worker that its copy of the tokens or of the catalogue is old."""
    await session.execute(queries.BUMP, {"what": what})


async def audit(
    session: AsyncSession,
    who: Identity,
    action: str,
    subject: str,
    *,
    at: datetime,
    before: object = None,
    after: object = None,
    reason: str | None = None,
) -> None:
    """Write down an administrative act, in its own transaction."""
    await session.execute(
        queries.AUDIT,
        {
            "id": next(ids_at(at)),
            "at": at,
            "token": who.token,
            "action": action,
            "subject": subject,
            "before": _json(before),
            "after": _json(after),
            "reason": reason,
        },
    )


def _json(value: object) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()
