"""How every connection to PostgreSQL is made: by the whole URL, watched by the client too, in the application's role.

Pools make theirs here as well as the few connections that stand beside them.
"""

import random
import time
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any

import asyncpg

from app.connecting import connect
from app.database_errors import says
from app.database_url import DatabaseUrl, read_url
from app.logs import log
from app.session_settings import ensure, refuse_shared_servers, server_settings
from app.settings import Settings, libpq_environment

DATABASE = "the database"
_REFUSED = "startup parameter"
"""What a pooler says that does not know what a connection asks to start with."""
_CHANCE = random.Random()  # noqa: S311 - of its own: the global one belongs to whoever embeds the service


class Connector:
    """Connects as the service. A URL in a file is read again for each connection, so a new password is found there.

    `what` names what is connected to in the log; only the database itself has its URL in a file.
    """

    def __init__(self, url: str, settings: Settings, what: str = DATABASE) -> None:
        self._url = url
        self._settings = settings
        self._what = what
        self._failing_since: float | None = None
        self._is_pooled = False
        """Whether a pooler between leaves out what connections start with."""

    async def connect(
        self, more_settings: Mapping[str, str], seconds: float | None = None, *, is_limited: bool = True
    ) -> Any:
        """An asyncpg connection in the application's role, with settings of its own.

        `seconds` is how long connecting may take; without `is_limited` the client waits for a statement however long.

        Raises:
            BadDatabaseUrl, WrongRole: it is set up wrongly.
            asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError: there is none at the moment.

        """
        try:
            url = self._read_url()
            attempt = partial(
                connect,
                url,
                seconds=seconds or self._settings.pool_timeout,
                command_seconds=self._command_seconds() if is_limited else None,
            )
            connection = await self._begun(attempt, server_settings(self._settings, url, more_settings))
        except Exception as error:
            self._log_failure(error)
            raise
        self._log_return()
        return connection

    def _read_url(self) -> DatabaseUrl:
        in_file = self._settings.url_from_file() if self._what == DATABASE else None
        return read_url(in_file or self._url, libpq_environment())

    async def _begun(self, attempt: Callable[..., Awaitable[Any]], asked: Mapping[str, str]) -> Any:
        """A connection that is in the application's role, with the settings asked for."""
        try:
            connection = await attempt(server_settings={} if self._is_pooled else asked)
        except asyncpg.ProtocolViolationError as refusal:
            if _REFUSED not in str(refusal):
                raise
            connection = await attempt(server_settings={})
        seconds = self._settings.pool_timeout
        try:
            if not await ensure(connection, asked, seconds) and not self._is_pooled:
                await refuse_shared_servers(connection, partial(attempt, server_settings={}), seconds)
                self._is_pooled = True
        except BaseException:
            connection.terminate()
            raise
        return connection

    def _command_seconds(self) -> float | None:
        limit = self._settings.statement_timeout
        return limit + self._settings.pool_timeout if limit else None

    def _log_failure(self, error: Exception) -> None:
        """One line for as long as it lasts: each request would say the same."""
        if self._failing_since is None:
            self._failing_since = time.monotonic()
            log.error(f"{self._what} cannot be used", why=says(error))

    def _log_return(self) -> None:
        if self._failing_since is not None:
            seconds = round(time.monotonic() - self._failing_since, 1)
            self._failing_since = None
            log.info(f"{self._what} can be used again", after_seconds=seconds)


class PreparedConnection:
    """A connection beside the pools, for statements that are prepared once. Made when needed, for one user at a time.

    `count` is the number of connections so far, and `on_open` is called with each new one: what was learned by an
    earlier one may be of another incarnation.
    """

    def __init__(
        self,
        connector: Connector,
        settings: Settings,
        *,
        timeout: float | None = None,
        on_open: Callable[[Any], Awaitable[None]] | None = None,
        server_settings: Mapping[str, str] | None = None,
    ) -> None:
        self._connector = connector
        self.timeout = timeout or settings.pool_timeout
        self._on_open = on_open
        self._lifetime = settings.connection_lifetime
        self._server_settings = server_settings or {}
        self._connection: Any = None
        self._statements: dict[str, Any] = {}
        self._end = 0.0
        self.count = 0

    @property
    def is_open(self) -> bool:
        return self._connection is not None and not self._connection.is_closed()

    async def open(self) -> Any:
        """The connection, made anew where it is closed or old."""
        if not self.is_open or time.monotonic() > self._end:
            self.drop()
            self._connection = await self._connector.connect(self._server_settings, self.timeout)
            self._end = time.monotonic() + self._lifetime * _CHANCE.uniform(0.8, 1)  # not all at once
            self.count += 1
            if self._on_open:
                await self._on_open(self._connection)
        return self._connection

    async def fetch(self, statement: str, *arguments: object) -> list[Any]:
        """All rows of a statement. After an error of the statement itself the connection stays."""
        try:
            connection = await self.open()
            prepared = self._statements.get(statement)
            if prepared is None:
                prepared = self._statements[statement] = await connection.prepare(statement, timeout=self.timeout)
            return list(await prepared.fetch(*arguments, timeout=self.timeout))
        except asyncpg.PostgresError:
            self._statements.pop(statement, None)  # it is prepared anew, should its preparation be what is wrong
            if not self.is_open:
                self.drop()
            raise
        except BaseException:
            self.drop()
            raise

    async def execute(self, statement: str) -> None:
        """Run a statement without parameters, which is not prepared."""
        connection = await self.open()
        await connection.execute(statement, timeout=self.timeout)

    def drop(self) -> None:
        """Close it at once. The next use makes another one."""
        if self._connection is not None:
            self._connection.terminate()
        self._connection, self._statements = None, {}
