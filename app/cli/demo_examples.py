"""What the examples of the description name by an id, kept in the demo: tokens that nobody has, and files."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth import queries as auth_queries
from app.auth.identity import OPERATOR, Role
from app.catalogue.catalogues import load
from app.db import Database, rows
from app.demo import queries as demo_queries
from app.demo.service import MINISTRY
from app.imports import queries, service
from app.imports.reader import ChildReaders, Wanted
from app.imports.receiving import Body, understood

TOKENS = {"DemoRotate": "Sở Tài chính Nghệ An", "DemoRevoke": "Sở Nội vụ Nghệ An"}
"""By id: the one that an example follows by another, and the one that an example takes back."""


class ExampleFile(NamedTuple):
    """A file that the ministry sent; its first row holds already, or is new, and its last row is refused."""

    id: UUID
    is_stored: bool
    row: str


_HEAD, _REFUSED = "Đơn vị,Nhiệm vụ,Trạng thái,Ghi chú", "Thanh Hóa,hotlines,Xong,"
FILES = (
    ExampleFile(UUID("0197b0f2-2a00-7000-8000-0000000000a1"), True, "Thanh Hóa,centre-network,Đã xác nhận,"),
    ExampleFile(UUID("0197b0f2-2a00-7000-8000-0000000000a2"), False, "Nghệ An,equipment,Đã xác nhận,Đã kiểm tra"),
    ExampleFile(UUID("0197b0f2-2a00-7000-8000-0000000000a3"), False, "Hà Nội,equipment,Đã xác nhận,Đã kiểm tra"),
)
"""One that is stored and changed nothing; one to preview again, and one to commit."""


async def keep_examples(database: Database) -> None:
    """Add those that are not there: previews are forgotten after some days."""
    async with database.writing() as session:
        await session.execute(demo_queries.LOCK_LOADER)
        at = clock.now()
        for token, name in TOKENS.items():
            await _keep_token(session, token, name, at)
        for file in FILES:
            if not await rows(session, queries.IMPORT, id=file.id):
                await _keep_file(session, file, at)


async def _keep_token(session: AsyncSession, token: str, name: str, at: datetime) -> None:
    """A token with a secret that is thrown away."""
    if (await session.execute(auth_queries.TOKEN_BY_ID, {"id": token})).one_or_none():
        return
    made = {
        "id": token,
        "secret_hash": hashlib.sha256(secrets.token_bytes(32)).digest(),
        "name": name,
        "role": Role.VIEWER.value,
        "unit": None,
        "created_at": at,
        "created_by": OPERATOR.token,
        "expires_at": None,
        "may_delegate": False,
    }
    await session.execute(auth_queries.ADD_TOKEN, made)


async def _keep_file(session: AsyncSession, file: ExampleFile, at: datetime) -> None:
    catalogue = await load(session)
    content = f"{_HEAD}\n{file.row}\n{_REFUSED}\n".encode()
    sent = await understood(ChildReaders(1), Body("csv", content), Wanted(), MINISTRY, catalogue)
    looked = await service.look(session, catalogue, MINISTRY, sent, sent_at=at, lock=file.is_stored)
    await service.keep(session, MINISTRY, sent, looked, sent_at=at, committed=file.is_stored, named=file.id)
