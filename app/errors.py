"""The catalogue of what can go wrong, and its HTTP face: RFC 9457 problems with stable codes."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Complaint(NamedTuple):
    """One thing wrong with what was sent: where (a JSON pointer), a stable code, and a sentence."""

    pointer: str
    code: str
    detail: str


class Problem(Exception):
    """A fact that ends a request. Each subclass is one line of the documented catalogue."""

    status = 500
    code = "internal"
    title = "Something went wrong on our side"

    def __init__(
        self,
        detail: str = "",
        *,
        errors: Sequence[Complaint] = (),
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail or self.title
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.more = more


class BadRequest(Problem):
    status, code, title = 400, "bad-request", "The request cannot be understood"


class MalformedJson(Problem):
    status, code, title = 422, "malformed-json", "The body is not the JSON that was announced"


class InvalidInput(Problem):
    status, code, title = 422, "invalid-input", "Something in the request is not right"


class Unauthenticated(Problem):
    """No token, or none that is good: wrong, unknown, revoked and expired look the same."""

    status, code, title = 401, "unauthenticated", "A valid token is needed"

    def __init__(self) -> None:
        super().__init__(headers={"WWW-Authenticate": 'Bearer realm="tiendo"'})


class NotYourRole(Problem):
    status, code, title = 403, "not-your-role", "Your token's role may not do this"


class NotYourUnit(Problem):
    status, code, title = 403, "not-your-unit", "This belongs to another unit"


class NotFound(Problem):
    status, code, title = 404, "not-found", "There is no such thing"


class MethodNotAllowed(Problem):
    status, code, title = 405, "method-not-allowed", "This cannot be done here"


class Conflict(Problem):
    status, code, title = 409, "conflict", "The present state does not allow this"


class AlreadyExists(Problem):
    status, code, title = 409, "already-exists", "It is already there"


class TwinStillRunning(Problem):
    status, code, title = 409, "twin-still-running", "The same request is still being worked on"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})


class PreviewOutdated(Problem):
    status, code, title = 409, "preview-outdated", "The file would come out differently than previewed; send it again"


class TokenShownOnce(Problem):
    status, code, title = 409, "token-shown-once", "The token was created and shown before; it is not shown again"


class Gone(Problem):
    status, code, title = 410, "cursor-gone", "The cursor is from before a restore; begin again without one"


class Stale(Problem):
    status, code, title = 412, "stale", "It was changed since you read it; read it again"


class TooLarge(Problem):
    status, code, title = 413, "too-large", "The body is too large"


class UnsupportedMedia(Problem):
    status, code, title = 415, "unsupported-media-type", "This format is not taken here"


class MalformedFile(Problem):
    status, code, title = 422, "malformed-file", "The file cannot be read"


class KeyReused(Problem):
    status, code, title = 422, "idempotency-key-reused", "The Idempotency-Key was used for another request"


class TooManyRequests(Problem):
    status, code, title = 429, "too-many-requests", "Too many requests; wait a little"


class Internal(Problem):
    pass


class Unavailable(Problem):
    """The database cannot be reached, is full or is busy. Nothing was stored; try again."""

    status, code, title = 503, "unavailable", "The service is not available for a moment; try again"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "1"})


class OtherSchema(Unavailable):
    """A table or column is not there: a migration is under way, or was forgotten. `/readyz` says the same."""


CONSTRAINTS: dict[str, str] = {
    "pk_campaign": "a campaign with this code is already there",
    "pk_category": "a category with this code is already there",
    "pk_task": "a task with this code is already there",
    "pk_unit": "a unit with this code is already there",
    "uq_category_campaign_position": "another category of the campaign has this position",
}
"""Named constraints that a client can run into: a race ends in a clean 409."""

_TRY_AGAIN = ("08", "53", "57P0", "55P03", "57014", "40001", "40P01", "25006", "25P03", "58")
_OTHER_SCHEMA = ("42P01", "42703", "42883", "42704", "0A000", "XX000")
"""Undefined things; and what a statement meets that was prepared, or under way, when its table was changed."""
_NOT_STORABLE = ("22",)


def from_database(error: BaseException) -> Problem | None:
    """What a database error means to a client, or None when it is a mistake of ours."""
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


def document(problem: Problem, *, instance: str, request_id: str) -> dict[str, Any]:
    """The body of `application/problem+json`."""
    body: dict[str, Any] = {
        "type": f"/problems#{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": instance,
        "request_id": request_id,
        **problem.more,
    }
    if problem.errors:
        body["errors"] = [complaint._asdict() for complaint in problem.errors]
    return body


def catalogue() -> list[type[Problem]]:
    """Every problem a client can meet, by status."""
    return sorted(Problem.__subclasses__(), key=lambda kind: (kind.status, kind.code))
