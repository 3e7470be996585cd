"""Forgetting what is kept for a while only: answers for retries, previews that nobody committed."""

import asyncio
from datetime import timedelta

from app.auth.queries import FORGET_OLD_ANSWERS
from app.db import Database
from app.errors import from_database
from app.imports.queries import FORGET_OLD_PREVIEWS
from app.logs import log

SOON = timedelta(minutes=1)
EVERY = timedelta(hours=1)
ANSWERS_ARE_KEPT = timedelta(days=7)
"""48 hours are promised; a long weekend is longer."""
PREVIEWS_ARE_KEPT = timedelta(days=30)


async def keep_house(database: Database) -> None:
    """Tidy up a minute from now and then every hour, for as long as the worker lives."""
    await asyncio.sleep(SOON.total_seconds())
    while True:
        try:
            await tidy_up(database)
        except Exception as error:  # noqa: BLE001 - another try follows; a lost database is no news
            if from_database(error) is None:
                log.exception("tidying up failed")
        await asyncio.sleep(EVERY.total_seconds())


async def tidy_up(database: Database) -> None:
    async with database.writing() as session:
        await session.execute(FORGET_OLD_ANSWERS, {"age": ANSWERS_ARE_KEPT})
        await session.execute(FORGET_OLD_PREVIEWS, {"age": PREVIEWS_ARE_KEPT})
