"""`tiendo report`: the progress report as a file."""

import asyncio
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic_core import PydanticCustomError
from rich.console import Console

from app import clock
from app.catalogue.catalogues import load
from app.cli.database import open_database, with_database
from app.db import Database
from app.language import Language
from app.progress.moments import campaign_asked
from app.progress.requests import QueryContext
from app.reports import service
from app.reports.files.formats import FORMATS, Format
from app.reports.files.pdf import convert
from app.reports.report import ProgressReport
from app.settings import Settings, read_settings
from app.settled import SettledMoments

out = Console(stderr=True, highlight=False)


def _moment(written: str) -> datetime:
    try:
        return clock.read(written)
    except PydanticCustomError as error:
        raise typer.BadParameter(error.message()) from None


Moment = Annotated[datetime | None, typer.Option(parser=_moment, metavar="TIME", help="RFC 3339 with an offset.")]


def report(
    output: Annotated[Path, typer.Option("-o", "--output", dir_okay=False, help="The file to write.")],
    as_of: Moment = None,
    known_at: Moment = None,
    bulletin: Annotated[int | None, typer.Option(min=1, help="The figures of this bulletin, as issued.")] = None,
    lang: Annotated[Language, typer.Option(help="The language of the report.")] = "vi",
    campaign: Annotated[str | None, typer.Option(help="Default: the campaign that opened last.")] = None,
    format: Annotated[Format | None, typer.Option(help="Default: by the ending of the file.")] = None,  # noqa: A002
) -> None:
    """Write the progress report of a moment, or of a bulletin, to a file."""
    settings = read_settings()
    to_pdf = format is None and output.suffix.lower() == ".pdf"
    if to_pdf and not settings.pdf_converter:
        raise typer.BadParameter("there is no converter to PDF, see TIENDO_PDF_CONVERTER")
    form = "docx" if to_pdf else format or _by_ending(output)
    asked = service.ReportQuery(as_of, known_at, bulletin)
    with with_database(settings) as connected:
        document = asyncio.run(_document(connected, form, asked, lang, campaign))
    output.write_bytes(convert(settings.pdf_converter, document) if to_pdf else document)
    out.print(f"The report is in {output}.")


def _by_ending(output: Path) -> Format:
    for form in FORMATS:
        if output.suffix.lower() == f".{form}":
            return form
    raise typer.BadParameter(f"say --format, or give the file one of the endings {', '.join(FORMATS)}")


async def _document(
    settings: Settings, form: Format, asked: service.ReportQuery, lang: Language, campaign: str | None
) -> bytes:
    async with open_database(settings) as database:
        asked = await _settled(database, settings, asked)
        return FORMATS[form].write(await _report(database, asked, lang, campaign))


async def _settled(database: Database, settings: Settings, asked: service.ReportQuery) -> service.ReportQuery:
    """The same as known at a settled moment: the one asked for, or the last one before it."""
    if asked.known_at is None:
        return asked
    moments = SettledMoments(database, settings)
    try:
        return replace(asked, known_at=await moments.wait_for(asked.known_at))
    finally:
        moments.close()


async def _report(
    database: Database, asked: service.ReportQuery, lang: Language, campaign: str | None
) -> ProgressReport:
    now = clock.now()
    async with database.reading() as session:
        catalogue = await load(session)
        of = campaign_asked(catalogue, campaign, now)
        return await service.report(QueryContext(session, catalogue, of, lang, now), asked)
