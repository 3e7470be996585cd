"""How one connection is made: the hosts of a URL in turn, each with its part of the time, and watched from then on."""

import contextlib
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import asyncpg

from app.database_url import BadDatabaseUrl, DatabaseUrl, Host, read_url
from app.session_settings import set_for_owner
from app.settings import libpq_environment

_CONNECTING_FAILED = (
    OSError,
    TimeoutError,
    asyncpg.CannotConnectNowError,
    asyncpg.ConnectionDoesNotExistError,  # a balancer with nobody behind it takes a connection, and ends it
    asyncpg.TargetServerAttributeNotMatched,
)
"""Errors after which another host is tried."""
_FILES = {name: f"PG{name.upper()}" for name in ("sslrootcert", "sslcert", "sslkey", "sslcrl")}
"""What is read from a file, and the variable that may name it."""
_KEEPALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
_OPTIONS = {
    "keepalives_idle": "TCP_KEEPIDLE",
    "keepalives_interval": "TCP_KEEPINTVL",
    "keepalives_count": "TCP_KEEPCNT",
}


async def connect(
    url: DatabaseUrl, *, seconds: float, command_seconds: float | None = None, server_settings: Mapping[str, str]
) -> Any:
    """An asyncpg connection to the first host that takes it, each of several having its part of the time.

    `command_seconds` is how long the client waits for a statement: a server that is silent ends none.
    """
    attempts = _attempts(url, reads=server_settings.get("default_transaction_read_only") == "on")
    part = seconds / len(attempts)
    part = min(part, url.number("connect_timeout", 0) or part)
    failure: Exception | None = None
    for host, session in attempts:
        try:
            connection = await asyncpg.connect(
                url.dsn(host, **session),
                timeout=part,
                command_timeout=command_seconds,
                server_settings=dict(server_settings) or None,
            )
        except _CONNECTING_FAILED as error:
            failure = failure or error
            continue
        _keep_alive(connection, url)
        return connection
    if not url.is_local:
        _refuse_unreadable_files(url)
    raise failure or OSError("no host to connect to")


def _refuse_unreadable_files(url: DatabaseUrl) -> None:
    """Raise `BadDatabaseUrl` where a certificate is not there: to the driver that is a server that is not there."""
    environment = libpq_environment()
    for name, variable in _FILES.items():
        if not (path := url.parameters.get(name) or environment.get(variable)):
            continue
        try:
            Path(path).open("rb").close()
        except OSError as error:
            raise BadDatabaseUrl(f"the database's URL: {name}: {path}: {error.strerror}") from None


async def connect_as_owner(url: str) -> Any:
    """A connection as whoever the URL names, for migrations and those who run the service."""
    found = read_url(url, libpq_environment())
    seconds = max(10, found.number("connect_timeout", 0) * len(found.hosts))
    connection = await connect(found, seconds=seconds, server_settings=found.server_settings)
    try:
        await set_for_owner(connection, found)
    except BaseException:
        connection.terminate()
        raise
    return connection


def _attempts(url: DatabaseUrl, *, reads: bool) -> list[tuple[Host | None, dict[str, str]]]:
    """The hosts in their order; with `prefer-standby` first as a standby, then as whatever they are.

    A connection that only reads (`reads`) says so as it begins, and the driver would take no server for one of
    `read-write`: the primary is what is meant.
    """
    hosts: list[Host | None] = [*url.hosts] or [None]
    asked = url.parameters.get("target_session_attrs") or libpq_environment().get("PGTARGETSESSIONATTRS")
    if asked == "read-write" and reads:
        return [(host, {"target_session_attrs": "primary"}) for host in hosts]
    if len(hosts) == 1 or asked != "prefer-standby":
        return [(host, {}) for host in hosts]
    return [(host, {"target_session_attrs": session}) for session in ("standby", "any") for host in hosts]


def _keep_alive(connection: Any, url: DatabaseUrl) -> None:
    """Let the system notice that nobody is there any more, whichever side is silent."""
    if url.number("keepalives", 1) == 0:
        return
    used = connection._transport.get_extra_info("socket")  # noqa: SLF001 - asyncpg has no other way to it
    if used is None or used.family == socket.AF_UNIX:
        return
    with contextlib.suppress(OSError, AttributeError):  # not every system has all of them
        used.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, default in _KEEPALIVE.items():
            used.setsockopt(socket.IPPROTO_TCP, getattr(socket, _OPTIONS[name]), url.number(name, default))
        milliseconds = url.number("tcp_user_timeout", 10_000)
        used.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, milliseconds)
