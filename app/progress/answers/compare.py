"""What changed between two moments, each by both clocks. Pure."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from app.clock import text
from app.progress.figures import figures
from app.progress.figures.cell import Cells
from app.progress.figures.compare_sentences import sentences
from app.progress.figures.context import FigureContext
from app.progress.figures.figures import CategoryFigures
from app.progress.figures.moment import Moment


@dataclass(frozen=True, slots=True)
class End:
    """One of the two moments; `bulletin` is the number of the one that it was read out with."""

    moment: Moment
    cells: Cells
    bulletin: int | None = None


def compare(scene: FigureContext, start: End, end: End) -> dict[str, Any]:
    """Each province's state and light where they differ, the report's lines at both moments, and what to say of it."""
    lines = list(_lines(scene, start, end))
    changes = list(_changes(scene, start, end))
    lights = [_lights(scene, one) for one in (start, end)]
    return {
        "campaign": scene.campaign.code,
        "known_at": scene.head()["known_at"],
        **_head("from", start),
        **_head("to", end),
        "changes": changes,
        "categories": lines,
        "lights": {
            "before": _counted(lights[0]),
            "after": _counted(lights[1]),
            "changes": [
                {"province": code, "name": scene.unit_name(code), "before": lights[0][code], "after": lights[1][code]}
                for code in scene.province_codes
                if lights[0][code] != lights[1][code]
            ],
        },
        "sentences": sentences(scene, lines, changes),
    }


def _head(side: str, end: End) -> dict[str, Any]:
    known_at = end.moment.known_at
    return {
        side: text(end.moment.as_of),
        f"{side}_known_at": text(known_at) if known_at else None,
        f"{side}_bulletin": end.bulletin,
    }


def _changes(scene: FigureContext, start: End, end: End) -> Iterator[dict[str, Any]]:
    for province in scene.province_codes:
        for category in scene.categories:
            was, now = (_state(one.cells, province, category.code) for one in (start, end))
            if was != now:
                yield {
                    "province": province,
                    "province_name": scene.unit_name(province),
                    "category": category.code,
                    "category_name": scene.name(category.names),
                    "before": was,
                    "after": now,
                }


def _state(cells: Cells, province: str, category: str) -> str | None:
    cell = cells.get((province, category))
    return cell.state if cell else None


def _lines(scene: FigureContext, start: End, end: End) -> Iterator[dict[str, Any]]:
    before, after = (figures.categories(one.cells, scene.category_codes, scene.province_codes) for one in (start, end))
    for category, was, now in zip(scene.categories, before, after, strict=True):
        yield {
            "code": category.code,
            "name": scene.name(category.names),
            "before": was.provinces_completed,
            "after": now.provinces_completed,
            **_tasks(was, now),
        }


def _tasks(was: CategoryFigures, now: CategoryFigures) -> dict[str, int]:
    return {"assignments_before": was.assignments.complete, "assignments_after": now.assignments.complete}


def _lights(scene: FigureContext, end: End) -> dict[str, str | None]:
    """None where nothing applies: there is no light for no work."""
    those = figures.provinces(end.cells, scene.category_codes, scene.province_codes)
    return {one.code: one.light if one.by_category else None for one in those}


def _counted(lights: dict[str, str | None]) -> dict[str, int]:
    counts = Counter(lights.values())
    return {light: counts[light] for light in ("green", "yellow", "red")}
