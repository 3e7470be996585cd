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
COALESCE_SECONDS = 0.02
"""Seconds after an announcement in which commits are announced together; after a silence the first one is at once."""

_UNREACHABLE = (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError)


class NotifyChannel:
    """One connection of its own, for ringing and for listening."""

    def __init__(self, database: Database, settings: Settings, on_notified: Callable[[], None]) -> None:
        self._arguments = asyncpg_arguments(database.url, settings)
        self._on_notified = on_notified
        self._connection: Any = None
        self._connecting = asyncio.Lock()
        self._pending = asyncio.Event()
        self._sender = asyncio.create_task(self._keep_sending(), name="bell")

    def notify(self) -> None:
        """Something was committed."""
        self._pending.set()

    async def listen(self) -> bool:
        """Hear here what is rung anywhere; False when the database cannot be reached for it."""
        async with self._connecting:
            try:
                if self._connection is None or self._connection.is_closed():
                    self._connection = await asyncpg.connect(**self._arguments)
                    await self._connection.add_listener(CHANNEL, self._on_notification)
            except _UNREACHABLE as error:
                log.warning("changes of other workers cannot be heard; they are looked for", error=str(error))
                return False
        return True

    async def close(self) -> None:
        self._sender.cancel()
        await asyncio.wait([self._sender])
        if self._connection is not None:
            self._connection.terminate()

    def _on_notification(self, *_: object) -> None:
        self._on_notified()

    async def _keep_sending(self) -> None:
        while True:
            await self._pending.wait()
            self._pending.clear()
            self._on_notified()
            was_heard = await self._send()
            await asyncio.sleep(COALESCE_SECONDS if was_heard else 1)

    async def _send(self) -> bool:
        try:
            if await self.listen():
                await self._connection.execute(f"notify {CHANNEL}")
                return True
        except _UNREACHABLE as error:
            log.warning("other workers were not told of a change; they look by themselves", error=str(error))
        return False
