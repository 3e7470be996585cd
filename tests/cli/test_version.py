"""The version is written down once, in pyproject.toml, and everything that names it agrees."""

import tomllib
from pathlib import Path

from httpx import ASGITransport, AsyncClient
from typer.testing import CliRunner

from app.cli.commands import app as commands
from app.main import create_app
from app.settings import Settings

PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
VERSION = tomllib.loads(PYPROJECT.read_text("utf-8"))["project"]["version"]


def test_the_command_prints_it() -> None:
    printed = CliRunner().invoke(commands, ["--version"])
    assert (printed.exit_code, printed.stdout) == (0, f"tiendo {VERSION}\n")


async def test_a_running_service_names_it() -> None:
    app = create_app(Settings())
    async with AsyncClient(transport=ASGITransport(app), base_url="http://test") as client:
        assert (await client.get("/healthz")).json() == {"status": "ok", "version": VERSION}
        assert (await client.get("/openapi.json")).json()["info"]["version"] == VERSION
