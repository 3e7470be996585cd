"""Every province with its light, the reasons, its last report and its rank."""

from datetime import datetime
from typing import Any

from app.clock import text
from app.progress.answers.context import ReadContext
from app.progress.answers.reasons import FirstAssignments, first_assignments
from app.progress.figures import figures
from app.progress.figures.figures import ProvinceFigures

PROVINCE_FIGURES = (
    "light", "categories_completed", "categories_total", "assignments_completed", "assignments_verified",
    "assignments_total", "assignments_blocked", "overdue_open",
)  # fmt: skip
"""What is counted of a province by itself."""


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


def province_figures(province: ProvinceFigures) -> dict[str, Any]:
    """`PROVINCE_FIGURES` of a province."""
    work = province.assignments
    counts = (
        province.light, province.categories_completed, len(province.by_category), work.complete, work.verified,
        work.total, work.blocked, work.overdue,
    )  # fmt: skip
    return dict(zip(PROVINCE_FIGURES, counts, strict=True))


def _province(
    context: ReadContext,
    province: ProvinceFigures,
    last_report_at: datetime | None,
    first: FirstAssignments,
    ranks: dict[str, int],
) -> dict[str, Any]:
    work, counted = province.assignments, province_figures(province)
    return {
        "code": province.code,
        "name": context.unit_name(province.code),
        "light": counted["light"],
        "reasons": [
            {"kind": kind, "count": count, "assignments": first.get((province.code, kind), [])}
            for kind, count in figures.reasons(work)
        ],
        "reporting": figures.reporting(work, last_report_at, context.moment.as_of),
        **counted,
        "last_update_at": text(last_report_at) if last_report_at else None,
        "rank": ranks[province.code],
    }
