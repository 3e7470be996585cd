"""What changed between two moments."""

from datetime import datetime
from typing import Any

from app.clock import text
from app.progress import figures
from app.progress.cells import Cells, read_cells
from app.progress.moments import Moment
from app.progress.view import View


async def compare(view: View, *, start: datetime, end: datetime) -> dict[str, Any]:
    """Each province's state in each category where it differs, and the report's lines at both moments."""
    before, after = await _cells_at(view, start), await _cells_at(view, end)
    changes = [
        {"province": province, "category": category, "before": was, "after": now}
        for province in view.province_codes
        for category in view.category_codes
        if (was := _state(before, province, category)) != (now := _state(after, province, category))
    ]
    return {
        "campaign": view.campaign.code,
        "known_at": view.head()["known_at"],
        "from": text(start),
        "to": text(end),
        "changes": changes,
        "categories": [
            {"code": code, "before": _completed(view, before, code), "after": _completed(view, after, code)}
            for code in view.category_codes
        ],
    }


async def _cells_at(view: View, at: datetime) -> Cells:
    if view.moment.present and at >= view.moment.as_of:
        return (
            view.cells
            if at == view.moment.as_of
            else await read_cells(view.session, view.campaign.code, Moment(at, None, present=True))
        )
    return await read_cells(view.session, view.campaign.code, Moment(at, view.moment.known_at, present=False))


def _state(cells: Cells, province: str, category: str) -> str | None:
    cell = cells.get((province, category))
    return cell.state if cell else None


def _completed(view: View, cells: Cells, code: str) -> int:
    [line] = figures.categories(cells, [code], view.province_codes)
    return line.provinces_completed
