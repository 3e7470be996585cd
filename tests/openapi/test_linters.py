"""Two linters of descriptions find nothing by the rules that they recommend."""

import json
from pathlib import Path

import pytest

from tests.openapi.operations import description
from tests.openapi.tools import HERE, npx

LOCKS = ("package.json", "package-lock.json", "python-client.in", "python-client.lock")


@pytest.fixture
def document(tmp_path: Path) -> Path:
    path = tmp_path / "openapi.json"
    path.write_text(json.dumps(description(), ensure_ascii=False))
    return path


@pytest.mark.parametrize("name", LOCKS)
def test_what_reads_the_description_is_pinned_and_names_no_host(name: str) -> None:
    assert "://" not in (HERE / name).read_text()


@pytest.mark.slow
def test_redocly_finds_nothing(document: Path, tmp_path: Path) -> None:
    said = npx("redocly", "lint", document, "--extends=recommended", "--max-problems=1000", cwd=tmp_path)
    assert "Your API description is valid" in said
    assert "problem" not in said  # which it counts, however it warns of the Node.js that it runs on


@pytest.mark.slow
def test_spectral_finds_nothing(document: Path, tmp_path: Path) -> None:
    rules = tmp_path / ".spectral.yaml"
    rules.write_text('extends: ["spectral:oas"]\n')
    said = npx("spectral", "lint", document, "--ruleset", rules, "--fail-severity=hint")
    assert "No results" in said
