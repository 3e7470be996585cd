"""The problems in `openapi.json`: which operation may answer which, with their codes."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi.routing import APIRoute
from pydantic import BaseModel

from app import errors
from app.auth.authority import needs_token
from app.errors import Problem
from app.messages import text
from app.openapi.headers import references

SCHEMA = {"$ref": "#/components/schemas/Problem"}
_CREATES = ("/v1/campaigns", "/v1/agencies", "/v1/categories", "/v1/tasks", "/v1/units")
_HEADERS = {401: ("WWW-Authenticate",), 409: ("Retry-After",), 429: ("Retry-After",), 503: ("Retry-After",)}
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
    path = route.path
    if path == "/healthz":
        yield errors.BadRequest
        return
    yield errors.Unavailable
    yield errors.Misconfigured
    if not path.startswith("/v1"):
        yield errors.NotFound
        return
    yield errors.BadRequest
    yield errors.InvalidInput
    yield errors.TooManyRequests
    yield errors.Unauthenticated
    if needs_token(route.dependant):
        yield errors.NotYourRole
        yield errors.NotYourUnit
    if "{" in path:
        yield errors.NotFound
    if path.endswith(".pdf"):
        yield errors.NoConverter
    if path in _FOLLOWS_THE_FEED:
        yield errors.Gone
    if method == "POST":
        yield errors.KeyReused
        yield errors.RequestStillRunning
    if method in ("POST", "PATCH", "DELETE"):
        yield errors.Conflict
        yield errors.TooLarge
    yield from _of_a_body(route, method)


def _of_a_body(route: APIRoute, method: str) -> Iterator[type[Problem]]:
    path = route.path
    if route.body_field is not None:
        yield errors.UnsupportedMedia
        yield errors.MalformedJson
    if method == "PATCH":
        yield errors.Stale
    if method == "POST" and path in _CREATES:
        yield errors.AlreadyExists
    if method == "POST" and path.startswith("/v1/tokens"):
        yield errors.TokenShownOnce
    if method == "POST" and path.startswith("/v1/imports"):
        yield errors.MalformedFile
        yield errors.UnsupportedMedia
        yield errors.PreviewOutdated
    if path == "/v1/bulletins" and method == "POST":
        yield errors.NotSettled


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
