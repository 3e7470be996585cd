"""What the command is asked to do: read from its arguments and the environment, checked before anything is sent."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Mapping, NamedTuple, NoReturn, Sequence

from tiendo_push.address import checked
from tiendo_push.credentials import token_from
from tiendo_push.language import LANGUAGES
from tiendo_push.outcome import Stop, WrongUsage
from tiendo_push.system import reason_of

KINDS = {
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".csv": "text/csv",
    ".tsv": "text/csv",
    ".txt": "text/csv",
    ".ndjson": "application/x-ndjson",
    ".jsonl": "application/x-ndjson",
}
_TO_BE_SAVED_AS_XLSX = (".xls", ".ods", ".xlsb", ".xlsm", ".et", ".numbers")
DEFAULT_PATIENCE = "300"


class Options(NamedTuple):
    """`body` is the content of the file: what was checked is what is sent."""

    kind: str
    body: bytes
    url: str
    token: str
    ca_file: str | None
    rejected: Path | None
    patience: float
    dry_run: bool
    as_json: bool
    columns: tuple[str, ...] = ()


def asks_for_help(arguments: Sequence[str]) -> bool:
    return "--help" in arguments or "-h" in arguments


def read(arguments: Sequence[str], environment: Mapping[str, str]) -> Options:
    """What is asked for.

    Raises:
        WrongUsage: something about it cannot be right.

    """
    given = _parsed(arguments)
    url = given.url or environment.get("TIENDO_URL")
    if not url:
        raise _wrong("no-url")
    file, rejected = Path(given.file), Path(given.rejected) if given.rejected else None
    kind = _kind_of(file)
    options = Options(
        kind=kind,
        body=_content(file),
        url=checked(url),
        token=token_from(given.token_file or environment.get("TIENDO_TOKEN_FILE"), environment.get("TIENDO_TOKEN")),
        ca_file=given.ca_file or environment.get("TIENDO_CA_FILE") or None,
        rejected=rejected,
        patience=_patience(given.patience),
        dry_run=given.dry_run,
        as_json=given.as_json,
        columns=tuple(map(_column, given.column)),
    )
    if rejected:
        _refuse_unwritable(rejected, file)
    return options


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise WrongUsage("usage", why=message)


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    parser = _Parser(prog="tiendo-push", add_help=False, allow_abbrev=False)
    parser.add_argument("file", nargs="?")
    for name in ("--url", "--token", "--token-file", "--ca-file", "--rejected"):
        parser.add_argument(name)
    parser.add_argument("--patience", default=DEFAULT_PATIENCE)
    parser.add_argument("--column", action="append", default=[])
    parser.add_argument("--dry-run", action="store_true")
    parser.add_argument("--json", action="store_true", dest="as_json")
    parser.add_argument("--lang", choices=LANGUAGES)
    given, unknown = parser.parse_known_args(arguments)
    if unknown:
        raise _wrong("unknown-argument", argument=unknown[0])
    if given.token is not None:
        raise _wrong("no-token-argument")
    if not given.file:
        raise _wrong("no-file-named")
    return given


def _wrong(name: str, **values: object) -> WrongUsage:
    return WrongUsage("usage", why=Stop(name, **values))


def _column(written: str) -> str:
    header, _, field = written.rpartition(":")
    if not header or not field:
        raise _wrong("bad-column", column=written)
    return written


def _patience(written: str) -> float:
    try:
        patience = float(written)
    except ValueError:
        raise _wrong("bad-patience") from None
    if not 0 <= patience < float("inf"):
        raise _wrong("bad-patience")
    return patience


def _kind_of(file: Path) -> str:
    ending = file.suffix.lower()
    if ending in KINDS:
        return KINDS[ending]
    if ending in _TO_BE_SAVED_AS_XLSX:
        raise WrongUsage("save-as-xlsx", file=file.name)
    raise WrongUsage("unknown-kind", file=file.name, kinds=", ".join(KINDS))


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise WrongUsage("file-unreadable", file=file, why=reason_of(error)) from None


def _refuse_unwritable(rejected: Path, file: Path) -> None:
    """Try it out, and leave things as they are: a file that Excel holds open on Windows, a folder that is not there."""
    if rejected.suffix.lower() != ".xlsx":
        raise _wrong("rejected-not-xlsx")
    try:
        new = not rejected.exists()
        if not new and rejected.samefile(file):
            raise _wrong("rejected-is-input", other=f"{file.stem}-2.xlsx")
        with rejected.open("ab"):
            pass
        if new:
            rejected.unlink()
    except OSError as error:
        raise WrongUsage("rejected-not-writable", file=rejected, why=reason_of(error)) from None
