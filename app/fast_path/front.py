"""The front of the house: uvicorn's protocol with the window for kept answers, the hatch for reports, the side door.

Each of them serves what it is for past routes and middleware, and sends on whatever is not as simple as that.
"""

from collections.abc import Coroutine
from functools import partial
from typing import Any

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.fast_path.event_streams import EventStreamFastPath
from app.fast_path.protocol import CacheHitProtocol, request_id_line
from app.fast_path.single_reports import SingleReportFastPath
from app.live.stream import STREAM_HEADERS
from app.web import RequestIds, answer_failure

STREAMING = [*STREAM_HEADERS, (b"connection", b"close"), (b"transfer-encoding", b"chunked")]
CREATED = b"HTTP/1.1 201 Created\r\ncontent-length: %d\r\ncontent-type: application/json\r\n"


class Front(CacheHitProtocol):
    """Finds the hatch and the side door, as the counter, in the state that the lifespan shares."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        hatch: SingleReportFastPath | None = self.app_state.get("hatch")
        door: EventStreamFastPath | None = self.app_state.get("side_door")
        if not self._is_open(app):
            super()._start_asgi_task(cycle, app)
        elif hatch and hatch.is_for(cycle.scope):
            self._begin(self._take(hatch, cycle, app))
        elif door and door.is_for(cycle.scope):
            self._begin(self._open(door, cycle, app))
        else:
            super()._start_asgi_task(cycle, app)

    def _begin(self, serving: Coroutine[Any, Any, None]) -> None:
        task = self.loop.create_task(serving)
        task.add_done_callback(self.tasks.discard)
        self.tasks.add(task)

    async def _take(self, hatch: SingleReportFastPath, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Store a report and answer it; or leave it to the route, which receives the whole request."""
        await _arrival(cycle)
        try:
            answer = None if cycle.more_body else await hatch.take(cycle.scope, bytes(cycle.body))
        except Exception as error:  # noqa: BLE001 - it may have been stored or not: only a retry with its key is safe
            failed: Any = RequestIds(partial(answer_failure, error))
            super()._start_asgi_task(cycle, failed)
            return
        if answer is None:
            super()._start_asgi_task(cycle, app)
        elif not cycle.disconnected:
            self._write(cycle, CREATED % len(answer), answer)

    async def _open(self, door: EventStreamFastPath, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        """Hand the connection over to a stream. Requests that were sent behind this one are never begun."""
        let_in = await door.let_in(cycle.scope, self.transport, self.connections)
        if let_in is None:
            super()._start_asgi_task(cycle, app)
            return
        wire, first = let_in
        if self.transport.is_closing():
            wire.connection_lost(None)
            return
        self.connections.discard(self)
        self.flow.resume_reading()
        wire.begin(_head(cycle), first)


async def _arrival(cycle: RequestResponseCycle) -> None:
    """Wait for the whole body, which is left where it is; or until its client has gone."""
    while cycle.more_body and not cycle.disconnected:
        cycle.message_event.clear()
        await cycle.message_event.wait()


def _head(cycle: RequestResponseCycle) -> bytes:
    lines = [*STREAMING, request_id_line(cycle), *cycle.default_headers]
    return b"HTTP/1.1 200 OK\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % header for header in lines)
