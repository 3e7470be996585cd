"""A listening service behind mishaps, and the command as a provincial server runs it: one file, an old Python alone."""

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from app import routes_tools as tools
from app.main import create_app
from app.settings import Settings
from tests.conftest import Template
from tests.imports.sheets import csv
from tests.push.mishaps import Listening, Mishaps, listening
from tests.push.pythons import oldest


@pytest.fixture(scope="session")
def python() -> str:
    """The oldest Python there is."""
    return oldest() or sys.executable


@pytest.fixture
def pyz(tmp_path: Path) -> Path:
    """The command, as it is fetched from the service."""
    path = tmp_path / "tiendo-push.pyz"
    path.write_bytes(tools.files()[tools.PYZ])
    return path


@pytest.fixture
async def there(database_url: str, template: Template, python: str, pyz: Path) -> AsyncIterator[Listening]:
    settings = Settings(database_url=database_url, log_format="console").model_copy(update={"pool_size": 3})
    mishaps = Mishaps(create_app(settings), prefix="/tien-do")
    with listening(mishaps) as port:
        # Without site-packages: it has the standard library and nothing else.
        command = (python, "-S", str(pyz))
        yield Listening(mishaps, f"http://127.0.0.1:{port}/tien-do/", template.tokens["huong"], command)


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., str]:
    def made(*rows: Any, name: str = "báo cáo.csv") -> str:
        path = tmp_path / name
        path.write_text(csv(*rows), encoding="utf-8")
        return str(path)

    return made


@pytest.fixture
def certificate(tmp_path: Path) -> dict[str, Path]:
    """A certificate of one's own, as uvicorn takes it."""
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "ca.pem"]
    make += ["-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run(make, cwd=tmp_path, check=True, capture_output=True)
    return {"ssl_keyfile": tmp_path / "key.pem", "ssl_certfile": tmp_path / "ca.pem"}


async def run(command: list[str], **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A process of its own with nothing in its environment but what is given."""
    return await asyncio.to_thread(
        subprocess.run, command, env=environment, capture_output=True, timeout=120, check=False
    )
