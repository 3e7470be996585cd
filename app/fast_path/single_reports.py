"""The hatch: a quick way in for the commonest report, past routes and sessions, to the group commit.

It takes a single report of a known token that is newer than all that is known of its assignment. Whatever is not as
simple as that, or not right, goes on to the route of the same path, which knows every case and every complaint; the
rules, the answer and the tests are the same.
"""

from collections.abc import Mapping
from typing import Any

from app import errors
from app.auth.idempotency import KEY, fingerprint
from app.auth.identity import Identity, Role
from app.auth.limits import Limits
from app.auth.service import Identities
from app.catalogue.catalogues import Catalogues
from app.data_version import DataVersion, DataVersionMonitor
from app.db import Database
from app.json_input import strict_json
from app.updates import rules
from app.updates.group_commit import GroupCommit, PendingReport
from app.updates.reports import read_report

PATH = "/v1/status-updates"
MAX_BODY = 64 * 1024
ROUTE_ONLY_HEADERS = (b"origin", b"expect")
"""Headers of requests that want more than an answer: CORS, and a word before the body is sent."""

Headers = Mapping[bytes, bytes]


class SingleReportFastPath:
    """What a report has to pass, and where it is passed on to."""

    def __init__(
        self,
        group_commit: GroupCommit,
        database: Database,
        versions: DataVersionMonitor,
        identities: Identities,
        catalogues: Catalogues,
        limits: Limits,
    ) -> None:
        self._group_commit = group_commit
        self._database = database
        self._versions = versions
        self._identities = identities
        self._catalogues = catalogues
        self._limits = limits

    def is_for(self, scope: Mapping[str, Any]) -> bool:
        """Whether this is the way for a request: a small JSON body of a known length, and a token."""
        if scope["path"] != PATH or scope["method"] != "POST" or scope["query_string"]:
            return False
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        if not length.isdigit() or int(length) > MAX_BODY or headers.get(b"content-type") != b"application/json":
            return False
        return b"authorization" in headers and not any(name in headers for name in ROUTE_ONLY_HEADERS)

    async def take(self, scope: Mapping[str, Any], body: bytes) -> bytes | None:
        """Store the report: its answer, or None when nothing was stored and the route has to see to it.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError: it may have been stored or not, so
                only the client's retry with its key is safe.

        """
        headers = dict(scope["headers"])
        admitted = await self._admitted(headers)
        if admitted is None:
            return None
        scope["state"]["counted"] = True  # the route need not count it again
        entrant = self._understood(*admitted, headers, body)
        answer = await self._group_commit.record(entrant) if entrant else None
        if answer is not None:
            self._database.committed()
        return answer

    async def _admitted(self, headers: Headers) -> tuple[Identity, DataVersion] | None:
        """A reporter whose token was recognised before, and who has not asked too often."""
        try:
            version = self._versions.recent() or await self._versions.version()
        except Exception:  # noqa: BLE001 - the database is away: the route knows how to say so
            return None
        who = self._identities.cached(headers[b"authorization"], version, self._versions.now())
        if who is None or not who.role.at_least(Role.REPORTER) or not self._limits.requests.try_acquire(who.token):
            return None
        return who, version

    def _understood(self, who: Identity, version: DataVersion, headers: Headers, body: bytes) -> PendingReport | None:
        """The report, when nothing is wrong with it; every complaint is the route's to make."""
        catalogue = self._catalogues.held(version)
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        if catalogue is None or (key and not KEY.fullmatch(key)):
            return None
        try:
            report = read_report(strict_json(body))
        except errors.Problem:
            return None
        subject = rules.find_assignment(report, who, catalogue)
        if isinstance(subject, list) or not rules.is_trivially_valid(report, self._versions.now() + rules.CLOCK_SKEW):
            return None
        return PendingReport(who, version, catalogue, subject, report, key or None, fingerprint("POST", PATH, "", body))
