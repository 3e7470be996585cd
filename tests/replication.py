"""A primary and a standby that follows it, both real."""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import embedded
from app.embedded import Embedded
from app.embedded.options import ENVIRONMENT
from tests.conftest import TEMPLATE, Template
from tests.connecting import connect


@pytest.fixture
def clusters(template: Template) -> Iterator[tuple[Embedded, Embedded]]:
    """A primary with the whole catalogue, and a standby that follows it."""
    with tempfile.TemporaryDirectory(prefix="tiendo-failover-") as fresh:
        Path(fresh).chmod(0o711)  # where root runs the tests, PostgreSQL's own account passes through
        homes = [Path(fresh) / name for name in ("primary", "standby")]
        copy(template.server, homes[0])
        with embedded.running(homes[0], durable=False) as primary:
            promote(primary)
            # As everywhere but in tests: what is acknowledged has been written.
            primary.psql(f"alter database {TEMPLATE} set synchronous_commit = on")
            copy(primary, homes[1])
            with embedded.running(homes[1], durable=False) as standby:
                yield primary, standby


def copy(server: Embedded, home: Path) -> None:
    home.mkdir(mode=0o711)
    server.account.give(home)
    command = [
        str(server.programs / "pg_basebackup"),
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
        **server.account.arguments(),
    )


def promote(server: Embedded) -> None:
    assert server.psql("select pg_promote()").strip() == "t"


async def wait_until_replayed(primary: str, standby: str) -> None:
    there, here = await connect(primary), await connect(standby)
    position = await there.fetchval("select pg_current_wal_lsn()::text")
    async with asyncio.timeout(30):
        while not await here.fetchval("select pg_last_wal_replay_lsn() >= $1::text::pg_lsn", position):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    await there.close()
    await here.close()
