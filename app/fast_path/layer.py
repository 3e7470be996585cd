"""The outermost ASGI layer: single reports and event streams, when they are simple enough.

The layers around the routes cost more than recording a report. So a request goes on to them where one of them would
have a say: with a query, from another origin, with a header twice or empty. What they do for every answer is done by
the same functions here.
"""

from starlette.datastructures import State
from starlette.types import ASGIApp, Receive, Scope, Send

from app.fast_path import event_streams, single_reports
from app.fast_path.event_streams import EventStreamFastPath
from app.fast_path.headers import plain_headers
from app.fast_path.single_reports import SingleReportFastPath
from app.prefix import without


class FastPathLayer:
    """Finds its two paths in the application's state, where the lifespan puts them."""

    def __init__(self, app: ASGIApp, state: State, prefix: str) -> None:
        self.app = app
        self._state = state
        self._prefix = prefix.rstrip("/")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and not scope["query_string"]:
            path, method = without(self._prefix, scope["path"]), scope["method"]
            if path == single_reports.PATH and method == "POST":
                headers = plain_headers(scope)
                if headers and single_reports.accepts(headers):
                    reports: SingleReportFastPath = self._state.single_reports
                    return await reports.answer(headers, scope, receive, send, self.app)
            elif path == event_streams.PATH and method == "GET" and (headers := plain_headers(scope)):
                streams: EventStreamFastPath = self._state.event_streams
                return await streams.answer(headers, scope, receive, send, self.app)
        return await self.app(scope, receive, send)
