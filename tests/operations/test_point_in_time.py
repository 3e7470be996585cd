"""A base backup and the archived log bring any moment back, with PostgreSQL's own programs; followers begin again."""

import asyncio
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import migrating
from app.embedded.files import program_directory
from app.embedded.options import ENVIRONMENT, INITDB
from app.operations import schema_check
from tests.conftest import NO_LIMITS, Template, fill, serving
from tests.connecting import connect, run_sql

REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}
pytestmark = pytest.mark.slow


class Cluster:
    """A PostgreSQL that archives its log, as docs/production.md sets it up."""

    def __init__(self, home: Path, template: Template) -> None:
        self.home = home
        self.account = template.server.account
        self.archive = home / "log"
        self.sockets = home / "sockets"
        for folder in (self.archive, self.sockets):
            folder.mkdir()
            self.account.give(folder)
        self.account.give(home)

    def run(self, program: str, *words: str | Path) -> None:
        command = [program_directory() / program, *words]
        done = subprocess.run(
            command, check=False, capture_output=True, text=True, cwd="/", env=ENVIRONMENT, **self.account.arguments()
        )
        assert done.returncode == 0, done.stderr + done.stdout

    @contextmanager
    def serving(self, data: Path) -> Iterator[str]:
        """The URL of the server on a data directory, for as long as it runs."""
        archive = f"test ! -f {self.archive}/%f && cp %p {self.archive}/.%f && mv {self.archive}/.%f {self.archive}/%f"
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "archive_mode": "on",
            "archive_command": archive,
            "restore_command": f"cp {self.archive}/%f %p",
        }
        words = " ".join(f"-c '{name}={value}'" for name, value in options.items())
        self.run("pg_ctl", "-D", data, "-w", "-t", "60", "-l", self.home / f"{data.name}.out", "-o", words, "start")
        try:
            yield f"postgresql://postgres@/postgres?host={self.sockets}&port=5432&sslmode=disable"
        finally:
            self.run("pg_ctl", "-D", data, "-w", "-m", "fast", "stop")


@pytest.fixture
def cluster(template: Template) -> Iterator[Cluster]:
    with tempfile.TemporaryDirectory(prefix="tiendo-archive-") as fresh:
        Path(fresh).chmod(0o711)
        yield Cluster(Path(fresh), template)


async def test_the_moment_before_a_mistake_comes_back_and_followers_are_told_to_begin_again(cluster: Cluster) -> None:
    data, base = cluster.home / "data", cluster.home / "base"
    cluster.run("initdb", *INITDB, "-D", data)
    with cluster.serving(data) as url:
        await asyncio.to_thread(migrating.upgrade, url)
        tokens = await fill(url)
        cluster.run("pg_basebackup", "-h", cluster.sockets, "-U", "postgres", "-D", base, "-c", "fast")
        async with serving(url, tokens, **NO_LIMITS) as service:
            huong, lan = service.client("huong"), service.client("lan")
            kept = (await huong.post("/v1/status-updates", json=REPORT)).json()["id"]
            followed = (await lan.get("/v1/changes")).json()["next_cursor"]
            moment = await scalar(url, "select clock_timestamp()::text")
            assert (await huong.post("/v1/status-updates", json={**REPORT, "status": "completed"})).status_code == 201
        await run_sql(url, "drop table status_update cascade", "select pg_switch_wal()")

    with (base / "postgresql.auto.conf").open("a") as settings:
        settings.write(f"recovery_target_time = '{moment}'\nrecovery_target_action = 'promote'\n")
    (base / "recovery.signal").touch()
    cluster.account.give(base / "recovery.signal")
    with cluster.serving(base) as url:
        await until_writable(url)
        assert await asyncio.to_thread(schema_check.check, url) == []
        async with serving(url, tokens, **NO_LIMITS) as service:
            huong, lan = service.client("huong"), service.client("lan")
            history = (await lan.get("/v1/status-updates?unit=38")).json()["items"]
            assert [one["id"] for one in history] == [kept]
            assert (await lan.get(f"/v1/changes?after={followed}")).status_code == 410
            again = (await lan.get("/v1/changes")).json()
            assert [one["id"] for one in again["items"] if one["kind"] == "update"] == [kept]
            assert (await huong.post("/v1/status-updates", json=REPORT)).status_code == 201


async def scalar(url: str, question: str) -> str:
    connection = await connect(url)
    found = await connection.fetchval(question)
    await connection.close()
    return str(found)


async def until_writable(url: str) -> None:
    async with asyncio.timeout(30):
        while await scalar(url, "select pg_is_in_recovery()") != "False":  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.05)
