"""Which figures of a bulletin are restated. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any

WORDS = frozenset({"code", "position", "name", "names", "statement"})
"""Fields of a line that are not figures."""


def differences(issued: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every figure of a bulletin that is different by what is known now."""
    for figure in ("provinces_total", "provinces_completed"):
        if issued[figure] != now[figure]:
            yield _difference(None, figure, issued[figure], now[figure])
    lines = {line["code"]: line for line in now["categories"]}
    for line in issued["categories"]:
        today = lines.get(line["code"], {})
        for figure, value in line.items():
            if figure not in WORDS and value != today.get(figure):
                yield _difference(line["code"], figure, value, today.get(figure))


def _difference(category: str | None, figure: str, issued: object, now: object) -> dict[str, Any]:
    return {"category": category, "figure": figure, "issued": issued, "now": now}
