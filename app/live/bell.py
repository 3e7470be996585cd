"""The bell between the workers: rung after a commit, heard by all of them.

Never inside the transaction, where a notification takes a lock that all writers share; and whoever misses it looks by
himself a second later.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

from app.db import Database, asyncpg_arguments
from app.logs import log
from app.settings import Settings

CHANNEL = "tiendo"
TOGETHER = 0.02
"""Seconds after an announcement in which commits are announced together; after a silence the first one is at once."""

_AWAY = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class Bell:
    """One connection of its own, for ringing and for listening."""

    def __init__(self, database: Database, settings: Settings, heard: Callable[[], None]) -> None:
        self._arguments = asyncpg_arguments(database.url, settings)
        self._heard = heard
        self._connection: Any = None
        self._connecting = asyncio.Lock()
        self._rung = asyncio.Event()
        self._ringer = asyncio.create_task(self._keep_ringing(), name="bell")

    def ring(self) -> None:
        """Something was committed."""
        self._rung.set()

    async def listen(self) -> bool:
        """Hear here what is rung anywhere; False when the database cannot be reached for it."""
        async with self._connecting:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await asyncpg.connect(**self._arguments)
                    await self._connection.add_listener(CHANNEL, self._on_notification)
            except _AWAY as error:
                log.warning("changes of other workers cannot be heard; they are looked for", error=str(error))
                return False
        return True

    async def close(self) -> None:
        self._ringer.cancel()
        await asyncio.wait([self._ringer])
        if self._connection is not None:
            self._connection.terminate()

    def _on_notification(self, *_: object) -> None:
        self._heard()

    async def _keep_ringing(self) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            self._heard()
            was_heard = await self._ring_now()
            await asyncio.sleep(TOGETHER if was_heard else 1)

    async def _ring_now(self) -> bool:
        try:
            if await self.listen():
                await self._connection.execute(f"notify {CHANNEL}")
                return True
        except _AWAY as error:
            log.warning("other workers were not told of a change; they look by themselves", error=str(error))
        return False
