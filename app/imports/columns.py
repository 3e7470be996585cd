"""What headers mean to a unit: said with `?column=`, remembered when the file is committed, forgotten on request.

A header is the same whatever its case, accents and the number in front, as when a file is read.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.imports import queries
from app.imports.reading.words.meaning import header_key

Home = Mapping[str, str]
"""The owner and the unit whose files they are."""


async def remembered_columns(session: AsyncSession, home: Home) -> list[Any]:
    """What was said, in the order of the headers."""
    return await rows(session, queries.COLUMNS, **home)


def meanings(columns: list[Any]) -> dict[str, str]:
    """The fields by their headers; of one header in two spellings, what was said last counts."""
    return {column.header: column.field for column in sorted(columns, key=lambda column: column.created_at)}


async def remember_columns(
    session: AsyncSession, home: Home, columns: Mapping[str, str], token: str, at: datetime
) -> None:
    """Keep what was said of headers, instead of what was said of them before."""
    await forget_columns(session, home, columns)
    said = {"headers": list(columns), "fields": list(columns.values()), "token": token, "at": at}
    await session.execute(queries.REMEMBER_COLUMNS, {**home, **said})


async def forget_columns(session: AsyncSession, home: Home, headers: Iterable[str] | None = None) -> None:
    """Forget what headers mean, in whatever spelling it was said; without any named, all of them."""
    keys = None if headers is None else set(map(header_key, headers))
    known = [column.header for column in await remembered_columns(session, home)]
    forgotten = [one for one in known if keys is None or header_key(one) in keys]
    await session.execute(queries.FORGET_COLUMNS, {**home, "headers": forgotten})
