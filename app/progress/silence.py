"""Silence made loud: the units with open work that nobody has heard of."""

from typing import Any

from app.clock import EARLIEST, text
from app.db import rows
from app.paging import to_cursor
from app.progress import queries
from app.progress.figures import SILENCE
from app.progress.view import View


async def silent(
    view: View, *, limit: int, after: tuple[str, str] | None, level: str | None = None, owner: str | None = None
) -> dict[str, Any]:
    """A page of them: never heard of first, then the longest silent. `after` is the last (time, unit) seen."""
    query = queries.SILENT_NOW if view.moment.present else queries.SILENT_THEN
    clocks = {} if view.moment.present else view.moment.clocks
    found = await rows(
        view.session,
        query,
        **clocks,
        campaign=view.campaign.code,
        owner=owner,
        level=level,
        never=EARLIEST,
        heard_by=view.moment.heard_by,
        silent_since=view.moment.as_of - SILENCE,
        after_heard=after[0] if after else None,
        after_unit=after[1] if after else None,
        limit=limit + 1,
    )
    items = [_item(view, row) for row in found[:limit]]
    last = found[limit - 1] if len(found) > limit else None
    return {
        **view.head(),
        "total": found[0].total if found else 0,
        "items": items,
        "next_cursor": to_cursor(text(last.heard), last.unit) if last else None,
    }


def _item(view: View, row: Any) -> dict[str, Any]:
    heard = None if row.heard == EARLIEST else row.heard
    return {
        "code": row.unit,
        "name": view.name(row.names),
        "level": row.level,
        "province": row.province,
        "reporting": "stale" if heard else "never",
        "last_update_at": text(heard) if heard else None,
        "assignments_open": row.open,
    }
