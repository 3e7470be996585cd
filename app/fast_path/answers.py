"""How a fast path answers: at once where the server can, and through some of the layers where it refuses or fails."""

from collections.abc import Callable
from functools import partial
from http import HTTPStatus

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Problem
from app.middleware import RequestIds, answer_failure
from app.observing import Observed
from app.prefix import PathPrefix
from app.representations import Representations
from app.response_cache import Headers, PreparedResponse, prepared
from app.web import respond

AT_ONCE = "tiendo.at-once"
"""The extension of ASGI by which `CacheHitProtocol` takes a response as a whole, and says whether it did."""


async def send_at_once(status: HTTPStatus, headers: Headers, body: bytes, scope: Scope, send: Send) -> None:
    """Send a response that no layer has a say in: as one, where the server takes it so."""
    write: Callable[[PreparedResponse], bool] | None = scope.get("extensions", {}).get(AT_ONCE)
    if write is None or not write(prepared(status, headers, body)):
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})


def refusing_app(problem: Problem, prefix: str = "") -> ASGIApp:
    """An application that answers every request with a problem."""
    return _behind_layers(partial(_refuse, problem), prefix)


def failed_app(error: BaseException, prefix: str = "") -> ASGIApp:
    """An application that answers every request with the problem of one failure."""
    return _behind_layers(partial(answer_failure, error), prefix)


def _behind_layers(app: ASGIApp, prefix: str) -> ASGIApp:
    return PathPrefix(Observed(RequestIds(Representations(app))), prefix)


async def _refuse(problem: Problem, scope: Scope, receive: Receive, send: Send) -> None:
    await respond(Request(scope), problem)(scope, receive, send)
