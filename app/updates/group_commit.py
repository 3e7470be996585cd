"""Group commit: reports that come while others are being stored are stored together afterwards, in one transaction.

A report that finds nobody before it goes at once, and alone. There is no timer: who comes meanwhile waits for the
commit that is under way, and the more they are, the less the next one costs each of them.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import asyncpg

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.db import Database, asyncpg_arguments, harmless_scope
from app.flights import Flights
from app.ids import ids_at
from app.settings import Settings
from app.snapshot import Version, Watch
from app.updates.hatch_queries import RECORD
from app.updates.reports import Report
from app.updates.rules import Subject, settled
from app.updates.schemas import StatusUpdateOut
from app.updates.shown import stored

MOST = 64
"""Reports in one transaction."""
TRIES = 4
"""How often a report goes along whose assignment somebody else was about to change."""
PLANNED = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
"""The way is always from the reports to their assignments."""
_PATIENCE = {"lock_timeout": "250ms"}  # all would wait for what one of them waits for: then better each alone


@dataclass(frozen=True, slots=True, eq=False)
class Entrant:
    """A report that is good as far as can be said without its assignment.

    It was judged by the tokens and the catalogue of a version, and is stored only while these still hold.
    """

    who: Identity
    version: Version
    catalogue: Catalogue
    subject: Subject
    report: Report
    key: str | None
    fingerprint: bytes

    def as_stored(self, at: datetime) -> StatusUpdateOut:
        """What is answered when it is recorded at that moment."""
        return stored(
            self.catalogue,
            self.subject,
            self.report,
            id=next(ids_at(at)),
            effective_at=settled(self.report.effective_at, at),
            recorded_at=at,
            current=True,
        )


class Carried(NamedTuple):
    """What became of a group: the answers to those that were stored, and who may come again; all others may not."""

    stored: dict[Entrant, bytes]
    again: set[Entrant]


class GroupCommit:
    """A connection of its own, and the reports that wait for it."""

    def __init__(self, database: Database, watch: Watch, settings: Settings) -> None:
        self._arguments = asyncpg_arguments(database.url, settings)
        self._arguments["server_settings"] |= PLANNED | _PATIENCE
        self._watch = watch
        self._connection: Any = None
        self._statement: Any = None
        self._flights = Flights(self._store, choose=_one_of_each)

    async def record(self, entrant: Entrant) -> bytes | None:
        """Store the report with its answer; None when it is not as simple as that, and nothing was stored.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError: it may have been stored or not.

        """
        for _ in range(TRIES):
            carried = await self._flights.board(entrant)
            if entrant not in carried.again:
                return carried.stored.get(entrant)
        return None

    async def _store(self, entrants: list[Entrant]) -> Carried:
        """Store them in one transaction, recorded now."""
        outs = [entrant.as_stored(self._watch.now()) for entrant in entrants]
        answers = [out.model_dump_json().encode() for out in outs]
        scopes = " ".join(sorted({harmless_scope(entrant.who.scope) for entrant in entrants}))
        records = list(map(_record, entrants, outs, answers))
        statement = await self._prepared()
        try:
            became = {row["id"]: row["is_stored"] for row in await statement.fetch(scopes, records)}
        except asyncpg.PostgresError:
            if self._connection.is_closed():
                raise
            # Rolled back, so the route may tell each what is wrong. The statement is made anew, should it be that.
            became, self._statement = {}, None
        those = [
            (entrant, answer, became.get(out.id)) for entrant, answer, out in zip(entrants, answers, outs, strict=True)
        ]
        return Carried(
            {entrant: answer for entrant, answer, is_stored in those if is_stored},
            {entrant for entrant, _, is_stored in those if is_stored is False},
        )

    async def _prepared(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            self._connection, self._statement = await asyncpg.connect(**self._arguments), None
        if self._statement is None:
            self._statement = await self._connection.prepare(RECORD)
        return self._statement

    def close(self) -> None:
        self._flights.cancel()
        if self._connection is not None:
            self._connection.terminate()


def _one_of_each(waiting: list[Entrant]) -> list[Entrant]:
    """The first that wait, and of each assignment one: the turn of another one comes the next time."""
    first: dict[Subject, Entrant] = {}
    for entrant in waiting:
        first.setdefault(entrant.subject, entrant)
        if len(first) == MOST:
            break
    return list(first.values())


def _record(e: Entrant, out: StatusUpdateOut, answer: bytes) -> tuple[Any, ...]:
    """What is sent of a report, in the order of `hatch_queries.COLUMNS`."""
    return (
        e.subject.owner,
        e.subject.task,
        e.subject.unit,
        out.id,
        out.status.value,
        out.effective_at,
        out.recorded_at,
        e.report.note,
        e.report.evidence,
        e.report.document_number,
        e.report.document_date,
        e.who.scope,
        e.who.token,
        e.version.tokens,
        e.version.catalogue,
        e.key,
        e.fingerprint,
        answer,
    )
