"""Files over HTTP: a preview, then exactly that; what became of each row; taking a file back."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from app import clock
from app.auth.api_route import ApiRoute
from app.auth.authority import CanReport
from app.auth.identity import Identity
from app.auth.sessions import ReadingOwn, Writing
from app.catalogue.lookup import CurrentCatalogue, scope_of_list
from app.db import Database, rows
from app.errors import NotFound
from app.imports import queries, service
from app.imports.columns import forget_columns, remembered_columns
from app.imports.import_rows import ImportRow
from app.imports.lookup import rows_of
from app.imports.receiving import KINDS, MULTIPART, XLSX, Columns, Sheets, columns_of, received
from app.imports.rejected import rejected_workbook
from app.imports.schemas import ColumnOut, ColumnsOut, ImportOut, ImportRowOut, ImportSummaryOut, Outcome
from app.imports.service import SentFile
from app.imports.shown import MOST_ERRORS, atomic_refusal, import_out, row_out, sheets_of, summary_out
from app.imports.undoing import undo
from app.language import Language
from app.language_of_request import InLanguage
from app.metrics import count_import
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.scope import EVERYTHING
from app.updates.service import offload

router = APIRouter(prefix="/v1/imports", tags=["files"], route_class=ApiRoute)
BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_FORM = {"schema": {"type": "object", "properties": {"file": BINARY["schema"]}, "required": ["file"]}}
_A_FILE: dict[str, Any] = {
    "requestBody": {"required": True, "content": {**dict.fromkeys(KINDS, BINARY), MULTIPART: _FORM}}
}
A_WORKBOOK: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: BINARY}, "description": "A spreadsheet."}}


async def _sent_file(
    request: Request,
    who: CanReport,
    catalogue: CurrentCatalogue,
    lang: InLanguage,
    sheet: Sheets = [],  # noqa: B006 - FastAPI's way of saying it
    column: Columns = [],  # noqa: B006
) -> AsyncIterator[SentFile]:
    async with received(request, who, catalogue, lang, sheet, columns_of(column)) as file:
        yield file


async def _slot_to_commit(request: Request, who: CanReport) -> AsyncIterator[None]:
    async with request.app.state.upload_slots.to_commit(who.token):
        yield


Received = Annotated[SentFile, Depends(_sent_file, scope="function")]
SlotToCommit = Annotated[None, Depends(_slot_to_commit, scope="function")]


@router.post("", status_code=201, openapi_extra=_A_FILE)
async def import_file(
    who: CanReport,
    catalogue: CurrentCatalogue,
    file: Received,
    session: Writing,
    lang: InLanguage,
    response: Response,
    commit: bool = False,
    mode: Literal["atomic", "partial"] = "partial",
) -> ImportOut:
    """Preview a file of up to 100,000 rows; with `commit=true` store its good rows at once.

    `atomic`: one bad row refuses all, 422, and nothing is kept.
    """
    sent_at = clock.now()
    looked = await service.look(session, catalogue, who, file, sent_at=sent_at, lock=commit)
    if mode == "atomic" and looked.judged.remarks:
        bad = service.refused_rows(file, looked)
        raise atomic_refusal(bad, looked.judged, sheets_of(file), lang, verdicts=who.sees_everything)
    import_id = await service.keep(session, who, file, looked, sent_at=sent_at, committed=commit)
    session.after_commit.append(partial(count_import, "committed" if commit else "previewed", looked.judged.counts))
    response.headers["Location"] = f"/v1/imports/{import_id}"
    return await _import_out(session, import_id, lang, verdicts=who.sees_everything)


@router.get("")
async def imports(
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: ReadingOwn,
    province: str | None = None,
    unit: str | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ImportSummaryOut]:
    """The files that your unit has sent, or those of the unit asked for; the newest first."""
    before = from_cursor("imports", cursor, tuple[UUID])[0] if cursor else None
    mine = unit is None and province is None
    owner, of = (who.owner, who.unit) if mine else scope_of_list(who, catalogue, province=province, unit=unit)
    found = await rows(
        session,
        queries.IMPORTS,
        owner=(owner or EVERYTHING) if mine else owner,
        ministry=mine and who.sees_everything,
        unit=(of or EVERYTHING) if mine else of,
        before_id=before,
        limit=limit + 1,
    )
    items = [summary_out(row) for row in found[:limit]]
    return Page(items=items, next_cursor=to_cursor("imports", items[-1].id) if len(found) > limit else None)


@router.get("/columns")
async def columns_of_unit(who: CanReport, session: ReadingOwn) -> ColumnsOut:
    """What headers mean in the files of your unit, as it was said with `?column=` and committed."""
    found = await remembered_columns(session, _home(who))
    items = [ColumnOut(header=row.header, field=row.field, since=row.created_at) for row in found]
    return ColumnsOut(items=items)


@router.delete("/columns", status_code=204)
async def forget_columns_of_unit(who: CanReport, session: Writing, header: str | None = None) -> None:
    """Forget what a header means to your unit; without `header` all of them."""
    await forget_columns(session, _home(who), None if header is None else [header])


def _home(who: Identity) -> dict[str, str]:
    return {"owner": who.owner or EVERYTHING, "unit": who.unit or EVERYTHING}


@router.get("/{id}")
async def one_import(id: UUID, who: CanReport, session: ReadingOwn, lang: InLanguage) -> ImportOut:  # noqa: A002
    """A file that was sent: what would become, or became, of it."""
    return await _import_out(session, id, lang, verdicts=who.sees_everything)


@router.get("/{id}/rows")
async def import_rows(
    request: Request,
    id: UUID,  # noqa: A002
    who: CanReport,
    lang: InLanguage,
    outcome: Outcome | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ImportRowOut]:
    """Its rows in the order of the file, each with its line, its outcome, what it changes and what is wrong with it."""
    after = from_cursor("import-rows", cursor, tuple[int])[0] if cursor else 0
    wanted = None if outcome is None else [outcome]
    database: Database = request.app.state.database
    async with database.reading(who.scope) as session:
        found = await _find(session, id)
        those = await rows_of(session, found, wanted, after=_bounded(after), limit=limit + 1)
    items = await offload(those, _page, those[:limit], found, lang, who.sees_everything)
    return Page(
        items=items, next_cursor=to_cursor("import-rows", those[limit - 1].place) if len(those) > limit else None
    )


@router.post("/{id}/commit")
async def commit_import(
    id: UUID,  # noqa: A002
    who: CanReport,
    catalogue: CurrentCatalogue,
    _: SlotToCommit,
    session: Writing,
    lang: InLanguage,
) -> ImportOut:
    """Store exactly what was previewed, the bad rows left out. Asked again, it answers the same."""
    if await service.commit(session, catalogue, who, id, lang):
        session.after_commit.append(partial(count_import, "committed", {}))
    return await _import_out(session, id, lang, verdicts=who.sees_everything)


@router.post("/{id}/preview")
async def preview_again(
    id: UUID,  # noqa: A002
    who: CanReport,
    catalogue: CurrentCatalogue,
    _: SlotToCommit,
    session: Writing,
    lang: InLanguage,
) -> ImportOut:
    """Judge the same file again, by what is known now. 409 when it is stored already."""
    await service.preview_again(session, catalogue, who, id)
    return await _import_out(session, id, lang, verdicts=who.sees_everything)


@router.post("/{id}/undo")
async def undo_import(
    id: UUID,  # noqa: A002
    who: CanReport,
    _: SlotToCommit,
    session: Writing,
    lang: InLanguage,
) -> ImportOut:
    """Answer each report that the file stored, at its own moment, by what held just before it; once.

    A verdict is never restored, and what others reported on since is left alone: both are listed.
    """
    await undo(session, who, id)
    session.after_commit.append(partial(count_import, "undone", {}))
    return await _import_out(session, id, lang, verdicts=who.sees_everything)


@router.get("/{id}/rejected.xlsx", responses=A_WORKBOOK, response_class=Response)
async def rejected(request: Request, id: UUID, who: CanReport, lang: InLanguage) -> Response:  # noqa: A002
    """The refused rows as they were sent, with a column that says why: correct them and send the file."""
    database: Database = request.app.state.database
    async with database.reading(who.scope) as session:
        found = await _find(session, id)
        those = await rows_of(session, found, ["rejected"])
    book = await asyncio.to_thread(rejected_workbook, sheets_of(found), those, found.read_as, lang, who.sees_everything)
    return workbook(book, f"rejected-{found.id}.xlsx", lang)


async def _find(session: Any, import_id: UUID) -> Any:
    found = await rows(session, queries.IMPORT, id=import_id)
    if not found:
        raise NotFound
    return found[0]


async def _import_out(session: Any, import_id: UUID, language: Any, *, verdicts: bool) -> ImportOut:
    found = await _find(session, import_id)
    bad = await rows_of(session, found, ["rejected"], limit=MOST_ERRORS)
    return import_out(found, bad, language, verdicts=verdicts)


def _page(those: list[ImportRow], found: Any, language: Any, verdicts: bool) -> list[ImportRowOut]:
    sheets = sheets_of(found)
    return [row_out(row, sheets, language, verdicts=verdicts) for row in those]


def workbook(content: bytes, name: str, language: Language) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Content-Language": language}
    return Response(content, media_type=XLSX, headers=headers)


def _bounded(line: int) -> int:
    return max(0, min(line, 2**62))
