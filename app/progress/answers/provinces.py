"""Every province with its light, the reasons, its last report and its rank."""

from datetime import datetime
from typing import Any

from app.clock import text
from app.progress.answers.context import ReadContext
from app.progress.answers.reasons import FirstAssignments, first_assignments
from app.progress.figures import figures
from app.progress.figures.figures import ProvinceFigures


async def provinces(context: ReadContext) -> dict[str, Any]:
    """Every province with its light, why, when it was last heard of, and its rank, in code order."""
    all_figures = figures.provinces(context.cells, context.category_codes, context.province_codes)
    return {**context.head(), "items": await province_items(context, all_figures, figures.ranks(all_figures))}


async def province_items(
    context: ReadContext, those: list[ProvinceFigures], ranks: dict[str, int]
) -> list[dict[str, Any]]:
    heard = await context.heard([province.code for province in those])
    wanted = [(province.code, kind) for province in those for kind, _ in figures.reasons(province.assignments)]
    first = await first_assignments(context, wanted)
    return [_province(context, province, heard.get(province.code), first, ranks) for province in those]


def _province(
    context: ReadContext,
    province: ProvinceFigures,
    heard: datetime | None,
    first: FirstAssignments,
    ranks: dict[str, int],
) -> dict[str, Any]:
    work = province.assignments
    return {
        "code": province.code,
        "name": context.unit_name(province.code),
        "light": province.light,
        "reasons": [
            {"kind": kind, "count": count, "assignments": first.get((province.code, kind), [])}
            for kind, count in figures.reasons(work)
        ],
        "reporting": figures.reporting(work, heard, context.moment.as_of),
        "categories_completed": province.categories_completed,
        "categories_total": len(province.by_category),
        "assignments_completed": work.complete,
        "assignments_verified": work.verified,
        "assignments_total": work.total,
        "assignments_blocked": work.blocked,
        "overdue_open": work.overdue,
        "last_update_at": text(heard) if heard else None,
        "rank": ranks[province.code],
    }
