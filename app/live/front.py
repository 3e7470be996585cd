"""The front of the house: uvicorn's protocol with the window for kept answers and the side door to the stream."""

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import RequestResponseCycle

from app.live.side_door import SideDoor
from app.live.stream import HEAD
from app.progress.window import Window
from app.web import request_id_of

STREAMING = [*HEAD, (b"connection", b"close"), (b"transfer-encoding", b"chunked")]


class Front(Window):
    """Finds the side door, as the counter, in the state that the lifespan shares."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        door: SideDoor | None = self.app_state.get("side_door")
        if not door or not self._is_open(app) or not door.is_for(cycle.scope):
            super()._start_asgi_task(cycle, app)
            return
        opening = self.loop.create_task(self._open(door, cycle, app))
        opening.add_done_callback(self.tasks.discard)
        self.tasks.add(opening)

    async def _open(self, door: SideDoor, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
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


def _head(cycle: RequestResponseCycle) -> bytes:
    given = dict(cycle.scope["headers"]).get(b"x-request-id", b"")
    request_id = request_id_of(given.decode("latin-1")).encode()
    lines = [*STREAMING, (b"x-request-id", request_id), *cycle.default_headers]
    return b"HTTP/1.1 200 OK\r\n%b\r\n" % b"".join(b"%b: %b\r\n" % header for header in lines)
