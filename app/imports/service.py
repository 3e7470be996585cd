"""From plan to database: what would become of each row, and storing exactly that."""

import asyncio
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.db import rows
from app.errors import Complaint, NotFound, NotYourUnit, PreviewOutdated
from app.ids import ids_at
from app.imports import kept, queries, rules
from app.imports.kept import KeptRow
from app.imports.plan import Planned
from app.imports.readers.table import Table
from app.imports.rules import Held, Said
from app.imports.schemas import OUTCOMES, Outcome
from app.scope import EVERYTHING
from app.updates.rules import AssignmentKey, AssignmentState
from app.updates.service import (
    Recorded,
    as_columns,
    decide,
    offload,
    read_current,
    resolve_assignments,
    start_offload,
    store,
)


@dataclass(frozen=True)
class Judged:
    """What becomes of each row, by its place, and the reports among them that say something new."""

    outcomes: list[Outcome]
    recorded: Recorded

    @property
    def complaints(self) -> Mapping[int, tuple[Complaint, ...]]:
        return self.recorded.complaints

    @property
    def counts(self) -> dict[str, int]:
        found = Counter(self.outcomes)
        return {"received": len(self.outcomes)} | {outcome: found[outcome] for outcome in OUTCOMES}


async def judge(
    session: AsyncSession, catalogue: Catalogue, who: Identity, planned: Sequence[Planned], *, lock: bool
) -> Judged:
    """What becomes of the rows. Nothing is stored yet; to be stored, their assignments have to be locked."""
    reports = [row.report for row in planned]
    subjects, complaints = await offload(reports, resolve_assignments, catalogue, who, reports)
    sound = {index: subject for index, subject in subjects.items() if index not in complaints}
    found = await read_current(session, sound, lock=lock)
    held = await _held(session, planned, sound, found)
    same = await offload(reports, rules.unchanged, planned, sound, held)
    new = {index: subject for index, subject in sound.items() if index not in same}
    recorded = await decide(session, reports, new, complaints, found)
    outcomes: list[Outcome] = ["rejected"] * len(reports)
    for index in same:
        outcomes[index] = "unchanged"
    for entry in recorded.entries:
        outcomes[entry.index] = "current" if entry.current else "superseded"
    return Judged(outcomes, recorded)


async def _held(
    session: AsyncSession,
    planned: Sequence[Planned],
    subjects: Mapping[int, AssignmentKey],
    found: Mapping[AssignmentKey, AssignmentState],
) -> Held:
    """What the history holds of the moments that the rows speak of, and where their assignments stand."""
    moments, present = await offload(planned, rules.asked_about, planned, subjects, _last_times(found))
    places = [place for place, those in enumerate(moments.values(), 1) for _ in those]
    flat = [at for those in moments.values() for at in those]
    held = Held()
    for row in await _rows_about(session, queries.SAID_AT, moments, places=places, moments=flat):
        held.at.setdefault((_subject(row), row.effective_at), []).append(_said(row))
    for row in await _rows_about(session, queries.STANDING, present):
        held.standing[_subject(row)] = (row.effective_at, _said(row))
    return held


def _last_times(found: Mapping[AssignmentKey, AssignmentState]) -> dict[AssignmentKey, datetime]:
    """When what stands came to be: the history of an assignment holds nothing behind that."""
    return {subject: row.effective_at for subject, row in found.items() if row.effective_at}


async def _rows_about(
    session: AsyncSession, query: Any, subjects: Iterable[AssignmentKey], **more: object
) -> list[Any]:
    those = list(subjects)
    if not those:
        return []
    return await rows(
        session,
        query,
        **as_columns(those),
        **more,
    )


def _subject(row: Any) -> AssignmentKey:
    return AssignmentKey(row.owner, row.task, row.unit)


def _said(row: Any) -> Said:
    """As a file would say it: composed and trimmed."""
    note = unicodedata.normalize("NFC", row.note).strip() if row.note else None
    number = unicodedata.normalize("NFC", row.document_number).strip() if row.document_number else None
    return Said(row.status, note or None, tuple(row.evidence), number or None, row.document_date)


async def keep(
    session: AsyncSession, who: Identity, table: Table, planned: Sequence[Planned], judged: Judged, *, committed: bool
) -> UUID:
    """Keep what a file was understood as, to be read row by row and committed; when it is `committed`, store it too.

    While PostgreSQL stores the reports, the rows are made ready for it.
    """
    now = clock.now()
    import_id = next(ids_at(now))
    mine = {"owner": who.owner or EVERYTHING, "unit": who.unit or EVERYTHING}
    await session.execute(
        queries.ADD_IMPORT,
        {
            **mine,
            "id": import_id,
            "token": who.token,
            "state": "committed" if committed else "previewed",
            "source": table.source,
            "read_as": _json(table.read_as),
            "headers": [header.replace("\0", "␀") for header in table.headers],
            "counts": _json(judged.counts),
            "created_at": now,
            "committed_at": judged.recorded.recorded_at if committed else None,
        },
    )
    columns = start_offload(planned, kept.columns, table.read, planned, judged.outcomes, judged.complaints)
    if committed:
        await store(session, who, judged.recorded)
    await session.execute(queries.ADD_ROWS, {**mine, "import_id": import_id, **await columns})
    return import_id


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode().replace("\\u0000", "␀")


async def commit(session: AsyncSession, catalogue: Catalogue, who: Identity, import_id: UUID) -> None:
    """Store exactly what was previewed. What was committed before is left as it is.

    Raises:
        NotYourUnit: who sent it and who commits it are not of the same unit.
        PreviewOutdated: a row would come out differently by now; nothing is stored.

    """
    found = await rows(session, queries.IMPORT_TO_COMMIT, id=import_id)
    if not found:
        raise NotFound
    preview = found[0]
    if not _may_commit(who, preview):
        raise NotYourUnit
    if preview.state == "committed":
        return
    good = await rows_of(session, preview, ["current", "superseded", "unchanged"])
    planned = await asyncio.to_thread(lambda: [kept.planned(row.line, row.report) for row in good])
    judged = await judge(session, catalogue, who, planned, lock=True)
    _refuse_differences(good, judged)
    await store(session, who, judged.recorded)
    at = judged.recorded.recorded_at
    await session.execute(queries.COMMITTED, {"at": at, "owner": preview.owner, "id": preview.id})


def _may_commit(who: Identity, preview: Any) -> bool:
    if preview.owner == EVERYTHING:
        return who.sees_everything
    return who.owns(preview.owner, preview.unit)


def _refuse_differences(good: Sequence[KeptRow], judged: Judged) -> None:
    changes = [
        Complaint(f"/lines/{row.line}", "preview-outdated", f"was to be {row.outcome}, would now be {outcome}")
        for row, outcome in zip(good, judged.outcomes, strict=True)
        if row.outcome != outcome
    ]
    if changes:
        raise PreviewOutdated(f"{len(changes)} rows would come out differently by now", errors=changes[:100])


async def rows_of(
    session: AsyncSession,
    preview: Any,
    outcomes: Sequence[str] | None = None,
    *,
    after: int = 0,
    limit: int | None = None,
) -> list[KeptRow]:
    """The rows of an import in the order of the file."""
    mine = {"owner": preview.owner, "import_id": preview.id}
    wanted = None if outcomes is None else list(outcomes)
    last = await session.scalar(queries.LAST_LINE, mine) or 0
    found: list[KeptRow] = []
    at = kept.stretch_of(after + 1) * kept.STRETCH
    step = kept.STRETCH if limit else last
    while at < last and (limit is None or len(found) < limit):
        stored = await rows(session, queries.ROWS, **mine, outcomes=wanted, after=at, upto=at + step)
        found += [row for row in await asyncio.to_thread(kept.unpacked, stored) if row.line > after]
        at, step = at + step, step * 2
    return found[:limit]
