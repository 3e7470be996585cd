"""Recording one report: through the batch where the report allows it, in full otherwise."""

from datetime import datetime
from http import HTTPStatus
from typing import NamedTuple

import msgspec

from app.auth import idempotency
from app.auth.idempotency import IdempotentRequest, StoredAnswer
from app.auth.identity import Identity, not_your_unit
from app.catalogue.catalogues import Catalogues
from app.data_version import DataVersion, DataVersionMonitor
from app.db import Database
from app.errors import Complaint, InvalidInput, NotYourRole, Problem
from app.updates import rules
from app.updates.group_commit import GroupCommit, PendingReport
from app.updates.output import status_update_out
from app.updates.reports import Report
from app.updates.service import record

CREATED = HTTPStatus.CREATED
HEADERS = {"content-type": "application/json"}


class _Stored(msgspec.Struct):
    id: str


class ReportAnswer(NamedTuple):
    """A `StatusUpdateOut` as JSON, and whether it was the answer to an earlier request with the same key."""

    body: bytes
    is_replay: bool

    def headers(self, prefix: str = "") -> dict[str, str]:
        """The header fields of its own, of a service whose addresses begin with the prefix."""
        found = {"location": f"{prefix}/v1/status-updates/{msgspec.json.decode(self.body, type=_Stored).id}"}
        return {**found, "idempotency-replayed": "true"} if self.is_replay else found


class CallerOutdated(Exception):
    """Tokens changed since the caller was authenticated: authenticate again, then record. Nothing was stored."""


class Recorder:
    """Records single reports of one worker, whichever way they came in."""

    def __init__(
        self, database: Database, versions: DataVersionMonitor, catalogues: Catalogues, group_commit: GroupCommit
    ) -> None:
        self._database = database
        self._versions = versions
        self._catalogues = catalogues
        self._group_commit = group_commit

    async def record(
        self, who: Identity, version: DataVersion, report: Report, asked: IdempotentRequest | None
    ) -> ReportAnswer:
        """Store a report and its answer. `version` is one at which `who` was authenticated.

        Raises:
            Problem: the report is refused; nothing was stored.
            CallerOutdated: `version` no longer says who the caller is; nothing was stored.
            DBAPIError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError: it may have been stored or
                not, so only a retry with the same key is safe.

        """
        pending = self._for_batch(who, version, report, asked)
        body = await self._group_commit.record(pending) if pending else None
        if body is None:
            await self._refuse_outdated(version)
            return await self._record_in_full(who, report, asked)
        self._database.committed()
        return ReportAnswer(body, is_replay=False)

    def _for_batch(
        self, who: Identity, version: DataVersion, report: Report, asked: IdempotentRequest | None
    ) -> PendingReport | None:
        """The report as the batch takes it: valid as far as can be said without its assignment, and no verdict."""
        catalogue = self._catalogues.cached(version)
        if catalogue is None or not rules.is_trivially_valid(report, self._latest()):
            return None
        assignment = rules.find_assignment(report, who, catalogue)
        if isinstance(assignment, list):
            return None
        key, fingerprint = (asked.key, asked.fingerprint) if asked else (None, b"")
        return PendingReport(who, version, catalogue, assignment, report, key, fingerprint)

    def _latest(self) -> datetime:
        return self._versions.now() + rules.CLOCK_SKEW

    async def _refuse_outdated(self, version: DataVersion) -> None:
        now = await self._versions.version()
        if (now.tokens, now.connection) != (version.tokens, version.connection):
            raise CallerOutdated

    async def _record_in_full(self, who: Identity, report: Report, asked: IdempotentRequest | None) -> ReportAnswer:
        catalogue = await self._catalogues.current()
        async with self._database.writing(who.scope) as session:
            if asked and (before := await idempotency.stored_answer(session, asked)):
                return ReportAnswer(before.body, is_replay=True)
            recorded = await record(session, catalogue, who, [report])
            if complaints := recorded.complaints.get(0):
                raise refusal(who, complaints)
            [entry] = recorded.entries
            out = status_update_out(
                catalogue,
                entry.subject,
                entry.report,
                id=entry.id,
                effective_at=entry.effective_at,
                recorded_at=recorded.recorded_at,
                current=entry.current,
            )
            body = out.model_dump_json().encode()
            if asked:
                await idempotency.store_answer(session, asked, StoredAnswer(CREATED, HEADERS, body))
        return ReportAnswer(body, is_replay=False)


def refusal(who: Identity, complaints: tuple[Complaint, ...]) -> Problem:
    """The problem of a refused report: 403 when the complaint is about who is asking, else 422."""
    codes = {complaint.code for complaint in complaints}
    if codes & rules.AUTHORITY:
        return not_your_unit(who, complaints) if "not-your-unit" in codes else NotYourRole(errors=complaints)
    return InvalidInput(errors=complaints)
