"""The roles of the database: an owner that migrates, the application's role, and the login of the service.

The statements are right from PostgreSQL 16 on, where a membership says whether it lets `set role` and inherits.
"""

from collections.abc import Iterator
from typing import NamedTuple

import asyncpg

from app.connecting import connect_as_owner
from app.operations.passwords import stored
from app.session_settings import APP_ROLE

_TAG = "$roles$"


class Login(NamedTuple):
    """A role that logs in, and its password where one is to be set."""

    name: str
    password: str | None = None


class RolesRefused(RuntimeError):
    """A role that is there cannot be what it is to be, as a sentence for the operator."""


def statements(database: str, owner: Login, service: Login) -> Iterator[str]:
    """The SQL that makes the roles, each statement so that running it again changes nothing."""
    yield _created(APP_ROLE, "nologin", "rolsuper or rolbypassrls", "nosuperuser nobypassrls")
    yield _created(owner.name, "login", "not rolcanlogin", "login")
    yield _created(service.name, "login", "not rolcanlogin", "login")
    yield _refused(service.name)
    for login in (owner, service):
        if login.password is not None:
            yield f"alter role {quoted(login.name)} password {_literal(stored(login.password))}"
    # The service's role is never inherited: without `set role` the login may do nothing.
    yield f"grant {APP_ROLE} to {quoted(service.name)} with inherit false, set true"
    # The functions of the schema run as the owner, and ask since when the service's transactions are open.
    yield f"grant {quoted(service.name)} to {quoted(owner.name)} with inherit true, set false"
    yield f"grant connect, create, temporary on database {quoted(database)} to {quoted(owner.name)}"
    yield f"grant connect on database {quoted(database)} to {quoted(service.name)}"
    yield f"grant usage, create on schema public to {quoted(owner.name)}"
    # Everybody may use it by default, and many take that away.
    yield f"grant usage on schema public to {APP_ROLE}, {quoted(service.name)}"


def script(database: str, owner: Login, service: Login) -> str:
    """The same as a file for psql, without passwords that were not named."""
    silent = [login.name for login in (owner, service) if login.password is None]
    place = " ".join(database.split())  # in one line, whatever its name
    head = f"-- In the database {place}, as a superuser, or as a role with CREATEROLE that owns the database."
    lines = [head, *(f"{statement};" for statement in statements(database, owner, service))]
    return "\n".join([*lines, *(f"\\password {quoted(name)}" for name in silent)]) + "\n"


async def apply(url: str, owner: Login, service: Login) -> None:
    """Run the statements in the database that the URL names, all or none.

    Raises:
        RolesRefused: a role of that name is there, and is not to serve.

    """
    connection = await connect_as_owner(url)
    try:
        async with connection.transaction():
            for statement in statements(await connection.fetchval("select current_database()"), owner, service):
                await connection.execute(statement)
    except asyncpg.RaiseError as refusal:
        raise RolesRefused(str(refusal)) from None
    finally:
        await connection.close()


async def database_of(url: str) -> str:
    connection = await connect_as_owner(url)
    try:
        return str(await connection.fetchval("select current_database()"))
    finally:
        await connection.close()


def _created(name: str, kind: str, is_wrong: str, mended: str) -> str:
    """Made, or mended where it is there with other rights. Nothing is altered that is right: it takes a superuser."""
    there = f"exists (select from pg_roles where rolname = {_literal(name)}"
    return (
        f"do {_TAG} begin if not {there}) then create role {quoted(name)} {kind}; "
        f"elsif {there} and ({is_wrong})) then alter role {quoted(name)} {mended}; end if; end {_TAG}"
    )


def _refused(service: str) -> str:
    """A login that sees every row by itself would not need to be in the application's role."""
    sees = f"select from pg_roles where rolname = {_literal(service)} and (rolsuper or rolbypassrls)"
    why = _literal(f"{service} is there, and sees every row: name another login for the service".replace("%", "%%"))
    return f"do {_TAG} begin if exists ({sees}) then raise exception {why}; end if; end {_TAG}"


def quoted(name: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _literal(text: str) -> str:
    quoted = "'" + text.replace("'", "''").replace("\\", "\\\\") + "'"
    return f"E{quoted}" if "\\" in text else quoted
