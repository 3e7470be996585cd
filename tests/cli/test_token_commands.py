"""`tiendo token`: what is printed, and what is not."""

import pytest
from typer.testing import CliRunner, Result

from app.cli.commands import app


@pytest.fixture(autouse=True)
def _environment(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)


def tiendo(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


def test_a_token_is_printed_alone() -> None:
    printed = tiendo("token", "create", "--role", "reporter", "--unit", "38", "--name", "huong").stdout
    assert printed.startswith("tdo_")
    assert len(printed.splitlines()) == 1
    listed = tiendo("token", "list").stdout
    assert "huong" in listed
    assert printed.strip() not in listed


def test_a_token_for_an_unknown_unit_is_refused() -> None:
    refused = tiendo("token", "create", "--role", "reporter", "--unit", "999", "--name", "x")
    assert refused.exit_code == 2
    assert "999" in refused.output
