"""What a committed file said last of each assignment, kept for judging the files after it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.imports import import_rows, last_row_queries
from app.imports.import_rows import ImportRow
from app.imports.judged import Judged, content_of, with_content
from app.imports.judging.content import NOTHING_YET
from app.imports.judging.rows import JudgedRow, Sending, moment_of, of_one_moment
from app.imports.plan import Planned
from app.updates import rules as reporting
from app.updates.rules import AssignmentKey
from app.updates.service import as_columns, offload

KNOWN_BETTER = frozenset({"changed-since", "returned-since", "verified"})
"""Why a row is refused that is sound by itself: because of what had been reported."""


class Word(NamedTuple):
    """A row that said something of an assignment, by its place in the file; `since` when an earlier file said it."""

    subject: AssignmentKey
    place: int
    row: Planned
    is_refused: bool
    since: datetime | None = None


class CommittedFile(NamedTuple):
    import_id: UUID
    token: str
    sender: str
    digest: bytes
    committed_at: datetime


def words_of(planned: Sequence[Planned], judged: Judged) -> list[Word]:
    """The rows that say something: not untouched template rows, nor what another row says for them."""
    words, repeated = [], _repeated(judged)
    for index, subject in judged.subjects.items():
        if index in repeated:
            continue
        refusal = judged.decisions.refused.get(index)
        is_refused = refusal is not None and refusal.code in KNOWN_BETTER
        if index not in judged.decisions.as_filled and (is_refused or judged.outcomes[index] != "rejected"):
            words.append(_word(subject, index, planned[index], judged, is_refused=is_refused))
    return words


def refused_words(rows: Iterable[ImportRow], who: Identity, catalogue: Catalogue, judged: Judged) -> list[Word]:
    """The rows among those that a preview refused."""
    words, repeated = [], _repeated(judged)
    for row in rows:
        if KNOWN_BETTER.isdisjoint(remark.code for remark in row.report.remarks) or row.place - 1 in repeated:
            continue
        planned = import_rows.planned(row)
        subject = reporting.find_assignment(planned.report, who, catalogue)
        if isinstance(subject, AssignmentKey):
            words.append(_word(subject, row.place - 1, planned, judged, is_refused=True))
    return words


def _repeated(judged: Judged) -> set[int]:
    return {index for those in judged.decisions.repeated.values() for index in those}


def _word(subject: AssignmentKey, index: int, row: Planned, judged: Judged, *, is_refused: bool) -> Word:
    if content := judged.decisions.together.get(index):
        row = msgspec.structs.replace(row, report=with_content(row.report, content))
    return Word(subject, index + 1, row, is_refused, judged.decisions.said_since.get(index))


class LastWords(NamedTuple):
    """The last word on each assignment: of the good ones, and of all."""

    good: dict[AssignmentKey, Word]
    of_all: dict[AssignmentKey, Word]


def last_words(words: Iterable[Word], sending: Sending) -> LastWords:
    """Of each assignment the word of the latest moment, then of the last row."""
    in_order = sorted(words, key=lambda word: (of_one_moment(_moment_of(word, sending)), word.place))
    good = {word.subject: word for word in in_order if not word.is_refused}
    return LastWords(good, {word.subject: word for word in in_order})


def _moment_of(word: Word, sending: Sending) -> datetime | None:
    row = word.row
    return moment_of(JudgedRow(word.place, row.line, NOTHING_YET, row.report.effective_at, row.day), sending)


async def remember(session: AsyncSession, file: CommittedFile, words: Sequence[Word], sending: Sending) -> None:
    """Keep the last words that were stored or held, and those that were refused and are a file's last of all."""
    good, last = await offload(words, last_words, words, sending)
    mine = {"token": file.token, "sender": file.sender}
    if good:
        about = as_columns(good)
        await session.execute(last_row_queries.FORGET_EARLIER_ROWS, {**about, "token": file.token})
        of_file = {"import_id": file.import_id, "digest": file.digest}
        said = _said(good, file.committed_at)
        await session.execute(last_row_queries.ADD_LAST_ROWS, {**about, **said, **mine, **of_file})
    if heard := [subject for subject, word in last.items() if not word.is_refused]:
        await session.execute(last_row_queries.FORGET_REFUSED_ROWS, {**as_columns(heard), "token": file.token})
    if refused := {subject: word for subject, word in last.items() if word.is_refused}:
        said = _said(refused, file.committed_at)
        if sending.without_times:
            said["effective"] = [None] * len(refused)
        await session.execute(last_row_queries.KEEP_REFUSED_ROWS, {**as_columns(refused), **said, **mine})


def _said(words: Mapping[AssignmentKey, Word], at: datetime) -> dict[str, Any]:
    reports = [word.row.report for word in words.values()]
    contents = [content_of(report) for report in reports]
    return {
        "statuses": " ".join(content.status for content in contents),
        "effective": [report.effective_at for report in reports],
        "notes": [content.note for content in contents],
        "evidence": ["\n".join(content.evidence) or None for content in contents],
        "document_numbers": [content.document_number for content in contents],
        "document_dates": [content.document_date for content in contents],
        "since": [(word.is_refused and word.since) or at for word in words.values()],
    }
