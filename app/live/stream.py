"""A stream as an ASGI response. FastAPI's own event streams encode each event for each client and need a task
group and a memory stream for each; here one encoding serves all, and a client is one task that waits for its end.
"""

import asyncio
from collections.abc import Sequence

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
    """Sends the hub's events to one client. A task exists only while something is being sent."""

    __slots__ = ("_ended", "_heartbeat_due", "_send", "_sending")

    def __init__(self, subscriber: Subscriber) -> None:
        super().__init__(subscriber)
        self._heartbeat_due = self._ended = False
        self._send: Send | None = None
        self._sending: asyncio.Task[None] | None = None

    def begin(self, send: Send) -> None:
        """Start sending; events that arrived earlier were held back."""
        self._send = send
        self._wake()

    def send_event(self, event: Event) -> None:
        self._hold(event)
        self._wake()

    def send_heartbeat(self) -> None:
        self._heartbeat_due = True
        self._wake()

    def end(self) -> None:
        self._ended = True
        self._wake()

    def _wake(self) -> None:
        if self._send is not None and (self._sending is None or self._sending.done()):
            self._sending = asyncio.get_running_loop().create_task(self._send_all(self._send))

    async def _send_all(self, send: Send) -> None:
        while not self._ended and (next_bytes := self._take()):
            await send(_body(next_bytes))
        if self._ended:
            self._send = None
            await send(_body(b"", more=False))

    def _take(self) -> bytes:
        event, heartbeat_due = self._pending, self._heartbeat_due
        self._pending, self._heartbeat_due = None, False
        if event is not None:
            return event.encoded(self.subscriber.reader)
        return HEARTBEAT if heartbeat_due else b""


class EventStream(Response):
    """Streams the hub's events until the client disconnects or the hub ends the stream."""

    media_type = "text/event-stream"

    def __init__(
        self,
        hub: Hub,
        subscriber: Subscriber,
        last_event_id: str | None,
        more_fields: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__()
        self._hub = hub
        self._listener = AsgiListener(subscriber)
        self._last_event_id = last_event_id
        self._fields = [*STREAM_HEADERS, *((name.encode(), value.encode()) for name, value in more_fields)]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's
        await self.send(await self.join(), receive, send)

    async def join(self) -> bytes:
        """Begin to listen: the first bytes to send. Nothing has been sent when it fails."""
        return await self._hub.join(self._listener, self._last_event_id)

    async def send(self, first: bytes, receive: Receive, send: Send) -> None:
        """Send all events until either side ends."""
        try:
            await send({"type": "http.response.start", "status": 200, "headers": self._fields})
            await send(_body(first))
            self._listener.begin(send)
            while (await receive())["type"] != "http.disconnect":  # also after the last byte was sent
                pass
        finally:
            self._hub.leave(self._listener)


def _body(next_bytes: bytes, *, more: bool = True) -> Message:
    return {"type": "http.response.body", "body": next_bytes, "more_body": more}
