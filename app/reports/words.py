"""The fixed texts of the reports: one table for each of three languages, with equal keys."""

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from app.conditions import HOURS
from app.language import Language


@cache
def table(lang: Language) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(files(__package__).joinpath(f"texts/{lang}.json").read_text("utf-8"))
    return found


def say(lang: Language, key: str, **values: object) -> str:
    return table(lang)[key].format(**HOURS, **values)


def number(lang: Language, value: int) -> str:
    """With the language's separator of thousands: 3.321 or 3,321."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if lang == "vi" else grouped


def listed(lang: Language, parts: list[str] | tuple[str, ...]) -> str:
    return table(lang)["comma"].join(parts)
