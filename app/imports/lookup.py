"""Finding what is stored of an import: the import itself, to be changed; its rows; the field of each column."""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity, not_your_unit
from app.db import rows
from app.errors import NotFound
from app.imports import import_rows, queries
from app.imports.import_rows import ImportRow
from app.imports.schemas import OUTCOMES
from app.scope import EVERYTHING


async def import_to_change(session: AsyncSession, who: Identity, import_id: UUID) -> Any:
    """An import that is one's own to commit, locked."""
    found = await rows(session, queries.IMPORT_TO_CHANGE, id=import_id)
    if not found:
        raise NotFound
    if not _is_own(who, found[0]):
        raise not_your_unit(who)
    return found[0]


def _is_own(who: Identity, preview: Any) -> bool:
    if preview.owner == EVERYTHING:
        return who.sees_everything
    return who.owns(preview.owner, preview.unit)


async def rows_of(
    session: AsyncSession,
    preview: Any,
    outcomes: Sequence[str] | None = None,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[ImportRow]:
    """The rows of an import in the order of the file."""
    mine = {"owner": preview.owner, "import_id": preview.id}
    wanted = None if outcomes is None else list(outcomes)
    last = await session.scalar(queries.LAST_PLACE, mine) or 0
    found: list[ImportRow] = []
    at = import_rows.bundle_of(after + 1) * import_rows.BUNDLE_ROWS
    step = import_rows.BUNDLE_ROWS if limit else last
    while at < last and (limit is None or len(found) < limit):
        stored = await rows(session, queries.ROWS, **mine, outcomes=wanted, after=at, upto=at + step)
        found += [row for row in await asyncio.to_thread(import_rows.unpacked, stored) if row.place > after]
        at, step = at + step, step * 2
    return found[:limit]


async def all_rows_of(session: AsyncSession, preview: Any, outcomes: Sequence[str] = OUTCOMES) -> list[ImportRow]:
    """The rows of a preview that are to be judged again.

    Raises:
        NotFound: it has become too old, and some of its rows are forgotten already.

    """
    found = await rows_of(session, preview, outcomes)
    if len(found) != sum(preview.counts[outcome] for outcome in outcomes):
        raise NotFound
    return found


def fields_of(read_as: Mapping[str, Any]) -> dict[str | None, list[str | None]]:
    """The field of each column, sheet by sheet; those of the only sheet are also those of rows without one."""
    fields = {sheet["name"]: [column["field"] for column in sheet["columns"]] for sheet in read_as["sheets"]}
    return {None: next(iter(fields.values()), []), **fields}
