"""What changed between two moments."""

from datetime import datetime
from typing import Any

from app.clock import text
from app.progress.answers.cells import read_cells
from app.progress.answers.context import ReadContext
from app.progress.figures import figures
from app.progress.figures.cell import Cells
from app.progress.figures.moment import Moment


async def compare(context: ReadContext, *, start: datetime, end: datetime) -> dict[str, Any]:
    """Each province's state in each category where it differs, and the report's lines at both moments."""
    before, after = await _cells_at(context, start), await _cells_at(context, end)
    changes = [
        {"province": province, "category": category, "before": was, "after": now}
        for province in context.province_codes
        for category in context.category_codes
        if (was := _state(before, province, category)) != (now := _state(after, province, category))
    ]
    return {
        "campaign": context.campaign.code,
        "known_at": context.head()["known_at"],
        "from": text(start),
        "to": text(end),
        "changes": changes,
        "categories": [
            {"code": code, "before": _completed(context, before, code), "after": _completed(context, after, code)}
            for code in context.category_codes
        ],
    }


async def _cells_at(context: ReadContext, at: datetime) -> Cells:
    if context.moment.present and at >= context.moment.as_of:
        return (
            context.cells
            if at == context.moment.as_of
            else await read_cells(context.session, context.campaign.code, Moment(at, None, present=True))
        )
    return await read_cells(context.session, context.campaign.code, Moment(at, context.moment.known_at, present=False))


def _state(cells: Cells, province: str, category: str) -> str | None:
    cell = cells.get((province, category))
    return cell.state if cell else None


def _completed(context: ReadContext, cells: Cells, code: str) -> int:
    [line] = figures.categories(cells, [code], context.province_codes)
    return line.provinces_completed
