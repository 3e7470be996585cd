"""The database of a command: the one of the settings, or the embedded one, which is started when needed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from app import embedded, migrating
from app.db import Database, most_connections
from app.settings import Settings

BESIDE_WORKERS = 30
"""Connections of commands and of those who look themselves, three of which PostgreSQL keeps for its superuser."""


@contextmanager
def with_database(
    settings: Settings, *, lasting: bool = False, workers: int = 0, of_any_version: bool = False
) -> Iterator[Settings]:
    """The settings with a database in them. `lasting` keeps the embedded one alive for a service of so many workers.

    Raises:
        PostgresTooOld: it is older than the service needs, and no command that is for those too.

    """
    if url := settings.url_from_file() or settings.database_url:
        if not of_any_version:
            migrating.refuse_old_postgresql(url)
        yield settings.model_copy(update={"database_url": url})
        return
    with embedded.running(settings.data_dir, connections=connections_for(settings, workers)) as server:
        found = settings.model_copy(update={"database_url": server.url})
        if not lasting:
            yield found
            return
        with embedded.keep_alive(server):
            yield found


def connections_for(settings: Settings, workers: int) -> int:
    """How many the embedded PostgreSQL takes: what the workers may open, and some for commands beside them."""
    return max(embedded.CONNECTIONS, workers * most_connections(settings) + BESIDE_WORKERS)


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url or "", settings)
    try:
        yield database
    finally:
        await database.close()
