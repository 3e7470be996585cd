"""What a worker loads before it can answer."""

import subprocess
import sys

import pytest

from app import migrating
from app.schema_head import REVISIONS

RARELY_NEEDED = ("alembic", "docx", "httpx", "lxml", "typer", "xlsxwriter")
LOADED = f"import app.main, sys; print([name for name in {RARELY_NEEDED} if name in sys.modules])"


@pytest.mark.processes
def test_a_worker_loads_nothing_that_few_requests_need() -> None:
    """They made a third of its start and a fifth of its memory."""
    printed = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, check=True, text=True).stdout
    assert printed.strip() == "[]"


def test_the_revisions_that_the_service_knows_are_those_of_the_migrations() -> None:
    assert migrating.revisions() == REVISIONS[::-1]
