"""The ASGI layer in front of the routes: single reports and event streams, when they are simple enough.

It stands inside the layers that give request ids, refuse ambiguous headers and turn failures into problems, so those
hold for it as they do for the routes.
"""

from starlette.types import ASGIApp, Receive, Scope, Send

from app.fast_path import event_streams, single_reports
from app.fast_path.event_streams import EventStreamFastPath
from app.fast_path.single_reports import SingleReportFastPath


class FastPathLayer:
    """Finds its two paths in the application's state, where the lifespan puts them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        if single_reports.accepts(scope):
            reports: SingleReportFastPath = scope["app"].state.single_reports
            left = await reports.try_record(scope, receive, send)
            return await self.app(scope, left, send) if left else None
        if event_streams.accepts(scope):
            streams: EventStreamFastPath = scope["app"].state.event_streams
            if await streams.try_stream(scope, receive, send):
                return None
        return await self.app(scope, receive, send)
