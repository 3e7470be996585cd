"""What the signature of a route says beyond what FastAPI writes into the description."""

from collections.abc import Collection, Iterable

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.auth.authority import needs_token, role_needed, watches
from app.auth.identity import Role
from app.progress.requests import CachedRequest

_NEVER_TWICE = ("/v1/events", "/v1/changes", "/v1/inbox", "/v1/imports/template.xlsx")
"""Streams have no end, cursors of the feed move with all that is written, and each template is another."""


def is_cached(dependant: Dependant) -> bool:
    """Whether answers are figures of a campaign, which are cached."""
    made = getattr(dependant.call, "makes", None)
    mine = isinstance(made, type) and issubclass(made, CachedRequest)
    return mine or any(map(is_cached, dependant.dependencies))


def is_kept(route: APIRoute, method: str, versioned: Collection[str]) -> bool:
    """Whether whoever has an answer is told 304; what carries a version for `If-Match` is answered anew."""
    is_read = method == "GET" and route.path.startswith("/v1") and route.path not in _NEVER_TWICE
    return is_read and route.path not in versioned


def versioned_paths(routes: Iterable[APIRoute]) -> set[str]:
    """What is changed under the condition of its version."""
    return {route.path for route in routes if "if-match" in header_names(route.dependant)}


def header_names(dependant: Dependant) -> set[str]:
    """Headers that the route itself reads, in lower case."""
    mine = {parameter.alias.lower() for parameter in dependant.header_params}
    return mine.union(*map(header_names, dependant.dependencies))


def role_beyond_viewer(dependant: Dependant) -> Role | None:
    """The role needed, where not every token has it."""
    role = role_needed(dependant)
    return None if role is Role.VIEWER else role


def hands_out(route: APIRoute) -> bool:
    """Whether it is for admins, and for provinces that hand out the tokens of their communes."""
    return route.path.startswith("/v1/tokens")


def who_may(route: APIRoute) -> str:
    """One sentence for the reader of the description."""
    if hands_out(route):
        return "For admins, and for a province that may hand out the tokens of its communes."
    if role := role_beyond_viewer(route.dependant):
        above = "" if role is Role.ADMIN else " and those above it"
        return f"For tokens of the role `{role.value}`{above}."
    if needs_token(route.dependant):
        return "For every token."
    return "For every token, or for everyone where progress is public." if watches(route.dependant) else "For everyone."
