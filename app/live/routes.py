"""Events over HTTP: whoever watches is told at once."""

from typing import Annotated

from fastapi import APIRouter, Header, Request, Response

from app.auth.api_route import ApiRoute
from app.auth.authority import CanWatch, token_sent
from app.live.listener import Subscriber
from app.live.stream import EventStream

router = APIRouter(prefix="/v1/events", tags=["progress"], route_class=ApiRoute)

LastEventId = Annotated[str | None, Header(alias="Last-Event-ID", description="The `id` of the last event seen.")]
STREAM = {"text/event-stream": {"schema": {"type": "string"}}}


@router.get("", response_class=Response, responses={200: {"description": "Server-sent events.", "content": STREAM}})
async def events(request: Request, who: CanWatch, last_event_id: LastEventId = None) -> Response:
    """Server-sent events: `progress`, with the provinces and categories that moved; lights turned by the clock, too.

    `id` is a cursor of `/v1/changes`. Whoever comes back with `Last-Event-ID` misses nothing: what happened meanwhile
    is one event, and where it cannot be told any more (after a restore, say) that event names everything.
    """
    subscriber = Subscriber(token_sent(request), who.expires_at) if who else Subscriber()
    return EventStream(request.app.state.hub, subscriber, last_event_id)
