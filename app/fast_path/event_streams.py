"""Event streams before the routes, for clients that this worker has authenticated before.

A stream lasts for days. Here it holds one task, and nothing of routes, dependencies and middleware.
"""

from http import HTTPStatus
from time import perf_counter

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app import logs
from app.auth.authority import cached_viewer, token_sent
from app.auth.identity import ANYONE
from app.auth.limits import Limits
from app.auth.service import Identities
from app.data_version import DataVersionMonitor
from app.errors import Problem
from app.fast_path.answers import failed_app, refusing_app
from app.fast_path.headers import Headers, request_id_in
from app.live.hub import Hub
from app.live.listener import Subscriber
from app.live.stream import EventStream
from app.middleware import fields_of_every_answer
from app.observing import observe
from app.settings import Settings

PATH = "/v1/events"


class EventStreamFastPath:
    """Answers requests whose token is known, or anyone's where progress is public."""

    def __init__(
        self, hub: Hub, versions: DataVersionMonitor, identities: Identities, limits: Limits, settings: Settings
    ) -> None:
        self._hub = hub
        self._versions = versions
        self._identities = identities
        self._limits = limits
        self._public = settings.public_progress
        self._prefix = settings.root_path

    async def answer(self, headers: Headers, scope: Scope, receive: Receive, send: Send, otherwise: ASGIApp) -> None:
        """Stream until either side ends; `otherwise` answers where nobody is known to be asking."""
        began, state = perf_counter(), scope.setdefault("state", {})
        try:
            subscriber = await self._subscriber(headers, Request(scope))
        except Exception as error:  # noqa: BLE001 - the layers that turn failures into problems are inside
            return await failed_app(error, self._prefix)(scope, receive, send)
        if subscriber is None:
            return await otherwise(scope, receive, send)
        state |= {"route": PATH, "began": began, "request_id": request_id_in(headers)}
        last_event_id = headers.get(b"last-event-id", b"").decode("latin-1") or None
        stream = EventStream(self._hub, subscriber, last_event_id, fields_of_every_answer(state))
        context = logs.request.set(state)
        try:
            first = await stream.join()
        except Problem as problem:
            await refusing_app(problem, self._prefix)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the layers that turn failures into problems are inside
            await failed_app(error, self._prefix)(scope, receive, send)
        else:
            seconds = perf_counter() - began
            try:
                await stream.send(first, receive, send)
            finally:
                observe(scope, state, HTTPStatus.OK, seconds)
        finally:
            logs.request.reset(context)

    async def _subscriber(self, headers: Headers, request: Request) -> Subscriber | None:
        """Whose stream it will be, if the token is known and has not asked too often."""
        version = await self._versions.version()
        who = cached_viewer(self._identities, headers, version, public=self._public)
        if who is None or who is ANYONE:
            return Subscriber() if who else None
        if not self._limits.requests.try_acquire(who.token, request.scope["state"]):
            return None
        request.scope["state"] |= {"counted": True, "token": who.token}  # the route need not count it again
        return Subscriber(token_sent(request), who)
