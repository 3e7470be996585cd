"""`tiendo verify`: does every stored figure agree with the history?"""

import asyncio
import sys
from typing import Annotated

import asyncpg
import typer
from sqlalchemy.exc import SQLAlchemyError

from app.cli.database import open_database, with_database
from app.database_errors import WrongRole, says
from app.database_url import BadDatabaseUrl
from app.db import PostgresTooOld
from app.embedded import EmbeddedUnavailable
from app.progress.past.verify import repair as repairing
from app.progress.past.verify.recount import differences
from app.settings import Settings, WrongSettings, read_settings

AGREES, DIFFERS, COULD_NOT_LOOK = 0, 1, 2
NO_LIMIT = {"statement_timeout": 0}
_COULD_NOT_LOOK = (
    BadDatabaseUrl,
    EmbeddedUnavailable,
    PostgresTooOld,
    SQLAlchemyError,
    WrongRole,
    asyncpg.InterfaceError,
    asyncpg.PostgresError,
    OSError,
)
"""What would end any other command with 1, which here says that something differs."""


def verify(
    repair: Annotated[
        bool, typer.Option("--repair", help="Store what differs as the history says, and look again.")
    ] = False,
) -> None:
    """Compute every stored figure again from the history and name each difference.

    The exit code is 0 when all agrees, 1 when something differs (and was not repaired), 2 when it could not look.
    """
    try:
        with with_database(read_settings()) as settings:
            found = asyncio.run(_verify(settings.model_copy(update=NO_LIMIT), mends=repair))
    except WrongSettings as error:
        for line in str(error).splitlines():
            print(f"tiendo: {line}", file=sys.stderr)  # noqa: T201 - a line each
        raise typer.Exit(COULD_NOT_LOOK) from None
    except _COULD_NOT_LOOK as error:
        print(f"tiendo: could not look: {says(error)}", file=sys.stderr)  # noqa: T201 - in one line
        raise typer.Exit(COULD_NOT_LOOK) from None
    typer.echo(f"{found} differences." if found else "Every stored figure agrees with the history.")
    raise typer.Exit(DIFFERS if found else AGREES)


async def _verify(settings: Settings, *, mends: bool) -> int:
    found = await _look(settings)
    if not (found and mends):
        return found
    async with open_database(settings) as database:
        await repairing.repair(database)
    typer.echo(f"{found} differences were repaired; looking again.")
    return await _look(settings)


async def _look(settings: Settings) -> int:
    found = 0
    async with open_database(settings) as database, database.reading() as session:
        async for difference in differences(session):
            found += 1
            stored, recomputed = difference.stored, difference.recomputed
            typer.echo(f"{difference.what} {difference.where}: stored {stored}, the history says {recomputed}")
    return found
