"""From plan to database: keeping what became of each row, and storing exactly that."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.errors import Conflict
from app.ids import ids_at
from app.imports import import_rows, queries
from app.imports.cautions import cautions
from app.imports.columns import remember_columns
from app.imports.import_rows import ImportRow
from app.imports.judged import Judged, judge_rows, times_as_sent
from app.imports.judging.rows import Sending
from app.imports.last_words import CommittedFile, Word, refused_words, remember, words_of
from app.imports.lookup import all_rows_of, fields_of, import_to_change
from app.imports.outdated import READING_WARNINGS, refuse_differences, remain
from app.imports.plan import Planned
from app.imports.remarks import Remark
from app.language import Language
from app.messages import say
from app.scope import EVERYTHING
from app.updates.service import offload, start_offload, store


@dataclass(frozen=True)
class SentFile:
    """A file as it was read and understood, and what is kept of it."""

    planned: Sequence[Planned]
    source: str
    read_as: Mapping[str, object]
    headers: Sequence[str]
    sent: Callable[[int], Sequence[Any]]
    digest: bytes
    size: int
    warnings: Sequence[Remark] = ()
    columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Looked:
    """A file in the light of what is known: what becomes of its rows, and what its sender should know."""

    judged: Judged
    sending: Sending
    warnings: tuple[Remark, ...]
    as_sent: bool
    """Its times are those of its sending."""


async def look(
    session: AsyncSession, catalogue: Catalogue, who: Identity, file: SentFile, *, sent_at: datetime, lock: bool
) -> Looked:
    """Judge the rows of a file that was sent at a moment."""
    sender, as_sent = _home(who)["unit"], await offload(file.planned, times_as_sent, file.planned, sent_at)
    return await _look(
        session, catalogue, who, file.planned, digest=file.digest, sender=sender, as_sent=as_sent, lock=lock
    )


async def _look(
    session: AsyncSession,
    catalogue: Catalogue,
    who: Identity,
    planned: Sequence[Planned],
    *,
    digest: bytes,
    sender: str,
    as_sent: bool,
    lock: bool,
    left_out: AbstractSet[int] = frozenset(),
) -> Looked:
    """Judge the rows of a file of a unit; those that are left out stay refused."""
    before = await session.scalar(queries.FILE_BEFORE, {"owner": _home(who)["owner"], "token": who.token})
    sending = Sending(
        clock.now(),
        who.token,
        sender,
        is_ministry=who.sees_everything,
        without_times=bool(before) and as_sent,
    )
    judged = await judge_rows(session, catalogue, who, planned, sending, digest=digest, lock=lock, left_out=left_out)
    found = cautions(planned, judged.outcomes, judged.decisions, without_times=sending.without_times)
    return Looked(judged, sending, tuple(found), as_sent)


def _home(who: Identity) -> dict[str, str]:
    return {"owner": who.owner or EVERYTHING, "unit": who.unit or EVERYTHING}


async def keep(
    session: AsyncSession,
    who: Identity,
    file: SentFile,
    looked: Looked,
    *,
    sent_at: datetime,
    committed: bool,
    named: UUID | None = None,
) -> UUID:
    """Keep what a file was understood as, to be read row by row and committed; when it is `committed`, store it too.

    The reports come last: what they move is what others wait for. `named`: an id that is known beforehand.
    """
    judged, import_id = looked.judged, named or next(ids_at(sent_at))
    mine = _home(who)
    await session.execute(
        queries.ADD_IMPORT,
        {
            **mine,
            "id": import_id,
            "token": who.token,
            "state": "committed" if committed else "previewed",
            "source": file.source,
            "read_as": _json(file.read_as),
            "headers": [header.replace("\0", "␀") for header in file.headers],
            "counts": _json(judged.counts),
            "created_at": sent_at,
            "committed_at": judged.recorded.recorded_at if committed else None,
            "digest": file.digest,
            "size": file.size,
            "templates": sorted({row.base.template for row in file.planned if row.base})[:100],
            "times_as_sent": looked.as_sent,
            "warnings": _json([*file.warnings, *looked.warnings]),
            "columns": _json(file.columns),
        },
    )
    those = (file.planned, judged.outcomes, judged.before, judged.remarks, file.sent)
    columns = start_offload(file.planned, import_rows.columns, *those)
    if committed:
        words = await offload(file.planned, words_of, file.planned, judged)
        await _remember(session, who, import_id, file.digest, words, looked, file.columns, mine)
    await session.execute(queries.ADD_ROWS, {**mine, "import_id": import_id, **await columns})
    if committed:
        await store(session, who, judged.recorded, import_id)
    return import_id


async def _remember(
    session: AsyncSession,
    who: Identity,
    import_id: UUID,
    digest: bytes,
    words: Sequence[Word],
    looked: Looked,
    columns: Mapping[str, str],
    mine: Mapping[str, str],
) -> None:
    """Remember for the next file of the unit what this one said, and how it was read."""
    at = looked.judged.recorded.recorded_at
    file = CommittedFile(import_id, who.token, mine["unit"], digest, at)
    await remember(session, file, words, looked.sending)
    if columns:
        await remember_columns(session, mine, columns, who.token, at)


def _json(value: object) -> str:
    return import_rows.to_json(value)


def refused_rows(file: SentFile, looked: Looked) -> Iterator[ImportRow]:
    """The bad rows of a file that is not kept, each made when it is asked for."""
    for index, those in sorted(looked.judged.remarks.items()):
        yield import_rows.refused(index, file.planned[index], those, file.sent(index))


async def commit(
    session: AsyncSession, catalogue: Catalogue, who: Identity, import_id: UUID, language: Language
) -> bool:
    """Store exactly what was previewed. What was committed before is left as it is: False.

    Raises:
        NotYourUnit: who sent it and who commits it are not of the same unit.
        PreviewOutdated: a row would come out differently by now; nothing is stored.

    """
    preview = await import_to_change(session, who, import_id)
    if preview.state == "committed":
        return False
    kept = await all_rows_of(session, preview)
    planned = await asyncio.to_thread(_planned_again, kept)
    refused = [row for row in kept if row.outcome == "rejected"]
    left_out = frozenset(row.place - 1 for row in refused)
    looked = await _look_again(session, catalogue, who, preview, planned, lock=True, left_out=left_out)
    refuse_differences(kept, looked.judged, language)
    words = await offload(planned, words_of, planned, looked.judged)
    words += await offload(refused, refused_words, refused, who, catalogue, looked.judged)
    mine = {"owner": preview.owner, "unit": preview.unit}
    await _remember(session, who, import_id, preview.digest, words, looked, preview.columns, mine)
    recorded, warnings = looked.judged.recorded, _warnings_by_now(preview, looked)
    about = {"owner": preview.owner, "id": preview.id, "at": recorded.recorded_at, "warnings": warnings}
    await session.execute(queries.COMMITTED, about)
    await store(session, who, recorded, import_id)
    return True


async def preview_again(session: AsyncSession, catalogue: Catalogue, who: Identity, import_id: UUID) -> None:
    """Judge the rows of a preview anew, by what is known now.

    Raises:
        Conflict: it is committed already.

    """
    preview = await import_to_change(session, who, import_id)
    if preview.state == "committed":
        raise Conflict(say("conflict.stored"))
    kept = await all_rows_of(session, preview)
    planned = await asyncio.to_thread(_planned_again, kept)
    looked = await _look_again(session, catalogue, who, preview, planned, lock=False)
    judged = looked.judged
    cells = partial(_cells_again, kept, fields_of(preview.read_as))
    those = (planned, judged.outcomes, judged.before, judged.remarks, cells)
    columns = await offload(planned, import_rows.columns, *those)
    mine = {"owner": preview.owner, "import_id": preview.id}
    await session.execute(queries.FORGET_ROWS, mine)
    await session.execute(queries.ADD_ROWS, {**mine, "unit": preview.unit, **columns})
    counts, warnings = _json(judged.counts), _warnings_by_now(preview, looked)
    about = {"owner": preview.owner, "id": preview.id, "counts": counts, "warnings": warnings}
    await session.execute(queries.PREVIEWED_AGAIN, about)


def _planned_again(rows: Sequence[ImportRow]) -> list[Planned]:
    return [import_rows.planned(row, remain(row)) for row in rows]


def _warnings_by_now(preview: Any, looked: Looked) -> str:
    """What the file was warned of when it was read, and what its sender should know by now."""
    read = [one for one in msgspec.convert(preview.warnings, list[Remark]) if one.code in READING_WARNINGS]
    return _json([*read, *looked.warnings])


def _cells_again(
    stored: Sequence[ImportRow], fields: Mapping[str | None, Sequence[str | None]], index: int
) -> list[Any]:
    row = stored[index]
    return import_rows.cells_of(row, fields[row.report.sheet])


async def _look_again(
    session: AsyncSession,
    catalogue: Catalogue,
    who: Identity,
    preview: Any,
    planned: Sequence[Planned],
    *,
    lock: bool,
    left_out: AbstractSet[int] = frozenset(),
) -> Looked:
    """As when it was previewed: whoever of the unit, or above it, asks, it is a file of its sender's unit."""
    sent: dict[str, Any] = {"digest": preview.digest, "sender": preview.unit, "as_sent": preview.times_as_sent}
    return await _look(session, catalogue, who, planned, **sent, lock=lock, left_out=left_out)
