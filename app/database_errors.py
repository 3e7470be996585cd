"""Translates errors of PostgreSQL and its driver into problems."""

import ssl

from asyncpg.exceptions import ClientConfigurationError
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.database_url import BadDatabaseUrl
from app.errors import AlreadyExists, InvalidInput, Misconfigured, NotYourUnit, OtherSchema, Problem, Unavailable
from app.messages import say

CONSTRAINTS: dict[str, str] = {
    "pk_campaign": "taken.code",
    "pk_category": "taken.code",
    "pk_task": "taken.code",
    "pk_unit": "taken.code",
    "uq_category_campaign_position": "taken.position",
}
"""Named constraints that concurrent requests can violate: such a race is answered 409."""

_TRY_AGAIN = ("08", "53", "57P0", "55P03", "57014", "40001", "40P01", "25006", "25P03", "25P04", "58")
_OTHER_SCHEMA = ("42P01", "42703", "42883", "42704", "0A000", "XX000")
"""Undefined things; and what a statement meets that was prepared, or under way, when its table was changed."""
_NOT_STORABLE = ("22",)
_NO_LOGIN = ("28", "3D000", "3F000")
"""A wrong password, a login that is not let in, no such database, no schema that the login may use."""
_NO_SUCH_ROLE = "22023"
"""While connecting: there is no role of that name to start with."""
_OF_FILES = ("PEM", "X509")
"""Parts of OpenSSL that complain of what is in a certificate or a key."""
_BY_ROW_SECURITY = "ExecWithCheckOptions"
"""PostgreSQL's function that refuses a row by its policies; the texts of errors are translated, this is not."""


class WrongRole(Exception):
    """A connection is not in the application's role, so row-level security would not hold for it."""


class DistributedTables(Exception):
    """The tables are spread over several servers."""

    def __init__(self, tables: int) -> None:
        super().__init__(
            f"Citus has distributed {tables} tables of this database, where cached answers and the change feed would "
            "not be exact: the service needs one PostgreSQL (docs/scaling.md)"
        )


def from_database(error: BaseException) -> Problem | None:
    """The problem for a database error, or None for a defect of the service."""
    if is_misconfiguration(error):
        return Misconfigured()
    cause = _asyncpg_error(error)
    state = str(getattr(cause, "sqlstate", None) or "")
    if _is_unavailable(error, cause, state):
        return Unavailable()
    if state in _OTHER_SCHEMA:
        return OtherSchema()
    if state == "23505" and (said := CONSTRAINTS.get(str(getattr(cause, "constraint_name", "")))):
        return AlreadyExists(say(said))
    if state == "42501":
        return NotYourUnit()  # by row security: a missing grant is a misconfiguration
    return InvalidInput(say("not-storable")) if state.startswith(_NOT_STORABLE) else None


def is_misconfiguration(error: BaseException) -> bool:
    """Whether somebody who runs the service has to mend it: a login, a role, a grant, the URL."""
    cause = _asyncpg_error(error)
    if isinstance(cause, WrongRole | BadDatabaseUrl | ClientConfigurationError | ssl.SSLCertVerificationError):
        return True
    if isinstance(cause, ssl.SSLError) and cause.library in _OF_FILES:
        return True
    state = str(getattr(cause, "sqlstate", None) or "")
    if state == "42501":
        return getattr(cause, "server_source_function", None) != _BY_ROW_SECURITY
    return state.startswith(_NO_LOGIN) or (state == _NO_SUCH_ROLE and getattr(cause, "severity", "") == "FATAL")


def sqlstate(error: BaseException) -> str:
    """PostgreSQL's code of an error; empty where it is none of its own."""
    return str(getattr(_asyncpg_error(error), "sqlstate", None) or "")


def says(error: BaseException) -> str:
    """What an error says, in one line."""
    cause = _asyncpg_error(error)
    return (str(cause).splitlines() or [""])[0] or type(cause).__name__


def _asyncpg_error(error: BaseException) -> BaseException:
    original = getattr(error, "orig", None)
    return original.__cause__ or original if isinstance(original, BaseException) else error


def _is_unavailable(error: BaseException, cause: BaseException, state: str) -> bool:
    if isinstance(error, PoolTimeout | OSError | InterfaceError | TimeoutError):
        return True
    return state.startswith(_TRY_AGAIN) or _connection_lost(error, cause, state)


def _connection_lost(error: BaseException, cause: BaseException, state: str) -> bool:
    """A statement in flight when PostgreSQL goes down surfaces without an SQLSTATE of its own."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return not state and type(cause).__module__.startswith("asyncpg")
