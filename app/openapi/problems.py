"""The problems in `openapi.json`: which operation may answer which, with their codes."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel

from app import errors
from app.auth.identity import Role
from app.errors import Problem
from app.messages import text
from app.openapi.headers import references
from app.openapi.signature import hands_out, header_names, is_cached, role_beyond_viewer

SCHEMA = {"$ref": "#/components/schemas/Problem"}
_NAMED = ("/v1/campaigns", "/v1/agencies", "/v1/categories", "/v1/tasks", "/v1/units")
"""Where codes and positions are taken once."""
_CONFLICTING = ("/v1/imports", "/v1/obstacles", "/v1/tokens")
"""What may be in a state in which a change means nothing."""
_HEADERS = {
    401: ("WWW-Authenticate",),
    409: ("Retry-After",),
    429: ("RateLimit", "RateLimit-Policy", "Retry-After"),
    503: ("Retry-After",),
}
_FOLLOWS_THE_FEED = ("/v1/changes", "/v1/inbox")


class WrongOut(BaseModel):
    """One error: where (a JSON pointer), a stable code, a sentence."""

    pointer: str
    code: str
    detail: str


class ProblemOut(BaseModel):
    """RFC 9457; `errors` names everything that is wrong with the input, all at once."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    errors: list[WrongOut] = []


def schemas() -> dict[str, Any]:
    schema = ProblemOut.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**schema.pop("$defs"), "Problem": schema}


def problems_of(route: APIRoute, method: str) -> Iterator[type[Problem]]:
    """What an operation may answer besides success, by its signature and its method."""
    path, cached = route.path, is_cached(route.dependant)
    yield errors.BadRequest
    if "{" in path or cached or path == "/v1/bulletins":  # where the campaign may not be there yet
        yield errors.NotFound
    if not path.startswith("/v1"):
        return
    yield from (errors.InvalidInput, errors.TooManyRequests, errors.Unauthenticated)
    yield from (errors.Unavailable, errors.Misconfigured)
    yield from _of_authority(route)
    if cached or (path == "/v1/bulletins" and method == "POST"):
        yield errors.NotSettled
    if path in _FOLLOWS_THE_FEED:
        yield errors.Gone
    if path.endswith(".pdf"):
        yield errors.NoConverter
    if method in ("POST", "PATCH"):
        yield from _of_a_write(route, method)


def _of_authority(route: APIRoute) -> Iterator[type[Problem]]:
    role = role_beyond_viewer(route.dependant)
    if role or hands_out(route):
        yield errors.NotYourRole
    if role is Role.REPORTER or hands_out(route):
        yield errors.NotYourUnit


def _of_a_write(route: APIRoute, method: str) -> Iterator[type[Problem]]:
    path, sends_file = route.path, route.path == "/v1/imports"
    if method == "POST":
        yield errors.KeyReused
        yield errors.RequestStillRunning
    if route.body_field is not None or sends_file:
        yield errors.TooLarge
        yield errors.UnsupportedMedia
        yield errors.MalformedFile if sends_file else errors.MalformedJson
    if "if-match" in header_names(route.dependant):
        yield errors.Stale
    if path.startswith(_NAMED):
        yield errors.AlreadyExists
    if (path.startswith(_CONFLICTING) and "{" in path) or path == "/v1/assignments":
        yield errors.Conflict
    if path.endswith("/commit"):
        yield errors.PreviewOutdated
    if path.startswith("/v1/tokens"):
        yield errors.TokenShownOnce


def responses(problems: Iterable[type[Problem]], shared: dict[str, Any]) -> dict[str, Any]:
    """One response a status, which names its codes; described once in the shared ones, and referred to."""
    by_status: dict[int, set[type[Problem]]] = {}
    for kind in problems:
        by_status.setdefault(kind.status, set()).add(kind)
    found = {}
    for status, kinds in sorted(by_status.items()):
        those = sorted(kinds, key=lambda kind: kind.code)
        name = "Or".join(_name(kind.code) for kind in those)
        shared.setdefault(name, _response(those))
        found[str(status)] = {"$ref": f"#/components/responses/{name}"}
    return found


def _name(code: str) -> str:
    return "".join(word.capitalize() for word in code.split("-"))


def _response(kinds: list[type[Problem]]) -> dict[str, Any]:
    titles = "\n".join(f"- `{kind.code}`: {text(f'title.{kind.code}', 'en')}" for kind in kinds)
    first = kinds[0]
    example = {
        "type": f"/problems#{first.code}",
        "title": text(f"title.{first.code}", "en"),
        "status": first.status,
        "detail": text(f"help.{first.code}", "en"),
        "instance": "/v1/status-updates",
        "request_id": "0197a9a5-1c00-7000-8000-000000000000",
    }
    return {
        "description": titles,
        "headers": references("X-Request-ID", *_HEADERS.get(first.status, ())),
        "content": {"application/problem+json": {"schema": SCHEMA, "example": example}},
    }
