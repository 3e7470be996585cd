"""A PostgreSQL notification channel: after a commit, every worker is notified.

The notification is sent outside the transaction, where it would take a lock that all writers share. A worker that
misses one polls within a second.
"""

import asyncio
from collections.abc import Callable
from typing import Any

import asyncpg

from app.connections import Connector, PreparedConnection
from app.database_errors import WrongRole
from app.database_url import BadDatabaseUrl
from app.db import Database
from app.logs import log
from app.settings import Settings

CHANNEL = "tiendo"
COALESCE_SECONDS = 0.02
"""Seconds after a notification in which commits share the next one. The first after a pause is sent at once."""

_UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    WrongRole,
    BadDatabaseUrl,
)


class NotifyChannel:
    """One connection, for sending notifications and for receiving them."""

    def __init__(self, database: Database, settings: Settings, on_notified: Callable[[], None]) -> None:
        direct = settings.listen_database_url
        connector = Connector(direct, settings, "the address of notifications") if direct else database.connector
        self._connection = PreparedConnection(connector, settings, on_open=self._add_listener)
        self._on_notified = on_notified
        self._connecting = asyncio.Lock()
        self._pending = asyncio.Event()
        self._sender = asyncio.create_task(self._keep_sending(), name="notify")

    def notify(self) -> None:
        """Notify every worker that something was committed."""
        self._pending.set()

    async def listen(self) -> bool:
        """Receive the notifications of all workers; False when the database cannot be reached: then others poll."""
        async with self._connecting:
            try:
                await self._connection.open()
            except _UNREACHABLE:  # logged once, where connections are made
                return False
        return True

    async def close(self) -> None:
        self._sender.cancel()
        await asyncio.wait([self._sender])
        self._connection.drop()

    async def _add_listener(self, connection: Any) -> None:
        await connection.add_listener(CHANNEL, self._on_notification)

    def _on_notification(self, *_: object) -> None:
        self._on_notified()

    async def _keep_sending(self) -> None:
        while True:
            await self._pending.wait()
            self._pending.clear()
            self._on_notified()
            was_sent = await self._send()
            await asyncio.sleep(COALESCE_SECONDS if was_sent else 1)

    async def _send(self) -> bool:
        try:
            if await self.listen():
                await self._connection.execute(f"notify {CHANNEL}")
                return True
        except _UNREACHABLE as error:
            log.warning("other workers were not notified of a change; they will poll", error=str(error))
        return False
