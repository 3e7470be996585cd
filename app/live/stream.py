"""A stream that stays open. FastAPI's own event streams encode each event anew for each client and cost each a task
group and a memory stream; here one encoding serves all, and a client is one coroutine that waits.
"""

import asyncio

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.live.hub import Hub
from app.live.listener import Listener, Watcher

HEAD = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class EventStream(Response):
    """A stream as the answer of a route."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, watcher: Watcher, last_event_id: str | None) -> None:
        super().__init__()
        self._hub = hub
        self._watcher = watcher
        self._last_event_id = last_event_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        listener, first = await self._hub.join(self._watcher, self._last_event_id)
        await send_all(self._hub, listener, first, receive, send)


async def send_all(
    hub: Hub, listener: Listener, first: bytes, receive: Receive, send: Send, *, request_id: bytes | None = None
) -> None:
    """Send what the hub has for a listener, until the client is gone or the hub ends it."""
    gone = asyncio.create_task(_until_gone(receive, listener))
    named = [(b"x-request-id", request_id)] if request_id else []
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [*HEAD, *named]})
        await send(_body(first))
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
