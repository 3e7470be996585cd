"""The account of the embedded PostgreSQL: PostgreSQL refuses to run as root, so root uses another one."""

import os
import pwd
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_NAME = "pgserver"
_NEW_ACCOUNT = ("useradd", "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", _NAME)


class EmbeddedUnavailable(RuntimeError):  # its message is for a person
    """Why there is no embedded PostgreSQL, as a sentence for the person who started the program."""


@dataclass(frozen=True)
class Account:
    uid: int
    gid: int
    switches: bool

    def arguments(self) -> dict[str, Any]:
        """What subprocess needs to run a command under this account."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []} if self.switches else {}

    def give(self, path: Path) -> None:
        try:
            if self.switches:
                os.chown(path, self.uid, self.gid)
        except OSError as refusal:
            raise EmbeddedUnavailable(
                f"{path} cannot be given to user {_name(self.uid)}: {refusal.strerror}."
            ) from refusal


def account_for(data: Path) -> Account:
    """The owner of existing data, else the present user; for root, an account that is created."""
    owner = data.stat() if data.exists() else None
    me = os.geteuid()
    if me != 0:
        if owner and owner.st_uid != me:
            raise EmbeddedUnavailable(f"{data} belongs to user {_name(owner.st_uid)}: run the program as that user.")
        return Account(me, os.getegid(), switches=False)
    if owner and owner.st_uid != 0:
        return Account(owner.st_uid, owner.st_gid, switches=True)
    entry = _entry() or _made()
    return Account(entry.pw_uid, entry.pw_gid, switches=True)


def let_in(account: Account, programs: Path, *reached: Path) -> None:
    """Let the account reach its program and data: search permission on parent directories, never read permission."""
    try:
        for folder in {programs, *programs.parents, *(parent for path in reached for parent in path.parents)}:
            _open_passage(folder, account)
        if not _starts(programs, account):
            package = programs.parents[1]  # it was installed under a strict umask
            _let_read(programs.parent)
            _let_read(package.with_name(package.name + ".libs"))
        if not _starts(programs, account):
            raise EmbeddedUnavailable(
                f"PostgreSQL must not run as root, and user {_name(account.uid)} cannot run {programs}/initdb: "
                "run the program as an ordinary user, install it elsewhere, or set TIENDO_DATABASE_URL."
            )
    except (OSError, subprocess.SubprocessError) as refusal:
        raise EmbeddedUnavailable(
            f"PostgreSQL must not run as root, and lending it to user {_name(account.uid)} failed ({refusal}): "
            "run the program as an ordinary user, or set TIENDO_DATABASE_URL."
        ) from refusal


def _entry() -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(_NAME)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd:
    try:
        done = subprocess.run(_NEW_ACCOUNT, check=False, capture_output=True, text=True)  # noqa: S603 # constants
        complaint = done.stderr.strip()
    except OSError as refusal:
        complaint = str(refusal)
    entry = _entry()  # created here, or by a process that was faster
    if entry is None:
        raise EmbeddedUnavailable(
            f"PostgreSQL must not run as root, and user {_NAME} could not be made ({complaint}): "
            "run the program as an ordinary user, or set TIENDO_DATABASE_URL."
        )
    return entry


def _open_passage(folder: Path, account: Account) -> None:
    found = folder.stat()
    owns, shares = found.st_uid == account.uid, found.st_gid == account.gid
    passage = stat.S_IXUSR if owns else stat.S_IXGRP if shares else stat.S_IXOTH
    if folder != folder.parent and not found.st_mode & passage:
        folder.chmod(stat.S_IMODE(found.st_mode) | passage)


def _let_read(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            mode = stat.S_IMODE(path.stat().st_mode)
            path.chmod(mode | stat.S_IROTH | (stat.S_IXOTH if mode & stat.S_IXUSR else 0))


def _starts(programs: Path, account: Account) -> bool:
    command = [str(programs / "initdb"), "--version"]  # it also needs the files beside the package
    try:
        done = subprocess.run(command, check=False, capture_output=True, cwd="/", env={}, **account.arguments())  # noqa: S603 # our own program
    except PermissionError:
        return False
    return done.returncode == 0


def _name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
