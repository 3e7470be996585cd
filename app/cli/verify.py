"""`tiendo verify`: does every stored figure agree with the history?"""

import asyncio

import typer

from app.cli.database import open_database, with_database
from app.progress.past.verify import differences
from app.settings import Settings, read_settings


def verify() -> None:
    """Compute every stored figure again from the history; name each difference, and exit with 1 if there is one."""
    with with_database(read_settings()) as settings:
        found = asyncio.run(_verify(settings))
    typer.echo(f"{found} differences." if found else "Every stored figure agrees with the history.")
    raise typer.Exit(1 if found else 0)


async def _verify(settings: Settings) -> int:
    found = 0
    async with open_database(settings) as database, database.reading() as session:
        async for difference in differences(session):
            found += 1
            stored, recomputed = difference.stored, difference.recomputed
            typer.echo(f"{difference.what} {difference.where}: stored {stored}, the history says {recomputed}")
    return found
