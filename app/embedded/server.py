"""One PostgreSQL on one directory: set up, started, watched, stopped."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.embedded.account import EmbeddedUnavailable, account_for, let_in
from app.embedded.files import keep_newest, make_private, program_directory, refuse_other_versions, socket_directory
from app.embedded.locks import EXCLUSIVE, SHARED, held, locked, opened, taken, until
from app.embedded.options import CONNECTIONS, ENVIRONMENT, INITDB, settings

DATABASE = "tiendo"


class Embedded:
    """The server as one process knows it; every process that uses it has its own object.

    Three lock files beside the data coordinate the processes, and the kernel releases the locks of a dead process:
    `users.lock` is shared by the processes that use the server, `start.lock` is held by the one that starts or stops
    it, and `server.lock` is inherited by PostgreSQL itself and its children. So whether it runs is never inferred
    from a process id, which another process may have by now.
    """

    def __init__(self, home: Path, *, durable: bool, connections: int = CONNECTIONS) -> None:
        self.data = home / "postgres"
        self._logs = home / "log"
        self._users = home / "users.lock"
        self._starting = home / "start.lock"
        self._serving = home / "server.lock"
        self._durable = durable
        self._connections = connections
        self.programs = program_directory()
        self.account = account_for(self.data)
        self.socket_dir = socket_directory(home, self.account)

    @property
    def url(self) -> str:
        return self.url_of(DATABASE)

    @property
    def pid(self) -> int | None:
        """The postmaster's process id from its pid file, which may be stale."""
        written = self._pid_file(0)
        return int(written) if written.isdigit() else None

    def url_of(self, database: str) -> str:
        # Everything is named, so that nothing of libpq's environment changes which database is reached.
        more = "port=5432&sslmode=disable&target_session_attrs=any"
        return f"postgresql://postgres@/{database}?host={self.socket_dir}&{more}"

    def alive(self) -> bool:
        return held(self._serving) and self._has_postmaster() and (self.socket_dir / ".s.PGSQL.5432").exists()

    def ensure(self) -> None:
        """Start it again if it died; raises EmbeddedUnavailable when that cannot be."""
        if self._ready():
            return
        with locked(self._starting):
            self._start()

    @contextmanager
    def used(self) -> Iterator[None]:
        """Keep the server running during the block; it stops after its last user."""
        users = opened(self._users)
        try:
            with locked(self._starting):
                taken(users, SHARED)
                self._prepare()
                self._attach_or_start()
                self._create_database()
                self._refuse_too_few_connections()
            yield
        finally:
            with suppress(FileNotFoundError), locked(self._starting):  # unless the whole directory was removed
                if taken(users, EXCLUSIVE):
                    self._stop()
                    self._clear_away()
            os.close(users)

    def _clear_away(self) -> None:
        with suppress(OSError):
            self.socket_dir.rmdir()

    def _prepare(self) -> None:
        refuse_other_versions(self.data.parent)
        if self.account.switches:
            let_in(self.account, self.programs, self.data, self.socket_dir)
        self._logs.mkdir(mode=0o700, exist_ok=True)
        self.account.give(self._logs)
        if not (self.data / "PG_VERSION").exists():
            self._initialise()

    def _initialise(self) -> None:
        # Created under another name and renamed: an incomplete directory is never taken for a database.
        fresh = self.data.with_name("postgres.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(mode=0o700)
        self.account.give(fresh)
        sync = () if self._durable else ("--no-sync",)
        done = self._run("initdb", *INITDB, *sync, "-D", str(fresh))
        if done.returncode:
            raise EmbeddedUnavailable(f"PostgreSQL cannot be set up in {self.data}: {done.stderr.strip()}")
        try:
            fresh.rename(self.data)
        except OSError as refusal:
            raise EmbeddedUnavailable(f"{self.data} is in the way and holds no PostgreSQL: move it.") from refusal
        _sync(self.data.parent)

    def _attach_or_start(self) -> None:
        used = self._pid_file(4)
        if used and held(self._serving):
            self.socket_dir = Path(used)  # the process that started it may have another temporary directory
        until(self._answers, seconds=10)  # it may be dying at this moment

    def _answers(self) -> bool:
        self._start()
        return self._run("pg_isready", "-q", "-h", str(self.socket_dir)).returncode == 0

    def _start(self) -> None:
        """Start it unless it is alive; the caller holds start.lock."""
        if not self.alive() or self._status() == "stopping":
            self._stop()  # when it runs but its socket was removed from the temporary files, it cannot be reached
            make_private(self.socket_dir, self.account)
            keep_newest(self._log_files(), 5)
            self._launch()
        # Long, because after a crash PostgreSQL first replays its log; a failed start releases the lock at once.
        until(lambda: self._ready() or not held(self._serving), seconds=300)
        if not self._ready():
            raise EmbeddedUnavailable(f"PostgreSQL does not start on {self.data}:\n{self._last_words()}")

    def _launch(self) -> None:
        lock = opened(self._serving)
        try:
            # The children of a killed postmaster notice it after a moment, and hold the lock until they exit.
            if not until(lambda: taken(lock, EXCLUSIVE), seconds=30):
                raise EmbeddedUnavailable(f"Processes of a dead PostgreSQL still use {self.data}: end them, and retry.")
            self._forget_the_dead()
            self._spawn(lock)
        finally:
            os.close(lock)

    def _spawn(self, lock: int) -> None:
        with (self._logs / "start.log").open("wb") as output:
            # The shell exits at once, so that PostgreSQL is not a child of this process and outlives it.
            subprocess.run(  # noqa: S603 # our own arguments, none of them read by the shell
                ["/bin/sh", "-c", '"$@" &', "sh", *self._command()],
                check=True,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[lock],
                start_new_session=True,
                cwd="/",
                env=ENVIRONMENT,
                **self.account.arguments(),
            )

    def _command(self) -> list[str]:
        chosen = settings(self.socket_dir, self._logs, durable=self._durable, connections=self._connections)
        options = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
        return [str(self.programs / "postgres"), "-D", str(self.data), *options]

    def _stop(self) -> None:
        for mode in (signal.SIGINT, signal.SIGQUIT):  # pg_ctl's fast mode, then immediate
            pid = self.pid
            if pid is None or not held(self._serving) or not self._has_postmaster():
                return
            with suppress(ProcessLookupError):
                os.kill(pid, mode)
            until(lambda: not held(self._serving), seconds=60)

    def _ready(self) -> bool:
        return self.alive() and self._status() == "ready"

    def _status(self) -> str:
        return self._pid_file(7)

    def _has_postmaster(self) -> bool:
        """Whether the process of that id is PostgreSQL on this data; a zombie has no command line any more."""
        import psutil  # noqa: PLC0415 # comes with the optional extra

        try:
            return self.pid is not None and str(self.data) in psutil.Process(self.pid).cmdline()
        except psutil.Error:
            return False

    def _pid_file(self, line: int) -> str:
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return ""
        return lines[line].strip() if line < len(lines) else ""

    def _forget_the_dead(self) -> None:
        # PostgreSQL refuses to start while any process of its user has the id it once wrote down: an editor by now,
        # or its own zombie. This process holds server.lock, so the pid file is stale unless PostgreSQL was started
        # by hand.
        if not self._has_postmaster():
            (self.data / "postmaster.pid").unlink(missing_ok=True)
            for left in self.socket_dir.glob(".s.PGSQL.*"):
                left.unlink(missing_ok=True)

    def _create_database(self) -> None:
        if DATABASE not in self.psql("select datname from pg_database").split():
            self.psql(f"create database {DATABASE}")

    def _refuse_too_few_connections(self) -> None:
        """Another process may have started it with fewer than this one needs, and only a start can change that."""
        taken_at_once = int(self.psql("show max_connections"))
        if taken_at_once < self._connections:
            raise EmbeddedUnavailable(
                f"The PostgreSQL on {self.data} was started for {taken_at_once} connections, and {self._connections} "
                "are needed: end the other commands that use it, or ask for fewer workers."
            )

    def psql(self, statement: str) -> str:
        where = ("-h", str(self.socket_dir), "-U", "postgres", "-d", "postgres")
        done = self._run("psql", "-XAtq", *where, "-c", statement)
        if done.returncode:
            raise EmbeddedUnavailable(f"PostgreSQL on {self.data} does not answer: {done.stderr.strip()}")
        return done.stdout

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [str(self.programs / program), *arguments]
        return subprocess.run(  # noqa: S603 # our own program
            command, check=False, capture_output=True, text=True, cwd="/", env=ENVIRONMENT, **self.account.arguments()
        )

    def _log_files(self) -> list[Path]:
        return sorted(self._logs.glob("postgresql-*.log"))

    def _last_words(self) -> str:
        files = [self._logs / "start.log", *self._log_files()[-1:]]
        return "\n".join(line for file in files for line in file.read_text(errors="replace").splitlines()[-5:])


def _sync(directory: Path) -> None:
    opened_directory = os.open(directory, os.O_RDONLY)
    try:
        os.fsync(opened_directory)
    finally:
        os.close(opened_directory)
