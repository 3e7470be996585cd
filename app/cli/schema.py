"""`tiendo db`: the schema of the database, and the roles that it needs."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from app import migrating
from app.cli.database import with_database
from app.operations import losses, plan, roles, schema_check
from app.settings import read_settings

db = typer.Typer(no_args_is_help=True, help="The schema of the database, its roles and its backups.")
out = Console(stderr=True, highlight=False)

Sql = Annotated[bool, typer.Option("--sql", help="Print the SQL instead of running it.")]
Revision = Annotated[str, typer.Argument(help="A revision, `head`, or steps such as `+1`.")]
Target = Annotated[str, typer.Argument(help="A revision, `base` (an empty database), or steps such as `-1`.")]


@db.command()
def upgrade(revision: Revision = "head", sql: Sql = False) -> None:
    """Bring the schema to a revision. Waits for another migrator, never long for a table in use."""
    with with_database(read_settings()) as settings:
        url = settings.database_url or ""
        if sql:
            migrating.refuse_unknown_schema(url)
            typer.echo(migrating.upgrade_sql(migrating.current(url), revision))
            return
        migrating.upgrade(url, revision)
        out.print(f"The schema is at {migrating.current(url)}.")


@db.command(context_settings={"ignore_unknown_options": True})  # a step back looks like an option
def downgrade(
    revision: Target,
    sql: Sql = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    delete_reports: Annotated[
        bool, typer.Option("--delete-reports", help="Delete what units and the ministry reported, where it must be.")
    ] = False,
) -> None:
    """Take the schema back to a revision. Refused without --delete-reports where reports would be lost."""
    with with_database(read_settings()) as settings:
        url = settings.database_url or ""
        migrating.refuse_unknown_schema(url)
        if (at := migrating.current(url)) is None:
            sys.exit("tiendo: the database is empty.")
        script = migrating.downgrade_sql(at, revision)
        if sql:
            typer.echo(script)
            return
        _agree_to(asyncio.run(losses.losses(url, script)), yes=yes, delete_reports=delete_reports)
        migrating.downgrade(url, revision)
        out.print(f"The schema is at {migrating.current(url) or 'base: the database is empty'}.")


def _agree_to(lost: list[losses.Loss], *, yes: bool, delete_reports: bool) -> None:
    """Return when the operator agrees to what is deleted; else exit."""
    for loss in lost:
        out.print(f"  deleted: {loss}")
    if any(loss.is_of_reports for loss in lost) and not delete_reports:
        sys.exit("tiendo: reports would be deleted, and nobody could make them again: --delete-reports agrees to it.")
    if yes:
        return
    if not sys.stdin.isatty():
        sys.exit("tiendo: nobody can be asked here: --yes agrees.")
    typer.confirm("Take the schema back?", abort=True, err=True)


@db.command()
def current() -> None:
    """Print the revision of the schema, and the one that this release needs."""
    with with_database(read_settings()) as settings:
        typer.echo(f"{migrating.current(settings.database_url or '')} (this release needs {migrating.head()})")


@db.command(name="plan")
def print_plan(revision: Revision = "head") -> None:
    """Print the SQL that `upgrade` would run, whom each statement makes wait, and what it writes anew."""
    with with_database(read_settings()) as settings:
        url = settings.database_url or ""
        migrating.refuse_unknown_schema(url)
        typer.echo(plan.annotated(migrating.upgrade_sql(migrating.current(url), revision)))


@db.command()
def check() -> None:
    """Compare tables, policies, grants, functions and constraints with what this release needs; 1 when they differ."""
    with with_database(read_settings()) as settings:
        found = schema_check.check(settings.database_url or "")
    for line in found:
        typer.echo(line)
    if not found:
        typer.echo("The schema is what this release needs.")
    raise typer.Exit(1 if found else 0)


@db.command(name="roles")
def make_roles(
    owner: Annotated[str, typer.Option(help="The login that migrates, and owns the tables.")] = "tiendo_owner",
    service: Annotated[str, typer.Option(help="The login of the service, which owns nothing.")] = "tiendo_service",
    owner_password_file: Annotated[Path | None, typer.Option(help="A file with the owner's password.")] = None,
    service_password_file: Annotated[Path | None, typer.Option(help="A file with the service's password.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Run it, instead of printing it.")] = False,
) -> None:
    """Print the SQL that makes the roles, or run it, as a superuser of the database. Repeating it changes nothing."""
    logins = (
        roles.Login(owner, password_in(owner_password_file)),
        roles.Login(service, password_in(service_password_file)),
    )
    with with_database(read_settings()) as settings:
        url = settings.database_url or ""
        if not apply:
            typer.echo(roles.script(asyncio.run(roles.database_of(url)), *logins), nl=False)
            return
        asyncio.run(roles.apply(url, *logins))
    out.print(f"{owner} migrates, {service} serves: put each into a URL of its own.")


def password_in(file: Path | None) -> str | None:
    """What is in the file, without the line break that an editor puts at its end.

    Raises:
        typer.BadParameter: it is none that a URL could hold.

    """
    if file is None:
        return None
    try:
        found = file.read_text("utf-8-sig").removesuffix("\n").removesuffix("\r")
    except UnicodeError:
        raise typer.BadParameter(f"{file} is not text") from None
    if found.splitlines() != [found]:
        raise typer.BadParameter(f"{file} has more than one line" if found else f"{file} is empty")
    return found
