"""What the page says, in three languages: one table each, with the same keys."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files

from app.clock import in_vietnam
from app.conditions import HOURS
from app.language import Language
from app.progress.figures.days import MONTHS, official_parts

Say = Callable[..., str]

SELF_NAMES: Mapping[Language, str] = {"vi": "Tiếng Việt", "en": "English", "ja": "日本語"}
"""Each language by the name that its readers look for."""

COMMA: Mapping[Language, str] = {"vi": ", ", "en": ", ", "ja": "、"}
"""What stands between the names of a list."""


@cache
def table(lang: Language) -> Mapping[str, str]:
    found: dict[str, str] = json.loads(files(__package__).joinpath(f"texts/{lang}.json").read_text("utf-8"))
    return found


def in_language(lang: Language) -> Say:
    """A function that says a text by its key; with `n` the singular or the plural of it."""

    def say(key: str, n: int | None = None, **values: object) -> str:
        if n is None:
            return table(lang)[key].format(**HOURS, **values)
        found = table(lang).get(key) or table(lang)[f"{key}.one" if n == 1 else f"{key}.other"]
        return found.format(n=number(lang, n), **HOURS, **values)

    return say


def short_line(lang: Language, code: str, name: str) -> str:
    """A line's name where there is little room; the name itself of a line that has no short one."""
    return table(lang).get(f"line.{code}", name)


def short_unit(lang: Language, code: str, name: str) -> str:
    """A province's name on a tile; in Japanese without the word for province or city."""
    return table(lang).get(f"unit.{code}") or (name.rstrip("省市") if lang == "ja" else name)


def number(lang: Language, value: int) -> str:
    """With the language's own mark between thousands: 3.321 or 3,321."""
    grouped = f"{value:,}"
    return grouped.replace(",", ".") if lang == "vi" else grouped


def decimal(lang: Language, value: float) -> str:
    """To one place, with the language's own mark: 1,5 or 1.5."""
    return f"{value:.1f}".replace(".", ",") if lang == "vi" else f"{value:.1f}"


def day(lang: Language, at: datetime) -> str:
    """A day on an axis: `27/6`, `27 Jun`, `6月27日`."""
    local = in_vietnam(at)
    if lang == "en":
        return f"{local.day} {MONTHS[local.month - 1][:3]}"
    return f"{local.day}/{local.month}" if lang == "vi" else f"{local.month}月{local.day}日"


def signed(value: int) -> str:
    """A change: `+4`, `−1` with a real minus, `±0`."""
    return f"+{value}" if value > 0 else f"−{-value}" if value else "±0"


def short(lang: Language, at: datetime, shown: datetime) -> str:
    """A moment for a table: `16:05 27/6`, `27 Jun 16:05`, `6月27日 16:05`, in Vietnamese time.

    Without a year it is of the year of the moment shown, which the page says in full.
    """
    local = in_vietnam(at)
    hour = f"{local:%H:%M}"
    year = "" if local.year == in_vietnam(shown).year else str(local.year)
    if lang == "vi":
        return f"{hour} " + "/".join(part for part in (*official_parts(local), year) if part)
    if lang == "en":
        return f"{local.day} {MONTHS[local.month - 1][:3]} " + (year and f"{year} ") + hour
    return (year and f"{year}年") + f"{local.month}月{local.day}日 {hour}"
