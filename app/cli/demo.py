"""`tiendo demo`: June 2025 in a database of its own."""

import asyncio
import sys

from rich.console import Console

from app import migrating
from app.cli.database import open_database, with_database
from app.cli.demo_examples import keep_examples
from app.demo.service import load_demo
from app.settings import Settings, read_settings

out = Console(stderr=True)


def demo() -> None:
    """Load the demo of June 2025. Refused where there are real reports; does nothing where it is already loaded."""
    asked = read_settings()
    with with_database(asked) as settings:
        if not (asked.database_url or asked.database_url_file):
            migrating.upgrade(settings.database_url or "")
        elif migrating.current(settings.database_url or "") != migrating.head():
            sys.exit("tiendo: the schema is not the one this release needs: run `tiendo db upgrade`.")
        asyncio.run(_load(settings))
    out.print(
        "The demo of June 2025 is loaded: its figures of 27 June, 17:00 are from the report, the rest is made up."
    )


async def _load(settings: Settings) -> None:
    async with open_database(settings) as database:
        await load_demo(database)
        await keep_examples(database)
