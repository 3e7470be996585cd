"""The route class of the interface: token before body, strict input, retries answered once."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from typing import Any, get_args, get_origin

from fastapi import Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query
from fastapi.routing import APIRoute

from app.auth import idempotency
from app.auth.authority import authenticated, needs_token, refuse_role, role_needed
from app.auth.fair_share import SHARE
from app.auth.large_bodies import LargeBodies
from app.errors import Problem, UnsupportedMedia
from app.json_input import MAX_VALUES, strict_json
from app.messages import say
from app.web import refuse_wrong_parameters, respond

AT_ONCE = 64 * 1024
"""Bytes of JSON that are parsed on the event loop; what is larger is parsed beside it."""
MANY_ERRORS = 1_000
"""Complaints from which on a refusal is written beside the event loop: 30,000 take it a quarter of a second."""


class ApiRoute(APIRoute):
    """A route that authenticates before it reads the body, refuses what it does not know, and stores its answer."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **described: Any) -> None:
        """A file is received by its route, and shared out there; every other body was received before."""
        others = [one for one in described.pop("dependencies", None) or () if one != SHARE]
        takes_file = "requestBody" in (described.get("openapi_extra") or {})
        dependencies = others if takes_file else [SHARE, *others]
        super().__init__(path, endpoint, dependencies=dependencies, **described)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()
        asked = [p for p in get_flat_params(self.dependant) if isinstance(p.field_info, Query)]
        several = frozenset(p.alias for p in asked if takes_several(p.field_info.annotation))
        takes_json = self.body_field is not None
        most = most_values(self.body_field)
        takes_token, role = needs_token(self.dependant), role_needed(self.dependant)

        async def answer(request: Request) -> Response:
            if takes_token:
                who = await authenticated(request)
                if role:
                    refuse_role(who, role)
            refuse_wrong_parameters(request, asked, several)
            async with await _admitted(request, takes_json=takes_json):
                if takes_json:
                    await _read_json(request, most)
                try:
                    async with _serialized(request):
                        response = await handle(request)
                except idempotency.Replay as before:
                    return before.response
                except Problem as problem:
                    if len(problem.errors) < MANY_ERRORS:
                        raise
                    return await asyncio.to_thread(respond, request, problem)
                await idempotency.store_response(request, response)
                return response

        return answer


def takes_several(annotation: Any) -> bool:
    """Whether a parameter is a list, perhaps an optional one."""
    return get_origin(annotation) is list or any(map(takes_several, get_args(annotation)))


async def _admitted(request: Request, *, takes_json: bool) -> AbstractAsyncContextManager[None]:
    """A slot to work on a body in JSON, which is received before."""
    bodies: LargeBodies = request.app.state.large_bodies
    who = getattr(request.state, "identity", None)
    size = len(await request.body()) if takes_json else 0
    return bodies.admitted(who.token if who else "", size)


def most_values(body: Any) -> int:
    """How many values a body may have: the `max_values` of its type, which knows what a legal one needs."""
    kind = body.field_info.annotation if body is not None else None
    return int(getattr(kind, "max_values", MAX_VALUES))


async def _read_json(request: Request, most: int) -> None:
    """Parse the body strictly; Starlette then finds it parsed."""
    body = await request.body()
    if not body:
        return
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json" and not (kind.startswith("application/") and kind.endswith("+json")):
        raise UnsupportedMedia(say("send-json"))
    parsed = strict_json(body, most) if len(body) <= AT_ONCE else await asyncio.to_thread(strict_json, body, most)
    request._json = parsed  # noqa: SLF001 - where Starlette keeps it


def _serialized(request: Request) -> AbstractAsyncContextManager[object]:
    sent = request.headers.get("idempotency-key") if request.method == "POST" else None
    who = getattr(request.state, "identity", None)
    return idempotency.serialize_duplicates(who.token if who else "", idempotency.read_key(sent))
