"""Reporting over HTTP: one report, many, and the history of what was reported."""

import asyncio
from collections.abc import Sequence
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from fastapi import APIRouter, Request, Response
from pydantic import SkipValidation

from app.auth.api_route import MANY_ERRORS, ApiRoute
from app.auth.authority import CanReport
from app.auth.idempotency import idempotent_request
from app.auth.sessions import ReadingOwn, Writing
from app.catalogue.lookup import CurrentCatalogue, scope_of_list
from app.clock import Instant
from app.db import rows
from app.errors import Complaint, InvalidInput, NotFound
from app.ids import lowest_at
from app.language import Language
from app.language_of_request import InLanguage
from app.messages import say
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor
from app.status import Status
from app.updates import queries
from app.updates.output import status_update_from_row
from app.updates.recording import Recorder
from app.updates.reports import Report, StatusUpdateIn, read_report, read_reports
from app.updates.schemas import BatchIn, BatchOut, ComplaintOut, StatusUpdateOut
from app.updates.service import INLINE_ROWS, Recorded, offload, record

READ_AT_ONCE = 250
"""Reports of a batch that are read before others have their turn: if all of them are bad, it takes 20 ms."""

router = APIRouter(prefix="/v1/status-updates", tags=["reporting"], route_class=ApiRoute)


@router.post("", status_code=201, response_model=StatusUpdateOut)
async def report_status(sent: Annotated[StatusUpdateIn, SkipValidation], who: CanReport, request: Request) -> Response:
    """Report what is true of an assignment, and since when. An older report than the current one is kept as history."""
    state = request.app.state
    recorder: Recorder = state.recorder
    asked = await idempotent_request(request, who)
    answer = await recorder.record(who, await state.data_versions.version(), read_report(sent), asked)
    return Response(answer.body, 201, answer.headers(), media_type="application/json")


@router.post("/batch", response_model=BatchOut)
async def report_many(
    batch: BatchIn,
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: Writing,
    lang: InLanguage,
    mode: Literal["atomic", "partial"] = "atomic",
    dry_run: bool = False,
) -> BatchOut | Response:
    """Report 1 to 10,000 at once. `atomic`: one bad row refuses all; `partial`: the good rows are stored."""
    atomic = mode == "atomic"
    reports = await read_by_turns(batch.updates)
    recorded = await record(session, catalogue, who, reports, atomic=atomic, dry_run=dry_run)
    complaints = await offload(reports, _complaints, recorded)
    if atomic and complaints and not dry_run:
        raise InvalidInput(say("rows-bad", bad=len(recorded.complaints), received=len(reports)), errors=complaints)
    out = _batch_out(recorded, len(reports), dry_run, refused=atomic and bool(complaints))
    if len(complaints) < MANY_ERRORS:
        return out.model_copy(update={"errors": [ComplaintOut(**complaint.out(lang)) for complaint in complaints]})
    body = await asyncio.to_thread(_with_errors, out, complaints, lang)
    return Response(body, headers={"Content-Language": lang}, media_type="application/json")


@router.get("")
async def history(
    who: CanReport,
    catalogue: CurrentCatalogue,
    session: ReadingOwn,
    province: str | None = None,
    unit: str | None = None,
    task: str | None = None,
    category: str | None = None,
    status: Status | None = None,
    recorded_since: Instant | None = None,
    effective_since: Instant | None = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[StatusUpdateOut]:
    """The history, newest recorded first: everything that you may see, or a part of it."""
    before = from_cursor("status-updates", cursor, tuple[UUID])[0] if cursor else None
    owner, unit = scope_of_list(who, catalogue, province=province, unit=unit, task=task, category=category)
    found = await rows(
        session,
        queries.HISTORY,
        owner=owner,
        unit=unit,
        task=task,
        tasks=[t.code for t in catalogue.tasks_of(category)] if category is not None else None,
        status=status,
        effective_since=effective_since,
        from_id=lowest_at(recorded_since) if recorded_since else None,
        before_id=before,
        limit=limit + 1,
    )
    items = [status_update_from_row(row) for row in found[:limit]]
    return Page(items=items, next_cursor=to_cursor("status-updates", items[-1].id) if len(found) > limit else None)


@router.get("/{id}")
async def one_update(id: UUID, _: CanReport, session: ReadingOwn) -> StatusUpdateOut:  # noqa: A002 - the contract's word
    """One report of the history."""
    found = await rows(session, queries.BY_ID, id=id)
    if not found:
        raise NotFound
    return status_update_from_row(found[0])


async def read_by_turns(raw: Sequence[object]) -> list[Report]:
    """The reports of a batch: a bad one takes as long as fifty good ones, and others have their turn between."""
    if len(raw) > INLINE_ROWS:
        return await offload(raw, read_reports, raw)
    reports = read_reports(raw[:READ_AT_ONCE])
    for start in range(READ_AT_ONCE, len(raw), READ_AT_ONCE):
        await asyncio.sleep(0)
        reports += read_reports(raw[start : start + READ_AT_ONCE])
    return reports


def _complaints(recorded: Recorded) -> list[Complaint]:
    """All complaints, each at its place in the request."""
    return [
        Complaint(f"/updates/{index}{complaint.pointer}", complaint.code, complaint.sentence)
        for index, those in sorted(recorded.complaints.items())
        for complaint in those
    ]


def _batch_out(recorded: Recorded, received: int, dry_run: bool, *, refused: bool) -> BatchOut:
    """The counts; a refused atomic dry run would have stored nothing and rejected all."""
    entries = () if refused else recorded.entries
    superseded = sum(not entry.current for entry in entries)
    return BatchOut(
        received=received,
        stored=len(entries),
        current=len(entries) - superseded,
        superseded=superseded,
        rejected=received - len(entries),
        dry_run=dry_run,
        errors=[],
    )


def _with_errors(out: BatchOut, complaints: Sequence[Complaint], lang: Language) -> bytes:
    """The answer as JSON, each error written as soon as it is made: as models they would take ten times the room."""
    each = b",".join(msgspec.json.encode(complaint.out(lang)) for complaint in complaints)
    return msgspec.json.encode(out.model_dump() | {"errors": msgspec.Raw(b"[" + each + b"]")})
