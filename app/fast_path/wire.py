"""A stream that has its connection to itself: an event is the same ready bytes for everyone, and one write for each.

No task waits for it, no request is remembered. It takes over the connection as a WebSocket would, so the connection
closes with the stream; what its client still says meanwhile is not listened to.
"""

import asyncio
from functools import lru_cache
from typing import Any

from app.live.events import HEARTBEAT, Event
from app.live.hub import Hub
from app.live.listener import Listener, Subscriber

HELD = 4096
"""Bytes that wait for a client to read; while there are more, what moves is held as one event."""
LAST = b"0\r\n\r\n"


class Wire(asyncio.Protocol, Listener):
    """Holds what comes until it has begun, and again while its client doesn't read."""

    __slots__ = ("_connections", "_holds", "_hub", "_transport")

    def __init__(self, subscriber: Subscriber, hub: Hub, transport: asyncio.Transport, connections: set[Any]) -> None:
        super().__init__(subscriber)
        self._hub = hub
        self._transport = transport
        self._connections = connections
        self._holds = True

    def begin(self, head: bytes, first: bytes) -> None:
        """From now on the connection is the stream's. Its server knows of it, and shuts it down with the others."""
        self._connections.add(self)
        self._transport.set_protocol(self)
        self._transport.set_write_buffer_limits(high=HELD)
        self._transport.write(head + chunk(first))
        self.resume_writing()

    def send_event(self, event: Event) -> None:
        if self._holds:
            self._hold(event)
        else:
            self._transport.write(chunk(event.encoded()))

    def send_heartbeat(self) -> None:
        if not self._holds:
            self._transport.write(chunk(HEARTBEAT))

    def end(self) -> None:
        """The last words, for who reads; who doesn't is not waited for."""
        if self._transport.is_closing():
            return
        if self._holds:
            self._transport.abort()
        else:
            self._holds = True
            self._transport.write(LAST)
            self._transport.close()

    shutdown = end

    def pause_writing(self) -> None:
        self._holds = True

    def resume_writing(self) -> None:
        if self._transport.is_closing():
            return
        self._holds = False
        event, self._pending = self._pending, None
        if event is not None:
            self.send_event(event)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's
        self._hub.leave(self)
        self._connections.discard(self)


@lru_cache(maxsize=64)
def chunk(next_bytes: bytes) -> bytes:
    """As HTTP sends a part of an answer whose length nobody knows; made once for all who are told the same."""
    return b"%x\r\n%b\r\n" % (len(next_bytes), next_bytes)
