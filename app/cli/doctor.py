"""`tiendo doctor`: what is wrong with an installation."""

import json
from typing import Annotated

import typer

from app.cli.database import with_database
from app.operations.doctor import Level, examine
from app.settings import read_settings


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="A list of objects, for machines.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="How many processes answer, of all instances.")] = 2,
) -> None:
    """Look at roles, rights, clock, TLS, connections, disk and lags: a line each, with its remedy; 1 on an error."""
    with with_database(read_settings(), of_any_version=True) as settings:
        found = examine(settings, workers)
    if as_json:
        typer.echo(json.dumps([finding._asdict() for finding in found], ensure_ascii=False, indent=2))
    else:
        for finding in found:
            typer.echo(str(finding))
    raise typer.Exit(1 if any(finding.level is Level.ERROR for finding in found) else 0)
