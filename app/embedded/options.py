"""How the embedded PostgreSQL is set up: the same on every machine, tuned for one service."""

from pathlib import Path

# Its own environment: a PGDATA, PGOPTIONS or LC_ALL of the caller must not change what the database is.
ENVIRONMENT = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}

INITDB = (
    "--username=postgres",
    "--auth=trust",  # the socket's directory is open to this user only
    "--encoding=UTF8",
    "--locale=C",
    "--locale-provider=builtin",
    "--builtin-locale=C.UTF-8",  # sorts the same on every C library
    "--data-checksums",
    "--no-instructions",
)

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_timeout": "10min",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "logging_collector": "on",
    "log_filename": "postgresql-%Y-%m-%d_%H%M%S.log",
    "log_rotation_size": "10MB",
    "log_rotation_age": "0",
}
_NOT_DURABLE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


CONNECTIONS = 200
"""Connections that it takes: what four workers need, and the commands beside them."""


def settings(socket_dir: Path, logs: Path, *, durable: bool, connections: int = CONNECTIONS) -> dict[str, str]:
    places = {"unix_socket_directories": f'"{socket_dir}"', "log_directory": str(logs)}
    return _SETTINGS | places | {"max_connections": str(connections)} | ({} if durable else _NOT_DURABLE)
