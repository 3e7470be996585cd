"""How migrations reach the database: one migrator at a time, never waiting long for a table that is in use."""

import asyncio
import time

from alembic import context
from sqlalchemy import Connection, text
from sqlalchemy.dialects.postgresql.base import ischema_names

from app.db import refuse_old_server
from app.migrating import owner_engine
from app.models import Base
from app.models.base import Xid8
from app.settings import Settings

ischema_names["xid8"] = Xid8
ONE_AT_A_TIME = 7_2025
WAIT_FOR_TABLES = "5s"
POLL_SECONDS = 0.2


def database_url() -> str:
    url = context.config.attributes.get("url") or Settings().database_url
    if not url:
        raise SystemExit("Set TIENDO_DATABASE_URL, or use `tiendo db`, which also knows the embedded PostgreSQL.")
    return str(url)


def migrate(connection: Connection) -> None:
    version = connection.scalar(text("show server_version")), connection.scalar(text("show server_version_num"))
    refuse_old_server(int(str(version[1])), str(version[0]))
    wait_for_other_migrators(connection)
    connection.execute(text(f"set lock_timeout = '{WAIT_FOR_TABLES}'"))
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_server_default=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def wait_for_other_migrators(connection: Connection) -> None:
    """Take the lock of migrators, by asking again and again.

    A statement that waits for it would hold a snapshot, for which an index made concurrently by the other one waits.
    """
    while not connection.scalar(text("select pg_try_advisory_lock(:key)"), {"key": ONE_AT_A_TIME}):
        connection.commit()
        time.sleep(POLL_SECONDS)
    connection.commit()


async def online() -> None:
    engine = owner_engine(database_url())
    async with engine.connect() as connection:
        await connection.run_sync(migrate)
    await engine.dispose()


def offline() -> None:
    """Write the SQL instead of running it: what a database administrator reads before agreeing."""
    context.configure(
        dialect_name="postgresql",
        target_metadata=Base.metadata,
        literal_binds=True,
        transaction_per_migration=True,
    )
    context.execute("set search_path = public")  # whoever runs it may have a schema of their own
    context.execute(f"set lock_timeout = '{WAIT_FOR_TABLES}'")
    with context.begin_transaction():
        context.run_migrations()


if context.is_offline_mode():
    offline()
else:
    asyncio.run(online())
