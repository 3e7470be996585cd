"""The three languages, and which of them an answer is in. Pure."""

from functools import lru_cache
from typing import Literal

Language = Literal["vi", "en", "ja"]
LANGUAGES: tuple[Language, ...] = ("vi", "en", "ja")


MAX_HEADER = 256
"""Characters of an `Accept-Language` header that are read: browsers send under a hundred."""


def accepted(header: str) -> Language:
    """The best of the three for an `Accept-Language` header; Vietnamese when it names none of them."""
    return best_of(header[:MAX_HEADER])


@lru_cache(maxsize=256)
def best_of(header: str) -> Language:
    best, best_weight = LANGUAGES[0], 0.0
    for part in header.split(",")[:20]:
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weight = _weight(parameters)
        if language in LANGUAGES and weight > best_weight:
            best, best_weight = language, weight
    return best


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0
