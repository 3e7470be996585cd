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


class FigureKey(NamedTuple):
    """Which figure of a report: of a line, of a province, of both, or of the whole."""

    category: str | None
    province: str | None
    figure: str


ReportFigures = Mapping[FigureKey, Any]
"""Every figure of a report, in the order in which differences are listed."""


def report_of(
    progress: Mapping[str, Any],
    provinces: Mapping[str, Mapping[str, Any]] | None = None,
    matrix: Mapping[str, Any] | None = None,
) -> ReportFigures:
    """The figures of a report; of a bulletin that was not frozen whole only those of its lines are known.

    `provinces` are figures by province, with its light.
    """
    found = {FigureKey(None, None, figure): progress[figure] for figure in ("provinces_total", "provinces_completed")}
    found |= {FigureKey(None, None, f"lights_{light}"): progress["lights"][light] for light in LIGHTS}
    for line in progress["categories"]:
        found |= {FigureKey(line["code"], None, figure): value for figure, value in line.items() if figure not in WORDS}
    for code, figures in (provinces or {}).items():
        found |= {FigureKey(None, code, figure): value for figure, value in figures.items()}
    return found | dict(_states(matrix)) if matrix else found


def _states(matrix: Mapping[str, Any]) -> Iterator[tuple[FigureKey, Any]]:
    for figure in ("state", "verified"):
        rows = matrix["states" if figure == "state" else "verified"]
        for province, row in zip(matrix["provinces"], rows, strict=True):
            for category, value in zip(matrix["categories"], row, strict=True):
                yield FigureKey(category, province, figure), value


def differences(stages: Sequence[ReportFigures]) -> Iterator[dict[str, Any]]:
    """Every figure of a bulletin that is different by what is known now.

    `stages` are the report as issued, then with what each cause has changed since: a figure that two causes moved
    comes twice, the second time from where the first one left it.
    """
    for cause, (before, after) in zip(CAUSES, pairwise(stages), strict=False):
        for place in stages[0]:
            issued, now = before.get(place), after.get(place)
            if issued != now:
                yield {**place._asdict(), "issued": issued, "now": now, "cause": cause}
