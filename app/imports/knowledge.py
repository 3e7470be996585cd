"""What is known of the work that a file speaks of, read from the database before its rows are judged."""

import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from app.db import rows
from app.imports import last_row_queries, queries
from app.imports.judging.content import ReportContent
from app.imports.judging.judge import Bases
from app.imports.judging.known import KnownReport, KnownReports
from app.imports.judging.rows import JudgedRow, LastRow, RefusedRow, Sending, has_time
from app.imports.reading.limits import AtPlace, Unreadable
from app.imports.reading.values.links import is_plain_link, parted
from app.imports.reading.values.text import clean
from app.status import VERDICTS
from app.updates.rules import AssignmentKey, AssignmentState
from app.updates.service import as_columns

Judgeable = Sequence[tuple[AssignmentKey, JudgedRow]]


async def known_reports(
    session: AsyncSession,
    judgeable: Judgeable,
    found: Mapping[AssignmentKey, AssignmentState],
    sending: Sending,
    digest: bytes,
) -> dict[AssignmentKey, KnownReports]:
    """Of each assignment as much as its rows are held against.

    The whole history where a row has no time, was filled from a template, meets a verdict, or was refused before; else
    the moments that rows speak of, and what stands.
    """
    subjects = sorted({subject for subject, _ in judgeable})
    last_rows = await _last_rows(session, subjects, sending, digest)
    refused_rows = await _refused_rows(session, subjects, sending)
    reported = [subject for subject in subjects if subject in found and found[subject].effective_at]
    whole = sorted({*_in_need_of_history(judgeable, found, sending), *refused_rows}.intersection(reported))
    rest = sorted(set(reported).difference(whole))
    known: dict[AssignmentKey, dict[Any, KnownReport]] = defaultdict(dict)
    for those, query, more in (
        (whole, queries.HISTORY, {}),
        (rest, queries.STANDING, {}),
        (rest, queries.AT_MOMENTS, _moments(judgeable, rest, found)),
    ):
        if those and more is not None:
            for row in await rows(session, query, **as_columns(those), **more, digest=digest):
                known[those[row.place - 1]][row.id] = _known(row)
    return {
        subject: KnownReports.of(
            known[subject].values(),
            found[subject].complete_since if subject in found else None,
            last_rows.get(subject, ()),
            refused_rows.get(subject, ()),
        )
        for subject in {*known, *last_rows, *refused_rows}
    }


def _in_need_of_history(
    judgeable: Judgeable, found: Mapping[AssignmentKey, AssignmentState], sending: Sending
) -> set[AssignmentKey]:
    return {
        subject
        for subject, row in judgeable
        if not has_time(row, sending) or row.base or (subject in found and found[subject].status in VERDICTS)
    }


def _moments(
    judgeable: Judgeable, subjects: Sequence[AssignmentKey], found: Mapping[AssignmentKey, AssignmentState]
) -> dict[str, Any] | None:
    """The moments that rows speak of, up to what stands: behind that the history holds nothing."""
    places = {subject: place for place, subject in enumerate(subjects, 1)}
    asked = {
        (places[subject], row.effective_at)
        for subject, row in judgeable
        if subject in places
        and row.effective_at
        and row.effective_at <= (found[subject].effective_at or row.effective_at)
    }
    in_order = sorted(asked)
    if not in_order:
        return None
    return {"places": [place for place, _ in in_order], "moments": [moment for _, moment in in_order]}


async def _last_rows(
    session: AsyncSession, subjects: Sequence[AssignmentKey], sending: Sending, digest: bytes
) -> dict[AssignmentKey, tuple[LastRow, ...]]:
    """The last word of a file with the same token, and of the sender's unit."""
    if not subjects:
        return {}
    asked = {"token": sending.token, "sender": sending.unit, "digest": digest}
    by_token: dict[AssignmentKey, LastRow] = {}
    by_unit: dict[AssignmentKey, LastRow] = {}
    for row in await rows(session, last_row_queries.LAST_ROWS, **as_columns(subjects), **asked):
        last = LastRow(_content(row), row.effective_at, row.committed_at)
        if row.token == sending.token:
            by_token[subjects[row.place - 1]] = last
        if row.sender == sending.unit:
            by_unit[subjects[row.place - 1]] = last
    return {
        subject: tuple(dict.fromkeys(those[subject] for those in (by_token, by_unit) if subject in those))
        for subject in {*by_token, *by_unit}
    }


async def _refused_rows(
    session: AsyncSession, subjects: Sequence[AssignmentKey], sending: Sending
) -> dict[AssignmentKey, tuple[RefusedRow, ...]]:
    """What files with the same token, or of the sender's unit, said last and in vain."""
    if not subjects:
        return {}
    asked = {"token": sending.token, "sender": sending.unit}
    refused: dict[AssignmentKey, tuple[RefusedRow, ...]] = defaultdict(tuple)
    for row in await rows(session, last_row_queries.REFUSED_ROWS, **as_columns(subjects), **asked):
        refused[subjects[row.place - 1]] += (RefusedRow(_content(row), row.effective_at, row.refused_since),)
    return dict(refused)


async def bases_of(session: AsyncSession, judgeable: Judgeable, digest: bytes) -> Bases:
    """The updates that template rows were filled from, as far as they are there."""
    asked = {(subject.owner, row.base.update) for subject, row in judgeable if row.base and row.base.update}
    if not asked:
        return {}
    owners, ids = zip(*asked, strict=True)
    found = await rows(session, queries.BASES, owners=" ".join(owners), ids=list(ids), digest=digest)
    return {row.id: (AssignmentKey(row.owner, row.task, row.unit), _known(row)) for row in found}


def _known(row: Any) -> KnownReport:
    return KnownReport(
        row.id,
        row.effective_at,
        row.recorded_at,
        _content(row),
        row.token,
        row.token_name,
        row.import_unit,
        tuple(row.templates or ()),
        row.undoes,
        row.role,
    )


def _content(row: Any) -> ReportContent:
    """As a file would say it: its texts as cells are read, its links as those of one cell."""
    links = _links(row.evidence) if row.evidence else ()
    return ReportContent(row.status, _as_read(row.note), links, _as_read(row.document_number), row.document_date)


def _links(reported: Sequence[str]) -> tuple[str, ...]:
    if len(reported) == 1 and is_plain_link(reported[0]):
        return (reported[0],)
    return tuple(dict.fromkeys(parted(_as_read("\n".join(reported)) or "")))


def _as_read(written: str | None) -> str | None:
    """A text as it is read from a cell; what no cell may hold, composed and trimmed."""
    if not written:
        return None
    try:
        return clean(written) or None
    except (Unreadable, AtPlace):
        return unicodedata.normalize("NFC", written).strip() or None
