"""The glossary `docs/words.md` names every public type and every table, and retired words stay retired."""

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import Base

ROOT = Path(__file__).parents[1]
GLOSSARY = (ROOT / "docs/words.md").read_text()
CURRENT, _, RETIRED = GLOSSARY.partition("<!-- retired -->")
NAMED = frozenset(re.findall(r"`([^`\n]+)`", CURRENT))
OF_THE_INTERFACE = ("In", "Out", "Patch")
MODULES = {path: ast.parse(path.read_text()) for path in sorted((ROOT / "app").rglob("*.py"))}


def public_types() -> Iterator[tuple[str, Path]]:
    for path, module in MODULES.items():
        for node in module.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, path


def explained_elsewhere(name: str, path: Path) -> bool:
    """Errors are in errors.md, schemas of requests and answers in openapi.json; of tables their names are listed."""
    is_error = path.name == "errors.py" and name not in {"Problem", "Complaint"}
    return is_error or name.endswith(OF_THE_INTERFACE) or path.parent.name == "models"


@pytest.mark.parametrize("name", sorted({name for name, path in public_types() if not explained_elsewhere(name, path)}))
def test_every_public_type_is_in_the_glossary(name: str) -> None:
    assert name in NAMED


@pytest.mark.parametrize("table", sorted(Base.metadata.tables))
def test_every_table_is_in_the_glossary(table: str) -> None:
    assert table in NAMED


def test_two_modules_never_define_a_type_of_one_name() -> None:
    places = defaultdict(set)
    for name, path in public_types():
        places[name].add(path)
    assert {name: paths for name, paths in places.items() if len(paths) > 1} == {}


def test_the_glossary_names_no_type_that_is_gone() -> None:
    types = {name for name, _ in public_types()}
    assert {name for name in NAMED if re.fullmatch(r"([A-Z][a-z0-9]+)+", name)} <= types


def test_the_glossary_names_no_file_that_is_gone() -> None:
    files = [name for name in NAMED if ("/" in name and " " not in name) or name.endswith(".py")]
    places = [name for name in files if re.fullmatch(r"[a-z_/]+(\.py)?", name) and name != "owner/unit"]
    assert [name for name in places if not ((ROOT / "app" / name).exists() or (ROOT / name).exists())] == []


def test_the_ten_changes_name_files_that_exist() -> None:
    section = (ROOT / "CONTRIBUTING.md").read_text().partition("## Ten changes")[2].partition("\n## ")[0]
    changes = [line for line in section.splitlines() if line.startswith("| ") and "`" in line]
    assert len(changes) == 10
    assert [name for line in changes for name in re.findall(r"`([^`]+)`", line) if not (ROOT / name).exists()] == []


def names() -> Iterator[tuple[str, str]]:
    """Every name of a module, type, function, parameter, field and table, with what it is."""
    for path, module in MODULES.items():
        yield path.stem, f"module {path.relative_to(ROOT)}"
        for node in ast.walk(module):
            if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
                yield node.name.removeprefix("_"), f"{node.name} in {path.relative_to(ROOT)}"
            elif isinstance(node, ast.arg):
                yield node.arg, f"parameter {node.arg} in {path.relative_to(ROOT)}, line {node.lineno}"
            elif isinstance(node, ast.AnnAssign):
                name = ast.unparse(node.target).removeprefix("self.").removeprefix("_")
                yield name, f"field {name} in {path.relative_to(ROOT)}, line {node.lineno}"
    for table in Base.metadata.tables:
        yield table, f"table {table}"


def test_retired_words_name_nothing() -> None:
    retired = frozenset(re.findall(r"`([^`\n]+)`", RETIRED))
    assert len(retired) > 50
    assert [place for name, place in names() if name in retired] == []


def test_a_word_has_one_line() -> None:
    """A type that is explained in two lines has two meanings."""
    lines = [
        line for line in CURRENT.splitlines() if line.startswith("| ") and not line.startswith(("| word", "| ---"))
    ]
    counted = Counter(name for line in lines for name in set(re.findall(r"`([A-Z][A-Za-z]+)`", line.split(" | ")[0])))
    assert [name for name, count in counted.items() if count > 1] == []
