"""Every error that a client can meet, as RFC 9457 problems with stable codes. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from app.language import Language
from app.messages import Sentence, text, written


class Complaint(NamedTuple):
    """One error in the input: where (a JSON pointer), a stable code, and a sentence where it isn't the code's own."""

    pointer: str
    code: str
    sentence: Sentence | str = ""

    def out(self, language: Language) -> dict[str, str]:
        detail = written(self.sentence or Sentence(self.code), language)
        return {"pointer": self.pointer, "code": self.code, "detail": detail}


class Problem(Exception):
    """A fact that ends a request. Each subclass is one line of the documented catalogue."""

    status = 500
    code = "internal"

    def __init__(
        self,
        detail: Sentence | str = "",
        *,
        errors: Sequence[Complaint] = (),
        headers: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        self.detail = detail or Sentence(f"help.{self.code}")
        super().__init__(written(self.detail, "en"))
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.more = more


class BadRequest(Problem):
    status, code = 400, "bad-request"


class MalformedJson(Problem):
    status, code = 422, "malformed-json"


class InvalidInput(Problem):
    status, code = 422, "invalid-input"


class Unauthenticated(Problem):
    """No valid token: malformed, unknown and revoked ones look the same. Who has the secret is told that it expired."""

    status, code = 401, "unauthenticated"

    def __init__(self, detail: Sentence | str = "", **more: Any) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="tiendo"'}, **more)


class NotYourRole(Problem):
    status, code = 403, "not-your-role"


class NotYourUnit(Problem):
    status, code = 403, "not-your-unit"


class NotFound(Problem):
    status, code = 404, "not-found"


class NoConverter(Problem):
    """Reports as PDF need a converter, which the operator has not set up."""

    status, code = 404, "no-converter"


class MethodNotAllowed(Problem):
    status, code = 405, "method-not-allowed"


class TooSlow(Problem):
    status, code = 408, "too-slow"


class Conflict(Problem):
    status, code = 409, "conflict"


class AlreadyExists(Problem):
    status, code = 409, "already-exists"


class RequestStillRunning(Problem):
    status, code = 409, "request-still-running"

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": "2"})


class PreviewOutdated(Problem):
    status, code = 409, "preview-outdated"


class TokenShownOnce(Problem):
    status, code = 409, "token-shown-once"


class Gone(Problem):
    status, code = 410, "cursor-gone"


class Stale(Problem):
    status, code = 412, "stale"


class TooLarge(Problem):
    status, code = 413, "too-large"


class AddressTooLong(Problem):
    status, code = 414, "address-too-long"


class UnsupportedMedia(Problem):
    status, code = 415, "unsupported-media-type"


class MalformedFile(Problem):
    status, code = 422, "malformed-file"


class KeyReused(Problem):
    status, code = 422, "idempotency-key-reused"


class TooManyRequests(Problem):
    status, code = 429, "too-many-requests"


class HeadersTooLarge(Problem):
    status, code = 431, "headers-too-large"


class Internal(Problem):
    pass


class Unavailable(Problem):
    """The database cannot be reached, is full or is busy. Nothing was stored; try again."""

    status, code = 503, "unavailable"

    def __init__(self, detail: Sentence | str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "1"})


class Misconfigured(Problem):
    """A login, a role or a grant of the database is not what the service needs: those who run it have to mend it."""

    status, code = 503, "misconfigured"

    def __init__(self, detail: Sentence | str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "30"})


class NotSettled(Problem):
    """Writers are open that may still record at or before the moment; none is longer than a minute."""

    status, code = 503, "not-settled"

    def __init__(self, detail: Sentence | str = "") -> None:
        super().__init__(detail, headers={"Retry-After": "5"})


class OtherSchema(Unavailable):
    """A table or column is missing: a migration is under way, or was forgotten. `/readyz` reports it as well."""


def title(kind: Problem | type[Problem], language: Language) -> str:
    return text(f"title.{kind.code}", language)


def document(
    problem: Problem, language: Language, *, instance: str, request_id: str, prefix: str = ""
) -> dict[str, Any]:
    """The body of `application/problem+json`, in the reader's language."""
    body: dict[str, Any] = {
        "type": f"{prefix}/problems#{problem.code}",
        "title": title(problem, language),
        "status": problem.status,
        "detail": written(problem.detail, language),
        "instance": instance,
        "request_id": request_id,
        **problem.more,
    }
    if problem.errors:
        body["errors"] = [complaint.out(language) for complaint in problem.errors]
    return body


def all_problems() -> list[type[Problem]]:
    """Every problem a client can meet, by status."""
    return sorted(Problem.__subclasses__(), key=lambda kind: (kind.status, kind.code))
