"""Translates errors of PostgreSQL and its driver into problems."""

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from app.errors import AlreadyExists, InvalidInput, NotYourUnit, OtherSchema, Problem, Unavailable

CONSTRAINTS: dict[str, str] = {
    "pk_campaign": "a campaign with this code is already there",
    "pk_category": "a category with this code is already there",
    "pk_task": "a task with this code is already there",
    "pk_unit": "a unit with this code is already there",
    "uq_category_campaign_position": "another category of the campaign has this position",
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
    if state == "23505" and (detail := CONSTRAINTS.get(str(getattr(cause, "constraint_name", "")))):
        return AlreadyExists(detail)
    if state == "42501":
        return NotYourUnit()
    return InvalidInput("a value cannot be stored") if state.startswith(_NOT_STORABLE) else None


def _asyncpg_error(error: BaseException) -> BaseException:
    original = getattr(error, "orig", None)
    return original.__cause__ or original if isinstance(original, BaseException) else error


def _connection_lost(error: BaseException, cause: BaseException, state: str) -> bool:
    """A statement in flight when PostgreSQL goes down surfaces without an SQLSTATE of its own."""
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    return not state and type(cause).__module__.startswith("asyncpg")
