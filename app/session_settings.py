"""Lets a new connection begin in the application's role and with its settings, also where a pooler leaves them out.

A connection asks for both when it starts. A pooler drops what it does not know; then they are set by SQL, which holds
for as long as the connection is its own: not where a pooler hands the same server to several (transaction mode).
"""

import secrets
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from app.database_errors import WrongRole
from app.database_url import DatabaseUrl
from app.settings import Settings

APP_ROLE = "tiendo_app"
PROBES = 40
"""Looks whether another connection gets this one's server: a pooler that takes its servers by turns has 20 of them."""
_LEFT_OUT = "options"
"""What a connection starts with that is no setting."""

STATE = """
select current_user,
       array(select current_setting(name, true)
             from unnest($1::text[]) with ordinality as asked (name, place) order by place)
"""
SEARCH_PATH = "public"
OWNER_SETTINGS = {
    "search_path": SEARCH_PATH,
    "timezone": "UTC",
    "datestyle": "ISO, MDY",
    "intervalstyle": "postgres",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "quote_all_identifiers": "off",
    "default_transaction_isolation": "read committed",
    "statement_timeout": "0",
    "lock_timeout": "0",
    "transaction_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
}
"""How whoever runs the service is connected, whatever is set for the server, the database or the login: tables lie in
`public`, what a schema is reads the same everywhere, and a migration is not ended by a limit meant for others."""
SET = "select set_config(name, value, false) from unnest($1::text[], $2::text[]) as asked (name, value)"
# Whatever happens to the role, row security must hold: so the login may see nothing without it.
SEES_BY_ITSELF = f"""
select rolname, rolsuper or rolbypassrls or pg_has_role(oid, '{APP_ROLE}', 'USAGE')
       or exists (select from pg_class
                  where relnamespace = 'public'::regnamespace and pg_has_role(pg_roles.oid, relowner, 'USAGE'))
from pg_roles where rolname = session_user
"""

Connect = Callable[[], Awaitable[Any]]


def server_settings(settings: Settings, url: DatabaseUrl, more: Mapping[str, str]) -> Mapping[str, str]:
    """What a connection of the service starts with; `more` is what this one has of its own."""
    ours = {
        "application_name": " ".join(("tiendo", url.server_settings.get("application_name", ""))).strip(),
        "role": APP_ROLE,
        "search_path": SEARCH_PATH,
        "timezone": "UTC",
        "row_security": "on",
        "default_transaction_isolation": "read committed",
        "jit": "off",
        "statement_timeout": f"{settings.statement_timeout}s",
        "lock_timeout": f"{settings.lock_timeout}s",
        "idle_in_transaction_session_timeout": f"{settings.statement_timeout}s",
        "transaction_timeout": "0",  # what records has one of its own, see app/db.py
        "idle_session_timeout": "0",  # they wait in a pool, or for notifications
    }
    return {**url.server_settings, **ours, **more}


async def set_for_owner(connection: Any, url: DatabaseUrl) -> None:
    """Set what whoever runs the service needs, but for what the URL itself asks for as `options`.

    Not everything is known to an older server. As a plain statement it goes through every pooler.
    """
    asked = url.parameters.get("options", "").lower()
    pairs = ", ".join(f"('{name}', '{value}')" for name, value in OWNER_SETTINGS.items() if name not in asked)
    await connection.execute(
        f"select set_config(name, value, false) from (values {pairs}) as asked (name, value) "
        'where exists (select from pg_settings where lower(pg_settings.name collate "C") = asked.name)'
    )


async def ensure(connection: Any, asked: Mapping[str, str], seconds: float) -> bool:
    """Whether the connection began as it was asked to; otherwise its role and its settings are set now.

    Raises:
        WrongRole: the login would see rows without the role, so that it must not depend on a pooler.

    """
    role = await _role(connection, asked, seconds)
    if role == APP_ROLE:
        return True
    login, sees_by_itself = await connection.fetchrow(SEES_BY_ITSELF, timeout=seconds) or (role, True)
    if sees_by_itself:
        raise WrongRole(
            f"the connection has the role {role} instead of {APP_ROLE}: a pooler leaves out `role`, "
            f"and the login {login} sees rows without it; use one that owns nothing (tiendo db roles)"
        )
    if _LEFT_OUT in asked:
        raise WrongRole("a pooler leaves out `options` of the database's URL: take them out, or set them for the login")
    settings = {"role": APP_ROLE, **asked}
    await connection.fetch(SET, list(settings), list(settings.values()), timeout=seconds)
    if await _role(connection, asked, seconds) != APP_ROLE:
        raise WrongRole(f"the connection does not keep the role {APP_ROLE}: {_TRANSACTION_MODE}")
    return False


async def refuse_shared_servers(connection: Any, connect: Connect, seconds: float) -> None:
    """Raise `WrongRole` where a pooler gives what was set on this connection to another one.

    While this connection is open, none other may meet its server; so a second one looks for a mark set here.
    """
    mark = secrets.token_hex(8)
    await connection.fetch(SET, ["tiendo.mark"], [mark], timeout=seconds)
    other = await connect()
    try:
        for _ in range(PROBES):
            seen = await other.fetchval("select current_setting('tiendo.mark', true)", timeout=seconds)
            if seen == mark:
                raise WrongRole(_TRANSACTION_MODE)
    finally:
        await other.close()
    if await connection.fetchval("select current_setting('tiendo.mark', true)", timeout=seconds) != mark:
        raise WrongRole(_TRANSACTION_MODE)


_TRANSACTION_MODE = "the pooler hands one server to several connections (transaction mode): use pool_mode = session"


async def _role(connection: Any, asked: Mapping[str, str], seconds: float) -> str:
    """The role of the connection; its login's where it lacks what decides about rows."""
    ours = [name for name in asked if name.startswith("tiendo.")]
    role, found = await connection.fetchrow(STATE, ours, timeout=seconds)
    return str(role) if found == [asked[name] for name in ours] else "of its login"
