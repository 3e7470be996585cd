"""What later reports have changed in a bulletin, as text. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from app.language import Language
from app.reports.words import listed, number, say, table

Named = Callable[[str], str]
FIGURES = (
    "provinces_completed", "provinces_total", "completion", "provinces_verified", "provinces_in_progress",
    "provinces_blocked", "provinces_not_started", "missing", "assignments_completed", "assignments_total",
    "assignments_verified", "completed_on_time", "completed_late", "overdue_open",
)  # fmt: skip
"""In the order in which they are listed."""


def changes(lang: Language, differences: Iterable[Mapping[str, Any]], unit_name: Named) -> dict[str | None, str]:
    """By category (None: the whole campaign): every figure as issued and as known now."""
    found: dict[str | None, list[str]] = defaultdict(list)
    for one in sorted(differences, key=_order):
        label = table(lang).get(f"figure.{one['figure']}", one["figure"])
        issued, now = (_figure(lang, one[when], unit_name) for when in ("issued", "now"))
        found[one["category"]].append(f"{label} {issued} → {now}")
    return {category: listed(lang, parts) for category, parts in found.items()}


def in_one_line(lang: Language, changed: Mapping[str | None, str], names: Mapping[str | None, str]) -> str:
    """The sentence of the document about all changes, in the order of `names`; empty when nothing changed."""
    if not changed:
        return ""
    named = [(None, say(lang, "overall")), *names.items()]
    parts = [f"{name}{say(lang, 'colon')}{changed[code]}" for code, name in named if code in changed]
    return say(lang, "restated", differences=say(lang, "mark").join(parts))


def _order(difference: Mapping[str, Any]) -> int:
    figure = difference["figure"]
    return FIGURES.index(figure) if figure in FIGURES else len(FIGURES)


def _figure(lang: Language, value: Any, unit_name: Named) -> str:
    if isinstance(value, list):
        return listed(lang, [unit_name(code) for code in value]) or say(lang, "nothing")
    if isinstance(value, int):
        return number(lang, value)
    return say(lang, "nothing") if value is None else f"{value}"
