"""A sentence that is not yet in a language: its key and parameters, written where the reader's language is known."""

import json
from collections.abc import Mapping
from typing import NamedTuple

from app.language import Language
from app.messages.texts import text

LONGEST_PARAMETER = 80
WHOLE = frozenset({"possible", "expected", "limits"})
"""Parameters that tell what would be right: a part of them helps nobody."""

_JSON = (bool, int, float, list, tuple, dict)


class Sentence(NamedTuple):
    """The key of a sentence in the tables of texts, and what it tells of this case."""

    key: str
    parameters: Mapping[str, object] = {}


def say(key: str, /, **parameters: object) -> Sentence:
    return Sentence(key, parameters)


def written(said: Sentence | str, language: Language) -> str:
    """The sentence in a language. A string has been written before."""
    if isinstance(said, str):
        return said
    shown = {name: _shown(name, value, language) for name, value in said.parameters.items()}
    return text(said.key, language, **shown)


def _shown(name: str, value: object, language: Language) -> str:
    """A word in the language; what would be right as a whole; what was sent as it was sent, and no longer than fits."""
    if isinstance(value, Sentence):
        return written(value, language)
    if name in WHOLE:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    shown = as_json(value) if value is None or isinstance(value, _JSON) else str(value)
    return shown if len(shown) <= LONGEST_PARAMETER else f"{shown[: LONGEST_PARAMETER - 1]}…"


def as_json(value: object) -> str:
    """A value as a client writes it: `null`, not `None`."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
