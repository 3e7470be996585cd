"""Commands for those who run the service: the catalogue, tokens, and those of the other modules."""

import asyncio
import json
from datetime import datetime
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from rich.console import Console

from app import clock
from app.auth.identity import OPERATOR, Role
from app.auth.issuing import queries as issuing_queries
from app.auth.issuing.queries import NO_FILTER
from app.auth.schemas import TokenIn
from app.auth.service import create_token, revoke_token
from app.catalogue.catalogues import load
from app.cli import demo, serve
from app.cli.backup import backup, restore
from app.cli.database import open_database, with_database
from app.cli.doctor import doctor
from app.cli.push import AS_THEY_ARE, push
from app.cli.report import report
from app.cli.schema import db
from app.cli.verify import verify
from app.db import rows
from app.settings import Settings, read_settings
from app.version import VERSION

app = typer.Typer(no_args_is_help=True, add_completion=False)
token = typer.Typer(no_args_is_help=True, help="Who may come in.")
app.add_typer(db, name="db")
app.add_typer(token, name="token")
app.command()(serve.serve)
app.command()(report)
app.command()(verify)
app.command()(doctor)
app.command(context_settings=AS_THEY_ARE)(push)
app.command("demo")(demo.demo)
db.command()(backup)
db.command()(restore)
out = Console(stderr=True)


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"tiendo {VERSION}")
        raise typer.Exit


@app.callback()
def options(
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Tiến Độ: how far every province is with a reform."""


@app.command()
def seed() -> None:
    """Add the campaign, the units, the categories and their work. Existing rows stay unchanged."""
    with with_database(read_settings()) as settings:
        asyncio.run(serve.seed(settings))
    out.print("The catalogue is complete.")


@app.command()
def openapi(indent: int = 2) -> None:
    """Print the description of the HTTP interface."""
    from app.main import create_app  # noqa: PLC0415 - the web part is only needed here

    typer.echo(json.dumps(create_app(read_settings()).openapi(), ensure_ascii=False, indent=indent))


@token.command("create")
def create(
    name: Annotated[str, typer.Option(help="Whose token it is.")],
    role: Annotated[Role, typer.Option(help="What it may.")],
    unit: Annotated[str | None, typer.Option(help="The code of its unit, for reporters and agencies.")] = None,
    expires_at: Annotated[str | None, typer.Option(help="RFC 3339 with an offset.")] = None,
) -> None:
    """Print a new token, alone on standard output. It is not shown again."""
    asked = _asked(name=name, role=role, unit=unit, expires_at=expires_at)
    name, until = asked.name, asked.expires_at
    with with_database(read_settings()) as settings:
        typer.echo(asyncio.run(_create(settings, name, role, unit, until)))


def _asked(**given: object) -> TokenIn:
    """What is asked for, by the rules of the interface.

    Raises:
        typer.BadParameter: it would be refused there, too.

    """
    try:
        asked = TokenIn.model_validate(given)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise typer.BadParameter(f"{first['loc'][0]}: {first['msg']}") from None
    if asked.expires_at is not None and asked.expires_at <= clock.now():
        raise typer.BadParameter(f"expires_at: {clock.text(asked.expires_at)} has passed")
    return asked


async def _create(settings: Settings, name: str, role: Role, unit: str | None, until: datetime | None) -> str:
    async with open_database(settings) as database, database.writing() as session:
        units = (await load(session)).units
        if unit is not None and unit not in units:
            raise typer.BadParameter(f"there is no unit {unit}")
        _, text = await create_token(
            session, OPERATOR, name=name, role=role, unit=unit, expires_at=until, at=clock.now()
        )
    return text


@token.command("list")
def list_tokens() -> None:
    """List the issued tokens."""
    with with_database(read_settings()) as settings:
        for row in asyncio.run(_tokens(settings)):
            until = clock.text(row.expires_at) if row.expires_at else "-"
            typer.echo(f"{row.id}  {row.role:<8}  {row.unit or '-':<8}  {row.state:<7}  {until:<27}  {row.name}")


async def _tokens(settings: Settings) -> list[Any]:
    async with open_database(settings) as database, database.reading() as session:
        return await rows(session, issuing_queries.TOKENS, at=clock.now(), **NO_FILTER)


@token.command()
def revoke(id: str) -> None:  # noqa: A002 - the contract's word
    """Revoke a token: every worker refuses it from its next request on."""
    with with_database(read_settings()) as settings:
        asyncio.run(_revoke(settings, id))
    out.print(f"{id} is revoked.")


async def _revoke(settings: Settings, token_id: str) -> None:
    async with open_database(settings) as database, database.writing() as session:
        await revoke_token(session, OPERATOR, token_id, clock.now())
