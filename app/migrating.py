"""Bringing the schema up to date with Alembic.

It is imported by what migrates alone: a service that starts does without its fifth of a second and ten megabytes.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache, partial
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

import asyncpg
import stamina
from sqlalchemy import Connection, text  # noqa: TID251 - two questions to the server about itself
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import NullPool

from app.connecting import connect_as_owner
from app.database_errors import is_misconfiguration
from app.db import refuse_old_server
from app.session_settings import APP_ROLE

if TYPE_CHECKING:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def config(url: str | None = None, output: TextIO = sys.stdout) -> "Config":
    from alembic.config import Config

    made = Config(output_buffer=output)
    made.set_main_option("script_location", str(MIGRATIONS))
    made.attributes["url"] = url
    return made


@cache
def head() -> str | None:
    """The revision that this release needs."""
    return _scripts().get_current_head()


def _scripts() -> "ScriptDirectory":
    from alembic.script import ScriptDirectory

    return ScriptDirectory.from_config(config())


class MigrationRefused(RuntimeError):
    """Alembic cannot do what it was asked, and says why in a line: there is no such revision."""


class UnknownSchema(RuntimeError):
    """The database is at a revision that this release does not have."""

    def __init__(self, revision: str) -> None:
        super().__init__(
            f"the database has a schema of another version ({revision}), which this release cannot migrate: "
            "use the version that made it, or an empty database. For a demonstration move its data folder "
            "(TIENDO_DATA_DIR, .tiendo by default) away and start again."
        )


def upgrade(url: str, revision: str = "head") -> None:
    refuse_unknown_schema(url)
    _patiently(lambda: _run("upgrade", config(url), revision))


def downgrade(url: str, revision: str) -> None:
    _patiently(lambda: _run("downgrade", config(url), revision))


def refuse_unknown_schema(url: str) -> None:
    """Raise `UnknownSchema` for a database that another version made."""
    at = current(url)
    if at is not None and is_of_a_later_release(at):
        raise UnknownSchema(at)


@cache
def revisions() -> tuple[str, ...]:
    """All that this release has, the newest first."""
    return tuple(script.revision for script in _scripts().walk_revisions())


def is_of_a_later_release(revision: str | None) -> bool:
    """Whether a database's revision is none of this release's, which then goes on serving but cannot judge it."""
    return revision is not None and revision not in revisions()


def _run(command: str, settings: "Config", revision: str, **options: Any) -> None:
    from alembic import command as commands
    from alembic.util import CommandError

    try:
        getattr(commands, command)(settings, revision, **options)
    except CommandError as error:
        raise MigrationRefused(str(error)) from error


def _patiently(migrate: Callable[[], None]) -> None:
    """Each migration is a transaction; one that hit the lock timeout is tried again, for two minutes."""
    for attempt in stamina.retry_context(on=_in_use, attempts=None, timeout=120, wait_initial=0.2, wait_max=5):
        with attempt:
            migrate()


def _in_use(error: Exception) -> bool:
    """Whether a table could not be locked in time, or only with a deadlock."""
    return getattr(getattr(error, "orig", None), "sqlstate", None) in ("55P03", "40P01")


def refuse_old_postgresql(url: str) -> None:
    """Raise `PostgresTooOld` for a server that is too old; one that cannot be reached may come back."""
    try:
        number, version = asyncio.run(_server_version(url))
    except (DBAPIError, asyncpg.PostgresError, OSError, TimeoutError) as error:
        if is_misconfiguration(error):
            raise
        return
    refuse_old_server(int(number), version)


async def _server_version(url: str) -> tuple[str, str]:
    async with _connected(url) as connection:
        number = await connection.scalar(text("show server_version_num"))
        return str(number), str(await connection.scalar(text("show server_version")))


def current(url: str) -> str | None:
    """The revision that a database is at."""
    return asyncio.run(_revision(url))


def upgrade_sql(start: str | None, revision: str = "head") -> str:
    """The SQL that `upgrade` runs from a revision on, None being an empty database."""
    written = StringIO()
    _run("upgrade", config(output=written), f"{start or 'base'}:{revision}", sql=True)
    return written.getvalue()


def downgrade_sql(start: str, revision: str) -> str:
    """The SQL that `downgrade` runs from a revision on."""
    written = StringIO()
    _run("downgrade", config(output=written), f"{start}:{revision}", sql=True)
    return written.getvalue()


def check_models(url: str) -> str | None:
    """The difference between the models of this release and a database, or None."""
    from alembic import command
    from alembic.util import AutogenerateDiffsDetected

    try:
        command.check(config(url))
    except AutogenerateDiffsDetected as difference:
        return str(difference)
    return None


async def _revision(url: str) -> str | None:
    async with _connected(url) as connection:
        try:
            return await connection.run_sync(_revision_of)
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) != "42501":
                raise
            await connection.rollback()
        await connection.execute(text(f"set role {APP_ROLE}"))  # the login of the service may read it as that alone
        return await connection.run_sync(_revision_of)


def _revision_of(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext

    return MigrationContext.configure(connection).get_current_revision()


def owner_engine(url: str) -> AsyncEngine:
    """Connections as whoever the URL names, not in the service's role."""
    return create_async_engine(
        "postgresql+asyncpg://", async_creator=partial(connect_as_owner, url), poolclass=NullPool
    )


@asynccontextmanager
async def _connected(url: str) -> AsyncIterator[AsyncConnection]:
    """A connection as the owner of the database, not in the service's role."""
    engine = owner_engine(url)
    try:
        async with engine.connect() as connection:
            yield connection
    finally:
        await engine.dispose()
