"""Provinces by categories: the state of each cell, and whether all of it is verified."""

from typing import Any

from app.progress.answers.context import ReadContext
from app.progress.figures.cell import Cell


async def matrix(context: ReadContext) -> dict[str, Any]:
    """A row a province, a column a category: its state, whether all of it is verified; null where nothing applies."""
    table = [
        [context.cells.get((province, code)) for code in context.category_codes] for province in context.province_codes
    ]
    return {
        **context.head(),
        "provinces": context.province_codes,
        "categories": context.category_codes,
        "states": [[_state(cell) for cell in line] for line in table],
        "verified": [[cell.all_verified if cell else None for cell in line] for line in table],
    }


def _state(cell: Cell | None) -> str | None:
    return cell.state if cell else None
