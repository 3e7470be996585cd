"""The details of a page of changes, without what the reader may not see: notes, reasons and names."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity
from app.db import rows
from app.updates import change_queries as queries
from app.updates.change_schemas import (
    BulletinChangeOut,
    ChangeKind,
    ChangeOut,
    ObstacleEventChangeOut,
    RulingChangeOut,
    UpdateChangeOut,
)
from app.updates.output import document_of


async def details(session: AsyncSession, who: Identity, found: Sequence[Any]) -> list[ChangeOut]:
    """The details of the changes, in their order, with one query for each kind among them."""
    by_kind = defaultdict(list)
    for row in found:
        by_kind[ChangeKind(row.kind)].append(row)
    shown: dict[UUID, ChangeOut] = {}
    for kind, those in by_kind.items():
        query, show = _SHOWN[kind]
        for row in await rows(session, query, **_keys(kind, those)):
            shown[row.id] = show(who, kind, row)
    return [shown[row.id] for row in found]


def _keys(kind: ChangeKind, those: Iterable[Any]) -> dict[str, list[Any]]:
    ids = [row.id for row in those]
    return {"ids": ids} if kind is ChangeKind.BULLETIN else {"ids": ids, "owners": [row.owner for row in those]}


def _update(who: Identity, kind: ChangeKind, row: Any) -> UpdateChangeOut:
    shown = {**row._mapping, "kind": kind, "document": document_of(row)}  # noqa: SLF001 - SQLAlchemy's way
    if not who.may_read(row.owner, row.unit):
        shown |= {"note": None, "evidence": [], "document": None, "by": None, "import_id": None}
    return UpdateChangeOut.model_validate(shown)


def _ruling(who: Identity, kind: ChangeKind, row: Any) -> RulingChangeOut:
    shown = {**row._mapping, "kind": kind}  # noqa: SLF001 - SQLAlchemy's way
    if not who.may_read(row.owner, row.unit):
        shown |= {"reason": None, "by": None}
    return RulingChangeOut.model_validate(shown)


def _obstacle(_: Identity, kind: ChangeKind, row: Any) -> ObstacleEventChangeOut:
    return ObstacleEventChangeOut.model_validate({**row._mapping, "kind": kind})  # noqa: SLF001 - SQLAlchemy's way


def _bulletin(who: Identity, kind: ChangeKind, row: Any) -> BulletinChangeOut:
    shown = {**row._mapping, "kind": kind}  # noqa: SLF001 - SQLAlchemy's way
    if not who.sees_everything:
        shown["by"] = None
    return BulletinChangeOut.model_validate(shown)


_SHOWN: dict[ChangeKind, tuple[Any, Callable[[Identity, ChangeKind, Any], ChangeOut]]] = {
    ChangeKind.UPDATE: (queries.UPDATES, _update),
    ChangeKind.VERDICT: (queries.UPDATES, _update),
    ChangeKind.RULING: (queries.RULINGS, _ruling),
    ChangeKind.OBSTACLE: (queries.OBSTACLES, _obstacle),
    ChangeKind.BULLETIN: (queries.BULLETINS, _bulletin),
}
