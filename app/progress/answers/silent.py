"""The silent units: those with open work that never reported, or not lately."""

from typing import Any

from app.clock import EARLIEST, text
from app.db import rows
from app.paging import to_cursor
from app.progress import queries
from app.progress.answers.context import ReadContext


async def silent(
    context: ReadContext,
    *,
    limit: int,
    after: tuple[str, str] | None,
    level: str | None = None,
    owner: str | None = None,
) -> dict[str, Any]:
    """A page of them: those that never reported first, then the longest silent. `after`: the last (time, unit)."""
    query = queries.SILENT_NOW if context.moment.present else queries.SILENT_THEN
    found = await rows(
        context.session,
        query,
        **context.moment.clocks,
        campaign=context.campaign.code,
        owner=owner,
        level=level,
        never=EARLIEST,
        reported_by=context.moment.reported_by,
        after_report_at=after[0] if after else None,
        after_unit=after[1] if after else None,
        limit=limit + 1,
    )
    items = [_item(context, row) for row in found[:limit] if row.unit is not None]
    last = found[limit - 1] if len(found) > limit else None
    return {
        **context.head(),
        "total": found[0].total,  # also of a page on which there is nobody
        "items": items,
        "next_cursor": to_cursor("silent", text(last.last_report_at), last.unit) if last else None,
    }


def _item(context: ReadContext, row: Any) -> dict[str, Any]:
    last_report_at = None if row.last_report_at == EARLIEST else row.last_report_at
    return {
        "code": row.unit,
        "name": context.name(row.names),
        "level": row.level,
        "province": row.province,
        "reporting": "stale" if last_report_at else "never",
        "last_update_at": text(last_report_at) if last_report_at else None,
        "assignments_open": row.open,
    }
