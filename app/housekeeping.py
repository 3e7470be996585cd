"""Background tasks of a worker: deletes expired rows, and projects new reports into transitions."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

from app.auth.issuing.queries import NOTE_USE
from app.auth.queries import FORGET_OLD_ANSWERS
from app.auth.service import Identities
from app.database_errors import from_database, says, sqlstate
from app.db import Database
from app.imports.queries import FORGET_OLD_PREVIEWS, FORGET_OLD_ROWS, FORGET_ROWS_OF_OLD_PREVIEWS
from app.logs import log
from app.measuring import measure
from app.progress.past import transitions
from app.settings import Settings
from app.updates import feed

FAILURES_IN_A_ROW = 2
"""After which a chore is said to fail: one may have met a lock."""
_NO_CONNECTION = ("08", "28", "3D", "53300", "57P")
SLICE = 5_000
"""Rows that are deleted in one transaction."""
SOON = timedelta(minutes=1)
EVERY = timedelta(hours=1)
ANSWERS_ARE_KEPT = timedelta(days=7)
"""Clients are promised 48 hours; this covers a long weekend."""
PROJECTION_INTERVAL = timedelta(seconds=2)
"""Readers of past moments add pending reports themselves; a short interval keeps those few."""

USE_INTERVAL = timedelta(minutes=5)
"""How exactly `last_used_at` is known. A commit lets every cached answer be computed again, so not often."""
MEASURE_INTERVAL = timedelta(seconds=15)
"""As often as Prometheus asks by the usual settings."""


async def keep_tidy(database: Database, settings: Settings) -> None:
    """Tidy up a minute from now and then every hour, for as long as the worker lives."""

    async def tidy(database: Database) -> None:
        await tidy_up(database, settings)

    await _repeat(tidy, database, SOON, EVERY)


async def keep_projecting(database: Database) -> None:
    """Project new reports every few seconds, for as long as the worker lives."""
    await _repeat(project_once, database, PROJECTION_INTERVAL, PROJECTION_INTERVAL)


async def keep_measuring(database: Database) -> None:
    """Read the figures of the metrics that come from the database, for as long as the worker lives."""
    await _repeat(measure, database, MEASURE_INTERVAL / 15, MEASURE_INTERVAL)


async def keep_noting_use(database: Database, identities: Identities) -> None:
    """Write down when tokens were used last, for as long as the worker lives."""

    async def note(database: Database) -> None:
        await note_use(database, identities)

    await _repeat(note, database, USE_INTERVAL, USE_INTERVAL)


async def note_use(database: Database, identities: Identities) -> None:
    """One statement for all tokens that were used since the last time: no request writes."""
    used, identities.used = identities.used, {}
    if not used:
        return
    try:
        async with database.writing() as session:
            await session.execute(NOTE_USE, {"ids": list(used), "times": list(used.values())})
    except Exception:  # the next time, with what was used since
        identities.used = used | identities.used
        raise


async def note_last_use(database: Database, identities: Identities) -> None:
    """The same when the worker ends, within a second: the database may have gone before it."""
    with suppress(Exception):
        async with asyncio.timeout(1.0):
            await note_use(database, identities)


async def _repeat(
    chore: Callable[[Database], Awaitable[None]], database: Database, soon: timedelta, every: timedelta
) -> None:
    await asyncio.sleep(soon.total_seconds())
    failures = 0
    while True:
        try:
            await chore(database)
            failures = 0
        except Exception as error:  # noqa: BLE001 - another try follows
            failures += 1
            if from_database(error) is None:
                log.exception("a chore failed", chore=chore.__name__)
            elif failures == FAILURES_IN_A_ROW and _is_of_the_chore(error):
                log.error("a chore failed", chore=chore.__name__, cause=says(error))
        await asyncio.sleep(every.total_seconds())


def _is_of_the_chore(error: Exception) -> bool:
    """Whether PostgreSQL refused what was asked; where there is no connection, it is said where they are made."""
    state = sqlstate(error)
    return bool(state) and not state.startswith(_NO_CONNECTION)


async def tidy_up(database: Database, settings: Settings) -> None:
    """Delete what has expired, a slice in each transaction: nobody waits for long, and no moment is unsettled by it."""
    previews = timedelta(days=settings.previews_kept_days)
    await _delete_in_slices(database, FORGET_OLD_ANSWERS, ANSWERS_ARE_KEPT)
    await _delete_in_slices(database, FORGET_ROWS_OF_OLD_PREVIEWS, previews)
    await _delete_in_slices(database, FORGET_OLD_PREVIEWS, previews)
    await _delete_in_slices(database, FORGET_OLD_ROWS, timedelta(days=settings.import_rows_kept_days))


async def _delete_in_slices(database: Database, statement: Any, age: timedelta) -> None:
    deleted = SLICE
    while deleted >= SLICE:
        async with database.writing() as session:
            done: Any = await session.execute(statement, {"age": age, "most": SLICE})
            deleted = done.rowcount
        await asyncio.sleep(0)


async def project_once(database: Database) -> None:
    if await transitions.project(database) is None:
        await feed.begin(database)
        await transitions.project(database)
