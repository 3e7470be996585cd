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
from app.catalogue.catalogue import Catalogues
from app.db import Database
from app.snapshot import Version, Watch
from app.updates import rules
from app.updates.group_commit import Entrant, GroupCommit
from app.updates.reports import read_report
from app.web import strict_json

PATH = "/v1/status-updates"
LARGEST = 64 * 1024
ELSEWHERE = (b"origin", b"expect")
"""Headers of requests that want more than an answer: CORS, and a word before the body is sent."""

Headers = Mapping[bytes, bytes]


class Hatch:
    """What a report has to pass, and where it is passed on to."""

    def __init__(
        self,
        group_commit: GroupCommit,
        database: Database,
        watch: Watch,
        identities: Identities,
        catalogues: Catalogues,
        limits: Limits,
    ) -> None:
        self._group_commit = group_commit
        self._database = database
        self._watch = watch
        self._identities = identities
        self._catalogues = catalogues
        self._limits = limits

    def is_for(self, scope: Mapping[str, Any]) -> bool:
        """Whether this is the way for a request: a small JSON body of a known length, and a token."""
        if scope["path"] != PATH or scope["method"] != "POST" or scope["query_string"]:
            return False
        headers = dict(scope["headers"])
        length = headers.get(b"content-length", b"")
        if not length.isdigit() or int(length) > LARGEST or headers.get(b"content-type") != b"application/json":
            return False
        return b"authorization" in headers and not any(name in headers for name in ELSEWHERE)

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

    async def _admitted(self, headers: Headers) -> tuple[Identity, Version] | None:
        """A reporter whose token was recognised before, and who has not asked too often."""
        try:
            version = self._watch.lately() or await self._watch.version()
        except Exception:  # noqa: BLE001 - the database is away: the route knows how to say so
            return None
        who = self._identities.recalled(headers[b"authorization"], version, self._watch.now())
        if who is None or not who.role.at_least(Role.REPORTER) or not self._limits.requests.has_room_for(who.token):
            return None
        return who, version

    def _understood(self, who: Identity, version: Version, headers: Headers, body: bytes) -> Entrant | None:
        """The report, when nothing is wrong with it; every complaint is the route's to make."""
        catalogue = self._catalogues.held(version)
        key = headers.get(b"idempotency-key", b"").decode("latin-1")
        if catalogue is None or (key and not KEY.fullmatch(key)):
            return None
        try:
            report = read_report(strict_json(body))
        except errors.Problem:
            return None
        subject = rules.find_subject(report, who, catalogue)
        if isinstance(subject, list) or not rules.beyond_doubt(report, self._watch.now() + rules.CLOCK_SKEW):
            return None
        return Entrant(who, version, catalogue, subject, report, key or None, fingerprint("POST", PATH, "", body))
