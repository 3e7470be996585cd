"""The three languages, and which of them an answer is in. Pure."""

from functools import lru_cache
from typing import Literal

from app.quality import quality

Language = Literal["vi", "en", "ja"]
LANGUAGES: tuple[Language, ...] = ("vi", "en", "ja")


MAX_HEADER = 256
"""Characters of an `Accept-Language` header that are read: browsers send under a hundred."""


def accepted(header: str) -> Language:
    """The best of the three for an `Accept-Language` header; Vietnamese when it names none of them."""
    return best_of(header[:MAX_HEADER])


@lru_cache(maxsize=256)
def best_of(header: str) -> Language:
    """The most welcome one; of equally welcome ones the first that is named. A star stands for those not named."""
    weights: dict[str, float] = {}
    for part in header.split(",")[:20]:
        tag, _, parameters = part.partition(";")
        language = tag.strip().lower().partition("-")[0]
        weights[language] = max(weights.get(language, 0.0), quality(parameters))
    rest = weights.get("*", 0.0)
    best = max((*weights, *LANGUAGES), key=lambda one: weights.get(one, rest) if one in LANGUAGES else 0.0)
    return next((one for one in LANGUAGES if one == best and weights.get(one, rest) > 0), LANGUAGES[0])
