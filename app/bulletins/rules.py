"""What counts as overtaken, and by what. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal

Cause = Literal["report", "ruling", "deadline"]
CAUSES: tuple[Cause, ...] = ("report", "ruling", "deadline")
"""In the order in which they are told: what was reported since, what applies since, what is due since."""

WORDS = frozenset({"code", "position", "name", "names", "statement"})
"""Fields of a line that are not figures."""


def differences(stages: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every figure of a bulletin that is different by what is known now.

    `stages` are the report as issued, then with what each cause has changed since: a figure that two causes moved is
    told twice, the second time from where the first one left it.
    """
    for cause, (before, after) in zip(CAUSES, pairwise(stages), strict=False):
        for category, figure, issued, now in _changed(before, after):
            yield {"category": category, "figure": figure, "issued": issued, "now": now, "cause": cause}


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str | None, str, Any, Any]]:
    for figure in ("provinces_total", "provinces_completed"):
        if before[figure] != after[figure]:
            yield None, figure, before[figure], after[figure]
    lines = {line["code"]: line for line in after["categories"]}
    for line in before["categories"]:
        then = lines.get(line["code"], {})
        for figure, value in line.items():
            if figure not in WORDS and value != then.get(figure):
                yield line["code"], figure, value, then.get(figure)
