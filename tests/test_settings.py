"""A setting that is wrong or misspelt stops every command, in one line."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import WrongSettings, hand_down, read_settings

COMMAND = "from app.cli import main; main()"


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        ("TIENDO_POOL_SIZ", "4", "TIENDO_POOL_SIZ: there is no such setting; is it TIENDO_POOL_SIZE?"),
        ("TIENDO_XYZZY", "4", "TIENDO_XYZZY: there is no such setting"),
        ("TIENDO_POOL_SIZE", "many", "TIENDO_POOL_SIZE: Input should be a valid integer, .*, not 'many'"),
        ("TIENDO_POOL_SIZE", "0", "TIENDO_POOL_SIZE: Input should be greater than or equal to 1, not '0'"),
        ("TIENDO_MAX_BODY_SIZE", "-1", "TIENDO_MAX_BODY_SIZE: Input should be greater than or equal to 1"),
        ("TIENDO_STATEMENT_TIMEOUT", "3000000", "TIENDO_STATEMENT_TIMEOUT: Input should be less than or equal to"),
        ("TIENDO_ANONYMOUS_STATEMENT_TIMEOUT", "3000000", "TIENDO_ANONYMOUS_STATEMENT_TIMEOUT: Input should be less"),
        ("TIENDO_LOCK_TIMEOUT", "3000000", "TIENDO_LOCK_TIMEOUT: Input should be less than or equal to"),
        ("TIENDO_PREVIEWS_KEPT_DAYS", "99999999999", "TIENDO_PREVIEWS_KEPT_DAYS: Input should be less than"),
        ("TIENDO_IMPORT_ROWS_KEPT_DAYS", "99999999999", "TIENDO_IMPORT_ROWS_KEPT_DAYS: Input should be less than"),
        ("TIENDO_POOL_TIMEOUT", "inf", "TIENDO_POOL_TIMEOUT: Input should be a finite number"),
        ("TIENDO_EVENT_HEARTBEAT", "inf", "TIENDO_EVENT_HEARTBEAT: Input should be a finite number"),
        ("TIENDO_LOG_FORMAT", "xml", "TIENDO_LOG_FORMAT: .*json.*console.*, not 'xml'"),
        (
            "TIENDO_CORS_ORIGINS",
            "https://a.example",
            "TIENDO_CORS_ORIGINS: .*a list as JSON.*, not 'https://a.example'",
        ),
        (
            "TIENDO_CORS_ORIGINS",
            '["a.example"]',
            "TIENDO_CORS_ORIGINS: .*written https://tiendo.example.*not 'a.example'",
        ),
        ("TIENDO_CORS_ORIGINS", '["https://a.example/page"]', "TIENDO_CORS_ORIGINS: .*an origin is written"),
        ("TIENDO_HOLIDAYS", "[", "TIENDO_HOLIDAYS: .*a list as JSON"),
        ("TIENDO_HOLIDAYS", '["02-30"]', "TIENDO_HOLIDAYS: .*a holiday is written"),
        ("TIENDO_TRUSTED_PROXIES", "127.0.0.1, 10.0.0.0/33", "TIENDO_TRUSTED_PROXIES: .*'10.0.0.0/33' is no address"),
        ("TIENDO_ROOT_PATH", "tien-do", "TIENDO_ROOT_PATH: .*a path prefix is written /tien-do"),
        ("TIENDO_PDF_CONVERTER", "/nowhere/soffice", "TIENDO_PDF_CONVERTER: .*there is no such program"),
        ("TIENDO_DATABASE_URL", "mysql://db.test/x", "begin with postgresql://"),
        ("TIENDO_DATABASE_URL_FILE", "/nowhere/url", "TIENDO_DATABASE_URL_FILE: /nowhere/url: No such file"),
    ],
)
def test_a_wrong_setting_is_refused_in_one_line(
    name: str, value: str, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(WrongSettings, match=line) as refusal:
        read_settings()
    assert str(refusal.value).count("\n") == 0


def test_each_wrong_setting_has_its_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_POOL_SIZE", "many")
    monkeypatch.setenv("TIENDO_LOK_TIMEOUT", "3")
    monkeypatch.setenv("TIENDO_HOLIDAYS", "Tết")
    monkeypatch.setenv("TIENDO_CORS_ORIGINS", "[")
    with pytest.raises(WrongSettings) as refusal:
        read_settings()
    assert str(refusal.value).count("\n") == 3


def test_a_url_and_a_file_with_one_are_not_both_taken(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://db.test/x\n")
    monkeypatch.setenv("TIENDO_DATABASE_URL_FILE", str(tmp_path / "url"))
    assert read_settings().url_from_file() == "postgresql://db.test/x"
    monkeypatch.setattr(os, "environ", dict(os.environ))  # noqa: TID251
    hand_down(read_settings().model_copy(update={"database_url": "postgresql://db.test/x"}))
    assert "TIENDO_DATABASE_URL" not in os.environ  # noqa: TID251
    os.environ["TIENDO_DATABASE_URL"] = "postgresql://db.test/x"  # noqa: TID251
    with pytest.raises(WrongSettings, match="only one of them"):
        read_settings()


def test_an_empty_file_is_not_the_embedded_postgresql(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As while a new password is written into it: nobody would notice an empty database of its own."""
    (tmp_path / "url").write_text("\n")
    monkeypatch.setenv("TIENDO_DATABASE_URL_FILE", str(tmp_path / "url"))
    with pytest.raises(WrongSettings, match="it is empty"):
        read_settings()
    (tmp_path / "url").write_bytes("\ufeffpostgresql://db.test/x\r\n".encode())
    assert read_settings().url_from_file() == "postgresql://db.test/x"


def test_an_empty_port_of_metrics_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_METRICS_PORT", "")
    assert read_settings().metrics_port is None


def test_what_the_command_for_provinces_reads_is_not_misspelt(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIENDO_TOKEN_FILE", "/etc/tiendo.token")
    read_settings()


@pytest.mark.processes
def test_a_command_ends_with_the_lines_and_no_traceback() -> None:
    wrong = {"TIENDO_POOL_SIZ": "4", "TIENDO_LOG_LEVEL": "loud"}
    done = subprocess.run(
        [sys.executable, "-c", COMMAND, "serve"],
        env={**os.environ, **wrong},  # noqa: TID251
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    lines = done.stderr.splitlines()
    assert len(lines) == 2
    assert all(line.startswith("tiendo: TIENDO_") for line in lines)
