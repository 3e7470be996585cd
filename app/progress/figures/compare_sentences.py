"""What is said of the changes between two moments, in three languages. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.language import Language
from app.progress.figures.context import FigureContext

Answer = Mapping[str, Any]


def sentences(context: FigureContext, lines: Sequence[Answer], changes: Sequence[Answer]) -> list[str]:
    """One for each line whose figure moved, then one for each that provinces fell back in."""
    return [*_moved(context.lang, lines), *_fallen_back(context.lang, changes)]


def _moved(lang: Language, lines: Sequence[Answer]) -> Iterator[str]:
    for line in lines:
        if line["before"] != line["after"]:
            apart = line["after"] - line["before"]
            signed = f"+{apart}" if apart > 0 else f"−{-apart}"
            words = _MOVED[lang]
            yield words.format(name=line["name"], before=line["before"], after=line["after"], signed=signed)


def _fallen_back(lang: Language, changes: Sequence[Answer]) -> Iterator[str]:
    by_line = defaultdict(list)
    for change in changes:
        if change["before"] == "completed" and change["after"] is not None:
            by_line[change["category_name"]].append(change["province_name"])
    for name, provinces in by_line.items():
        yield _FALLEN[lang].format(name=name, provinces=_COMMAS[lang].join(provinces))


_MOVED: Mapping[Language, str] = {
    "vi": "{name}: từ {before} thành {after} tỉnh, thành phố ({signed}).",
    "en": "{name}: from {before} to {after} provinces and cities ({signed}).",
    "ja": "{name}：{before}省・市から{after}省・市へ（{signed}）。",
}
_FALLEN: Mapping[Language, str] = {
    "vi": "{name}: đã hoàn thành nhưng nay lùi lại: {provinces}.",
    "en": "{name}: had been completed and no longer is: {provinces}.",
    "ja": "{name}：完了していたが後退：{provinces}。",
}
_COMMAS: Mapping[Language, str] = {"vi": ", ", "en": ", ", "ja": "、"}
