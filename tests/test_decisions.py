"""Every decision has a state, and the index of decisions agrees with the files."""

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent.parent / "docs/decisions"
DECISIONS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")
STATE = re.compile(r"^\*\*State\.\*\* ((?:In force|Superseded by|Proposed)\b.*\.)$", re.MULTILINE)
INDEX = re.compile(r"^\| \[([\w-]+)\]\(\1\.md\) \| [^|]+ \| ([^|]+) \|$", re.MULTILINE)


def test_the_index_names_each_decision_with_its_state() -> None:
    assert dict(INDEX.findall((FOLDER / "README.md").read_text("utf-8"))) == {
        path.stem: state(path) for path in DECISIONS
    }


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_a_decision_names_only_decisions_that_exist(path: Path) -> None:
    named = re.findall(r"\]\(([\w-]+\.md)\)", path.read_text("utf-8"))
    assert [name for name in named if not (FOLDER / name).exists()] == []


@pytest.mark.parametrize("path", DECISIONS, ids=lambda path: path.stem)
def test_what_supersedes_another_is_named_by_it(path: Path) -> None:
    for successor in re.findall(r"superseded by \[[^]]+\]\(([\w-]+)\.md\)", state(path), re.IGNORECASE):
        assert f"]({path.name})" in state(FOLDER / f"{successor}.md")


def state(path: Path) -> str:
    (found,) = STATE.findall(path.read_text("utf-8"))
    return str(found)
