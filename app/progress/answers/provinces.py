"""Every province with its light, the reasons, its last report and its rank."""

from datetime import datetime
from typing import Any

from app.clock import text
from app.progress.answers.context import ReadContext
from app.progress.answers.reasons import FirstAssignments, first_assignments
from app.progress.figures import figures
from app.progress.figures.figures import ProvinceFigures


async def provinces(context: ReadContext) -> dict[str, Any]:
    """Every province with its light, the reasons, its last report and its rank, in code order."""
    all_figures = context.figures.provinces
    return {**context.head(), "items": await province_items(context, all_figures, figures.ranks(all_figures))}


async def province_items(
    context: ReadContext, those: list[ProvinceFigures], ranks: dict[str, int]
) -> list[dict[str, Any]]:
    last_reports = await context.last_reports([province.code for province in those])
    wanted = [(province.code, kind) for province in those for kind, _ in figures.reasons(province.assignments)]
    first = await first_assignments(context, wanted)
    return [_province(context, province, last_reports.get(province.code), first, ranks) for province in those]


def _province(
    context: ReadContext,
    province: ProvinceFigures,
    last_report_at: datetime | None,
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
        "reporting": figures.reporting(work, last_report_at, context.moment.as_of),
        "categories_completed": province.categories_completed,
        "categories_total": len(province.by_category),
        "assignments_completed": work.complete,
        "assignments_verified": work.verified,
        "assignments_total": work.total,
        "assignments_blocked": work.blocked,
        "overdue_open": work.overdue,
        "last_update_at": text(last_report_at) if last_report_at else None,
        "rank": ranks[province.code],
    }
