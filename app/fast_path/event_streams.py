"""The side door to the event stream, for those who were recognised before: past routes, middleware and tasks.

What these hold while a request lasts is several times what a stream itself costs, and a stream lasts for days. Whatever
is not as simple as that goes on to the route of the same path; the stream, its rules and the tests are the same.
"""

from asyncio import Transport
from collections.abc import Mapping
from typing import Any

from starlette.requests import Request

from app.auth.authority import cached_viewer, token_sent
from app.auth.identity import ANYONE
from app.auth.limits import Limits
from app.auth.service import Identities
from app.data_version import DataVersionMonitor
from app.fast_path.wire import Wire
from app.live.hub import Hub
from app.live.listener import Subscriber
from app.settings import Settings

PATH = "/v1/events"


class EventStreamFastPath:
    """Who may come in by it, and the stream behind it."""

    def __init__(
        self, hub: Hub, versions: DataVersionMonitor, identities: Identities, limits: Limits, settings: Settings
    ) -> None:
        self._hub = hub
        self._versions = versions
        self._identities = identities
        self._limits = limits
        self._public = settings.public_progress

    def is_for(self, scope: Mapping[str, Any]) -> bool:
        """Whether this is the way for a request. Another site's page goes further in, where CORS is decided."""
        if scope["path"] != PATH or scope["method"] != "GET" or scope["query_string"]:
            return False
        return scope["http_version"] == "1.1" and all(name != b"origin" for name, _ in scope["headers"])

    async def let_in(
        self, scope: Mapping[str, Any], transport: Transport, connections: set[Any]
    ) -> tuple[Wire, bytes] | None:
        """A stream that is told from now on, and its first words; None where the route has to see to it."""
        request = Request(dict(scope))
        try:
            subscriber = await self._recognised(request)
            if subscriber is None:
                return None
            wire = Wire(subscriber, self._hub, transport, connections)
            return wire, await self._hub.join(wire, request.headers.get("last-event-id"))
        except Exception:  # noqa: BLE001 - the database is away: the route knows how to say so
            return None

    async def _recognised(self, request: Request) -> Subscriber | None:
        """Whose stream it will be, if he was recognised before and has not asked too often."""
        version = await self._versions.version()
        who = cached_viewer(self._identities, dict(request.scope["headers"]), version, public=self._public)
        if who is None or who is ANYONE:
            return Subscriber() if who else None
        if not self._limits.requests.try_acquire(who.token):
            return None
        return Subscriber(token_sent(request), who.expires_at)
