"""`tiendo db backup` and `tiendo db restore`."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy.ext.asyncio import AsyncSession

from app import migrating
from app.cli.database import with_database
from app.operations import backup as backups
from app.operations import schema_check
from app.progress.past.verify.recount import differences
from app.settings import read_settings

out = Console(stderr=True, highlight=False, soft_wrap=True)


def backup(file: Annotated[Path, typer.Argument(dir_okay=False, help="The file to write.")]) -> None:
    """Write the whole database to a file, with the login that owns the tables."""
    with with_database(read_settings(), of_any_version=True) as settings:
        size = backups.backup(settings.database_url or "", file)
    out.print(f"The backup is in {file}: {size:,} bytes.")


def restore(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The backup.")]) -> None:
    """Restore a backup into the empty database of the URL, whatever its name and owner, and look whether all is there.

    The exit code is 1 when something differs afterwards.
    """
    with with_database(read_settings()) as settings:
        url = settings.database_url or ""
        asyncio.run(backups.restore(url, file))
        if (at := migrating.current(url)) != migrating.head():
            if migrating.is_of_a_later_release(at):
                out.print(f"Restored, at the revision {at} of a later release: run `tiendo verify` of that one.")
            else:
                out.print(f"Restored, at the older revision {at}: run `tiendo db upgrade`, then `tiendo verify`.")
            return
        found = [*schema_check.check(url), *asyncio.run(_differences(url))]
    for line in found:
        typer.echo(line)
    if found:
        raise typer.Exit(1)
    out.print("Restored: the schema is what this release needs, and every stored figure agrees with the history.")


async def _differences(url: str) -> list[str]:
    """What `tiendo verify` would say, asked as the owner, who may not be let into the application's role."""
    engine = migrating.owner_engine(url)
    try:
        async with AsyncSession(engine) as session:
            return [f"{found.what} {found.where}: differs from the history" async for found in differences(session)]
    finally:
        await engine.dispose()
