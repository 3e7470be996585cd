"""Every error that a client can meet, as RFC 9457 problems with stable codes. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple


class Complaint(NamedTuple):
    """One error in the input: where (a JSON pointer), a stable code, and a sentence."""

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
    """No valid token: malformed, unknown, revoked and expired ones look the same."""

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


class RequestStillRunning(Problem):
    status, code, title = 409, "request-still-running", "The same request is still being worked on"

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


class Misconfigured(Problem):
    """A login, a role or a grant of the database is not what the service needs: those who run it have to mend it."""

    status, code, title = 503, "misconfigured", "The service is not set up rightly; its log says what is wrong"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "30"})


class NotSettled(Problem):
    """Writers are open that may still record at or before the moment; none is longer than a minute."""

    status, code, title = 503, "not-settled", "Reports of this moment are still being stored; try again"

    def __init__(self, detail: str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


class OtherSchema(Unavailable):
    """A table or column is missing: a migration is under way, or was forgotten. `/readyz` reports it as well."""


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
