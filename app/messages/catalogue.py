"""All texts by code. A table of a feature is a dictionary from code to the sentence in each language."""

from collections.abc import Mapping
from string import Formatter

from app.language import Language
from app.messages.imports import IMPORTS

Texts = Mapping[Language, str]
CATALOGUE: Mapping[str, Texts] = IMPORTS


class _Filled(dict[str, object]):
    """A parameter that is not known is left out of the sentence, which must not fail for it."""

    def __missing__(self, name: str) -> str:
        return "…"


def text(code: str, language: Language, /, **parameters: object) -> str:
    """The sentence of a code with its parameters; the code itself where there is none."""
    texts = CATALOGUE.get(code)
    return texts[language].format_map(_Filled(parameters)) if texts else code


def parameters_of(sentence: str) -> set[str]:
    """The names of the parameters that a sentence has room for."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
