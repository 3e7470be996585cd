"""One way to the database: what its URL and the environment ask for holds for every connection."""

import pytest

from app.database_url import BadDatabaseUrl, DatabaseUrl, Host, read_url


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
    assert read("postgresql://x@db.test/d?options=", PGOPTIONS="-c geqo=off").server_settings == {}


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
    told = {"PGSERVICE": "x", "PGOPTIONS": "-c geqo=off", "PGSSLMODE": "require", "PGPORT": "1"}
    whole = "postgresql://postgres@/d?host=/tmp/s&port=5432&sslmode=disable&target_session_attrs=any"
    assert read(whole, **told).server_settings == {}
    assert read(whole, **told).hosts == (Host("/tmp/s", 5432),)


def test_what_a_local_url_leaves_open_the_environment_says() -> None:
    local = "postgresql:///d?host=/run/postgresql"
    assert read(local, PGOPTIONS="-c geqo=off", PGPORT="5433").server_settings == {"options": "-c geqo=off"}
    assert read(local, PGPORT="5433").hosts == (Host("/run/postgresql", 5433),)
    with pytest.raises(BadDatabaseUrl, match="PGREQUIREPEER"):
        read(local, PGREQUIREPEER="postgres")


def test_a_port_without_a_host_is_that_of_the_usual_sockets() -> None:
    url = read("postgresql:///d?port=5433")
    assert {host.port for host in url.hosts} == {5433}
    assert "/var/run/postgresql" in [host.name for host in url.hosts]


def test_programs_go_to_the_port_that_the_service_goes_to() -> None:
    url = "postgresql://u@one.test,two.test:7/d"
    assert read(url, PGPORT="5433").for_programs()["PGPORT"] == "5433,7"
    assert read(url).for_programs()["PGPORT"] == "5432,7"


@pytest.mark.parametrize(
    ("url", "password"),
    [
        ("postgresql://u:p@ss#w:rd[1]@db.test/d?sslmode=require", "p@ss#w:rd[1]"),
        ("postgresql://u:a+b%20c%25@db.test/d", "a+b c%"),
        ("postgresql://u@db.test/d?password=a+b#c", "a+b#c"),
        ("  postgresql://u:x@db.test/d\n", "x"),
    ],
)
def test_a_password_is_read_as_it_is_written(url: str, password: str) -> None:
    found = read(url)
    assert (found.parameters["password"], found.hosts) == (password, (Host("db.test", None),))


def test_nothing_after_a_mark_is_left_out() -> None:
    assert (
        read("postgresql://db.test/d?application_name=a#b&sslmode=verify-full").parameters["sslmode"] == "verify-full"
    )


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:sec?ret=1@db.test/d",
        "postgresql://u:5432?ret@db.test/d",
        "postgresql://u:5432?ret=@db.test/d",
        "postgresql://u:sec/ret@db.test/d",
        "postgresql://u:sec＠ret@db.test:x/d",
        "postgresql://u:sec[ret]@db.test:x/d",
        "postgresql://u:secret@db.test/d\npostgresql://u:other@db.test/d",
        "postgresql://u:sec%00ret@db.test/d",
        "secret",
    ],
)
def test_a_refusal_says_nothing_of_the_password(url: str) -> None:
    with pytest.raises(BadDatabaseUrl) as refusal:
        read(url)
    assert "ret" not in str(refusal.value).replace("written", "")
    assert "sec" not in str(refusal.value)


def test_what_sqlalchemy_keeps_for_itself_is_not_handed_to_the_driver() -> None:
    assert "cache" not in read("postgresql://tiendo@db.test/tiendo?prepared_statement_cache_size=50").dsn()
