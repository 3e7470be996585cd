"""`tiendo doctor`: what is wrong with an installation, a finding a line, each with its remedy."""

import asyncio
import math
import resource
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from enum import StrEnum
from typing import Any, NamedTuple

import asyncpg
from sqlalchemy.exc import SQLAlchemyError

from app import clock, migrating
from app.connecting import connect_as_owner
from app.connections import Connector
from app.database_errors import WrongRole, says
from app.database_url import BadDatabaseUrl, read_url
from app.db import OLDEST_POSTGRESQL, Database, most_connections
from app.operations import schema_check
from app.operations.doctor_queries import FACTS, PROJECTION
from app.session_settings import APP_ROLE
from app.settings import Settings, libpq_environment
from app.version import VERSION

CLOCKS_MAY_DIFFER = timedelta(seconds=1)
FILES_NEEDED = 4_096
OLD_TRANSACTIONS = 1_500_000_000
DISK_LEFT = 0.1
DOCTORS_CHANNEL = "tiendo_doctor"
NOTIFIED_WITHIN = 2
"""Seconds; a notification takes milliseconds."""
REPLICA_MAY_LAG = 16 * 2**20
"""Bytes of the log: one of its segments."""


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Finding(NamedTuple):
    """Something that was looked at: what was found, and what to do about it, empty where nothing is to be done."""

    level: Level
    subject: str
    what: str
    remedy: str = ""

    def __str__(self) -> str:
        return f"{self.level:<8} {self.subject}: {self.what}" + (f" → {self.remedy}" if self.remedy else "")


def ok(subject: str, what: str) -> Finding:
    return Finding(Level.OK, subject, what)


def examine(settings: Settings, workers: int) -> list[Finding]:
    """Every finding about this installation, with as many workers as it has or is to have."""
    found = list(machine(settings))
    try:
        facts = asyncio.run(_facts(settings.database_url or ""))
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        why = "start it, or mend TIENDO_DATABASE_URL; `tiendo db roles` makes the logins"
        return [*found, Finding(Level.ERROR, "database", f"it cannot be used: {says(error)}", why)]
    found += findings(facts, settings, workers)
    if facts["version_number"] >= OLDEST_POSTGRESQL * 10_000:
        found += [*_schema(settings.database_url or ""), *asyncio.run(_as_the_service(settings))]
        found += [*asyncio.run(replica(settings)), *asyncio.run(notifications(settings))]
    return found


def findings(facts: Any, settings: Settings, workers: int) -> list[Finding]:
    """What the facts of a server say, each subject in turn."""
    found = [*_server(facts), *_roles(facts), *_connections(facts, settings, workers)]
    return [*found, *_transport(facts, settings), *_time(facts), *_durability(facts), *_log(facts)]


async def _facts(url: str) -> Any:
    connection = await connect_as_owner(url)
    try:
        return {**dict(await connection.fetchrow(FACTS)), "here": clock.now()}
    finally:
        await connection.close()


def machine(settings: Settings) -> Iterator[Finding]:
    yield ok("version", f"tiendo {VERSION}")
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)  # up to which `tiendo serve` raises its own limit
    if most != resource.RLIM_INFINITY and most < FILES_NEEDED:
        remedy = f"LimitNOFILE={FILES_NEEDED} or more in the unit of systemd, or `ulimit -Hn`"
        yield Finding(Level.WARNING, "files", f"a process may open {most}: each client and connection is one", remedy)
    else:
        yield ok("files", f"a process may open {most if most != resource.RLIM_INFINITY else 'any number'}")
    if settings.data_dir.exists():
        disk = shutil.disk_usage(settings.data_dir)
        free = f"{disk.free / 2**30:.1f} GiB free at {settings.data_dir}"
        low = disk.free < disk.total * DISK_LEFT
        yield Finding(Level.WARNING, "disk", free, "make room, or move TIENDO_DATA_DIR") if low else ok("disk", free)


def _server(facts: Any) -> Iterator[Finding]:
    what = f"PostgreSQL {facts['version']}, {facts['size'] / 2**20:.0f} MiB"
    if facts["version_number"] < OLDEST_POSTGRESQL * 10_000:
        remedy = f"PostgreSQL {OLDEST_POSTGRESQL} or newer is needed: `tiendo db backup` there, restore here"
        yield Finding(Level.ERROR, "server", what, remedy)
    else:
        yield ok("server", what)
    if facts["is_standby"]:
        remedy = "name the primary, or all hosts with target_session_attrs=read-write"
        yield Finding(Level.ERROR, "server", "it is a standby, and nothing can be reported to it", remedy)
    if facts["is_read_only"]:
        what = "default_transaction_read_only is on, and nothing can be reported"
        yield Finding(
            Level.ERROR, "server", what, "reset it where it is set: for the login, the database or the server"
        )
    if facts["age"] > OLD_TRANSACTIONS:
        yield Finding(Level.ERROR, "vacuum", f"the oldest transaction is {facts['age']:,} ids ago", "vacuum (freeze)")


def _roles(facts: Any) -> Iterator[Finding]:
    login = facts["login"]
    if facts["role_sees_every_row"] is None:
        yield Finding(Level.ERROR, "roles", f"there is no role {APP_ROLE}", "tiendo db roles --apply, as a superuser")
        return
    if facts["role_sees_every_row"] or facts["role_owns_tables"]:
        remedy = f"alter role {APP_ROLE} nosuperuser nobypassrls; its tables belong to the owner"
        yield Finding(Level.ERROR, "roles", f"{APP_ROLE} goes past row security", remedy)
    if not facts["may_set_role"]:
        remedy = f'grant {APP_ROLE} to "{login}" with inherit false, set true'
        yield Finding(Level.ERROR, "roles", f"{login} may not become {APP_ROLE}", remedy)
    elif facts["sees_every_row"] or facts["owns_tables"]:
        what = f"{login} owns the tables or sees every row, and the service logs in with it"
        yield Finding(Level.WARNING, "roles", what, "a login of its own for the service: tiendo db roles")
    else:
        yield ok("roles", f"{login} becomes {APP_ROLE} and owns nothing")
    if facts["owner_sees_writers"] is False:
        what = "the owner of the tables does not see since when reports are being stored: known_at answers late"
        yield Finding(Level.WARNING, "roles", what, f'grant "{login}" to the owner: tiendo db roles')


def _connections(facts: Any, settings: Settings, workers: int) -> Iterator[Finding]:
    needed = workers * most_connections(settings)
    limits = {"max_connections": facts["connections"] - facts["others"]}
    for name, of in (("connections_of_login", "role"), ("connections_of_database", "database")):
        if facts[name] is not None:
            limits[f"the connection limit of the {of}"] = facts[name]
    least = min(limits, key=limits.__getitem__)
    what = f"{workers} workers use up to {needed} of {limits[least]}"
    remedy = f"raise {least}, or lower TIENDO_POOL_SIZE or --workers"
    yield Finding(Level.ERROR, "connections", what, remedy) if needed > limits[least] else ok("connections", what)


def _transport(facts: Any, settings: Settings) -> Iterator[Finding]:
    url = read_url(settings.database_url or "", libpq_environment())
    near = url.is_local or all(host.name in ("localhost", "127.0.0.1", "::1") for host in url.hosts)
    if facts["is_encrypted"]:
        yield ok("tls", "the connection to the database is encrypted")
    elif near:
        yield ok("tls", "the database is on this machine")
    else:
        remedy = "sslmode=verify-full&sslrootcert=… in the URL"
        yield Finding(Level.WARNING, "tls", "the connection to the database is not encrypted", remedy)


def _time(facts: Any) -> Iterator[Finding]:
    apart = abs(facts["clock"] - facts["here"])
    what = f"the clocks here and of the database are {apart.total_seconds():.1f} s apart"
    wrong = apart > CLOCKS_MAY_DIFFER
    yield Finding(Level.WARNING, "clock", what, "let both follow NTP") if wrong else ok("clock", what)


def _durability(facts: Any) -> Iterator[Finding]:
    off = [name for name in ("fsync", "full_page_writes", "synchronous_commit") if facts[name] == "off"]
    for name in off:
        what = f"{name} is off: acknowledged reports can be lost"
        yield Finding(Level.ERROR, "durability", what, f"alter system set {name} = on")
    if not off:
        yield ok("durability", "what is acknowledged is on the disk")


def _log(facts: Any) -> Iterator[Finding]:
    """What keeps PostgreSQL's log from being deleted, until its disk is full."""
    if facts["not_archived"]:
        what = f"PostgreSQL's log is not archived any more, since {facts['not_archived']}"
        yield Finding(
            Level.ERROR, "archive", what, "archive_command: is there room where it copies to? its log says why"
        )
    if facts["idle_slots"]:
        what = f"nobody reads from {facts['idle_slots']}, and the log is held back for it"
        remedy = "start the standby again, or select pg_drop_replication_slot(…)"
        yield Finding(Level.WARNING, "slots", what, remedy)


def _schema(url: str) -> Iterator[Finding]:
    try:
        found = schema_check.check(url)
    except (SQLAlchemyError, asyncpg.PostgresError, OSError) as error:
        yield Finding(Level.ERROR, "schema", f"it cannot be looked at: {says(error)}", "tiendo db roles --apply")
        return
    if found and migrating.is_of_a_later_release(migrating.current(url)):
        yield Finding(Level.WARNING, "schema", found[0], "finish the upgrade: this release serves on it meanwhile")
    elif not found:
        yield ok("schema", "tables, policies, grants, functions and constraints are those of this release")
    elif len(found) == 1:
        yield Finding(Level.ERROR, "schema", found[0], "" if "tiendo db upgrade" in found[0] else "tiendo db check")
    else:
        yield Finding(Level.ERROR, "schema", f"{len(found)} differences", "tiendo db check names them")


async def _as_the_service(settings: Settings) -> list[Finding]:
    """What only a connection of the service shows."""
    try:
        connection = await Connector(settings.database_url or "", settings).connect({"tiendo.scope": "*"})
    except WrongRole as error:
        return [Finding(Level.ERROR, "pooler", says(error), "pool_mode = session, and a login that owns nothing")]
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        return [Finding(Level.ERROR, "service", f"it cannot connect: {says(error)}", "tiendo db roles")]
    try:
        return [*_lags(await connection.fetchrow(PROJECTION))]
    except asyncpg.PostgresError:
        return []  # the schema is another, which was said
    finally:
        await connection.close()


async def replica(settings: Settings) -> list[Finding]:
    if not settings.read_database_url:
        return []
    database = Database(settings.database_url or "", settings)
    try:
        lag = await database.replica.lag() if database.replica else math.inf
    finally:
        await database.close()
    if math.isinf(lag):
        remedy = "it has to stream from this primary, and to let the service's login in; its log says more"
        return [Finding(Level.WARNING, "replica", "it cannot be used, the primary answers everything", remedy)]
    what = f"{lag / 2**20:.1f} MiB of the log are to be replayed"
    if lag > REPLICA_MAY_LAG:
        remedy = "its disk or network is too slow, or a long question there holds the replay up"
        return [Finding(Level.WARNING, "replica", what, remedy)]
    return [ok("replica", what)]


async def notifications(settings: Settings) -> list[Finding]:
    """Whether what one worker notifies the others of arrives by the address for it, beside a pooler."""
    if not settings.listen_database_url:
        return []
    connector = Connector(settings.listen_database_url, settings, "the address of notifications")
    remedy = "TIENDO_LISTEN_DATABASE_URL leads past the pooler; until then workers poll"
    try:
        arrives = await _arrives(await connector.connect({}), await connector.connect({}))
    except (BadDatabaseUrl, WrongRole, asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        return [Finding(Level.WARNING, "notifications", f"their address cannot be used: {says(error)}", remedy)]
    if not arrives:
        return [Finding(Level.WARNING, "notifications", "they do not arrive at the address for them", remedy)]
    return [ok("notifications", "they arrive at the address for them")]


async def _arrives(listener: Any, sender: Any) -> bool:
    """Whether a notification reaches a listener in time."""
    arrived = asyncio.Event()
    try:
        await listener.add_listener(DOCTORS_CHANNEL, lambda *_: arrived.set())
        await sender.execute(f"notify {DOCTORS_CHANNEL}")
        with suppress(TimeoutError):
            async with asyncio.timeout(NOTIFIED_WITHIN):
                await arrived.wait()
        return arrived.is_set()
    finally:
        await listener.close()
        await sender.close()


def _lags(checkpoint: Any) -> Iterator[Finding]:
    if checkpoint is None or checkpoint["closed_until"] is None:
        yield ok("projection", "nothing has been projected yet")
    elif checkpoint["is_behind"]:
        what = f"past moments are projected up to {checkpoint['closed_until']:%Y-%m-%d} alone"
        yield Finding(Level.WARNING, "projection", what, "does a service run? its log says why it does not project")
    else:
        yield ok("projection", f"past moments are projected up to {checkpoint['closed_until']:%Y-%m-%d}")
