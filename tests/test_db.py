"""One way to the database: what its URL asks for holds for every connection, through SQLAlchemy or past it."""

import pytest

from app.db import asyncpg_arguments, asyncpg_url
from app.settings import Settings


@pytest.mark.parametrize("name", ["ssl", "sslmode"])
def test_tls_asked_for_in_the_url_holds_for_connections_past_sqlalchemy(name: str) -> None:
    url = asyncpg_url(f"postgres://tiendo:secret@db.test:6432/tiendo?{name}=verify-full")
    arguments = asyncpg_arguments(url, Settings())
    assert arguments["ssl"] == "verify-full"
    reached = {name: arguments[name] for name in ("host", "port", "user", "password", "database")}
    assert reached == {"host": "db.test", "port": 6432, "user": "tiendo", "password": "secret", "database": "tiendo"}


def test_several_hosts_hold_for_connections_past_sqlalchemy() -> None:
    url = asyncpg_url("postgresql://tiendo@/tiendo?host=one.test:5432&host=two.test:5433")
    arguments = asyncpg_arguments(url, Settings())
    assert (arguments["host"], arguments["port"]) == (["one.test", "two.test"], [5432, 5433])


def test_what_sqlalchemy_keeps_for_itself_is_not_handed_to_the_driver() -> None:
    url = asyncpg_url("postgresql://tiendo@db.test/tiendo?prepared_statement_cache_size=50")
    assert "prepared_statement_cache_size" not in asyncpg_arguments(url, Settings())
