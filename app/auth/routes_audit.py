"""The audit log over HTTP, for the ministry and admins."""

from uuid import UUID

from fastapi import APIRouter

from app.auth import queries
from app.auth.api_route import ApiRoute
from app.auth.authority import CanVerify
from app.auth.schemas import AuditEntryOut
from app.auth.sessions import Reading
from app.db import rows
from app.paging import Cursor, Limit, Page, from_cursor, to_cursor

router = APIRouter(prefix="/v1", tags=["access"], route_class=ApiRoute)


@router.get("/audit")
async def audit_log(_: CanVerify, session: Reading, limit: Limit = 100, cursor: Cursor = None) -> Page[AuditEntryOut]:
    """Every administrative act, newest first."""
    before = from_cursor("audit", cursor, tuple[UUID])[0] if cursor else None
    found = await rows(session, queries.AUDIT_LOG, before_id=before, limit=limit + 1)
    items = [AuditEntryOut.model_validate(row) for row in found[:limit]]
    return Page(items=items, next_cursor=to_cursor("audit", items[-1].id) if len(found) > limit else None)
