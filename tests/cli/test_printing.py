"""What a command prints is what it was asked for; what goes wrong is a line on standard error."""

from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy.engine import make_url

from app.cli import main


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    configured = structlog.get_config()
    yield
    structlog.configure(**configured)


def exit_code(monkeypatch: pytest.MonkeyPatch, *words: str) -> object:
    monkeypatch.setattr("sys.argv", ["tiendo", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    return ended.value.code


def test_what_is_logged_on_the_way_is_no_part_of_it(
    database_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A token, or a list as JSON, is read by another program."""
    name = str(make_url(database_url).database)
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url.replace(name, "nothing_of_that_name"))
    assert exit_code(monkeypatch, "verify") == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "nothing_of_that_name" in printed.err


@pytest.mark.parametrize("way", ["upgrade", "downgrade"])
def test_a_revision_that_is_not_there_is_refused_in_one_line(
    way: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)
    assert exit_code(monkeypatch, "db", way, "tomorrow") == "tiendo: Can't locate revision identified by 'tomorrow'"
