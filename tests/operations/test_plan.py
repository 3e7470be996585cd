"""`tiendo db plan` says what a migration does to a database in use, and offline SQL does what `upgrade` does."""

import asyncio

import pytest

from app import migrating
from app.operations import schema_check
from app.operations.plan import EVERYTHING_WAITS, annotated, statements
from tests.conftest import Template
from tests.connecting import connect, run_sql

ORDER = [
    "AccessShareLock",
    "RowShareLock",
    "RowExclusiveLock",
    "ShareUpdateExclusiveLock",
    "ShareLock",
    "ShareRowExclusiveLock",
    "ExclusiveLock",
    "AccessExclusiveLock",
]
HELD = """
select c.relname, l.mode from pg_locks l join pg_class c on c.oid = l.relation
where l.pid = pg_backend_pid() and c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and c.oid::bigint < $1
"""


def strength(mode: str) -> int:
    return ORDER.index(
        "".join(word.capitalize() for word in mode.split()) + "Lock" if " " in mode or mode.isupper() else mode
    )


def test_the_plan_says_who_waits_and_what_is_written_anew() -> None:
    script = """
        ALTER TABLE unit ADD COLUMN stamp timestamptz DEFAULT clock_timestamp();\n
        ALTER TABLE unit ALTER COLUMN kind TYPE varchar(9);\n
        ALTER TABLE unit ALTER COLUMN stamp SET NOT NULL;\n
        CREATE INDEX ix ON unit (stamp);\n
        CREATE INDEX CONCURRENTLY ix2 ON unit (stamp);\n
        CREATE TABLE fresh (unit text REFERENCES unit (code));\n
        ALTER TABLE fresh ADD COLUMN more text;\n
        GRANT select ON unit TO tiendo_app;\n
    """
    found = [(statement.locks, statement.cost) for statement in statements(script)]
    assert found == [
        ((("unit", "ACCESS EXCLUSIVE"),), "unit is written anew, with its indexes"),
        ((("unit", "ACCESS EXCLUSIVE"),), "unit is written anew, with its indexes"),
        ((("unit", "ACCESS EXCLUSIVE"),), "unit is read once"),
        ((("unit", "SHARE"),), ""),
        ((("unit", "SHARE UPDATE EXCLUSIVE"),), ""),
        ((("unit", "SHARE ROW EXCLUSIVE"),), ""),
        ((), ""),
        ((), ""),
    ]
    assert f"-- unit: {EVERYTHING_WAITS}, reading and writing wait" in annotated(script)


@pytest.mark.parametrize(("start", "way"), [("baseline", "up"), ("files", "up"), ("settled", "up"), ("head", "down")])
async def test_the_locks_are_those_that_postgresql_takes(start: str, way: str, template: Template) -> None:
    url, name = await empty_database(template, "locks")
    await asyncio.to_thread(migrating.upgrade, url, start)
    head = str(migrating.head())
    script = migrating.upgrade_sql(start, "+1") if way == "up" else migrating.downgrade_sql(head, "-1")
    connection = await connect(url)
    newest = await connection.fetchval("select max(oid)::bigint + 1 from pg_class")
    said: dict[str, int] = {}
    for statement in statements(script):
        if statement.sql.upper().startswith(("BEGIN", "COMMIT", "SET LOCK_TIMEOUT")):
            await connection.execute("begin" if statement.sql.upper() == "BEGIN" else "select 1")
            continue
        for lock in statement.locks:
            said[lock.table] = max(said.get(lock.table, 0), strength(lock.mode))
        await connection.execute(statement.sql)
    held: dict[str, int] = {}
    for row in await connection.fetch(HELD, newest):
        held[row["relname"]] = max(held.get(row["relname"], 0), strength(row["mode"]))
    await connection.close()
    await run_sql(template.server.url, f"drop database {name} with (force)")
    waiting = strength("SHARE UPDATE EXCLUSIVE")
    assert {t: n for t, n in held.items() if n > waiting} == {
        t: n for t, n in said.items() if n > waiting and t in held
    }
    assert held.keys() <= said.keys() | {t for t, n in held.items() if n <= waiting}


async def empty_database(template: Template, purpose: str) -> tuple[str, str]:
    name = f"tiendo_{purpose}"
    await run_sql(template.server.url, f"drop database if exists {name} with (force)", f"create database {name}")
    return template.server.url_of(name), name


async def test_offline_sql_makes_the_schema_that_upgrade_makes(template: Template) -> None:
    url, name = await empty_database(template, "offline")
    connection = await connect(url)
    await connection.execute(migrating.upgrade_sql(None))
    await connection.close()
    assert await asyncio.to_thread(schema_check.check, url) == []
    assert await asyncio.to_thread(migrating.check_models, url) is None
    connection = await connect(url)
    rows = await connection.fetch("select what, moment::text from answered_until")
    assert [tuple(row) for row in rows] == [("known_at", "2000-01-01 00:00:00+00")]
    await connection.execute(migrating.downgrade_sql(str(migrating.head()), "base"))
    assert await connection.fetchval("select count(*) from pg_tables where schemaname = 'public'") <= 1
    await connection.close()
    await run_sql(template.server.url, f"drop database {name} with (force)")
