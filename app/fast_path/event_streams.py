"""Event streams before the routes, for clients that this worker has authenticated before.

A stream lasts for days. Here it holds one task, and nothing of routes, dependencies and middleware.
"""

from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from app.auth.authority import cached_viewer, token_sent
from app.auth.identity import ANYONE
from app.auth.limits import Limits
from app.auth.service import Identities
from app.data_version import DataVersionMonitor
from app.live.hub import Hub
from app.live.listener import Subscriber
from app.live.stream import EventStream
from app.settings import Settings

PATH = "/v1/events"


def accepts(scope: Scope) -> bool:
    return scope["path"] == PATH and scope["method"] == "GET" and not scope["query_string"]


class EventStreamFastPath:
    """Answers the requests that `accepts` is true of, if their token is known."""

    def __init__(
        self, hub: Hub, versions: DataVersionMonitor, identities: Identities, limits: Limits, settings: Settings
    ) -> None:
        self._hub = hub
        self._versions = versions
        self._identities = identities
        self._limits = limits
        self._public = settings.public_progress

    async def try_stream(self, scope: Scope, receive: Receive, send: Send) -> bool:
        """Stream until either side ends; False when nothing was sent and the route has to answer."""
        request = Request(scope)
        subscriber = await self._subscriber(request)
        if subscriber is None:
            return False
        scope["state"]["route"] = PATH
        await EventStream(self._hub, subscriber, request.headers.get("last-event-id"))(scope, receive, send)
        return True

    async def _subscriber(self, request: Request) -> Subscriber | None:
        """Whose stream it will be, if the token is known and has not asked too often."""
        sent = request.scope["headers"]
        headers = dict(sent)
        if len(headers) != len(sent):  # cookies may stand on several lines, which the route puts together
            return None
        version = await self._versions.version()
        who = cached_viewer(self._identities, headers, version, public=self._public)
        if who is None or who is ANYONE:
            return Subscriber() if who else None
        if not self._limits.requests.try_acquire(who.token, request.scope["state"]):
            return None
        request.scope["state"] |= {"counted": True, "token": who.token}  # the route need not count it again
        return Subscriber(token_sent(request), who)
