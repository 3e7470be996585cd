"""All texts by code. A table of a feature is a dictionary from code to the sentence in each language."""

from collections.abc import Mapping
from string import Formatter

from app.language import Language
from app.messages.import_files import FILES
from app.messages.import_rows import ROWS
from app.messages.problems import PROBLEMS
from app.messages.refusals import REFUSALS
from app.messages.requests import REQUESTS
from app.messages.terms import TERMS
from app.messages.values import VALUES

Texts = Mapping[Language, str]
COMPLAINTS: Mapping[str, Texts] = {**ROWS, **FILES, **REQUESTS, **VALUES}
"""What can be wrong with a field, parameter, row or file. `missing` and `missing.unit` both have the code `missing`."""
TEXTS: Mapping[str, Texts] = {**COMPLAINTS, **REFUSALS, **PROBLEMS, **TERMS}


class _Filled(dict[str, object]):
    """A parameter that is not known is left out of the sentence, which must not fail for it."""

    def __missing__(self, name: str) -> str:
        return "…"


def text(code: str, language: Language, /, **parameters: object) -> str:
    """The sentence of a code with its parameters; the code itself where there is none."""
    texts = TEXTS.get(code)
    return texts[language].format_map(_Filled(parameters)) if texts else code


def parameters_of(sentence: str) -> set[str]:
    """The names of the parameters that a sentence has room for."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
