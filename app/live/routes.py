"""The event stream over HTTP."""

from typing import Annotated

from fastapi import APIRouter, Header, Query, Request, Response

from app.auth.api_route import ApiRoute
from app.auth.authority import CanWatch, token_sent
from app.live.listener import Subscriber
from app.live.stream import EventStream

router = APIRouter(prefix="/v1/events", tags=["progress"], route_class=ApiRoute)

LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", description="The `id` of the last event seen.")]
LastEventIdParameter = Annotated[
    str | None,
    Query(alias="last_event_id", min_length=1, description="As `Last-Event-ID`, for a page that cannot send headers."),
]
STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


@router.get("", response_class=Response, responses={200: {"description": "Server-sent events.", "content": STREAM}})
async def events(
    request: Request, who: CanWatch, last_event_id: LastEventId = None, last_seen: LastEventIdParameter = None
) -> Response:
    """Server-sent events: `progress`, with the provinces and categories that changed, by reports or by time.

    `id` is a cursor of `/v1/changes`. A client that reconnects with `Last-Event-ID` misses nothing: all changes since
    are one event, which names everything where the difference cannot be computed (for example after a restore).
    """
    subscriber = Subscriber(token_sent(request), who) if who else Subscriber()
    return EventStream(request.app.state.hub, subscriber, last_event_id or last_seen)
