"""Tokens for the cast of the demonstration, kept beside the data so that a restart shows the same ones."""

import os
from datetime import datetime
from pathlib import Path

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth import queries as auth_queries
from app.auth import tokens
from app.auth.identity import OPERATOR, Role
from app.auth.service import create_token
from app.db import Database

CAST: dict[str, tuple[Role, str | None]] = {
    "lan": (Role.MINISTRY, None),
    "huong": (Role.REPORTER, "38"),
    "minh": (Role.REPORTER, "40"),
    "an": (Role.ADMIN, None),
    "viettel": (Role.AGENCY, "viettel"),
    "xa": (Role.REPORTER, "14758"),
    "khach": (Role.VIEWER, None),
}
"""The ministry, Thanh Hóa, Nghệ An, the admin, an agency, a ward of Thanh Hóa, a viewer."""


async def cast_tokens(database: Database, data_dir: Path) -> dict[str, str]:
    """A good token for each of the cast: the stored one, or a new one where that is gone or no longer good."""
    file = data_dir / "cast.json"
    stored, at = _read(file), clock.now()
    async with database.writing() as session:
        current = {name: await _token(session, name, stored.get(name), at) for name in CAST}
    if current != stored:
        _write(file, current)
    return current


async def _token(session: AsyncSession, name: str, stored: str | None, at: datetime) -> str:
    if stored is not None and await _is_good(session, name, stored, at):
        return stored
    role, unit = CAST[name]
    _, text = await create_token(session, OPERATOR, name=name, role=role, unit=unit, expires_at=None, at=at)
    return text


async def _is_good(session: AsyncSession, name: str, token: str, at: datetime) -> bool:
    """Whether this database knows the token, for this one of the cast."""
    parts = tokens.read_token(token)
    if parts is None:
        return False
    row = (await session.execute(auth_queries.TOKEN_BY_ID, {"id": parts.id})).one_or_none()
    if row is None or not tokens.same(row.secret_hash, parts.secret_hash):
        return False
    expired = row.expires_at is not None and row.expires_at <= at
    return not expired and row.revoked_at is None and (row.role, row.unit) == CAST[name]


def _read(file: Path) -> dict[str, str]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str])
    except (FileNotFoundError, msgspec.MsgspecError):
        return {}


def _write(file: Path, current: dict[str, str]) -> None:
    """Readable by its owner only, from its first byte on; in one step, so that it is never half there."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        out.write(msgspec.json.format(msgspec.json.encode(current)))
    draft.replace(file)
