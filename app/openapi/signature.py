"""What the signature of a route says beyond what FastAPI writes into the description."""

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from app.auth.authority import needs_token, role_needed, watches
from app.auth.identity import Role
from app.progress.requests import CachedRequest


def is_cached(dependant: Dependant) -> bool:
    """Whether answers are kept, and so have an ETag that is asked for with `If-None-Match`."""
    made = getattr(dependant.call, "makes", None)
    mine = isinstance(made, type) and issubclass(made, CachedRequest)
    return mine or any(map(is_cached, dependant.dependencies))


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
        return f"For tokens of the role `{role.value}` and those above it."
    if needs_token(route.dependant):
        return "For every token."
    return "For every token, or for everyone where progress is public." if watches(route.dependant) else "For everyone."
