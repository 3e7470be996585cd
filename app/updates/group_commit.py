"""Group commit: reports that come while others are being stored are stored together afterwards, in one transaction.

A report that finds the connection free is stored at once, alone. There is no timer: those that come meanwhile wait for
the commit that is under way, and the more there are, the less the next one costs each of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

import asyncpg

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.concurrency import Batcher
from app.connections import PreparedConnection
from app.data_version import DataVersion, DataVersionMonitor
from app.db import WRITER_SETTINGS, Database
from app.ids import ids_at
from app.metrics import BATCH_SIZES
from app.scope import checked_scope
from app.settings import Settings
from app.updates.group_commit_queries import RECORD_BATCH, PendingRow
from app.updates.output import status_update_out
from app.updates.reports import Report
from app.updates.rules import AssignmentKey, clamp_effective_at
from app.updates.schemas import StatusUpdateOut

MAX_BATCH = 64
"""Reports in one transaction."""
MAX_TRIES = 4
"""How many batches a report is tried in while another transaction is changing its assignment."""
PLANNER_SETTINGS = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
"""The only good plan looks up the assignments of the reports by index."""
_LOCK_TIMEOUT = {"lock_timeout": "250ms"}  # a batch would wait for what one report waits for: then each is stored alone


@dataclass(frozen=True, slots=True, eq=False)
class PendingReport:
    """A report that is valid as far as can be said without its assignment.

    It was validated with the tokens and the catalogue of a version, and is stored only while these are current.
    """

    who: Identity
    version: DataVersion
    catalogue: Catalogue
    subject: AssignmentKey
    report: Report
    key: str | None
    fingerprint: bytes

    def as_stored(self, at: datetime) -> StatusUpdateOut:
        """The answer to it when it is recorded at that moment."""
        return status_update_out(
            self.catalogue,
            self.subject,
            self.report,
            id=next(ids_at(at)),
            effective_at=clamp_effective_at(self.report.effective_at, at),
            recorded_at=at,
            current=True,
        )


class BatchResult(NamedTuple):
    """What became of a batch: the answers to the stored reports, and those that a later batch may store.

    All others are left to the full path.
    """

    answers: dict[PendingReport, bytes]
    retriable: set[PendingReport]


class GroupCommit:
    """A connection of its own, and the reports that wait for it."""

    def __init__(self, database: Database, versions: DataVersionMonitor, settings: Settings) -> None:
        special = WRITER_SETTINGS | PLANNER_SETTINGS | _LOCK_TIMEOUT
        self.connection = PreparedConnection(database.connector, settings, server_settings=special)
        self._versions = versions
        self._batches = Batcher(self._store, choose=_one_of_each)

    async def record(self, pending: PendingReport) -> bytes | None:
        """Store the report and return its answer; None when the batch cannot store it, and nothing was stored.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError: it may have been stored or not.

        """
        for _ in range(MAX_TRIES):
            result = await self._batches.submit(pending)
            if pending not in result.retriable:
                return result.answers.get(pending)
        return None

    async def _store(self, waiting: list[PendingReport]) -> BatchResult:
        """Store reports in one transaction, recorded now."""
        BATCH_SIZES.observe(len(waiting))
        outs = [pending.as_stored(self._versions.now()) for pending in waiting]
        answers = [out.model_dump_json().encode() for out in outs]
        scopes = " ".join(sorted({checked_scope(pending.who.scope) for pending in waiting}))
        records = list(map(_row, waiting, outs, answers))
        try:
            rows = await self.connection.fetch(RECORD_BATCH, scopes, records)
            became = {row["id"]: row["is_stored"] for row in rows}
        except asyncpg.PostgresError:
            if not self.connection.is_open:
                raise
            became = {}  # rolled back, so the full path can say what is wrong with each
        those = [
            (pending, answer, became.get(out.id)) for pending, answer, out in zip(waiting, answers, outs, strict=True)
        ]
        return BatchResult(
            {pending: answer for pending, answer, is_stored in those if is_stored},
            {pending for pending, _, is_stored in those if is_stored is False},
        )

    def close(self) -> None:
        self._batches.cancel()
        self.connection.drop()


def _one_of_each(waiting: list[PendingReport]) -> list[PendingReport]:
    """Up to MAX_BATCH reports in order of arrival, at most one per assignment; the rest wait for the next batch."""
    first: dict[AssignmentKey, PendingReport] = {}
    for pending in waiting:
        first.setdefault(pending.subject, pending)
        if len(first) == MAX_BATCH:
            break
    return list(first.values())


def _row(pending: PendingReport, out: StatusUpdateOut, answer: bytes) -> PendingRow:
    return PendingRow(
        owner=pending.subject.owner,
        task=pending.subject.task,
        unit=pending.subject.unit,
        id=out.id,
        status=out.status.value,
        effective_at=out.effective_at,
        recorded_at=out.recorded_at,
        note=pending.report.note,
        evidence=pending.report.evidence,
        document_number=pending.report.document_number,
        document_date=pending.report.document_date,
        scope=pending.who.scope,
        token=pending.who.token,
        tokens=pending.version.tokens,
        catalogue=pending.version.catalogue,
        key=pending.key,
        fingerprint=pending.fingerprint,
        answer=answer,
    )
