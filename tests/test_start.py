"""What a worker loads before it can answer."""

import subprocess
import sys

import pytest

from app import migrating
from app.schema_head import REVISIONS

RARELY_NEEDED = ("alembic", "docx", "httpx", "lxml", "typer", "xlsxwriter")


def loaded(imports: str) -> str:
    """Which of what is rarely needed a fresh process has after these imports."""
    printing = f"import {imports}, sys; print(*[name for name in {RARELY_NEEDED} if name in sys.modules])"
    return subprocess.run([sys.executable, "-c", printing], capture_output=True, check=True, text=True).stdout.strip()


@pytest.mark.processes
def test_a_worker_loads_nothing_that_few_requests_need() -> None:
    """They made a third of its start and a fifth of its memory."""
    assert loaded("app.main") == ""


@pytest.mark.processes
def test_serving_loads_the_command_line_besides_but_nothing_that_migrates() -> None:
    assert loaded("app.cli.run, app.main") == "typer"


@pytest.mark.processes
def test_a_worker_that_is_spawned_loads_no_commands() -> None:
    """It imports what the command is started by, and runs no command."""
    assert loaded("app.cli, app.main") == ""


def test_the_revisions_that_the_service_knows_are_those_of_the_migrations() -> None:
    assert migrating.revisions() == REVISIONS[::-1]
