"""The cast's tokens: good, kept for the next start, and readable by their owner alone."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app import clock
from app.auth.identity import OPERATOR
from app.auth.service import revoke_token
from app.auth.tokens import read_token
from app.db import Database
from app.demo.cast import CAST, cast_tokens
from app.settings import Settings
from tests.conftest import serving


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    opened = Database(database_url, Settings(database_url=database_url))
    yield opened
    await opened.close()


async def test_everyone_of_the_cast_gets_in_as_who_they_are(database: Database, tmp_path: Path) -> None:
    tokens = await cast_tokens(database, tmp_path)
    async with serving(database.url, tokens) as service:
        for name, (role, unit) in CAST.items():
            me = (await service.client(name).get("/v1/me")).json()
            assert (me["name"], me["role"], me["unit"]) == (name, role, unit)


async def test_a_restart_shows_the_same_tokens(database: Database, tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there" / "yet"
    first = await cast_tokens(database, folder)
    assert await cast_tokens(database, folder) == first
    assert (folder / "cast.json").stat().st_mode & 0o777 == 0o600
    assert [file.name for file in folder.iterdir()] == ["cast.json"]


async def test_a_token_that_was_taken_back_is_made_anew_alone(database: Database, tmp_path: Path) -> None:
    first = await cast_tokens(database, tmp_path)
    parts = read_token(first["lan"])
    assert parts is not None
    async with database.writing() as session:
        await revoke_token(session, OPERATOR, parts.id, clock.now())
    second = await cast_tokens(database, tmp_path)
    assert {name for name in CAST if first[name] != second[name]} == {"lan"}


@pytest.mark.parametrize("content", ["", "no json", '{"lan": 1}', '{"lan": "tdo_x"}'])
async def test_a_damaged_file_is_written_anew(database: Database, tmp_path: Path, content: str) -> None:
    (tmp_path / "cast.json").write_text(content)
    tokens = await cast_tokens(database, tmp_path)
    assert set(tokens) == set(CAST)
    assert json.loads((tmp_path / "cast.json").read_text()) == tokens


async def test_a_token_of_somebody_else_is_not_taken_for_one_of_the_cast(database: Database, tmp_path: Path) -> None:
    first = await cast_tokens(database, tmp_path)
    (tmp_path / "cast.json").write_text(json.dumps({**first, "minh": first["an"]}))
    second = await cast_tokens(database, tmp_path)
    assert second["minh"] not in first.values()
