"""Parameters that only the run of everything tries, beside one of their kind that is always tried."""

from collections.abc import Iterable
from typing import Any

import pytest

from app.language import LANGUAGES


def slow(*values: Any) -> list[Any]:
    """Those with which a test runs where everything is run."""
    return [pytest.param(*one, marks=pytest.mark.slow) if isinstance(one, tuple) else _slow(one) for one in values]


def in_languages(always: str) -> list[Any]:
    """All languages: this one always, the others where everything is run."""
    return all_but(always, LANGUAGES)


def all_but(always: Any, values: Iterable[Any]) -> list[Any]:
    """All values in their order: this one always, the others where everything is run."""
    return [one if one == always else _slow(one) for one in values]


def _slow(value: Any) -> Any:
    return pytest.param(value, marks=pytest.mark.slow)
