"""A worker that has grown too large is replaced without a gap; one that is merely slow is left alone."""

import asyncio
import os
import signal
import time
from collections import Counter
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from app.cli import supervisor
from app.cli.supervisor import HANDOVER_INTERVAL, Supervisor, largest, memory_of
from tests.checks.listening import listening, until
from tests.conftest import Template


class Worker:
    """What a supervisor sees of a worker process."""

    gets_ready = answers = listens = True
    exitcode = -9
    made: list["Worker"]

    def __init__(self, *_: object) -> None:
        self.process = self
        self.pid = len(self.made)
        self.did: list[str] = []
        self.made.append(self)

    def is_alive(self, timeout: float = 0) -> bool:  # noqa: ARG002 - uvicorn's
        return "kill" not in self.did and "died" not in self.did

    def ping(self, timeout: float) -> bool:
        assert timeout < 1, "nobody else is looked after meanwhile"
        return self.answers

    def is_ready(self, timeout: float) -> bool:
        assert timeout < 1
        return self.answers and self.listens

    def wait_until_ready(self, *_: object) -> bool:
        self.did.append("wait")
        return self.gets_ready

    def __getattr__(self, name: str) -> Any:
        return lambda: self.did.append(name)


class Clock:
    """The supervisor's, which a test sets."""

    now = 1_000.0

    @classmethod
    def monotonic(cls) -> float:
        return cls.now


@pytest.fixture
def supervised(monkeypatch: pytest.MonkeyPatch) -> Supervisor:
    monkeypatch.setattr(Worker, "made", [], raising=False)
    monkeypatch.setattr(supervisor, "Process", Worker)
    monkeypatch.setattr("uvicorn.supervisors.multiprocess.Process", Worker)
    monkeypatch.setattr(supervisor, "memory_of", lambda pid: 2_000 if pid in (1, 2) else 500)
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    monkeypatch.setattr(supervisor, "time", Clock)
    monkeypatch.setattr(Clock, "now", 1_000.0)
    made = Supervisor(uvicorn.Config("x:y", workers=2, timeout_worker_healthcheck=60), [], 1_000)
    made.processes = [Worker(), Worker()]  # type: ignore[list-item] # what is needed of a process
    return made


def test_only_the_largest_beyond_the_ceiling_hands_over() -> None:
    assert largest([500, 1_500, 2_000], 1_000) == 2
    assert largest([500, 1_000], 1_000) is None
    assert memory_of(os.getpid()) > 10_000_000
    assert memory_of(2**30) == 0


def test_a_worker_ends_once_its_successor_answers(supervised: Supervisor) -> None:
    supervised.keep_subprocess_alive()
    _, old, new = Worker.made
    assert (old.did, new.did) == (["terminate"], ["start", "wait"])
    assert supervised.processes[1] is new  # type: ignore[comparison-overlap]
    Clock.now += HANDOVER_INTERVAL - 1
    supervised.keep_subprocess_alive()  # the successor is as large, and is left alone for a minute
    assert len(Worker.made) == 3
    for _ in range(2):  # after it hands over to one that is not
        Clock.now += HANDOVER_INTERVAL
        supervised.keep_subprocess_alive()
    assert (len(Worker.made), new.did[-1], Worker.made[3].did) == (4, "terminate", ["start", "wait"])


def test_systemd_is_told_once_although_one_worker_never_listens(
    supervised: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Otherwise it would end the service, whose other worker answers."""
    told: list[None] = []
    monkeypatch.setattr(supervisor, "notify_ready", lambda: told.append(None))
    monkeypatch.setattr(supervisor, "memory_of", lambda _: 0)
    first, second = Worker.made
    first.listens = second.listens = False
    supervised.keep_subprocess_alive()
    assert told == []
    second.listens = True
    supervised.keep_subprocess_alive()
    supervised.keep_subprocess_alive()
    assert len(told) == 1


def test_nobody_waits_for_a_worker_that_is_slow(supervised: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    """One does not answer and is left alone for a minute; the other has died and is replaced meanwhile."""
    monkeypatch.setattr(supervisor, "memory_of", lambda _: 0)
    slow, dead = Worker.made
    slow.answers = False
    dead.did.append("died")
    supervised.keep_subprocess_alive()
    assert list[object](supervised.processes) == [slow, Worker.made[2]]
    assert "kill" not in slow.did
    Clock.now += 61
    supervised.keep_subprocess_alive()
    assert "kill" in slow.did
    assert list[object](supervised.processes) == Worker.made[3:] + Worker.made[2:3]


def test_a_successor_that_does_not_answer_takes_nobodys_place(
    supervised: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Worker, "gets_ready", False)
    supervised.keep_subprocess_alive()
    _, old, new = Worker.made
    assert (old.did, new.did[-2:]) == ([], ["kill", "join"])
    assert supervised.processes[1] is old  # type: ignore[comparison-overlap]


@pytest.mark.slow
def test_a_worker_killed_while_it_starts_is_replaced_at_once(database_url: str, tmp_path: Path) -> None:
    """Both of them, so that nobody would answer for as long as it is waited for."""
    with listening(database_url, tmp_path, workers=2) as service:
        until(lambda: len(service.workers()) == 2)
        for _ in range(2):
            for pid in service.workers():
                os.kill(pid, signal.SIGKILL)
            until(lambda: len(service.workers()) == 2, 20)
            time.sleep(0.8)  # the supervisor looks every half second
        until(service.answers, 45)


@pytest.mark.slow
async def test_a_handover_fails_no_request_and_a_slow_worker_stays(
    database_url: str, template: Template, tmp_path: Path
) -> None:
    headers = {"Authorization": f"Bearer {template.tokens['khach']}"}
    statuses: Counter[int] = Counter()
    with listening(database_url, tmp_path, workers=2, max_worker_memory="1000000") as service:
        until(lambda: len(service.workers()) >= 2)
        before, end = set(service.workers()), time.monotonic() + 60
        while len(before - set(service.workers())) == 0 and time.monotonic() < end:
            async with httpx.AsyncClient(base_url=service.url, headers=headers, timeout=30) as client:
                statuses[(await client.get("/v1/progress")).status_code] += 1
        assert len(before - set(service.workers())) == 1
        assert set(statuses) == {200}
        until(lambda: len(service.workers()) == 2)
        slow = service.workers()[0]
        os.kill(slow, signal.SIGSTOP)
        await asyncio.sleep(4)
        os.kill(slow, signal.SIGCONT)
        await asyncio.sleep(1)
        assert slow in service.workers()
        assert "hands over" in service.log.read_text()
