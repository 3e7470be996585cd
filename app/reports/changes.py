"""What has changed in a bulletin since it was issued, as text. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from app.language import Language
from app.reports.words import listed, number, say, table

Named = Callable[[str], str]
FIGURES = (
    "provinces_completed", "provinces_total", "lights_green", "lights_yellow", "lights_red", "completion",
    "provinces_verified", "provinces_in_progress", "provinces_blocked", "provinces_not_started", "missing",
    "assignments_completed", "assignments_total", "assignments_verified", "completed_on_time", "completed_late",
    "overdue_open",
)  # fmt: skip
"""In the order in which they are listed."""


def changes(lang: Language, differences: Iterable[Mapping[str, Any]], unit_name: Named) -> dict[str | None, str]:
    """By category (None: the whole campaign): every figure as issued and as known now."""
    found: dict[str | None, list[str]] = defaultdict(list)
    those = _chained(differences)
    for one in sorted((one for one in those if not one.get("province")), key=_order):
        label = table(lang).get(f"figure.{one['figure']}", one["figure"])
        issued, now = (_figure(lang, one[when], unit_name) for when in ("issued", "now"))
        found[one["category"]].append(f"{label} {issued} → {now}")
    found[None].extend(_lights(lang, those, unit_name))
    if whose := dict.fromkeys(one["province"] for one in those if one.get("province") and one["figure"] != "light"):
        found[None].append(say(lang, "figures_of", names=listed(lang, [unit_name(code) for code in whose])))
    return {category: listed(lang, parts) for category, parts in found.items() if parts}


def _chained(differences: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """One difference a figure, from as issued to as known now: each cause begins where the one before it ended."""
    found: dict[tuple[object, ...], Mapping[str, Any]] = {}
    for one in differences:
        figure = (one["category"], one["figure"], one.get("province"))
        found[figure] = {**one, "issued": found.get(figure, one)["issued"]}
    return [one for one in found.values() if one["issued"] != one["now"]]


def _lights(lang: Language, differences: Iterable[Mapping[str, Any]], unit_name: Named) -> Iterator[str]:
    """Whose light changed, by the two lights: `Green → Red (Thanh Hoá, Nghệ An)`."""
    whose: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for one in differences:
        if one["figure"] == "light":
            whose[one["issued"], one["now"]].append(unit_name(one["province"]))
    for (issued, now), names in whose.items():
        lights = " → ".join(say(lang, f"light.{light}") if light else say(lang, "cell.none") for light in (issued, now))
        yield f"{lights}{say(lang, 'space')}{say(lang, 'in_brackets', said=listed(lang, names))}"


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
    return say(lang, "nothing") if value is None else _percent(lang, value)


def _percent(lang: Language, share: float) -> str:
    """`79,41%`, `79.41%`."""
    written = f"{share * 100:.2f}".rstrip("0").rstrip(".")
    return (written.replace(".", ",") if lang == "vi" else written) + "%"
