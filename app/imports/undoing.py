"""Taking a file back: each report that it stored is answered by what held just before it. Nothing is deleted."""

from collections.abc import Sequence
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app import clock
from app.auth.identity import Identity
from app.db import rows
from app.errors import Conflict, NotFound, NotYourUnit
from app.ids import highest_at, ids_at, lowest_at
from app.imports import last_row_queries, queries
from app.imports.remarks import Remark
from app.messages import say
from app.scope import EVERYTHING
from app.status import VERDICTS, Status
from app.updates.reports import Report
from app.updates.rules import AssignmentKey
from app.updates.service import Entry, Recorded, offload, read_current, recording_time, store


class LeftAlone(NamedTuple):
    """A report of the file that an undo does not answer, and why."""

    update: UUID
    task: str
    unit: str
    remark: Remark


class Undo(NamedTuple):
    """What an undo did: how many reports it answered, and which it left alone."""

    answered: int
    left_alone: tuple[LeftAlone, ...]


async def undo(session: AsyncSession, who: Identity, import_id: UUID) -> None:
    """Answer what a file stored, at its own moments, by what held just before it.

    Raises:
        NotYourUnit: neither the sender's unit nor the ministry asks.
        Conflict: it was never stored, or was taken back before.

    """
    found = await rows(session, queries.IMPORT_TO_CHANGE, id=import_id)
    if not found:
        raise NotFound
    file = found[0]
    if not (who.sees_everything or (file.owner != EVERYTHING and who.owns(file.owner, file.unit))):
        raise NotYourUnit
    if file.state != "committed" or file.undone_at is not None:
        raise Conflict(say("conflict.undone" if file.undone_at else "conflict.not-stored"))
    await _answer(session, who, file)


async def _answer(session: AsyncSession, who: Identity, file: Any) -> None:
    asked = {
        "owner": None if file.owner == EVERYTHING else file.owner,
        "import_id": file.id,
        "from_id": lowest_at(file.committed_at),
        "until_id": highest_at(file.committed_at),
    }
    touched = {(row.owner, row.task, row.unit) for row in await rows(session, queries.STORED, **asked)}
    standing = await read_current(session, {n: AssignmentKey(*one) for n, one in enumerate(sorted(touched))}, lock=True)
    stored = await rows(session, queries.STORED, **asked)  # as it is now that nobody else can report on it
    at = recording_time(standing)
    entries, left_alone = await offload(stored, answers, stored, at)
    await store(session, who, Recorded(at, entries, {}), file.id)
    await session.execute(last_row_queries.FORGET_LAST_ROWS, {"import_id": file.id})
    answered = sum(row.own for row in stored) - len(left_alone)
    done = msgspec.json.encode(Undo(answered, left_alone)).decode()
    await session.execute(queries.UNDONE, {"owner": file.owner, "id": file.id, "at": at, "undo": done})


def answers(stored: Sequence[Any], at: Any) -> tuple[tuple[Entry, ...], tuple[LeftAlone, ...]]:
    """What each report of a file is answered by. What others reported on since stays, and no verdict is restored."""
    entries, left_alone, ids = [], [], ids_at(at)
    for index, row in enumerate(stored):
        if remark := _reason_to_leave(row):
            left_alone += [LeftAlone(row.id, row.task, row.unit, remark)] if row.own else []
            continue
        report = _said(row, "before_")
        if not row.own and report == _said(row):
            continue  # what it restored was not of this file
        subject = AssignmentKey(row.owner, row.task, row.unit)
        entries.append(Entry(index, next(ids), subject, report, row.effective_at, True, True, row.id))
    return tuple(entries), tuple(left_alone)


def _said(row: Any, when: str = "") -> Report:
    """What a report said, or what held `before_` it."""
    said = (
        getattr(row, f"{when}{name}") for name in ("status", "note", "evidence", "document_number", "document_date")
    )
    status, note, evidence, number, day = said
    standing = Status(status or Status.NOT_STARTED)
    return Report(row.task, row.unit, standing, row.effective_at, note, tuple(evidence or ()), number, day)


def _reason_to_leave(row: Any) -> Remark | None:
    if row.since is not None:
        parameters = {"by": row.since_by, "role": row.since_role, "since": clock.text(row.since)}
        return Remark("", "reported-since", parameters)
    if row.before_status in VERDICTS:
        return Remark("", "verdict-not-restored", {"status": row.before_status})
    return None
