"""A file on its way in: its bytes and what kind they are, what its sender says about it, and what it is read as."""

import asyncio
import hashlib
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Annotated, Any, NamedTuple

from fastapi import Query, Request
from python_multipart.multipart import parse_options_header
from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from app.auth.identity import Identity
from app.catalogue.catalogue import Catalogue
from app.db import Database
from app.errors import BadRequest, Complaint, InvalidInput, MalformedFile, TooLarge, TooManyRequests, UnsupportedMedia
from app.imports import queries
from app.imports.columns import meanings, remembered_columns
from app.imports.named_above import with_units_of_others
from app.imports.plan import Planned, plan
from app.imports.reader import ChildReaders, FileRefused, ReadFile, Wanted
from app.imports.reading.rows import FileRefusal, FileWarning, Source
from app.imports.reading.words.headers import HEADERS
from app.imports.reading.words.meaning import header_key
from app.imports.remarks import Remark, sentence
from app.imports.service import SentFile
from app.imports.template_texts import GUIDE, header_of
from app.language import Language
from app.messages import say
from app.scope import EVERYTHING
from app.settings import Settings

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KINDS: dict[str, Source] = {"text/csv": "csv", "application/x-ndjson": "ndjson", XLSX: "xlsx"}
MULTIPART = "multipart/form-data"
_CHARSETS = frozenset({b"utf-8", b"utf8", b"us-ascii"})
_BY_NAME: dict[str, Source] = {
    "csv": "csv",
    "txt": "csv",
    "tsv": "csv",
    "ndjson": "ndjson",
    "jsonl": "ndjson",
    "xlsx": "xlsx",
}
CHOOSABLE = ("-", *(field for field in HEADERS if field != "base"))

Sheets = Annotated[list[str], Query(alias="sheet", max_length=50, description="Read these sheets only, by name.")]
Columns = Annotated[
    list[str],
    Query(alias="column", max_length=64, description="`HEADER:FIELD` says what a column is; `HEADER:-` leaves it out."),
]


MORE = ("candidates", "column", "sheet", "line", "more")
"""What a refusal tells beside its sentence, for programs."""


class Body(NamedTuple):
    """The bytes of a file, and what they are said to be."""

    source: Source
    content: bytes


def _announced(headers: Headers) -> str:
    """What a request says that it holds: a kind of file, or a form with one."""
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in (*KINDS, MULTIPART):
        raise UnsupportedMedia(say("send-a-file", possible=" · ".join([*KINDS, MULTIPART])))
    return kind


def _file_of_form(headers: Headers, body: bytes) -> Body:
    """The one file of a form. It is looked for in a thread, because a sender can make that take seconds."""

    async def whole() -> AsyncGenerator[bytes, None]:
        yield body

    async def found() -> Body:
        form = await MultiPartParser(headers, whole(), max_files=1, max_fields=0).parse()
        try:
            files = [part for part in form.values() if isinstance(part, UploadFile)]
            if len(files) != 1:
                raise InvalidInput(errors=[Complaint("", "missing", say("missing.file"))])
            return Body(_kind_of(files[0]), await files[0].read())
        finally:
            await form.close()

    said = parse_options_header(headers.get("content-type"))[1]
    is_whole = b"--" + said.get(b"boundary", b"") + b"--" in body
    if not is_whole or said.get(b"charset", b"utf-8").lower() not in _CHARSETS:
        raise BadRequest(say("malformed-form"))  # Python knows many charsets, and some take the square of the length
    try:
        return asyncio.run(found())
    except (MultiPartException, UnicodeError, KeyError) as error:
        if isinstance(error, MultiPartException) and error.message.startswith("Too many"):
            raise InvalidInput(errors=[Complaint("", "unfit", say("unfit.one-file"))]) from None
        raise BadRequest(say("malformed-form")) from None


def _kind_of(file: UploadFile) -> Source:
    """By its own content type, or by the ending of its name: browsers know few types."""
    named = (file.content_type or "").partition(";")[0].strip().lower()
    ending = (file.filename or "").rpartition(".")[2].lower()
    source = KINDS.get(named) or _BY_NAME.get(ending)
    if source is None:
        raise UnsupportedMedia(say("send-a-file", possible=" · ".join(KINDS)))
    return source


def columns_of(said: Sequence[str]) -> dict[str, str]:
    """What `?column=HEADER:FIELD` says; a header may hold a colon itself."""
    columns: dict[str, str] = {}
    wrong = []
    for one in said:
        header, _, field = one.rpartition(":")
        if (key := header_key(header)) and field in CHOOSABLE:
            columns = {name: said for name, said in columns.items() if header_key(name) != key}
            columns[header.strip()] = field
        else:
            possible = " · ".join(CHOOSABLE)
            wrong.append(Complaint("/query/column", "malformed", say("malformed.column", seen=one, possible=possible)))
    if wrong:
        raise InvalidInput(errors=wrong)
    return columns


@asynccontextmanager
async def received(
    request: Request,
    who: Identity,
    catalogue: Catalogue,
    language: Language,
    sheets: Sequence[str],
    columns: dict[str, str],
) -> AsyncIterator[SentFile]:
    """The file, read and understood before a database connection is held for it. Large ones wait for their turn."""
    kind = _announced(request.headers)
    state, sent = request.app.state, await request.body()  # kept: what makes two requests the same is asked for later
    state.upload_budget.spend(who.token, len(sent))
    async with state.file_share.taken(who.token), state.upload_slots.to_send(who.token, sent):
        in_form = kind == MULTIPART
        body = await asyncio.to_thread(_file_of_form, request.headers, sent) if in_form else Body(KINDS[kind], sent)
        remembered = await _remembered(state.database, who, state.settings)
        wanted = Wanted(tuple(sheets), tuple(columns.items()), tuple(remembered.items()))
        yield await _understood(state.child_readers, body, wanted, who, catalogue, language)


async def _remembered(database: Database, who: Identity, settings: Settings) -> dict[str, str]:
    """What headers mean to the unit; refused where its previews hold too much already."""
    mine = {"owner": who.owner or EVERYTHING, "unit": who.unit or EVERYTHING}
    async with database.reading(who.scope) as session:
        kept = await session.scalar(queries.KEPT_BYTES, {"owner": mine["owner"], "token": who.token})
        if kept and kept > settings.import_bytes_kept:
            raise TooManyRequests(say("too-many-previews"), headers={"Retry-After": "3600"})
        return meanings(await remembered_columns(session, mine))


async def _understood(
    readers: ChildReaders, body: Body, wanted: Wanted, who: Identity, catalogue: Catalogue, language: Language
) -> SentFile:
    try:
        return await understood(readers, body, wanted, who, catalogue)
    except FileRefused as refused:
        raise _refusal(refused.refusal, language) from None


async def understood(
    readers: ChildReaders, body: Body, wanted: Wanted, who: Identity, catalogue: Catalogue
) -> SentFile:
    """What a file says, as its sender means it.

    Raises:
        FileRefused: it cannot be read as a whole.

    """
    read = await readers.read(body.source, body.content, wanted, token=who.token)
    return SentFile(
        planned=await asyncio.to_thread(_planned, read, who, catalogue),
        source=read.source,
        read_as={**read.read_as, "sheets": [_sheet(sheet) for sheet in read.sheets]},
        headers=[column.header for column in read.sheets[0].columns],
        sent=read.sent,
        digest=hashlib.sha256(body.content).digest(),
        size=len(body.content),
        warnings=[Remark("", warning.code, warning.params) for warning in _warnings(read)],
        columns=dict(wanted.columns),
    )


def _planned(read: ReadFile, who: Identity, catalogue: Catalogue) -> list[Planned]:
    rows = with_units_of_others(read.rows, read.sheets, who, catalogue)
    return plan(rows, [sheet.name for sheet in read.sheets], who, catalogue)


def _sheet(sheet: Any) -> dict[str, Any]:
    return {
        "name": sheet.name,
        "header_line": sheet.header_line,
        "columns": [{"header": column.header, "field": column.field} for column in sheet.columns],
    }


def _warnings(read: ReadFile) -> list[FileWarning]:
    """All of them, but that the template's guide was not read."""
    guides = set(GUIDE.values())
    return [
        warning
        for warning in read.warnings
        if warning.code != "sheets-left-out" or {one.name for one in read.left_out} - guides
    ]


def _refusal(refusal: FileRefusal, language: Language) -> MalformedFile | TooLarge:
    each = (refusal, *refusal.others)
    several_sheets = len({one.params.get("sheet") for one in each}) > 1
    all_of_them = [(one.code, _where(one, several_sheets) + _why(one, language)) for one in each]
    if refusal.code == "too-large":
        return TooLarge(all_of_them[0][1])
    more: dict[str, Any] = {name: refusal.params[name] for name in MORE if name in refusal.params}
    errors = [Complaint("", code, why) for code, why in all_of_them]
    return MalformedFile(" · ".join(dict.fromkeys(why for _, why in all_of_them)), errors=errors, **more)


def _where(refusal: FileRefusal, several_sheets: bool) -> str:
    """The sheet, where several are refused."""
    sheet = refusal.params.get("sheet")
    return f"{sheet}: " if several_sheets and sheet and refusal.code != "unknown-sheet" else ""


def _why(refusal: FileRefusal, language: Language) -> str:
    """The refusal as a sentence. A column of dates is refused for one cell, or for two that contradict each other."""
    cells, shows = refusal.params.get("cells", ()), refusal.params.get("shows", ())
    proofs: dict[str, str] = {}
    if isinstance(cells, list) and isinstance(shows, list):
        for place, (cell, seen) in enumerate(zip(cells, shows, strict=True), 1):
            proofs |= {f"cell{place}": cell, f"seen{place}": seen}
    code = "month-first.both" if refusal.code == "month-first" and len(proofs) > 2 else refusal.code
    candidates = refusal.params.get("candidates", ())
    if refusal.code == "wrong-magic" and refusal.params.get("kind") in ("password", "unknown"):
        code = f"wrong-magic.{refusal.params['kind']}"
    if refusal.code == "unclear-column" and isinstance(candidates, list):
        proofs["candidates"] = ", ".join(f"{header_of(field, language)} ({field})" for field in candidates)
    return sentence(Remark("", code, {**refusal.params, **proofs}), language)
