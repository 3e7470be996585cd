"""The manners of HTTP: strict JSON, no unknown parameters, request ids, and problems as answers."""

import inspect
import random
import re
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException as StarletteHTTPException  # noqa: TID251 - translated here
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import errors
from app.database_errors import from_database
from app.errors import Complaint, Problem
from app.json_input import complaint_from, escape
from app.logs import log

_SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._:-]{1,128}", re.ASCII)
_BY_STATUS = {kind.status: kind for kind in reversed(errors.catalogue())} | {
    400: errors.BadRequest,
    403: errors.NotYourRole,
    404: errors.NotFound,
    405: errors.MethodNotAllowed,
    413: errors.TooLarge,
    415: errors.UnsupportedMedia,
    422: errors.InvalidInput,
    503: errors.Unavailable,
}

Made = TypeVar("Made")


def async_dependency(make: Callable[..., Made]) -> Callable[..., Awaitable[Made]]:
    """A dependency that is made where the request is served. FastAPI sends a class, as all that isn't `async`, to a
    thread, and the way there and back costs more than most answers.
    """

    async def made(**given: Any) -> Made:
        return make(**given)

    made.__signature__ = inspect.signature(make)  # type: ignore[attr-defined]
    return made


def request_id_of(given: str | None) -> str:
    """The client's own id where it is sane, else a new one."""
    return given if given and _SANE_REQUEST_ID.fullmatch(given) else f"{random.getrandbits(128):032x}"


class RequestIds:
    """Gives every request an id, the client's own where it is sane, and refuses NUL in the path or query."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request_id = request_id_of(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["X-Request-ID"] = request_id
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            if "\0" in scope["path"] or b"%00" in scope["query_string"]:
                refusal = respond(Request(scope), errors.BadRequest("a NUL character in the path or query"))
                return await refusal(scope, receive, send_with_id)
            return await self.app(scope, receive, send_with_id)


class BodyLimit:
    """Refuses a body over the limit: at once when it tells its length, else as soon as too much has come.

    FastAPI's own limit answers in plain text, whatever the routes make of it.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        told = Headers(scope=scope).get("content-length", "")
        if told.isdecimal() and (len(told) > 18 or int(told) > self.limit):
            return await respond(Request(scope), errors.TooLarge())(scope, receive, send)
        left = self.limit

        async def limited_receive() -> Message:
            nonlocal left
            message = await receive()
            left -= len(message.get("body", b""))
            if left < 0:
                raise errors.TooLarge
            return message

        return await self.app(scope, limited_receive, send)


def respond(request: Request, problem: Problem) -> Response:
    """A problem as `application/problem+json`."""
    request_id = getattr(request.state, "request_id", "")
    return JSONResponse(
        errors.document(problem, instance=request.url.path, request_id=request_id),
        status_code=problem.status,
        headers=problem.headers,
        media_type="application/problem+json",
    )


def refuse_unknown_parameters(request: Request, known: frozenset[str]) -> None:
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        raise errors.InvalidInput(
            errors=[
                Complaint(f"/query/{escape(name)}", "unknown-parameter", "there is no such parameter")
                for name in unknown
            ]
        )


def _validation(error: RequestValidationError) -> Problem:
    complaints = []
    for item in error.errors():
        place, *rest = item["loc"]
        prefix = "" if place == "body" else f"/{place}"
        complaints.append(complaint_from({**item, "loc": rest}, prefix))
    return errors.InvalidInput(errors=complaints)


def install(app: FastAPI, *, max_body_size: int) -> None:
    """Make every failure of the app a problem document."""

    @app.exception_handler(Problem)
    async def _problem(request: Request, error: Exception) -> Response:
        return respond(request, error if isinstance(error, Problem) else errors.Internal())

    @app.exception_handler(RequestValidationError)
    async def _invalid(request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101 - says the type to mypy
        return respond(request, _validation(error))

    @app.exception_handler(StarletteHTTPException)
    async def _http(request: Request, error: Exception) -> Response:
        assert isinstance(error, StarletteHTTPException)  # noqa: S101 - says the type to mypy
        kind = _BY_STATUS.get(error.status_code, errors.BadRequest)
        problem = kind() if error.status_code == 401 else kind(headers=error.headers)
        return respond(request, problem)

    app.add_middleware(BodyLimit, limit=max_body_size)
    app.add_middleware(Failures)


class Failures:
    """Turns what escapes the routes into a problem: a lost database is 503, the rest our mistake, logged."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except ClientDisconnect:  # nobody is there to be answered
            return None
        except Exception as error:
            if started:
                raise
            await answer_failure(error, scope, receive, send)


async def answer_failure(error: Exception, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer for what failed: try again where the database was away, our mistake (and a log line) otherwise."""
    problem = from_database(error)
    if problem is None:
        problem = errors.Internal()
        log.error("request failed", path=scope["path"], method=scope["method"], exc_info=error)
    elif isinstance(problem, errors.OtherSchema):
        log.error("not the schema that is needed", path=scope["path"], method=scope["method"], error=str(error))
    await respond(Request(scope), problem)(scope, receive, send)
