"""Translates errors of PostgreSQL and its driver into problems."""

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import AlreadyExists, InvalidInput, NotYourUnit, OtherSchema, Problem, Unavailable
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


def from_database(error: BaseException) -> Problem | None:
    """The problem for a database error, or None for a defect of the service."""
    if isinstance(error, PoolTimeout | OSError | InterfaceError | TimeoutError):
        return Unavailable()
    cause = _asyncpg_error(error)
    state = str(getattr(cause, "sqlstate", None) or "")
    if state.startswith(_TRY_AGAIN) or _connection_lost(error, cause, state):
        return Unavailable()
    if state in _OTHER_SCHEMA:
        return OtherSchema()
    if state == "23505" and (said := CONSTRAINTS.get(str(getattr(cause, "constraint_name", "")))):
        return AlreadyExists(say(said))
    if state == "42501":
        return NotYourUnit()
    return InvalidInput(say("not-storable")) if state.startswith(_NOT_STORABLE) else None


def _asyncpg_error(error: BaseException) -> BaseException:
    original = getattr(error, "orig", None)
    return original.__cause__ or original if isinstance(original, BaseException) else error


def _connection_lost(error: BaseException, cause: BaseException, state: str) -> bool:
    """A statement in flight when PostgreSQL goes down surfaces without an SQLSTATE of its own."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return not state and type(cause).__module__.startswith("asyncpg")
