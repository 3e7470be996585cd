"""Migrations that are cut off, held up or run by several at once: the schema is at one revision, never between two."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
import pytest

from app import migrating
from app.operations import schema_check
from tests.conftest import Template
from tests.connecting import connect, run_sql

pytestmark = pytest.mark.slow
UPGRADE = "import sys; from app import migrating; print('ready', flush=True); migrating.upgrade(sys.argv[1])"
TABLES = "select string_agg(format('%I', tablename), ', ') from pg_tables where schemaname = 'public'"
OTHERS = "select count(*) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()"
KILLS = 8


async def empty(template: Template, name: str) -> str:
    """A database of its own, with nothing in it."""
    await run_sql(template.server.url, f"drop database if exists {name} with (force)", f"create database {name}")
    return template.server.url_of(name)


@contextmanager
def migrator(url: str) -> Iterator[subprocess.Popen[str]]:
    """A process that upgrades a database, from the moment at which it begins."""
    with subprocess.Popen([sys.executable, "-c", UPGRADE, url], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
        yield process


async def schema(url: str) -> str:
    return schema_check.written(await schema_check.read(url))


async def schemas(template: Template) -> dict[str | None, str]:
    """What stands in a database at each revision."""
    url = await empty(template, "tiendo_revisions")
    found: dict[str | None, str] = {None: await schema(url)}
    for script in reversed(migrating.revisions()):
        await asyncio.to_thread(migrating.upgrade, url, script)
        found[script] = await schema(url)
    return found


async def alone(connection: asyncpg.Connection) -> None:
    """Until the server has noticed that those who were killed are gone."""
    async with asyncio.timeout(30):
        while await connection.fetchval(OTHERS):  # noqa: ASYNC110 - it tells nobody
            await asyncio.sleep(0.05)


async def test_a_migrator_killed_at_any_moment_leaves_a_revision_and_the_next_one_goes_on(template: Template) -> None:
    right, url = await schemas(template), await empty(template, "tiendo_whole")
    with migrator(url) as process:
        began = time.monotonic()
        assert await asyncio.to_thread(process.wait, 60) == 0
    lasts, reached = time.monotonic() - began, set()
    for number in range(KILLS):
        url = await empty(template, "tiendo_killed")
        with migrator(url) as process:
            await asyncio.sleep(lasts * number / KILLS)
            process.kill()
        connection = await connect(url)
        await alone(connection)
        await connection.close()
        revision = await asyncio.to_thread(migrating.current, url)
        assert await schema(url) == right[revision]
        reached.add(revision)
        await asyncio.to_thread(migrating.upgrade, url)
        assert await schema(url) == right[migrating.head()]
    assert len(reached) > 1, "every one was killed at the same place"


async def test_three_migrators_at_once_make_one_schema(template: Template) -> None:
    url = await empty(template, "tiendo_three")
    with migrator(url) as first, migrator(url) as second, migrator(url) as third:
        ended = [await asyncio.to_thread(one.wait, 60) for one in (first, second, third)]
    assert ended == [0, 0, 0]
    assert await asyncio.to_thread(schema_check.check, url) == []


async def test_an_open_snapshot_keeps_no_migration_waiting(template: Template) -> None:
    url = await empty(template, "tiendo_snapshot")
    await asyncio.to_thread(migrating.upgrade, url, migrating.revisions()[-1])
    reader = await connect(url)
    await reader.execute("begin isolation level repeatable read")
    await reader.fetchval("select pg_current_snapshot()::text")
    async with asyncio.timeout(60):
        await asyncio.to_thread(migrating.upgrade, url)
    await reader.close()
    assert await asyncio.to_thread(schema_check.check, url) == []


async def test_tables_that_are_held_are_waited_for(template: Template) -> None:
    url = await empty(template, "tiendo_held")
    await asyncio.to_thread(migrating.upgrade, url, migrating.revisions()[-1])
    right, reader = await schemas(template), await connect(url)
    await reader.execute("begin")
    await reader.execute(f"lock table {await reader.fetchval(TABLES)} in access share mode")
    migration = asyncio.create_task(asyncio.to_thread(migrating.upgrade, url))
    await asyncio.sleep(2)
    assert not migration.done()
    assert await schema(url) == right[await asyncio.to_thread(migrating.current, url)]
    await reader.close()
    async with asyncio.timeout(60):
        await migration
    assert await asyncio.to_thread(schema_check.check, url) == []
