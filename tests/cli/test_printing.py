"""What a command prints is what it was asked for; what goes wrong is a line on standard error."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
import typer
from sqlalchemy.engine import make_url

from app.cli import main, schema


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


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ("db", "roles", "--owner-password-file", "/nowhere/owner"),
            "tiendo: /nowhere/owner: No such file or directory",
        ),
        (("report", "-o", "/nowhere/report.md"), "tiendo: /nowhere/report.md: No such file or directory"),
    ],
)
def test_a_file_that_is_not_there_is_not_a_database_that_is_away(
    words: tuple[str, ...], said: str, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIENDO_DATABASE_URL", database_url)
    assert exit_code(monkeypatch, *words) == said


@pytest.mark.parametrize(
    ("content", "why"), [("", "is empty"), ("\n", "is empty"), ("one\ntwo\n", "more than one line")]
)
def test_a_file_without_a_password_sets_none(content: str, why: str, tmp_path: Path) -> None:
    (tmp_path / "password").write_text(content)
    with pytest.raises(typer.BadParameter, match=why):
        schema.password_in(tmp_path / "password")


def test_a_password_is_all_that_stands_in_its_line(tmp_path: Path) -> None:
    (tmp_path / "password").write_bytes(b" two words \r\n")
    assert schema.password_in(tmp_path / "password") == " two words "


def test_a_port_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(monkeypatch, "serve", "--port", "99999") == 2
    assert "99999" in capsys.readouterr().err
