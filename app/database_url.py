"""The database's URL in libpq's, SQLAlchemy's and asyncpg's spelling, with what the environment (`PG…`) adds. Pure.

Whatever the driver would leave out is refused: a connection never has less than was asked for.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import unquote, unquote_plus, urlencode

_SCHEME = re.compile(r"postgres(ql)?(\+\w+)?")
_SPELLINGS = {
    "ssl": "sslmode",
    "database": "dbname",
    "min_protocol_version": "ssl_min_protocol_version",
    "max_protocol_version": "ssl_max_protocol_version",
}
"""What SQLAlchemy, asyncpg or an older libpq call otherwise."""
_TLS = {
    "sslmode": "PGSSLMODE",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslrootcert": "PGSSLROOTCERT",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "sslcrl": "PGSSLCRL",
    "sslpassword": "PGSSLPASSWORD",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
}
_DRIVERS = _TLS | {
    "host": "PGHOST",
    "port": "PGPORT",
    "dbname": "PGDATABASE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "krbsrvname": "PGKRBSRVNAME",
    "gsslib": "PGGSSLIB",
}
"""What asyncpg understands, in the URL and from the environment."""
_NUMBERS = (
    "connect_timeout",
    "keepalives",
    "keepalives_idle",
    "keepalives_interval",
    "keepalives_count",
    "tcp_user_timeout",
)
_OURS = ("options", "application_name", *_NUMBERS)
"""What is done here."""
_USUAL_PLACES = ("/run/postgresql", "/var/run/postgresql", "/tmp", "localhost")  # noqa: S108 - a socket of PostgreSQL's
"""Where the driver looks when no host is named; it does not when a port is."""
_OF_A_SOCKET = frozenset(("dbname", "user", "sslmode", "target_session_attrs"))
"""What a URL of Unix sockets names, with their port, that leaves nothing for the environment to say."""
_OF_SQLALCHEMY = frozenset(("prepared_statement_cache_size", "prepared_statement_name_func"))
"""Left out: they mean a cache of SQLAlchemy's, and change nothing about the connection."""
_FROM_ENVIRONMENT = {"PGOPTIONS": "options", "PGCONNECT_TIMEOUT": "connect_timeout", "PGAPPNAME": "application_name"}
"""Variables that asyncpg does not read, and what they mean."""
_NOT_KEPT = (
    "PGSERVICE",
    "PGHOSTADDR",
    "PGREQUIREAUTH",
    "PGCHANNELBINDING",
    "PGREQUIREPEER",
    "PGREQUIRESSL",
    "PGGSSENCMODE",
    "PGSSLCERTMODE",
    "PGSSLCRLDIR",
    "PGSSLSNI",
    "PGSSLCOMPRESSION",
    "PGLOADBALANCEHOSTS",
)
"""Variables of libpq that change how the server is reached or trusted, and that nobody would keep here."""
_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
_SESSIONS = ("any", "primary", "standby", "prefer-standby", "read-write", "read-only")


class BadDatabaseUrl(ValueError):
    """What is wrong with the URL or with a variable of the environment, in one line and without the password."""


class Host(NamedTuple):
    """A server to try: a name, an address or the directory of a Unix socket."""

    name: str
    port: int | None


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """How the database is reached: `parameters` by their libpq names, without hosts and their ports."""

    hosts: tuple[Host, ...]
    parameters: Mapping[str, str]

    def dsn(self, host: Host | None = None, **changed: str) -> str:
        """What asyncpg takes, for one of the hosts. What is not in it the driver takes from the environment."""
        taken = {name: value for name, value in {**self.parameters, **changed}.items() if name in _DRIVERS}
        if host:
            taken |= {"host": _bracketed(host.name)} | ({"port": str(host.port)} if host.port else {})
        return f"postgresql://?{urlencode(taken)}"  # with a path, even an empty one, asyncpg would not look at dbname

    def number(self, name: str, default: int) -> int:
        return int(self.parameters.get(name) or default)

    @property
    def server_settings(self) -> dict[str, str]:
        """What the URL asks of the server itself, which the service's own settings go before."""
        return {name: self.parameters[name] for name in ("options", "application_name") if self.parameters.get(name)}

    @property
    def is_local(self) -> bool:
        """Whether it goes by Unix sockets alone."""
        return bool(self.hosts) and all(host.name.startswith("/") for host in self.hosts)

    def for_programs(self) -> dict[str, str]:
        """The variables with which PostgreSQL's own programs (`pg_dump`) reach the same database."""
        known = _DRIVERS | {name: variable for variable, name in _FROM_ENVIRONMENT.items()}
        variables = {variable: self.parameters[name] for name, variable in known.items() if self.parameters.get(name)}
        if self.hosts:
            variables |= {"PGHOST": ",".join(host.name for host in self.hosts)}
            variables |= {"PGPORT": ",".join(str(host.port or 5432) for host in self.hosts)}
        return variables


def read_url(url: str, environment: Mapping[str, str]) -> DatabaseUrl:
    """What a URL and the environment ask for.

    Raises:
        BadDatabaseUrl: something in them is not understood, or cannot be kept.

    """
    user, password, place, path, query = _split(url.strip())
    hosts = [unquote(name) for name in place.split(",") if name]
    _hosts(hosts, [])  # first: what follows would be of a password, had it not been written as it has to
    parameters, named, ports = _parameters(query)
    at_the_front = {"user": user, "password": password, "dbname": path}
    parameters = {name: unquote(value) for name, value in at_the_front.items() if value} | parameters
    hosts = named or hosts or [name for name in environment.get("PGHOST", "").split(",") if name]
    if ports and not hosts:
        hosts = [*_USUAL_PLACES]
    if any("\0" in value for value in (*hosts, *parameters.values())):
        raise BadDatabaseUrl("the database's URL: %00 is in it")
    found = DatabaseUrl(_hosts(hosts, ports), parameters)
    if _says_all(found):
        return found
    if not all(host.port for host in found.hosts):
        ports = [port for port in environment.get("PGPORT", "").split(",") if port]
        found = DatabaseUrl(_hosts(hosts, ports), parameters)
    return _with_environment(found, environment)


def _split(url: str) -> tuple[str, str, str, str, str]:
    """User, password, hosts, database and parameters, as they are written.

    As libpq has it, `#` means nothing, and `@` may stand in a password.
    """
    if any(ord(character) < ord(" ") for character in url):
        raise BadDatabaseUrl("the database's URL has more than one line, or control characters")
    scheme, _, rest = url.partition("://")
    if not _SCHEME.fullmatch(scheme.lower()):
        raise BadDatabaseUrl("the database's URL has to begin with postgresql://")
    before, _, query = rest.partition("?")
    authority, _, path = before.partition("/")
    credentials, _, place = authority.rpartition("@")
    user, _, password = credentials.partition(":")
    return user, password, place, path, query


def _says_all(found: DatabaseUrl) -> bool:
    """Whether it leads to Unix sockets, and leaves nothing open."""
    return found.is_local and all(host.port for host in found.hosts) and found.parameters.keys() >= _OF_A_SOCKET


def _pairs(query: str) -> Iterator[tuple[str, str]]:
    """The parameters as they are written: `+` is a space in `options` alone, elsewhere it may be of a password."""
    for pair in query.split("&") if query else ():
        name, found, value = pair.partition("=")
        if not found:
            raise BadDatabaseUrl("the database's URL cannot be read: after ? come name=value, with & between them")
        yield name, unquote_plus(value) if name == "options" else unquote(value)


def _parameters(query: str) -> tuple[dict[str, str], list[str], list[str]]:
    """The parameters by their libpq names, and apart from them the hosts and the ports."""
    parameters: dict[str, str] = {}
    several: dict[str, list[str]] = {"host": [], "port": []}
    for written, value in _pairs(query):
        name = _SPELLINGS.get(written, written)
        if name in _OF_SQLALCHEMY:
            continue
        if name not in _DRIVERS and name not in _OURS:
            shown = "something" if "@" in query else written  # which might be the end of a password
            raise BadDatabaseUrl(
                f"the database's URL asks for {shown}, which is not understood here; "
                "a setting of the server is written options=-c%20name%3Dvalue"
            )
        if name in several:
            several[name] += value.split(",")
        else:
            parameters[name] = value
    _check_values(parameters)
    return parameters, several["host"], [port for port in several["port"] if port]


def _check_values(parameters: Mapping[str, str], where: str = "the database's URL") -> None:
    for name, allowed in (("sslmode", _MODES), ("target_session_attrs", _SESSIONS)):
        if parameters.get(name, allowed[0]) not in allowed:
            raise BadDatabaseUrl(f"{where}: {name} is one of {', '.join(allowed)}, not {parameters[name]!r}")
    if parameters.get("sslrootcert") == "system":
        raise BadDatabaseUrl(f"{where}: sslrootcert names a file, such as /etc/ssl/certs/ca-certificates.crt")
    for name in _NUMBERS:
        if not parameters.get(name, "0").isdecimal():
            raise BadDatabaseUrl(f"{where}: {name} is a whole number, not {parameters[name]!r}")


def _hosts(names: list[str], ports: list[str]) -> tuple[Host, ...]:
    if len(ports) > 1 and len(ports) != len(names):
        raise BadDatabaseUrl(f"the database's URL names {len(names)} hosts and {len(ports)} ports")
    numbers = ports * len(names) if len(ports) == 1 else ports or [""] * len(names)
    return tuple(_host(name, number) for name, number in zip(names, numbers, strict=True))


def _host(name: str, number: str) -> Host:
    if not name.startswith("/") and (found := re.fullmatch(r"\[(.+)\](?::([^:]*))?|([^:]*):([^:]*)", name)):
        name, number = found[1] or found[3], found[2] or found[4] or number
    if not name or (number and not (number.isdecimal() and 0 < int(number) < 65536)):
        raise BadDatabaseUrl(
            "the database's URL: a host has a name, and a port is a number from 1 to 65535; "
            "in a password / is written %2F, ? %3F and % %25"
        )
    return Host(name, int(number) if number else None)


def _with_environment(found: DatabaseUrl, environment: Mapping[str, str]) -> DatabaseUrl:
    for variable in _NOT_KEPT:
        if environment.get(variable):
            raise BadDatabaseUrl(f"{variable} is set, and cannot be kept here: unset it, say in the URL what you need")
    checked = {name: environment.get(_DRIVERS[name]) for name in ("sslmode", "sslrootcert", "target_session_attrs")}
    checked["connect_timeout"] = environment.get("PGCONNECT_TIMEOUT")
    _check_values({name: value for name, value in checked.items() if value}, "the environment (PG…)")
    more = {name: environment[variable] for variable, name in _FROM_ENVIRONMENT.items() if environment.get(variable)}
    return DatabaseUrl(found.hosts, more | dict(found.parameters))


def _bracketed(name: str) -> str:
    """As asyncpg reads it: an IPv6 address has colons of its own."""
    return f"[{name}]" if ":" in name and not name.startswith("/") else name
