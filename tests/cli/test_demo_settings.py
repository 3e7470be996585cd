"""`serve --demo` opens progress to all, unless the operator has said otherwise."""

import pytest

from app.cli.serve import for_demo
from app.settings import Settings


def test_progress_of_the_demo_is_open() -> None:
    assert for_demo(Settings()).public_progress


def test_what_the_operator_says_of_it_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_PUBLIC_PROGRESS", "false")
    assert not for_demo(Settings()).public_progress
    assert for_demo(Settings()).demo
