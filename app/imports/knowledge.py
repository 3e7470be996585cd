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
from app.imports.reading.values.links import is_plain_link, split_links
from app.imports.reading.values.text import clean
from app.status import VERDICTS
from app.updates.rules import AssignmentKey, AssignmentState
from app.updates.service import as_columns, offload

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
    the moments that rows speak of, and what stands. All rows are read first, and put together beside the event loop.
    """
    subjects, in_need = await offload(judgeable, _subjects_of, judgeable, found, sending)
    if not subjects:
        return {}
    asked = {**as_columns(subjects), "token": sending.token, "sender": sending.unit}
    last_rows = await rows(session, last_row_queries.LAST_ROWS, **asked, digest=digest)
    refused_rows = await rows(session, last_row_queries.REFUSED_ROWS, **asked)
    refused_before = {subjects[row.place - 1] for row in refused_rows}
    reported = [subject for subject in subjects if subject in found and found[subject].effective_at]
    whole = [subject for subject in reported if subject in in_need or subject in refused_before]
    rest = sorted(set(reported).difference(whole))
    moments = await offload(judgeable, _moments, judgeable, rest, found)
    history: list[tuple[Sequence[AssignmentKey], Sequence[Any]]] = []
    for those, query, more in (
        (whole, queries.HISTORY, {}),
        (rest, queries.STANDING, {}),
        (rest, queries.AT_MOMENTS, moments),
    ):
        if those and more is not None:
            history.append((those, await rows(session, query, **as_columns(those), **more, digest=digest)))
    return await offload(judgeable, _put_together, subjects, found, history, last_rows, refused_rows, sending)


def _subjects_of(
    judgeable: Judgeable, found: Mapping[AssignmentKey, AssignmentState], sending: Sending
) -> tuple[list[AssignmentKey], set[AssignmentKey]]:
    """The assignments of the rows, and those whose whole history matters."""
    in_need = {
        subject
        for subject, row in judgeable
        if not has_time(row, sending) or row.base or (subject in found and found[subject].status in VERDICTS)
    }
    return sorted({subject for subject, _ in judgeable}), in_need


def _put_together(
    subjects: Sequence[AssignmentKey],
    found: Mapping[AssignmentKey, AssignmentState],
    history: Sequence[tuple[Sequence[AssignmentKey], Sequence[Any]]],
    last_rows: Sequence[Any],
    refused_rows: Sequence[Any],
    sending: Sending,
) -> dict[AssignmentKey, KnownReports]:
    known: dict[AssignmentKey, dict[Any, KnownReport]] = defaultdict(dict)
    for those, reports in history:
        for row in reports:
            known[those[row.place - 1]][row.id] = _known(row)
    last = _last_rows(subjects, last_rows, sending)
    refused: dict[AssignmentKey, tuple[RefusedRow, ...]] = defaultdict(tuple)
    for row in refused_rows:
        refused[subjects[row.place - 1]] += (RefusedRow(_content(row), row.effective_at, row.refused_since),)
    return {
        subject: KnownReports.of(
            known[subject].values(),
            found[subject].complete_since if subject in found else None,
            last.get(subject, ()),
            refused.get(subject, ()),
        )
        for subject in {*known, *last, *refused}
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


def _last_rows(
    subjects: Sequence[AssignmentKey], said: Sequence[Any], sending: Sending
) -> dict[AssignmentKey, tuple[LastRow, ...]]:
    """The last word of a file with the same token, and of the sender's unit."""
    by_token: dict[AssignmentKey, LastRow] = {}
    by_unit: dict[AssignmentKey, LastRow] = {}
    for row in said:
        last = LastRow(_content(row), row.effective_at, row.committed_at, row.undone)
        if row.token == sending.token:
            by_token[subjects[row.place - 1]] = last
        if row.sender == sending.unit:
            by_unit[subjects[row.place - 1]] = last
    return {
        subject: tuple(dict.fromkeys(those[subject] for those in (by_token, by_unit) if subject in those))
        for subject in {*by_token, *by_unit}
    }


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
    return tuple(dict.fromkeys(split_links(_as_read("\n".join(reported)) or "")))


def _as_read(written: str | None) -> str | None:
    """A text as it is read from a cell; what no cell may hold, composed and trimmed."""
    if not written:
        return None
    try:
        return clean(written) or None
    except (Unreadable, AtPlace):
        return unicodedata.normalize("NFC", written).strip() or None
