"""A promoted standby takes over: the URL names both hosts, and asks for the one that may write."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import embedded
from app.embedded import Embedded
from app.embedded.options import ENVIRONMENT
from tests.conftest import NO_LIMITS, TEMPLATE, Template, serving
from tests.connecting import connect

REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}


@pytest.fixture
def clusters(template: Template) -> Iterator[tuple[Embedded, Embedded]]:
    """A primary with the whole catalogue, and a standby that follows it."""
    with tempfile.TemporaryDirectory(prefix="tiendo-failover-") as fresh:
        Path(fresh).chmod(0o711)  # where root runs the tests, PostgreSQL's own account passes through
        homes = [Path(fresh) / name for name in ("primary", "standby")]
        _copy(template.server, homes[0])
        with embedded.running(homes[0], durable=False) as primary:
            _promote(primary)
            _copy(primary, homes[1])
            with embedded.running(homes[1], durable=False) as standby:
                yield primary, standby


def _copy(server: Embedded, home: Path) -> None:
    home.mkdir(mode=0o711)
    server._account.give(home)
    command = [
        str(server._programs / "pg_basebackup"),
        "-h",
        str(server.socket_dir),
        "-U",
        "postgres",
        "-R",
        "-c",
        "fast",
    ]
    subprocess.run(
        [*command, "-D", str(home / "postgres")],
        check=True,
        capture_output=True,
        cwd="/",
        env=ENVIRONMENT,
        **server._account.arguments(),
    )


def _promote(server: Embedded) -> None:
    assert server._psql("select pg_promote()").strip() == "t"


async def wait_until_replayed(primary: str, standby: str) -> None:
    there, here = await connect(primary), await connect(standby)
    position = await there.fetchval("select pg_current_wal_lsn()::text")
    async with asyncio.timeout(30):
        while not await here.fetchval("select pg_last_wal_replay_lsn() >= $1::text::pg_lsn", position):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await there.close()
    await here.close()


@pytest.mark.slow
async def test_after_a_failover_reports_are_stored_within_ten_seconds_and_nothing_is_stale(
    clusters: tuple[Embedded, Embedded], template: Template
) -> None:
    primary, standby = clusters
    name = TEMPLATE
    hosts = f"{primary.socket_dir},{standby.socket_dir}"
    url = f"postgresql://postgres@/{name}?host={hosts}&port=5432&sslmode=disable&target_session_attrs=read-write"
    async with serving(url, template.tokens, pool_timeout=2.0, **NO_LIMITS) as service:
        huong, lan = service.client("huong"), service.client("lan")
        first = await huong.post("/v1/status-updates", json=REPORT)
        assert first.status_code == 201
        await wait_until_replayed(primary.url_of(name), standby.url_of(name))
        assert primary.pid
        os.kill(primary.pid, signal.SIGQUIT)
        _promote(standby)
        began, seen = time.monotonic(), set()
        while (again := await huong.post("/v1/status-updates", json=REPORT)).status_code != 201:
            seen.add(again.status_code)
            await asyncio.sleep(0.1)
        assert time.monotonic() - began < 10
        assert seen <= {503}
        history = (await lan.get("/v1/status-updates?unit=38")).json()["items"]
        assert {item["id"] for item in history} == {first.json()["id"], again.json()["id"]}
        current = await lan.get("/v1/assignments/hotlines/38")
        assert current.json()["effective_at"] == again.json()["effective_at"]
