"""A response that stays open. FastAPI's own event streams encode each event anew for each client and cost each a task
group and a memory stream; here one encoding serves all, and a client is one coroutine that waits.
"""

import asyncio
from typing import NamedTuple

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.live.hub import Hub
from app.live.listener import Listener, Watcher

HEAD = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]
_LEFT_OPEN = "tiendo.left_open"


class EventStream(Response):
    """Begins a stream and leaves it open; `keep_open` goes on with it outside of all that the request went through."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, watcher: Watcher, last_event_id: str | None) -> None:
        super().__init__()
        self._hub = hub
        self._watcher = watcher
        self._last_event_id = last_event_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        listener, first = await self._hub.join(self._watcher, self._last_event_id)
        scope[_LEFT_OPEN] = _LeftOpen(self._hub, listener)
        await send({"type": "http.response.start", "status": 200, "headers": HEAD})
        await send(_body(first))


class _LeftOpen(NamedTuple):
    hub: Hub
    listener: Listener


async def keep_open(scope: Scope, receive: Receive, send: Send) -> None:
    """Send what the hub has for a listener, until the client is gone or the hub ends it.

    The frames of the middleware, the request itself and all that its scope gathered are gone by now: they would be most
    of what a stream costs.
    """
    left_open: _LeftOpen | None = scope.pop(_LEFT_OPEN, None)
    if left_open is None:
        return
    scope.clear()
    hub, listener = left_open
    gone = asyncio.create_task(_until_gone(receive, listener))
    try:
        while words := await listener.words():
            await send(_body(words))
        await send(_body(b"", more=False))
    finally:
        gone.cancel()
        hub.leave(listener)


async def _until_gone(receive: Receive, listener: Listener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    listener.end()


def _body(words: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": words, "more_body": more}
