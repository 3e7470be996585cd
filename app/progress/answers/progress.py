"""The report: one line a category, with the sentence that an official reads out."""

from collections import Counter
from typing import Any

from app.progress.figures.context import FigureContext
from app.progress.figures.figures import CategoryFigures, Figures, ProvinceFigures
from app.progress.figures.statement import NAMED_AT_MOST, statement, whole


def progress(context: FigureContext, found: Figures) -> dict[str, Any]:
    """The report: one line a category, with the sentence that an official reads out."""
    lines = [_line(context, line) for line in found.categories]
    return {**_summary(context, found.provinces), "categories": lines}


def _summary(context: FigureContext, provinces: list[ProvinceFigures]) -> dict[str, Any]:
    lights = Counter(province.light for province in provinces)
    return {
        **context.head(),
        "provinces_total": sum(bool(province.by_category) for province in provinces),
        "provinces_completed": sum(province.completed for province in provinces),
        "lights": {light: lights[light] for light in ("green", "yellow", "red")},
        "statement": statement_of_whole(context, provinces),
    }


def statement_of_whole(context: FigureContext, provinces: list[ProvinceFigures]) -> str:
    """Who has completed everything, the one with the most work first."""
    those = [province for province in provinces if province.by_category]
    done = sorted((one for one in those if one.completed), key=lambda one: (-one.assignments.total, one.code))
    names = [context.unit_name(one.code) for one in done]
    at = context.moment.as_of
    return whole(context.lang, at=at, total=len(those), completed=names, rest=len(those) - len(done))


def _line(context: FigureContext, line: CategoryFigures) -> dict[str, Any]:
    category = context.catalogue.categories[line.code]
    work = line.assignments
    return {
        "code": line.code,
        "position": category.position,
        "name": context.name(category.names),
        "names": category.names,
        "provinces_total": line.provinces_total,
        "provinces_completed": line.provinces_completed,
        "provinces_verified": line.provinces_verified,
        "provinces_in_progress": line.in_state("in_progress"),
        "provinces_blocked": line.in_state("blocked"),
        "provinces_not_started": line.in_state("not_started"),
        "assignments_total": work.total,
        "assignments_completed": work.complete,
        "assignments_verified": work.verified,
        "completed_on_time": work.on_time,
        "completed_late": work.late,
        "overdue_open": work.overdue,
        "completion": line.completion,
        "missing": line.missing,
        "statement": _statement(context, line),
    }


def _statement(context: FigureContext, line: CategoryFigures) -> str:
    category = context.catalogue.categories[line.code]
    levels = {task.level for task in context.catalogue.tasks_of(line.code)}
    owners, missing = line.provinces, line.missing
    if levels == {"agency"}:
        owners = line.owners
        missing = sorted(owner for owner, cell in owners.items() if cell.state != "completed")
    return statement(
        context.lang,
        category=line.code,
        name=context.name(category.names),
        level="agency" if levels == {"agency"} else "commune" if levels == {"commune"} else "province",
        at=context.moment.as_of,
        total=len(owners),
        completed=len(owners) - len(missing),
        missing=[context.unit_name(owner) for owner in missing] if len(missing) <= NAMED_AT_MOST else (),
    )
