"""The database of a command: the one of the settings, or the embedded one, which is started when needed."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from app import embedded, migrating
from app.db import Database
from app.settings import Settings


@contextmanager
def with_database(settings: Settings, *, lasting: bool = False, of_any_version: bool = False) -> Iterator[Settings]:
    """The settings with a database in them. `lasting` keeps the embedded one alive for a service.

    Raises:
        PostgresTooOld: it is older than the service needs, and no command that is for those too.

    """
    if url := settings.url_from_file() or settings.database_url:
        if not of_any_version:
            migrating.refuse_old_postgresql(url)
        yield settings.model_copy(update={"database_url": url})
        return
    with embedded.running(settings.data_dir) as server:
        found = settings.model_copy(update={"database_url": server.url})
        if not lasting:
            yield found
            return
        with embedded.keep_alive(server):
            yield found


@asynccontextmanager
async def open_database(settings: Settings) -> AsyncIterator[Database]:
    database = Database(settings.database_url or "", settings)
    try:
        yield database
    finally:
        await database.close()
