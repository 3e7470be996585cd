"""Backup and restore with PostgreSQL's own programs: one file, which any other owner can restore under any name."""

import getpass
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from app.connecting import connect_as_owner
from app.database_url import DatabaseUrl, read_url
from app.db import OLDEST_POSTGRESQL, refuse_old_server
from app.embedded.account import EmbeddedUnavailable
from app.embedded.files import program_directory
from app.operations.roles import quoted
from app.session_settings import APP_ROLE
from app.settings import libpq_environment

_GRANTEE = re.compile(r'^GRANT (?!.* ON (?:SCHEMA|DATABASE) ).* TO ("(?:[^"]|"")+"|\w+)(?: WITH .*)?;$', re.MULTILINE)
_OF_THE_PLACE = re.compile(
    r"^\d+; \d+ \d+ (?:ACL|DEFAULT ACL|COMMENT|SCHEMA) - (?:SCHEMA |DATABASE )?\S+", re.MULTILINE
)
"""Entries of a backup's list about the database and the schema themselves, which those who make the roles decide."""


class BackupFailed(RuntimeError):
    """Why a backup was not made or not restored, as a sentence for the operator."""


def backup(url: str, file: Path) -> int:
    """Write everything in a database to a file, all of it or none. Returns its size in bytes."""
    unfinished = None
    try:
        # Of a name of its own: two backups to one file at once would write into each other.
        handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".unfinished", dir=file.parent)
        os.close(handle)
        unfinished = Path(name)
        run("pg_dump", url, "--format=custom", "--encoding=UTF8", f"--file={unfinished}")
        unfinished.rename(file)
        return file.stat().st_size
    except OSError as error:
        raise BackupFailed(f"{file} cannot be written: {error.strerror}") from None
    finally:
        if unfinished:
            unfinished.unlink(missing_ok=True)


async def restore(url: str, file: Path) -> None:
    """Restore a backup into the empty database that the URL names, all of it or nothing.

    The login owns everything afterwards. The roles have to be there.
    """
    listed = run("pg_restore", url, "--list", str(file), connects=False)
    granted = run("pg_restore", url, "--schema-only", "--file=-", str(file), connects=False)
    await _refuse_unfit(url, {name.strip('"').replace('""', '"') for name in _GRANTEE.findall(granted)})
    with tempfile.NamedTemporaryFile(
        "w", prefix="tiendo-restore-"
    ) as chosen:  # the backup's own place may be read-only
        chosen.write("\n".join(line for line in listed.splitlines() if not _OF_THE_PLACE.match(line)))
        chosen.flush()
        options = ("--no-owner", "--exit-on-error", "--single-transaction", f"--use-list={chosen.name}")
        run("pg_restore", url, *options, f"--dbname={connection_string(database_of(url))}", str(file))
    connection = await connect_as_owner(url)
    await connection.execute("analyze")
    await connection.close()


async def _refuse_unfit(url: str, roles: set[str]) -> None:
    """Raise for a server that is too old, a database that is not empty, roles that are missing."""
    connection = await connect_as_owner(url)
    try:
        number, version = (
            await connection.fetchval("show server_version_num"),
            await connection.fetchval("show server_version"),
        )
        tables = await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'")
        there = {row["rolname"] for row in await connection.fetch("select rolname from pg_roles")}
    finally:
        await connection.close()
    refuse_old_server(int(number), version)
    if tables:
        raise BackupFailed(f"the database {database_of(url)} is not empty: name a new one (create database … owner …)")
    if APP_ROLE not in there:
        raise BackupFailed(
            f"the role {APP_ROLE} is not in this cluster: "
            "first run `tiendo db roles --apply` as a superuser of the new database"
        )
    if missing := sorted(roles - there - {"PUBLIC"}):
        first = "; ".join(f"create role {quoted(name)}" for name in missing)
        raise BackupFailed(f"the backup grants rights to roles that are not in this cluster: first {first}")


def run(program: str, url: str, *arguments: str, connects: bool = True) -> str:
    found = read_url(url, libpq_environment())
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(Path.home()), **libpq_environment(), **found.for_programs()}
    command = [str(_program(program, found if connects else None)), *arguments]
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment)  # noqa: S603 # ours
    if done.returncode:
        why = next((line for line in done.stderr.splitlines() if "error" in line), done.stderr.strip() or "it failed")
        raise BackupFailed(re.sub(r"^.*?error: ", f"{program}: ", why))
    return done.stdout


def _program(name: str, url: DatabaseUrl | None) -> Path:
    """The program, new enough; the one that comes with the embedded PostgreSQL knows no TLS."""
    for path in _programs(name, needs_tls=url is not None and _needs_tls(url)):
        said = subprocess.run([str(path), "--version"], check=False, capture_output=True, text=True)  # noqa: S603 # ours
        if (version := re.search(r"(\d+)", said.stdout)) and int(version[1]) >= OLDEST_POSTGRESQL:
            return path
    raise BackupFailed(f"{name} of PostgreSQL {OLDEST_POSTGRESQL} or newer is needed: install postgresql-client")


def _programs(name: str, *, needs_tls: bool) -> Iterator[Path]:
    if not needs_tls:
        with suppress(EmbeddedUnavailable):
            yield program_directory() / name
    yield from sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    if there := shutil.which(name):
        yield Path(there)


def _needs_tls(url: DatabaseUrl) -> bool:
    mode = url.parameters.get("sslmode") or libpq_environment().get("PGSSLMODE", "prefer")
    return not url.is_local and mode not in ("disable", "allow", "prefer")


def database_of(url: str) -> str:
    found, environment = read_url(url, libpq_environment()), libpq_environment()
    name = found.parameters.get("dbname") or environment.get("PGDATABASE")
    return name or found.parameters.get("user") or environment.get("PGUSER") or getpass.getuser()


def connection_string(database: str) -> str:
    """As libpq reads it: alone, a name with `=` in it would be taken for more than a name."""
    escaped = database.replace("\\", "\\\\").replace("'", "\\'")
    return f"dbname='{escaped}'"
