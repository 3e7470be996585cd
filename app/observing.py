"""The outermost ASGI layer: counts every answer, logs each where the settings ask for it, and every 5xx in any case."""

from collections.abc import Mapping, MutableMapping
from time import perf_counter
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app import logs
from app.database_errors import from_database
from app.errors import Misconfigured, OtherSchema
from app.metrics import counter_of

NO_ANSWER = 499
"""What is counted for a client that left before its answer."""
NO_ROUTE = "none"


class Observed:
    """Counts a request by its route, and knows for the log whose it was and why it failed.

    The layers below leave this in the state of the request: `request_id`, `token`, `cause`; one before them, when it
    `began`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        state: MutableMapping[str, Any] = scope.setdefault("state", {})
        began, status, seconds = state.setdefault("began", perf_counter()), NO_ANSWER, 0.0

        async def observed_send(message: Message) -> None:
            nonlocal status, seconds
            if message["type"] == "http.response.start":
                status, seconds = message["status"], perf_counter() - began
            await send(message)

        reset = logs.request.set(state)
        try:
            return await self.app(scope, receive, observed_send)
        finally:
            observe(scope, state, status, seconds or perf_counter() - began)
            logs.request.reset(reset)


def observe(scope: Scope, state: Mapping[str, Any], status: int, seconds: float) -> None:
    """Count an answer, or that there was none; log it where it failed, or where every answer is."""
    route = getattr(scope.get("route"), "path", None) or state.get("route") or NO_ROUTE
    counter_of(route, scope["method"], status)(seconds)
    if status >= 500:
        _log_failure(scope, route, status, state.get("cause"))
    if logs.logs_access():
        log_answer(scope, route, status, seconds)


def log_answer(scope: Mapping[str, Any], route: str, status: int, seconds: float, **more: object) -> None:
    """One line of the access log; within a request its id and its token come from the context."""
    client = scope.get("client")
    logs.access.info(
        "answered",
        method=scope["method"],
        path=logs.masked(scope["path"]),
        query=logs.masked(scope["query_string"].decode("latin-1")),
        route=route,
        status=status,
        milliseconds=round(seconds * 1000, 2),
        client=client[0] if client else None,
        **more,
    )


def _log_failure(scope: Scope, route: str, status: int, cause: object) -> None:
    fields = {"method": scope["method"], "path": logs.masked(scope["path"]), "route": route, "status": status}
    known = from_database(cause) if isinstance(cause, Exception) else None
    if isinstance(cause, Exception) and status == 500 and known is None:
        logs.log.error("request failed", **fields, cause=_in_a_line(cause), exc_info=cause)
    elif isinstance(known, OtherSchema | Misconfigured):  # for those who run it to mend
        logs.log.error("request failed", **fields, cause=_in_a_line(cause))
    else:
        logs.log.warning("request failed", **fields, cause=_in_a_line(cause))


def _in_a_line(cause: object) -> str:
    """What an error is and says, in one line; PostgreSQL's own words rather than SQLAlchemy's."""
    if not isinstance(cause, BaseException):
        return str(cause)
    said = getattr(cause, "orig", None) or cause
    said = said.__cause__ or said
    first = str(said).partition("\n")[0]
    return f"{type(said).__name__}: {first}" if first else type(said).__name__
