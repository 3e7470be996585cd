"""One way to the database: what its URL and the environment ask for holds for every connection."""

import pytest

from app.database_url import BadDatabaseUrl, DatabaseUrl, Host, read_url, without_password


def read(url: str, **environment: str) -> DatabaseUrl:
    return read_url(url, environment)


@pytest.mark.parametrize("name", ["ssl", "sslmode"])
@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg"])
def test_both_spellings_of_tls_and_every_scheme_are_understood(name: str, scheme: str) -> None:
    url = read(f"{scheme}://tiendo:se%40cret@db.test:6432/tiendo?{name}=verify-full&sslrootcert=/etc/ca.pem")
    assert url.hosts == (Host("db.test", 6432),)
    assert url.parameters == {
        "user": "tiendo",
        "password": "se@cret",
        "dbname": "tiendo",
        "sslmode": "verify-full",
        "sslrootcert": "/etc/ca.pem",
    }


@pytest.mark.parametrize(
    ("url", "hosts"),
    [
        ("postgresql://u@one.test:1,two.test:2/d", [("one.test", 1), ("two.test", 2)]),
        ("postgresql://u@one.test,two.test/d?port=7", [("one.test", 7), ("two.test", 7)]),
        ("postgresql://u@/d?host=one.test:1&host=two.test:2", [("one.test", 1), ("two.test", 2)]),
        ("postgresql://u@/d?host=one.test,two.test&port=1,2", [("one.test", 1), ("two.test", 2)]),
        ("postgresql://u@[2001:db8::1]:5433/d", [("2001:db8::1", 5433)]),
        ("postgresql://u@%2Frun%2Fpostgresql/d", [("/run/postgresql", None)]),
        ("postgresql:///d?host=/run/postgresql", [("/run/postgresql", None)]),
        ("postgresql:///d", []),
    ],
)
def test_hosts_are_read_in_every_spelling(url: str, hosts: list[tuple[str, int | None]]) -> None:
    assert list(read(url).hosts) == hosts


def test_the_environment_says_what_the_url_leaves_open() -> None:
    told = {"PGHOST": "one.test,two.test", "PGPORT": "1,2", "PGOPTIONS": "-c geqo=off", "PGCONNECT_TIMEOUT": "3"}
    url = read("postgresql://", **told, PGAPPNAME="elsewhere")
    assert url.hosts == (Host("one.test", 1), Host("two.test", 2))
    assert url.server_settings == {"options": "-c geqo=off", "application_name": "elsewhere"}
    assert url.number("connect_timeout", 5) == 3
    assert read("postgresql://x@db.test/d?options=", **told).server_settings == {}


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("mysql://db.test/d", "begin with postgresql://"),
        ("postgresql://db.test/d?channel_binding=require", "asks for channel_binding"),
        ("postgresql://db.test/d?search_path=other", "asks for search_path.*options="),
        ("postgresql://db.test/d?sslmode=on", "sslmode is one of disable, .*not 'on'"),
        ("postgresql://db.test/d?target_session_attrs=master", "target_session_attrs is one of"),
        ("postgresql://db.test/d?connect_timeout=soon", "connect_timeout is a whole number"),
        ("postgresql://one.test,two.test/d?port=1,2,3", "2 hosts and 3 ports"),
        ("postgresql://db.test:port/d", "a port is a number"),
        ("postgresql://db.test/d?sslmode", "cannot be read"),
    ],
)
def test_what_is_not_understood_is_refused_in_one_line(url: str, why: str) -> None:
    with pytest.raises(BadDatabaseUrl, match=why) as refusal:
        read(url)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [("PGCHANNELBINDING", "require"), ("PGSERVICE", "x"), ("PGSSLMODE", "on"), ("PGREQUIREAUTH", "scram-sha-256")],
)
def test_a_variable_that_cannot_be_kept_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadDatabaseUrl, match="PG"):
        read("postgresql://db.test/d", **{name: value})


def test_the_environment_does_not_change_where_a_whole_local_url_leads() -> None:
    told = {"PGSERVICE": "x", "PGOPTIONS": "-c geqo=off", "PGSSLMODE": "require"}
    assert read("postgresql://postgres@/d?host=/tmp/s&port=5432", **told).server_settings == {}


def test_what_sqlalchemy_keeps_for_itself_is_not_handed_to_the_driver() -> None:
    assert "cache" not in read("postgresql://tiendo@db.test/tiendo?prepared_statement_cache_size=50").dsn()


def test_a_password_is_not_shown() -> None:
    shown = without_password("postgresql://u:secret@db.test/d?password=secret&sslmode=require")
    assert "secret" not in shown
