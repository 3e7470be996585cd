"""The hub of a worker: looks once for all of its listeners, and tells each of them what moved."""

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple

from app import clock
from app.auth.service import Identities
from app.catalogue.catalogue import Catalogues
from app.db import Database
from app.errors import from_database
from app.live.bell import Bell
from app.live.events import Event, opening
from app.live.listener import Listener
from app.live.moves import look, place_of
from app.logs import log
from app.settings import Settings
from app.snapshot import Version, Watch
from app.updates.cursors import Place, to_text

AT_LEAST_EVERY = 1.0
"""Seconds between looks when nobody rings the bell."""
BREATH = 0.2
"""Seconds between two events: at most five a second."""
KEPT = 100
"""Answers to those who come back, kept until anything happens."""


class Seen(NamedTuple):
    """What a look depends on: as long as it is the same, there is nothing new to see."""

    snapshot: str
    catalogue: int
    connection: int
    minute: datetime


class Hub:
    """Looks only while somebody listens. No listener holds a connection to the database."""

    def __init__(
        self, database: Database, watch: Watch, identities: Identities, catalogues: Catalogues, settings: Settings
    ) -> None:
        self._database = database
        self._watch = watch
        self._identities = identities
        self._catalogues = catalogues
        self._heartbeat = settings.event_heartbeat
        self._wake = asyncio.Event()
        self._bell = Bell(database, settings, self._wake.set)
        self._listeners: set[Listener] = set()
        self._newcomers: set[Listener] = set()
        self._tokens: tuple[int, int] | None = None
        self._looking = asyncio.Lock()
        self._seen: Seen | None = None
        self._place: Place | None = None
        self._told_at = 0.0
        self._recalling = asyncio.Lock()
        self._missed_at: Version | None = None
        self._missed: dict[str, Event | None] = {}
        self._task: asyncio.Task[None] | None = None
        self._over = False
        database.on_commit = self._bell.ring

    async def join(self, listener: Listener, last_event_id: str | None) -> bytes:
        """The first words of a listener's stream; it must leave again. What was missed it is told at once."""
        try:
            place = await self._add(listener)
            missed = await self._missed_since(last_event_id) if last_event_id else None
        except BaseException:
            self.leave(listener)
            raise
        if missed:
            listener.tell(missed)
        return opening(None if missed else place)

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)
        self._newcomers.discard(listener)

    def end(self) -> None:
        """The worker stops: end every stream, and each that still comes."""
        self._over = True
        for listener in self._listeners:
            listener.end()

    async def close(self) -> None:
        self.end()
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._bell.close()

    async def _add(self, listener: Listener) -> str:
        """Be told everything from now on; answers where now is."""
        async with self._looking:
            just_now = self._place if self._breath_left() > 0 else None
            place = just_now or await self._look()
            self._listeners.add(listener)
            self._newcomers.add(listener)
        if self._over:
            listener.end()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep_looking(), name="hub")
        return to_text(place)

    async def _missed_since(self, last_event_id: str) -> Event | None:
        """What moved since the last event that a client saw. Many come back with the same one, so it is kept."""
        async with self._recalling:
            version = await self._watch.version()
            if self._missed_at != version or len(self._missed) >= KEPT:
                self._missed_at, self._missed = version, {}
            if last_event_id not in self._missed:
                since = place_of(last_event_id)
                found = await look(self._database, self._catalogues, version, since)
                self._missed[last_event_id] = found.event
            return self._missed[last_event_id]

    async def _keep_looking(self) -> None:
        loop = asyncio.get_running_loop()
        beaten = loop.time()
        while self._listeners:
            await self._until_woken()
            await asyncio.sleep(self._breath_left())
            await self._look_once()
            self._end_expired(clock.now())
            if loop.time() - beaten >= self._heartbeat:
                beaten = loop.time()
                for listener in self._listeners:
                    listener.beat()
        self._seen = self._place = None

    def _breath_left(self) -> float:
        return max(0.0, self._told_at + BREATH - asyncio.get_running_loop().time())

    async def _until_woken(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(min(AT_LEAST_EVERY, self._heartbeat)):
                await self._wake.wait()
        self._wake.clear()

    async def _look_once(self) -> None:
        """A database that is away is looked for again, and the streams stay."""
        await self._bell.listen()
        try:
            async with self._looking:
                await self._look()
        except Exception as error:  # noqa: BLE001 - whatever it is, the streams stay and the next look tries again
            if from_database(error) is None:
                log.exception("looking for changes failed")
            else:
                log.warning("the database is away; nothing can be told for now", error=str(error))
            await asyncio.sleep(AT_LEAST_EVERY)

    async def _look(self) -> Place:
        """The present place. When anything moved since the last one, everybody is told."""
        version = await self._watch.version()
        await self._end_revoked(version)
        seen = Seen(version.snapshot, version.catalogue, version.connection, clock.minute_of(clock.now()))
        if self._place is not None and seen == self._seen:
            return self._place
        place, event = await look(self._database, self._catalogues, version, self._last_place(version))
        self._seen, self._place = seen, place
        if event is not None:
            self._tell(event)
        return place

    def _last_place(self, version: Version) -> Place | None:
        """The last place; after the connection was lost one whose difference to the present cannot be told."""
        if self._place is None or self._seen is None or self._seen.connection == version.connection:
            return self._place
        return Place(self._place.life, self._place.seen)

    def _tell(self, event: Event) -> None:
        self._told_at = asyncio.get_running_loop().time()
        for listener in self._listeners:
            listener.tell(event)

    def _end_expired(self, now: datetime) -> None:
        for listener in self._listeners:
            until = listener.watcher.expires_at
            if until and until <= now:
                listener.end()

    async def _end_revoked(self, version: Version) -> None:
        """Ask again who the tokens are, when any was handed out or revoked since."""
        tokens = (version.tokens, version.connection)
        unsure = self._newcomers if tokens == self._tokens else self._listeners
        good: dict[str | None, bool] = {None: True}
        for listener in list(unsure):
            token = listener.watcher.token
            if token is not None and token not in good:
                good[token] = await self._identities.of(token, clock.now()) is not None
            if not good[token]:
                listener.end()
        self._tokens = tokens
        self._newcomers.clear()
