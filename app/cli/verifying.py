"""`tiendo verify`: does every stored figure agree with the history?"""

import asyncio

import typer

from app.cli.opening import opened, settled
from app.progress.verifying import differences
from app.settings import Settings


def verify() -> None:
    """Compute every stored figure again from the history; name each difference, and exit with 1 if there is one."""
    with settled(Settings()) as settings:
        found = asyncio.run(_verify(settings))
    typer.echo(f"{found} differences." if found else "Every stored figure agrees with the history.")
    raise typer.Exit(1 if found else 0)


async def _verify(settings: Settings) -> int:
    found = 0
    async with opened(settings) as database, database.reading() as session:
        async for difference in differences(session):
            found += 1
            stored, recomputed = difference.stored, difference.recomputed
            typer.echo(f"{difference.what} {difference.where}: stored {stored}, the history says {recomputed}")
    return found
