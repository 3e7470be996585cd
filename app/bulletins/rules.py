"""What counts as overtaken, and by what. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Literal, NamedTuple

Cause = Literal["report", "ruling", "deadline"]
CAUSES: tuple[Cause, ...] = ("report", "ruling", "deadline")
"""In the order in which they are listed: what was reported since, what applies since, what is due since."""

LIGHTS = ("green", "yellow", "red")
WORDS = frozenset({"code", "position", "name", "names", "statement"})
"""Fields of a line that are not figures."""


class RestatedReport(NamedTuple):
    """The report at one stage of what was recorded, and the light of each province where it is known."""

    progress: Mapping[str, Any]
    lights: Mapping[str, str | None] | None


def differences(stages: Sequence[RestatedReport]) -> Iterator[dict[str, Any]]:
    """Every figure of a bulletin that is different by what is known now.

    `stages` are the report as issued, then with what each cause has changed since: a figure that two causes moved
    comes twice, the second time from where the first one left it.
    """
    for cause, (before, after) in zip(CAUSES, pairwise(stages), strict=False):
        for category, figure, issued, now in _changed(before.progress, after.progress):
            yield _difference(cause, figure, issued, now, category=category)
        for province, issued, now in _lights_changed(before, after):
            yield _difference(cause, "light", issued, now, province=province)


def _difference(
    cause: Cause, figure: str, issued: Any, now: Any, *, category: str | None = None, province: str | None = None
) -> dict[str, Any]:
    about = {"category": category, "province": province, "figure": figure}
    return {**about, "issued": issued, "now": now, "cause": cause}


def _lights_changed(before: RestatedReport, after: RestatedReport) -> Iterator[tuple[str, Any, Any]]:
    """Whose light changed; of a bulletin that was not frozen whole only the counts are known."""
    if before.lights is None or after.lights is None:
        return
    for province, light in before.lights.items():
        if light != after.lights.get(province):
            yield province, light, after.lights.get(province)


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[tuple[str | None, str, Any, Any]]:
    for figure in ("provinces_total", "provinces_completed"):
        if before[figure] != after[figure]:
            yield None, figure, before[figure], after[figure]
    for light in LIGHTS:
        if before["lights"][light] != after["lights"][light]:
            yield None, f"lights_{light}", before["lights"][light], after["lights"][light]
    lines = {line["code"]: line for line in after["categories"]}
    for line in before["categories"]:
        then = lines.get(line["code"], {})
        for figure, value in line.items():
            if figure not in WORDS and value != then.get(figure):
                yield line["code"], figure, value, then.get(figure)
