"""docker-compose.yml: what its containers run works in their order, with the URL of each."""

import os
import re
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml  # type: ignore[import-untyped]
from sqlalchemy.engine import make_url

from app.database_url import read_url
from tests.cli.test_serving import TIENDO, free_port
from tests.conftest import Template
from tests.connecting import TLS, run_sql

ROOT = Path(__file__).parents[2]
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
WRITTEN = {"POSTGRES_PASSWORD": "s/u?p@e%r", "OWNER_PASSWORD": "o w$HOME'ner\\", "SERVICE_PASSWORD": 's"e:r[v]i+ce#%41'}
DATABASE = "tiendo_composed"
IN_MEMORY = "postgresql:///nothing?host=/nowhere"


def filled_in(text: str) -> str:
    """As Compose reads it, with the passwords of `.env`."""
    named = re.sub(r"\$\{(\w+)(?::([-?])([^}]*))?\}", lambda found: WRITTEN.get(found[1], found[3] or ""), text)
    return named.replace("$$", "$")


def environment_of(name: str, url: str) -> dict[str, str]:
    """The variables of a container, with the database of the tests in the place of its own."""
    place = make_url(url)
    here = f"@/{place.database}?host={place.query['host']}"
    told = {key: filled_in(str(value)) for key, value in SERVICES[name].get("environment", {}).items()}
    return {key: value.replace("@postgres/tiendo", here) for key, value in told.items()}


def test_they_start_one_after_another_and_the_service_last() -> None:
    needs = {name: set(service.get("depends_on", {})) for name, service in SERVICES.items()}
    assert (needs["app"], needs["migrate"], needs["roles"]) == ({"migrate"}, {"roles"}, {"postgres"})


def test_only_the_loopback_address_is_published() -> None:
    published = [port for service in SERVICES.values() for port in service.get("ports", ())]
    assert published
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_no_password_is_in_a_url() -> None:
    urls = [value for name in SERVICES for value in environment_of(name, IN_MEMORY).values() if "://" in value]
    assert len(urls) == 4
    assert all(read_url(url, {}).parameters.get("password") is None for url in urls)


@pytest.fixture
async def empty(template: Template) -> AsyncIterator[str]:
    """A database as the first start finds it: no logins, no schema."""
    logins = ("tiendo_owner", "tiendo_service")
    await run_sql(
        template.server.url, f"drop database if exists {DATABASE} with (force)", f"create database {DATABASE}"
    )
    yield template.server.url_of(DATABASE)
    await run_sql(template.server.url, f"drop database {DATABASE} with (force)")
    await run_sql(template.server.url, *(f"drop role {name}" for name in logins))


def run(command: list[str], told: dict[str, str]) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": f"{TIENDO.parent}:{os.defpath}", **told}
    return subprocess.run(command, env=environment, check=False, capture_output=True, text=True, timeout=120)


@pytest.fixture
def served(empty: str) -> Iterator[str]:
    for name in ("roles", "migrate"):
        done = run([filled_in(word) for word in SERVICES[name]["command"]], environment_of(name, empty))
        assert done.returncode == 0, (name, done.stderr)
    port = free_port()
    told = environment_of("app", empty) | {"TIENDO_METRICS_PORT": str(free_port())}
    environment = {"PATH": f"{TIENDO.parent}:{os.defpath}", **told}
    command = [str(TIENDO), "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        assert process.wait(30) == 0


@pytest.mark.slow
def test_what_they_run_ends_in_a_service_that_is_ready(served: str) -> None:
    for _ in range(300):
        try:
            if httpx.get(f"{served}/readyz", verify=TLS).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise AssertionError("it was not ready within half a minute")
