"""Group commit: reports that come while others are being stored are stored together afterwards, in one transaction.

A report that finds nobody before it goes at once, and alone. There is no timer: who comes meanwhile waits for the
commit that is under way, and the more they are, the less the next one costs each of them.
"""

from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from app.auth.identity import Identity
from app.db import Database, asyncpg_arguments, harmless_scope
from app.flights import Flights
from app.settings import Settings
from app.snapshot import Version
from app.updates.hatch_queries import RECORD
from app.updates.reports import Report
from app.updates.rules import Subject
from app.updates.schemas import StatusUpdateOut

MOST = 64
"""Reports in one transaction."""
PLANNED = {"enable_seqscan": "off", "enable_hashjoin": "off", "enable_mergejoin": "off"}
"""The way is always from the reports to their assignments."""
_PATIENCE = {"lock_timeout": "250ms"}  # all would wait for what one of them waits for: then better each alone


class Entrant(NamedTuple):
    """A report that is good as far as can be said without its assignment, and what to answer when it is stored.

    It was judged by the tokens and the catalogue of a version, and is stored only while these still hold.
    """

    who: Identity
    version: Version
    subject: Subject
    report: Report
    out: StatusUpdateOut
    key: str | None
    fingerprint: bytes
    answer: bytes


class GroupCommit:
    """A connection of its own, and the reports that wait for it."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._arguments = asyncpg_arguments(database.url, settings)
        self._arguments["server_settings"] |= PLANNED | _PATIENCE
        self._connection: Any = None
        self._statement: Any = None
        self._flights = Flights(self._store, choose=_one_of_each)

    async def record(self, entrant: Entrant) -> bool:
        """Store the report with its answer; False when it is not as simple as that, and nothing was stored.

        Raises:
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError: it may have been stored or not.

        """
        return entrant.out.id in await self._flights.board(entrant)

    async def _store(self, entrants: list[Entrant]) -> set[UUID]:
        """Store them in one transaction; the ids of those that could be."""
        scopes = " ".join(sorted({harmless_scope(entrant.who.scope) for entrant in entrants}))
        columns = map(list, zip(*map(_columns, entrants), strict=True))
        statement = await self._prepared()
        try:
            return {row["id"] for row in await statement.fetch(scopes, *columns)}
        except asyncpg.PostgresError:
            if self._connection.is_closed():
                raise
            return set()  # rolled back, so the route may tell each of them what is wrong

    async def _prepared(self) -> Any:
        if self._connection is None or self._connection.is_closed():
            connection = await asyncpg.connect(**self._arguments)
            try:
                self._statement = await connection.prepare(RECORD)
            except BaseException:
                connection.terminate()
                raise
            self._connection = connection
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


def _columns(e: Entrant) -> tuple[Any, ...]:
    """What is sent of a report, in the order of `hatch_queries.COLUMNS`."""
    return (
        e.subject.owner,
        e.subject.task,
        e.subject.unit,
        e.out.id,
        e.out.status.value,
        e.out.effective_at,
        e.out.recorded_at,
        e.report.note,
        "\n".join(e.report.evidence) or None,
        e.report.document_number,
        e.report.document_date,
        e.who.scope,
        e.who.token,
        e.version.tokens,
        e.version.catalogue,
        e.key,
        e.fingerprint,
        e.answer,
    )
