"""The hub of a worker: reads changes once for all of its listeners, and sends each of them the event."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from app import clock
from app.auth.identity import Identity
from app.auth.limits import FixedWindow
from app.auth.service import Identities
from app.catalogue.catalogues import Catalogues
from app.data_version import DataVersion, DataVersionMonitor
from app.database_errors import from_database, says
from app.db import Database
from app.errors import Unauthenticated
from app.live.changes import changes_since, everything_changed, position_of
from app.live.events import Event, first_bytes
from app.live.listener import Listener, Subscriber
from app.live.notify import NotifyChannel
from app.logs import log
from app.metrics import STREAMS
from app.settings import Settings
from app.updates.cursors import FeedPosition, to_text

MAX_INTERVAL = 1.0
"""Seconds between polls when no notification arrives."""
MIN_INTERVAL = 0.2
"""Seconds between two events: at most five a second."""
MAX_REPLAYS = 20
"""Events for reconnecting clients that are computed within a second. All clients get the same events, so they reconnect
with the same few ids; beyond that, whoever comes is sent the event that names everything, which costs nothing."""


class PollBasis(NamedTuple):
    """What a poll depends on: while it is unchanged, nothing can have changed."""

    snapshot: str
    catalogue: int
    connection: int
    minute: datetime


class Hub:
    """Polls only while it has listeners. No listener holds a database connection."""

    def __init__(
        self,
        database: Database,
        versions: DataVersionMonitor,
        identities: Identities,
        catalogues: Catalogues,
        settings: Settings,
    ) -> None:
        self._database = database
        self._versions = versions
        self._identities = identities
        self._catalogues = catalogues
        self._heartbeat = settings.event_heartbeat
        self._wake = asyncio.Event()
        self._channel = NotifyChannel(database, settings, self._wake.set)
        self._listeners: set[Listener] = set()
        self._newcomers: set[Listener] = set()
        self._tokens: tuple[int, int] | None = None
        self._reading = asyncio.Lock()
        self._basis: PollBasis | None = None
        self._position: FeedPosition | None = None
        self._sent_at = 0.0
        self._replaying = asyncio.Lock()
        self._missed_at: DataVersion | None = None
        self._missed: dict[FeedPosition, Event | None] = {}
        self._replays = FixedWindow(MAX_REPLAYS, seconds=1.0)
        self._task: asyncio.Task[None] | None = None
        self._over = False
        self._is_cut_off = False
        database.on_commit = self._channel.notify

    async def join(self, listener: Listener, last_event_id: str | None) -> bytes:
        """Add a listener, which must `leave` later; send what it missed. Returns the first bytes of its stream."""
        try:
            if last_event_id:  # what it has seen may be newer than the last position, of which all would be told again
                await asyncio.sleep(self._pause_left())
            position = await self._add(listener)
            missed = await self.missed_since(last_event_id) if last_event_id else None
        except BaseException:
            self.leave(listener)
            raise
        if missed:
            listener.send_event(missed)
        return first_bytes(None if missed else position)

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        self._newcomers.discard(listener)
        STREAMS.set(len(self._listeners))

    def end(self) -> None:
        """End every stream, and every later one, because the worker stops."""
        self._over = True
        for listener in self._listeners:
            listener.end()

    async def close(self) -> None:
        self.end()
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._channel.close()

    async def _add(self, listener: Listener) -> str:
        """Send the listener every later event. Returns the present position."""
        async with self._reading:
            recent = self._position if self._pause_left() > 0 else None
            position = recent or await self._read_changes()
            self._listeners.add(listener)
            self._newcomers.add(listener)
            STREAMS.set(len(self._listeners))
        if self._over:
            listener.end()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_polling(), name="hub")
        return to_text(position)

    async def missed_since(self, last_event_id: str) -> Event | None:
        """What changed since the last event that a client saw. Many reconnect with the same one, so it is cached."""
        since = position_of(last_event_id)
        version = await self._versions.version()  # all who come at once share one question, which waits for no lock
        async with self._replaying:
            if self._missed_at != version:
                self._missed_at, self._missed = version, {}
            if since not in self._missed:
                if not self._replays.try_acquire(""):
                    return await self._everything(version)
                found = await changes_since(self._database, self._catalogues, version, since)
                self._missed[since] = found.event
            return self._missed[since]

    async def _everything(self, version: DataVersion) -> Event:
        position = self._position or await self._read_changes()
        return everything_changed(await self._catalogues.at(version), position, position.moment or clock.now())

    async def _keep_polling(self) -> None:
        loop = asyncio.get_running_loop()
        last_heartbeat = loop.time()
        while self._listeners:
            await self._until_woken()
            await asyncio.sleep(self._pause_left())
            await self._poll()
            self._end_expired(clock.now())
            if loop.time() - last_heartbeat >= self._heartbeat:
                last_heartbeat = loop.time()
                for listener in self._listeners:
                    listener.send_heartbeat()
        self._basis = self._position = None

    def _pause_left(self) -> float:
        return max(0.0, self._sent_at + MIN_INTERVAL - asyncio.get_running_loop().time())

    async def _until_woken(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(min(MAX_INTERVAL, self._heartbeat)):
                await self._wake.wait()
        self._wake.clear()

    async def _poll(self) -> None:
        """Read changes once. When the database is unavailable the streams stay open and the next poll tries again."""
        await self._channel.listen()
        try:
            async with self._reading:
                await self._read_changes()
        except Exception as error:  # noqa: BLE001 - the streams stay open after any error, and the next poll tries again
            if from_database(error) is None:
                log.exception("reading changes failed")
            elif not self._is_cut_off:
                self._is_cut_off = True
                log.warning("the database is unavailable; no events are sent for now", error=says(error))
            await asyncio.sleep(MAX_INTERVAL)
        else:
            self._is_cut_off = False

    async def _read_changes(self) -> FeedPosition:
        """The present position. When anything changed since the last one, every listener gets an event."""
        version = await self._versions.version()
        await self._end_revoked(version)
        basis = PollBasis(version.snapshot, version.catalogue, version.connection, clock.minute_of(clock.now()))
        if self._position is not None and basis == self._basis:
            return self._position
        position, event = await changes_since(self._database, self._catalogues, version, self._last_position(version))
        self._basis, self._position = basis, position
        if event is not None:
            self._send_to_all(event)
        return position

    def _last_position(self, version: DataVersion) -> FeedPosition | None:
        """The last position; after a lost connection without its moment, so that the event names everything."""
        if self._position is None or self._basis is None or self._basis.connection == version.connection:
            return self._position
        return FeedPosition(self._position.incarnation, self._position.seen)

    def _send_to_all(self, event: Event) -> None:
        self._sent_at = asyncio.get_running_loop().time()
        for listener in self._listeners:
            listener.send_event(event)

    def _end_expired(self, now: datetime) -> None:
        for listener in self._listeners:
            until = listener.subscriber.expires_at
            if until and until <= now:
                listener.end()

    async def _end_revoked(self, version: DataVersion) -> None:
        """End the streams whose token is no longer valid, when any token changed."""
        tokens = (version.tokens, version.connection)
        unchecked = self._newcomers if tokens == self._tokens else self._listeners
        readers: dict[str, Identity | None] = {}
        for listener in list(unchecked):
            token = listener.subscriber.token
            if token is None:
                continue
            if token not in readers:
                readers[token] = await self._reader(token)
            if (reader := readers[token]) is None:
                listener.end()
            else:  # a successor may have brought its end nearer
                listener.subscriber = Subscriber(token, reader)
        self._tokens = tokens
        self._newcomers.clear()

    async def _reader(self, token: str) -> Identity | None:
        """Who a token is by now; None where it is no longer valid, which is no fault of the other listeners."""
        try:
            return await self._identities.authenticate(token, clock.now())
        except Unauthenticated:
            return None
