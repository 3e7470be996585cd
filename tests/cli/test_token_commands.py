"""`tiendo token`: what is printed, and what is not."""

import pytest
import structlog
from sqlalchemy.engine import make_url
from typer.testing import CliRunner, Result

from app.cli import main
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


def test_a_command_prints_nothing_but_what_it_is_asked_for(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What is logged on the way is no part of a token, or of a list as JSON."""
    name = str(make_url(database_url).database)
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url.replace(name, "nothing_of_that_name"))
    monkeypatch.setattr("sys.argv", ["tiendo", "verify"])
    configured = structlog.get_config()
    try:
        with pytest.raises(SystemExit) as ended:
            main()
    finally:
        structlog.configure(**configured)
    printed = capsys.readouterr()
    assert (ended.value.code, printed.out) == (2, "")
    assert "nothing_of_that_name" in printed.err
