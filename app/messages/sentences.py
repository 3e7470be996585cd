"""A sentence that is not yet in a language: its key and parameters, written where the reader's language is known."""

from collections.abc import Mapping
from typing import NamedTuple

from app.language import Language
from app.messages.texts import text

LONGEST_PARAMETER = 80


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
    shown = {name: _shown(value, language) for name, value in said.parameters.items()}
    return text(said.key, language, **shown)


def _shown(value: object, language: Language) -> object:
    """A word in the language; a list as its items; a long value, which the client knows anyway, is cut."""
    if isinstance(value, Sentence):
        return written(value, language)
    if isinstance(value, bool | int | float):
        return value
    shown = ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    return shown if len(shown) <= LONGEST_PARAMETER else f"{shown[: LONGEST_PARAMETER - 1]}…"
