"""Answers that a fast path gives through some of the layers: refusals and failures, which are rare."""

from functools import partial

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import Problem
from app.middleware import RequestIds, answer_failure
from app.observing import Observed
from app.prefix import PathPrefix
from app.representations import Representations
from app.web import respond


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
