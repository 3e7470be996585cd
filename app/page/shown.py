"""The answers that a page shows: of a bulletin as they were issued, else those of the moment."""

from collections.abc import Mapping
from typing import Any

from app.bulletins import service as bulletins
from app.page.context import Context
from app.progress.answers.matrix import matrix
from app.progress.answers.progress import progress
from app.progress.answers.provinces import provinces

Answer = Mapping[str, Any]


def frozen(context: Context) -> dict[str, Any]:
    """What was stored with the bulletin that is shown: progress, and provinces and matrix but of an early one."""
    row, lang = context.opening.row, context.view.lang
    if row is None:
        return {}
    return bulletins.frozen(row, lang) if bulletins.is_frozen(row) else {"progress": row.progress[lang]}


def shown_progress(context: Context) -> Any:
    return frozen(context).get("progress") or progress(context.view, context.view.figures)


async def shown_provinces(context: Context) -> list[dict[str, Any]]:
    found = frozen(context).get("provinces") or await provinces(context.view)
    return list(found["items"])


async def shown_matrix(context: Context) -> Any:
    return frozen(context).get("matrix") or await matrix(context.view)
