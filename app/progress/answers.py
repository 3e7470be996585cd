"""The progress answers as they go over the wire: the report, the provinces, the matrix."""

from collections import Counter
from datetime import datetime
from typing import Any

import msgspec

from app.clock import minute_of, text
from app.progress import figures
from app.progress.cells import Cell
from app.progress.figures import CategoryFigures, ProvinceFigures
from app.progress.ledger import Figures
from app.progress.reasons import FirstAssignments, first_assignments
from app.progress.statement import NAMED_AT_MOST, statement, whole
from app.progress.view import Scene, View


async def progress(view: View) -> dict[str, Any]:
    """The report: one line a category, with the sentence that an official reads out."""
    lines = figures.categories(view.cells, view.category_codes, view.province_codes)
    provinces = figures.provinces(view.cells, view.category_codes, view.province_codes)
    return {**_summary(view, provinces), "categories": [_line(view, line) for line in lines]}


def progress_counted(scene: Scene, found: Figures) -> dict[str, Any]:
    """The same from counts alone. A line stays written for as long as its figures hold and the minute lasts."""
    minute = minute_of(scene.moment.as_of)
    lines = [_written(scene, line, minute) for line in found.categories]
    return {**_summary(scene, found.provinces), "categories": lines}


def _written(scene: Scene, line: CategoryFigures, minute: datetime) -> msgspec.Raw:
    kept = line.written.get(scene.lang)
    if kept is None or kept[0] != minute:
        kept = line.written[scene.lang] = (minute, msgspec.Raw(msgspec.json.encode(_line(scene, line))))
    return kept[1]


def _summary(scene: Scene, provinces: list[ProvinceFigures]) -> dict[str, Any]:
    lights = Counter(province.light for province in provinces)
    return {
        **scene.head(),
        "provinces_total": sum(bool(province.by_category) for province in provinces),
        "provinces_completed": sum(province.completed for province in provinces),
        "lights": {light: lights[light] for light in ("green", "yellow", "red")},
        "statement": statement_of_whole(view, provinces),
    }


def statement_of_whole(view: Scene, provinces: list[ProvinceFigures]) -> str:
    """Who has completed everything, the one with the most work first."""
    those = [province for province in provinces if province.by_category]
    done = sorted((one for one in those if one.completed), key=lambda one: (-one.assignments.total, one.code))
    names = [view.unit_name(one.code) for one in done]
    return whole(view.lang, at=view.moment.as_of, total=len(those), completed=names, rest=len(those) - len(done))


def _line(view: Scene, line: CategoryFigures) -> dict[str, Any]:
    category = view.catalogue.categories[line.code]
    work = line.assignments
    return {
        "code": line.code,
        "position": category.position,
        "name": view.name(category.names),
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
        "statement": _statement(view, line),
    }


def _statement(view: Scene, line: CategoryFigures) -> str:
    category = view.catalogue.categories[line.code]
    levels = {task.level for task in view.catalogue.tasks_of(line.code)}
    owners, missing = line.provinces, line.missing
    if levels == {"agency"}:
        owners = line.owners
        missing = sorted(owner for owner, cell in owners.items() if cell.state != "completed")
    return statement(
        view.lang,
        category=line.code,
        name=view.name(category.names),
        level="agency" if levels == {"agency"} else "commune" if levels == {"commune"} else "province",
        at=view.moment.as_of,
        total=len(owners),
        completed=len(owners) - len(missing),
        missing=[view.unit_name(owner) for owner in missing] if len(missing) <= NAMED_AT_MOST else (),
    )


async def provinces(view: View) -> dict[str, Any]:
    """Every province with its light, why, when it was last heard of, and its rank, in code order."""
    all_figures = figures.provinces(view.cells, view.category_codes, view.province_codes)
    return {**view.head(), "items": await province_items(view, all_figures, figures.ranks(all_figures))}


async def province_items(view: View, those: list[ProvinceFigures], ranks: dict[str, int]) -> list[dict[str, Any]]:
    heard = await view.heard([province.code for province in those])
    wanted = [(province.code, kind) for province in those for kind, _ in figures.reasons(province.assignments)]
    first = await first_assignments(view, wanted)
    return [_province(view, province, heard.get(province.code), first, ranks) for province in those]


def _province(
    view: View,
    province: ProvinceFigures,
    heard: datetime | None,
    first: FirstAssignments,
    ranks: dict[str, int],
) -> dict[str, Any]:
    work = province.assignments
    return {
        "code": province.code,
        "name": view.unit_name(province.code),
        "light": province.light,
        "reasons": [
            {"kind": kind, "count": count, "assignments": first.get((province.code, kind), [])}
            for kind, count in figures.reasons(work)
        ],
        "reporting": figures.reporting(work, heard, view.moment.as_of),
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


async def matrix(view: View) -> dict[str, Any]:
    """A row a province, a column a category: its state, whether all of it is verified; null where nothing applies."""
    table = [[view.cells.get((province, code)) for code in view.category_codes] for province in view.province_codes]
    return {
        **view.head(),
        "provinces": view.province_codes,
        "categories": view.category_codes,
        "states": [[_state(cell) for cell in line] for line in table],
        "verified": [[cell.all_verified if cell else None for cell in line] for line in table],
    }


def _state(cell: Cell | None) -> str | None:
    return cell.state if cell else None
