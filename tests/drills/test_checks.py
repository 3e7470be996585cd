"""Every check has its tests and drills, which exist; the document says the same."""

import ast
from functools import cache
from pathlib import Path

import pytest

from tests.drills.checks import CHECKS, NUMBERS
from tests.drills.registry import DRILLS

DOCUMENT = Path("docs/reliability.md")


@cache
def names_in(file: str) -> frozenset[str]:
    tree = ast.parse(Path(file).read_text())
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return frozenset(one.name for one in tree.body if isinstance(one, functions) and one.name.startswith("test_"))


@pytest.mark.parametrize("number", NUMBERS)
def test_every_check_is_held_by_a_test_or_a_drill(number: int) -> None:
    assert number in CHECKS, f"check {number} has no line in tests/drills/checks.toml"
    assert CHECKS[number].tests or CHECKS[number].drills


@pytest.mark.parametrize("number", CHECKS)
def test_what_holds_a_check_exists(number: int) -> None:
    for test in CHECKS[number].tests:
        file, _, name = test.partition("::")
        assert name in names_in(file), test
    assert set(CHECKS[number].drills) <= set(DRILLS)


def test_every_drill_belongs_to_a_check() -> None:
    used = {drill for check in CHECKS.values() for drill in check.drills}
    assert set(DRILLS) - used == {"claims"}  # which runs the tests of all of them


def test_the_document_has_the_same_table() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.split(" | ")[0].removeprefix("| ").isdigit()]
    assert rows == [check.row(number) for number, check in CHECKS.items()]


def test_the_document_names_every_drill() -> None:
    text = DOCUMENT.read_text()
    assert [name for name in DRILLS if f"`{name}`" not in text] == []
