"""The engines of a worker, and the two kinds of session. Only this module commits."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from contextvars import ContextVar
from functools import partial
from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from app.connections import Connector
from app.database_errors import says
from app.measured_pool import MeasuredPool
from app.read_replica import ANSWERS_WITHIN, PATIENCE, ReadReplica, ReplicaLost
from app.scope import EVERYTHING, checked_scope
from app.settings import Settings

OLDEST_POSTGRESQL = 18
READ_ONLY_SETTINGS = {"tiendo.scope": EVERYTHING, "default_transaction_read_only": "on"}
"""Settings of a connection that sees every row and writes nothing."""
WRITER_SETTINGS = {"transaction_timeout": "60s"}
"""Settings of a connection that records: no moment waits longer than that to be settled."""
BACKGROUND_SETTINGS = {
    "application_name": "tiendo background",
    "statement_timeout": "0",
    "transaction_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}
"""Settings of a connection whose transactions may take long, for example after a restore. They record nothing, so no
moment waits for them."""
AUTOCOMMIT_POOL_SIZE = 4
"""Connections per worker for single statements: few, because each of them takes milliseconds."""
ANONYMOUS_POOL_SIZE = 2
"""The same for readers without a token, so that they never use up those of others."""
BESIDES = 6
"""Connections of a worker without a pool: in the background, and five that prepare their statements once."""
FIXED_PLAN_SETTINGS = {
    **READ_ONLY_SETTINGS,
    "plan_cache_mode": "force_generic_plan",
    "max_parallel_workers_per_gather": "0",
    "enable_seqscan": "off",
    "enable_nestloop": "off",
    "enable_mergejoin": "off",
    "enable_sort": "off",
}
"""Settings of connections for single statements: each is planned once for any moment, since planning takes a quarter of
the time, and with the only good plan: index look-ups, then a hash aggregate."""


statement_limit: ContextVar[int | None] = ContextVar("statement_limit", default=None)
"""Seconds that a statement of the present question may take; None: as long as any other."""


class PostgresTooOld(RuntimeError):
    def __init__(self, version: str) -> None:
        super().__init__(f"PostgreSQL {OLDEST_POSTGRESQL} or newer is needed, this is {version}.")


class ReadSession(AsyncSession):
    """Sees one moment of the database and cannot write."""


class WriteSession(AsyncSession):
    """Writes, and commits when the block that opened it ends without an error; then does what waits for that."""

    def __init__(self, engine: AsyncEngine) -> None:
        super().__init__(engine, expire_on_commit=False)
        self.after_commit: list[Callable[[], None]] = []


class Database:
    """The engines of one worker. Every connection runs as the application's role, under row-level security."""

    def __init__(self, url: str, settings: Settings) -> None:
        self.url = url
        self.connector = connector = Connector(url, settings)
        self.on_commit: Callable[[], None] | None = None
        self._engine = _engine(connector, settings, "writing", settings.pool_size, WRITER_SETTINGS)
        self._read_engine = _engine(connector, settings, "reading", settings.pool_size, {}).execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        self._background_engine = _engine(connector, settings, "background", 1, BACKGROUND_SETTINGS, is_limited=False)
        self._autocommit_engine = _engine(
            connector, settings, "statements", AUTOCOMMIT_POOL_SIZE, FIXED_PLAN_SETTINGS
        ).execution_options(isolation_level="AUTOCOMMIT")
        limited = FIXED_PLAN_SETTINGS | {"statement_timeout": f"{settings.anonymous_statement_timeout}s"}
        self._anonymous_engine = _engine(
            connector, settings, "anonymous", ANONYMOUS_POOL_SIZE, limited
        ).execution_options(isolation_level="AUTOCOMMIT")
        self.replica = _replica(connector, settings) if settings.read_database_url else None

    @property
    def session_engines(self) -> tuple[AsyncEngine, AsyncEngine]:
        """Those whose connections carry a scope while a session has them."""
        return self._engine, self._read_engine

    @asynccontextmanager
    async def reading(self, scope: str = EVERYTHING) -> AsyncIterator[ReadSession]:
        """A session on the primary: for decisions, and for positions in the feed, which only the primary knows."""
        async with ReadSession(self._read_engine) as session:
            await set_scope(session, scope)
            yield session

    @asynccontextmanager
    async def answering(self, scope: str = EVERYTHING) -> AsyncIterator[ReadSession]:
        """A session for an answer, on the read replica where it has everything acknowledged before the call.

        Raises:
            ReplicaLost: the replica failed meanwhile; it is avoided for a while, so ask again.

        """
        connection = await self.replica.connection() if self.replica else None
        if self.replica is None or connection is None:
            async with self.reading(scope) as session:
                yield session
            return
        try:
            async with ReadSession(connection) as session:
                await set_scope(session, scope)
                yield session
        except Exception as error:
            if self.replica.failed(error):
                raise ReplicaLost(says(error)) from error
            raise
        finally:
            await asyncio.shield(connection.close())

    async def fetch_autocommit(self, statement: Any, *, anonymous: bool = False, **parameters: object) -> list[Any]:
        """All rows of one statement that sees everything: a single round trip, without a transaction around it.

        Readers without a token have connections of their own, on which a statement may take less.
        """
        engine = self._anonymous_engine if anonymous else self._autocommit_engine
        async with engine.connect() as connection:
            return list((await connection.execute(statement, parameters)).all())

    @asynccontextmanager
    async def writing(self, scope: str = EVERYTHING, *, repeatable_read: bool = False) -> AsyncIterator[WriteSession]:
        """A transaction; with `repeatable_read` all its statements see one snapshot, and conflicting writes fail."""
        async with self._writing(self._engine, scope, repeatable_read=repeatable_read) as session:
            yield session

    @asynccontextmanager
    async def background(self, *, repeatable_read: bool = False) -> AsyncIterator[WriteSession]:
        """A transaction that sees everything, records nothing and may take long."""
        async with self._writing(self._background_engine, EVERYTHING, repeatable_read=repeatable_read) as session:
            yield session

    @asynccontextmanager
    async def _writing(self, engine: AsyncEngine, scope: str, *, repeatable_read: bool) -> AsyncIterator[WriteSession]:
        async with WriteSession(engine) as session:
            if repeatable_read:
                _ = await session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
            await set_scope(session, scope)
            yield session
            await session.commit()
        for do in session.after_commit:
            do()
        self.committed()

    def committed(self) -> None:
        """Call `on_commit`, where it is set, after a commit."""
        if self.on_commit:
            self.on_commit()

    async def close(self) -> None:
        for engine in (
            self._engine, self._read_engine, self._background_engine, self._autocommit_engine, self._anonymous_engine
        ):  # fmt: skip
            await engine.dispose()
        if self.replica:
            await self.replica.close()


def most_connections(settings: Settings) -> int:
    """How many connections a worker opens at the most."""
    beside = AUTOCOMMIT_POOL_SIZE + ANONYMOUS_POOL_SIZE + BESIDES + (1 if settings.read_database_url else 0)
    return 2 * settings.pool_size + beside


async def set_scope(session: AsyncSession, scope: str) -> None:
    """Let this transaction touch only the rows of a scope: `*`, `owner/*` or `owner/unit`.

    `SET LOCAL` takes no parameters, so the scope is checked to be harmless text.
    """
    await session.execute(text(f"set local tiendo.scope = '{checked_scope(scope)}'"))


async def limit_statements(session: AsyncSession) -> None:
    """Let each statement of this transaction take no longer than the present question's may."""
    seconds = statement_limit.get()
    if seconds is not None:
        await session.execute(text(f"set local statement_timeout = '{int(seconds)}s'"))


def _engine(
    connector: Connector,
    settings: Settings,
    name: str,
    pool_size: int,
    more_settings: Mapping[str, str],
    *,
    is_limited: bool = True,
    seconds: float | None = None,
) -> AsyncEngine:
    return create_async_engine(
        "postgresql+asyncpg://",
        async_creator=partial(connector.connect, more_settings, seconds, is_limited=is_limited),
        poolclass=MeasuredPool,
        pool_logging_name=name,
        pool_size=pool_size,
        max_overflow=0,
        hide_parameters=True,  # a failed statement is logged, and its notes and persons are nobody's business
        pool_timeout=settings.pool_timeout,
        pool_recycle=settings.connection_lifetime,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )


def _replica(primary: Connector, settings: Settings) -> ReadReplica:
    connector = Connector(settings.read_database_url or "", settings, "the read replica")
    hurried = settings.model_copy(update={"pool_timeout": PATIENCE})  # who finds no connection goes to the primary
    engine = _engine(connector, hurried, "replica", settings.pool_size, {}, seconds=ANSWERS_WITHIN)
    return ReadReplica(
        primary, engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True), settings
    )


def refuse_old_server(server_version_num: int, server_version: str) -> None:
    """Raise `PostgresTooOld` below version 18, whose `RETURNING old, new` and `uuidv7()` are used."""
    if server_version_num < OLDEST_POSTGRESQL * 10_000:
        raise PostgresTooOld(server_version)


async def rows(session: AsyncSession, statement: Any, **parameters: object) -> list[Any]:
    """All rows of a statement."""
    return list((await session.execute(statement, parameters)).all())
