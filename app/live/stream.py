"""A stream as the answer of a route. FastAPI's own event streams encode each event anew for each client and cost each
a task group and a memory stream; here one encoding serves all, and a client is one coroutine that waits.
"""

import asyncio

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from app.live.events import HEARTBEAT, Event
from app.live.hub import Hub
from app.live.listener import Listener, Subscriber

STREAM_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


class AsgiListener(Listener):
    """A listener whose words somebody waits for."""

    __slots__ = ("_ended", "_heartbeat_due", "_waiting")

    def __init__(self, subscriber: Subscriber) -> None:
        super().__init__(subscriber)
        self._heartbeat_due = self._ended = False
        self._waiting: asyncio.Future[None] | None = None

    def send_event(self, event: Event) -> None:
        self._hold(event)
        self._wake()

    def send_heartbeat(self) -> None:
        self._heartbeat_due = True
        self._wake()

    def end(self) -> None:
        self._ended = True
        self._wake()

    async def next_bytes(self) -> bytes:
        """What is to be sent next, as soon as there is anything; nothing at the end."""
        while not self._ended:
            if next_bytes := self._take():
                return next_bytes
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        return b""

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)

    def _take(self) -> bytes:
        event, send_heartbeat = self._pending, self._heartbeat_due
        self._pending, self._heartbeat_due = None, False
        if event is not None:
            return event.encoded()
        return HEARTBEAT if send_heartbeat else b""


class EventStream(Response):
    """Sends what the hub has for a listener, until the client is gone or the hub ends it."""

    media_type = "text/event-stream"

    def __init__(self, hub: Hub, subscriber: Subscriber, last_event_id: str | None) -> None:
        super().__init__()
        self._hub = hub
        self._waiter = AsgiListener(subscriber)
        self._last_event_id = last_event_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        first = await self._hub.join(self._waiter, self._last_event_id)
        gone = asyncio.create_task(_until_gone(receive, self._waiter))
        try:
            await send({"type": "http.response.start", "status": 200, "headers": STREAM_HEADERS})
            await send(_body(first))
            while next_bytes := await self._waiter.next_bytes():
                await send(_body(next_bytes))
            await send(_body(b"", more=False))
        finally:
            gone.cancel()
            self._hub.leave(self._waiter)


async def _until_gone(receive: Receive, waiter: AsgiListener) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    waiter.end()


def _body(next_bytes: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": next_bytes, "more_body": more}
