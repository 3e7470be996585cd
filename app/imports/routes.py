"""Files over HTTP: a preview, then exactly that; the refused rows back; the template."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from app.auth.api_route import ApiRoute
from app.auth.authority import CanReport
from app.auth.sessions import ReadingOwn, Writing
from app.catalogue.lookup import CurrentCatalogue
from app.db import rows
from app.errors import Complaint, InvalidInput, NotFound
from app.imports import queries, service
from app.imports.kept import KeptReport, KeptRow, sent_from_json
from app.imports.plan import Planned, plan
from app.imports.readers import READERS, XLSX, read_file, reader_of
from app.imports.readers.table import Table
from app.imports.rejected import column_names, column_of, rejected_workbook
from app.imports.schemas import ImportOut, ImportRowOut, Outcome, RowErrorOut
from app.imports.template import template_workbook
from app.language_of_request import InLanguage
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.scope import EVERYTHING
from app.updates.gc_pause import gc_paused

router = APIRouter(prefix="/v1/imports", tags=["files"], route_class=ApiRoute)
_FIRST_ERRORS = 100
_BINARY: dict[str, Any] = {"schema": {"type": "string", "format": "binary"}}
_A_FILE: dict[str, Any] = {"requestBody": {"required": True, "content": dict.fromkeys(READERS, _BINARY)}}
_A_WORKBOOK: dict[int | str, dict[str, Any]] = {200: {"content": {XLSX: _BINARY}, "description": "A spreadsheet."}}


async def _sent_file(
    request: Request, who: CanReport, catalogue: CurrentCatalogue
) -> AsyncIterator[tuple[Table, Sequence[Planned]]]:
    """The file, read and understood before a database connection is taken for it. Large ones wait for their turn."""
    kind = request.headers.get("content-type", "")
    reader_of(kind)
    body = await request.body()
    async with request.app.state.turns.to_send(body):
        with gc_paused():
            table = await read_file(kind, body)
            planned = await asyncio.to_thread(plan, table.rows, who, catalogue)
        yield table, planned


async def _turn_to_commit(request: Request, _: CanReport) -> AsyncIterator[None]:
    async with request.app.state.turns.to_commit():
        yield


SentFile = Annotated[tuple[Table, Sequence[Planned]], Depends(_sent_file, scope="function")]
TurnToCommit = Annotated[None, Depends(_turn_to_commit, scope="function")]


@router.post("", status_code=201, openapi_extra=_A_FILE)
async def import_file(
    who: CanReport,
    catalogue: CurrentCatalogue,
    file: SentFile,
    session: Writing,
    commit: bool = False,
    mode: Literal["atomic", "partial"] = "partial",
) -> ImportOut:
    """Preview a file of up to 100,000 rows; with `commit=true` store its good rows at once.

    `atomic`: one bad row refuses all, 422, and nothing is kept.
    """
    table, planned = file
    with gc_paused():
        judged = await service.judge(session, catalogue, who, planned, lock=commit)
        if mode == "atomic" and judged.complaints:
            raise _refusal(planned, judged)
        import_id = await service.keep(session, who, table, planned, judged, committed=commit)
    return await _import_out(session, import_id)


@router.get("/template.xlsx", responses=_A_WORKBOOK, response_class=Response)
async def template(who: CanReport, catalogue: CurrentCatalogue, session: ReadingOwn, lang: InLanguage) -> Response:
    """Your open work as a spreadsheet: fill it in and send it back as it is."""
    only = None if who.unit == who.owner else who.unit
    work = await rows(session, queries.OPEN_WORK, owner=who.owner or "", unit=only)
    book = await asyncio.to_thread(template_workbook, work, who.unit, catalogue, lang, verdicts=who.sees_everything)
    return _workbook(book, "tien-do-template.xlsx")


@router.get("/{id}")
async def one_import(id: UUID, _: CanReport, session: ReadingOwn) -> ImportOut:  # noqa: A002 - the contract's word
    """A file that was sent: what would become, or became, of it."""
    return await _import_out(session, id)


@router.get("/{id}/rows")
async def import_rows(
    id: UUID,  # noqa: A002
    _: CanReport,
    session: ReadingOwn,
    outcome: Outcome | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[ImportRowOut]:
    """Its rows in the order of the file, each with its line, its outcome and what is wrong with it."""
    found = await _find(session, id)
    after = from_cursor(cursor, tuple[int])[0] if cursor else 0
    wanted = None if outcome is None else [outcome]
    those = await service.rows_of(session, found, wanted, after=_bounded(after), limit=limit + 1)
    items = [_row_out(row, found.headers) for row in those[:limit]]
    return Page(items=items, next_cursor=to_cursor(items[-1].line) if len(those) > limit else None)


@router.post("/{id}/commit")
async def commit_import(
    id: UUID,  # noqa: A002
    who: CanReport,
    catalogue: CurrentCatalogue,
    _: TurnToCommit,
    session: Writing,
) -> ImportOut:
    """Store exactly what was previewed, the bad rows left out. Asked again, it answers the same."""
    with gc_paused():
        await service.commit(session, catalogue, who, id)
    return await _import_out(session, id)


@router.get("/{id}/rejected.xlsx", responses=_A_WORKBOOK, response_class=Response)
async def rejected(id: UUID, _: CanReport, session: ReadingOwn, lang: InLanguage) -> Response:  # noqa: A002
    """The refused rows as they were sent, with a column that says why: correct them and send the file."""
    found = await _find(session, id)
    with gc_paused():
        those = await service.rows_of(session, found, ["rejected"])
        book = await asyncio.to_thread(rejected_workbook, found.headers, those, lang)
    return _workbook(book, f"rejected-{found.id}.xlsx")


async def _find(session: Any, import_id: UUID) -> Any:
    found = await rows(session, queries.IMPORT, id=import_id)
    if not found:
        raise NotFound
    return found[0]


async def _import_out(session: Any, import_id: UUID) -> ImportOut:
    found = await _find(session, import_id)
    bad = await service.rows_of(session, found, ["rejected"], limit=_FIRST_ERRORS)
    columns = column_names(found.headers)
    errors = [error for row in bad for error in _errors(row.line, row.report, columns)]
    unit = None if found.unit == EVERYTHING else found.unit
    return ImportOut.model_validate({**found._mapping, "unit": unit, "errors": errors[:_FIRST_ERRORS]})  # noqa: SLF001


def _row_out(row: KeptRow, headers: Sequence[str]) -> ImportRowOut:
    report = row.report
    sent = None
    if row.sent is not None:
        sent = {header: cell for header, cell in zip(headers, sent_from_json(row.sent), strict=False) if header}
    return ImportRowOut(
        line=row.line,
        outcome=row.outcome,
        code=report.complaints[0].code if report.complaints else None,
        candidates=list(report.candidates),
        task=report.task,
        unit=report.unit,
        status=report.status,
        effective_at=report.effective_at,
        note=report.note,
        errors=_errors(row.line, report, column_names(headers)),
        sent=sent,
    )


def _errors(line: int, report: KeptReport, columns: dict[str, str]) -> list[RowErrorOut]:
    return [
        RowErrorOut(
            line=line,
            column=column_of(complaint.pointer, columns),
            pointer=f"/lines/{line}{complaint.pointer}",
            code=complaint.code,
            detail=complaint.detail,
            candidates=list(report.candidates) if complaint.code.startswith(("ambiguous-", "unknown-")) else [],
        )
        for complaint in report.complaints
    ]


def _refusal(planned: Sequence[Planned], judged: service.Judged) -> InvalidInput:
    errors = [
        Complaint(f"/lines/{planned[index].line}{complaint.pointer}", complaint.code, complaint.detail)
        for index, those in sorted(judged.complaints.items())
        for complaint in those
    ]
    return InvalidInput(f"{len(judged.complaints)} of {len(planned)} rows are bad; none was stored", errors=errors)


def _workbook(content: bytes, name: str) -> Response:
    return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _bounded(line: int) -> int:
    return max(0, min(line, 2**62))
