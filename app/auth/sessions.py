"""Database sessions for routes: confined to the caller's rows, committed before the answer leaves."""

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import Depends, Request

from app.auth import idempotency
from app.auth.authority import SomeIdentity
from app.db import Database, ReadSession, WriteSession


async def _read_session(request: Request) -> AsyncIterator[ReadSession]:
    """Sees everything: the route says in its query what is whose. For progress and the catalogue."""
    database: Database = request.app.state.database
    async with database.answering() as session:
        yield session


async def _own_read_session(request: Request, who: SomeIdentity) -> AsyncIterator[ReadSession]:
    """Sees only the caller's rows of the tables under row-level security."""
    database: Database = request.app.state.database
    async with database.answering(who.scope) as session:
        yield session


async def _write_session(request: Request, who: SomeIdentity) -> AsyncIterator[WriteSession]:
    database: Database = request.app.state.database
    async with database.writing(who.scope) as session:
        await idempotency.replay(request, session, who)
        request.state.write_session = session
        yield session


Reading = Annotated[ReadSession, Depends(_read_session, scope="function")]
ReadingOwn = Annotated[ReadSession, Depends(_own_read_session, scope="function")]
Writing = Annotated[WriteSession, Depends(_write_session, scope="function")]
"""Commits before the answer: with the default scope a failed commit would come after a 200."""
