"""The window to the street: uvicorn's protocol, where the counter's customers are served before they come in.

For uvicorn a request is a task, and an answer two messages whose headers it checks one by one. That costs about as
much as all that the counter does, so a kept answer goes out past them, as the lines it was written in once. Parsing,
pipelining, keeping alive and shutting down stay uvicorn's.
"""

from functools import partial

from uvicorn._types import ASGI3Application
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.fast_path.cache_hits import CacheHitHandler
from app.response_cache import PreparedResponse
from app.web import request_id_of


class CacheHitProtocol(HttpToolsProtocol):
    """Serves what the counter can serve. It finds the counter in the state that the lifespan shares."""

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: ASGI3Application) -> None:
        counter: CacheHitHandler | None = self.app_state.get("counter")
        customer = counter.lookup(cycle.scope) if counter and self._is_open(app) else None
        if not counter or not customer:
            super()._start_asgi_task(cycle, app)
            return
        counter.respond(customer, partial(self._hand_out, cycle, app))

    def _is_open(self, app: ASGI3Application) -> bool:
        """Not while uvicorn has more requests than it takes, nor for a client who doesn't read."""
        return app is self.app and not self.flow.write_paused

    def _hand_out(self, cycle: RequestResponseCycle, app: ASGI3Application, page: PreparedResponse | None) -> None:
        if page is None:
            super()._start_asgi_task(cycle, app)
        elif not cycle.disconnected:
            self._write(cycle, page.head, page.body)

    def _write(self, cycle: RequestResponseCycle, begun: bytes, body: bytes) -> None:
        """Answer in one piece: `begun` is its first line and headers, as far as they are its own."""
        more = [request_id_line(cycle), *cycle.default_headers]
        if not cycle.keep_alive:
            more.append((b"connection", b"close"))
        lines = b"".join(b"%b: %b\r\n" % header for header in more)
        self.transport.write(b"%b%b\r\n%b" % (begun, lines, body))
        cycle.response_started = cycle.response_complete = True
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()


def request_id_line(cycle: RequestResponseCycle) -> tuple[bytes, bytes]:
    sent = dict(cycle.scope["headers"]).get(b"x-request-id", b"")
    return b"x-request-id", request_id_of(sent.decode("latin-1")).encode()
