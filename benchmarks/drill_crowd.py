"""The crowd of the drill: writers of every kind, some of which end badly, and readers who keep their answers."""

import asyncio
import json
import random
import time
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import asyncpg
import httpx
import psutil

from app.updates.queries import UPDATE_CURRENT_STATE
from benchmarks.bulk import made_up, table
from benchmarks.stage import BenchmarkDatabase, Served

PATHS = ("/v1/progress", "/v1/progress/provinces", "/v1/progress/matrix", "/v1/progress/agencies")
STATUSES = ("completed", "in_progress", "blocked", "not_started")
HOLD = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
select $1, uuidv7(), $2, $3, 'completed', now - interval '1 hour' * random(), now, 'drill'
from (select greatest(clock_timestamp(), recording_floor() + interval '1 microsecond') as now) stamped
"""
LOCK = "select from assignment where owner = $1 and task = $2 and unit = $3 for update"
STANDS = str(UPDATE_CURRENT_STATE).replace(":owners", "$1").replace(":tasks", "$2").replace(":units", "$3")
HEARD = """
insert into last_report (owner, unit, last_recorded_at)
select owner, unit, max(recorded_at) from status_update where owner = $1 and unit = $2 and token = 'drill'
group by owner, unit
on conflict (owner, unit) do update
set last_recorded_at = greatest(last_report.last_recorded_at, excluded.last_recorded_at)
"""
SOMEBODY_WRITES = """
select pg_terminate_backend(pid) from (
    select pid from pg_stat_activity
    where datname = current_database() and backend_xid is not null and pid <> pg_backend_pid()
      and application_name <> 'tiendo background'
    order by random() limit 1) writer
"""


class Kept(NamedTuple):
    """What a reader was answered."""

    path: str
    known_at: str
    body: bytes


class Crowd:
    """Writers and readers on the workers of one service, until the time is over."""

    def __init__(self, place: BenchmarkDatabase, served: Served, seconds: float, rows: int) -> None:
        self.place, self.served, self.rows = place, served, rows
        self.until = time.monotonic() + seconds
        self.rng = random.Random()
        self.answers: list[Kept] = []
        self.bulletins: list[dict[str, Any]] = []
        self.counts: Counter[str] = Counter()
        self.work = [(one["task"], one["unit"]) for one in made_up(place, 2_000, seed=1)]

    async def run(self) -> None:
        paces = {
            self.report: 0.01, self.report_many: 0.5, self.import_file: 1.0, self.rule: 3.0, self.hold: 0.3,
            self.read: 0.15, self.issue: 3.0, self.terminate: 4.0, self.kill_worker: 90.0,
        }  # fmt: skip
        steps = [*paces, self.report, self.hold, self.hold, self.issue, *[self.read] * 9]
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=20)
        at = self.served.address
        async with (
            httpx.AsyncClient(base_url=at, timeout=180, limits=limits, trust_env=False) as self.client,
            asyncio.TaskGroup() as everybody,
        ):
            for step in steps:
                everybody.create_task(self._repeat(step, paces[step]))

    async def _repeat(self, step: Any, pace: float) -> None:
        while time.monotonic() < self.until:
            await asyncio.sleep(min(pace * (0.5 + self.rng.random()), max(self.until - time.monotonic(), 0)))
            try:
                await step()
            except (psutil.Error, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                self.counts[f"{step.__name__}: met somebody dead"] += 1

    async def ask(self, who: str, method: str, path: str, **sent: Any) -> httpx.Response | None:
        """The answer; None where a connection broke, as it does when a worker is killed."""
        headers = {"Authorization": f"Bearer {self.place.tokens[who]}", **sent.pop("headers", {})}
        try:
            answer = await self.client.request(method, path, headers=headers, **sent)
        except httpx.TransportError:
            self.counts["broken connections"] += 1
            return None
        if answer.status_code >= 300:
            self.counts[f"{method} {path}: {answer.status_code}"] += 1
        return answer

    def one(self) -> dict[str, Any]:
        task, unit = self.rng.choice(self.work)
        at = datetime.now(UTC) - timedelta(seconds=self.rng.random() * 9_000)  # noqa: TID251
        return {"task": task, "unit": unit, "status": self.rng.choice(STATUSES), "effective_at": at.isoformat()}

    async def report(self) -> None:
        answer = await self.ask("38", "POST", "/v1/status-updates", json=self.one())
        self.counts["reports"] += answer is not None and answer.status_code == 201

    async def report_many(self) -> None:
        updates = [self.one() for _ in range(self.rng.randrange(1, 2_000))]
        answer = await self.ask("38", "POST", "/v1/status-updates/batch?mode=partial", json={"updates": updates})
        self.counts["batches"] += answer is not None and answer.status_code == 200

    async def import_file(self) -> None:
        body = await asyncio.to_thread(lambda: table(made_up(self.place, self.rows, seed=self.rng.randrange(1 << 30))))
        kind = {"Content-Type": "text/csv"}
        answer = await self.ask("38", "POST", "/v1/imports?commit=true", content=body, headers=kind)
        self.counts[f"files of {self.rows:,} rows"] += answer is not None and answer.status_code < 300

    async def rule(self) -> None:
        task, unit = self.rng.choice(self.work)
        day = datetime.now(UTC) + timedelta(days=self.rng.randrange(-60, 60))  # noqa: TID251
        path = f"/v1/assignments/{task}/{unit}"
        answer = await self.ask("an", "PATCH", path, json={"deadline": f"{day:%Y-%m-%d}"})
        self.counts["rulings"] += answer is not None and answer.status_code == 200

    async def hold(self) -> None:
        """A writer that stores at once and commits seconds later, is rolled back, or is killed."""
        connection = await self.place.connect()
        task, unit = self.rng.choice(self.work)
        try:
            await connection.execute("begin")
            await connection.execute(HOLD, "38", task, unit)
            await asyncio.sleep(self.rng.choice((0.01, 0.5, 1.5, 4)) * self.rng.random())
            # What stands and what is counted move late, so that nobody waits for the lock meanwhile.
            await connection.execute(LOCK, "38", task, unit)
            await connection.execute(STANDS, "38", task, unit)
            await connection.execute(HEARD, "38", unit)
            end = self.rng.choice(("commit", "rollback", "select pg_terminate_backend(pg_backend_pid())"))
            await connection.execute(end)
            self.counts[f"held transactions, {end}"] += 1
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError):
            self.counts["held transactions, killed"] += 1
        finally:
            connection.terminate()

    async def terminate(self) -> None:
        """Kill whoever writes."""
        connection = await self.place.connect()
        try:
            self.counts["killed writers"] += len(await connection.fetch(SOMEBODY_WRITES))
        finally:
            connection.terminate()

    async def kill_worker(self) -> None:
        """Kill one of the processes; its supervisor starts another."""
        those = [one for one in psutil.Process(self.served.pid).children() if "spawn_main" in " ".join(one.cmdline())]
        if len(those) > 1:
            self.rng.choice(those).kill()
            self.counts["killed workers"] += 1

    async def read(self) -> None:
        ahead = timedelta(milliseconds=self.rng.choice((-60_000, -3_000, -200, -1, 0, 60_000)))
        asked = datetime.now(UTC) + ahead  # noqa: TID251 - a reader's clock
        path = self.rng.choice(PATHS)
        answer = await self.ask("khach", "GET", path, params={"known_at": asked.isoformat()})
        if answer is not None and answer.status_code == 200:
            self.answers.append(Kept(path, json.loads(answer.content)["known_at"], answer.content))

    async def issue(self) -> None:
        as_of = datetime.now(UTC) - timedelta(seconds=self.rng.choice((1, 30, 7_200)))  # noqa: TID251
        answer = await self.ask("lan", "POST", "/v1/bulletins", json={"as_of": as_of.isoformat()})
        if answer is not None and answer.status_code == 201:
            self.bulletins.append(answer.json())
