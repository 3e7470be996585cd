"""The side door to the event stream, for those who were recognised before: past routes and middleware.

What these hold while a request lasts is twice what a stream itself costs, and a stream lasts for days. Whatever is not
as simple as that goes on to the route of the same path; the stream, its rules and the tests are the same.
"""

from typing import Any

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.auth.authority import token_sent, watcher_recalled
from app.auth.identity import ANYONE
from app.live.listener import Listener, Watcher
from app.live.stream import send_all
from app.web import request_id_of

PATH = "/v1/events"


async def left_open(state: Any, scope: Scope, receive: Receive, send: Send) -> bool:
    """Whether the request was for a stream that was served here, from its beginning to its end."""
    if scope["type"] != "http" or scope["path"] != PATH or scope["method"] != "GET" or scope["query_string"]:
        return False
    joined = await _joined(state, Request(scope))
    if joined is None:
        return False
    request_id = request_id_of(Headers(scope=scope).get("x-request-id"))
    await send_all(state.hub, *joined, receive, send, request_id=request_id.encode())
    return True


async def _joined(state: Any, request: Request) -> tuple[Listener, bytes] | None:
    """A listener and the first words of its stream; None where the route has to see to it."""
    if "origin" in request.headers:  # another site's page: CORS is decided further in
        return None
    try:
        version = await state.watch.version()
        who = watcher_recalled(
            state.identities, dict(request.scope["headers"]), version, public=state.settings.public_progress
        )
        if who is None or (who is not ANYONE and not await state.limits.has_room_for(who.token)):
            return None
        watcher = Watcher() if who is ANYONE else Watcher(token_sent(request), who.expires_at)
        joined: tuple[Listener, bytes] = await state.hub.join(watcher, request.headers.get("last-event-id"))
    except Exception:  # noqa: BLE001 - the database is away: the route knows how to say so
        return None
    return joined
