"""uvicorn's supervisor of worker processes, which waits for none of them, whether it died while it started or is slow.

One that has grown too large is replaced before it ends. systemd is told when all of them listen, or, where one takes
too long, when another does.
"""

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from socket import socket
from weakref import WeakKeyDictionary

from uvicorn import Config
from uvicorn.supervisors import Multiprocess
from uvicorn.supervisors.multiprocess import Process

from app.logs import log
from app.readiness import notify_ready

HANDOVER_INTERVAL = 60.0
"""Seconds between two handovers: a ceiling that is too low must not keep the service starting workers."""
PING_SECONDS = 0.1
"""How long a worker's answer is waited for at each look: one that is slow answers at a later one."""
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


class Supervisor(Multiprocess):
    """`most_memory` is in bytes, for each worker; 0: however much it takes."""

    def __init__(self, config: Config, sockets: list[socket], most_memory: int = 0) -> None:
        super().__init__(config, sockets)
        self._most_memory = most_memory
        self._next_handover = 0.0
        self._is_told = False
        self._leaving: list[Process] = []
        self._heard: WeakKeyDictionary[Process, float] = WeakKeyDictionary()

    def init_processes(self) -> None:
        """Start the workers and wait for them: uvicorn waits for the answer of a dead one as long as for a slow one."""
        super().init_processes()
        end = time.monotonic() + self.config.timeout_worker_healthcheck
        for process in self.processes:
            while process.process.is_alive() and not process.is_ready(timeout=0.5) and time.monotonic() <= end:
                time.sleep(0.1)
                self.handle_signals()
                if self.should_exit.is_set():
                    return
        self._tell_once()

    def _tell_once(self) -> None:
        """Tell systemd, if it does not know yet, that clients can connect: one worker that listens is enough."""
        if not self._is_told and any(process.is_ready(timeout=PING_SECONDS) for process in self.processes):
            notify_ready()
            self._is_told = True

    def keep_subprocess_alive(self) -> None:
        self._replace_gone()
        self._tell_once()
        self._leaving = [process for process in self._leaving if process.process.is_alive()]
        if self._most_memory and not self.should_exit.is_set() and time.monotonic() >= self._next_handover:
            grown = largest([memory_of(process.pid) for process in self.processes], self._most_memory)
            if grown is not None:
                self._hand_over(grown)

    def _replace_gone(self) -> None:
        """Have uvicorn look at those alone that are gone: it waits for the answer of each of the others.

        While it waits for one that was killed before it could give any, nobody replaces the rest.
        """
        gone = [place for place, worker in enumerate(self.processes) if self._is_gone(worker)]
        if not gone:
            return
        everyone, self.processes = self.processes, [self.processes[place] for place in gone]
        super().keep_subprocess_alive()
        for place, worker in zip(gone, self.processes, strict=True):
            everyone[place] = worker
        self.processes = everyone

    def _is_gone(self, worker: Process) -> bool:
        """Whether it has ended, or was ended here because it has not answered for too long."""
        if not worker.process.is_alive():
            return True
        now = time.monotonic()
        if worker.ping(timeout=PING_SECONDS):
            self._heard[worker] = now
        if now - self._heard.setdefault(worker, now) <= self.config.timeout_worker_healthcheck:
            return False
        log.error("a worker does not answer and is ended", silent=worker.pid)
        worker.kill()
        worker.join()
        return True

    def join_all(self) -> None:
        super().join_all()
        for process in self._leaving:
            process.join()

    def _hand_over(self, place: int) -> None:
        """Start another worker; once it answers, ask the old one to end, which lets its requests finish."""
        old, new = self.processes[place], Process(self.config, self.sockets)
        log.warning("a worker has grown too large and hands over", grown=old.pid, bytes=memory_of(old.pid))
        new.start()
        if new.wait_until_ready(self.config.timeout_worker_healthcheck, self.should_exit):
            self.processes[place] = new
            old.terminate()
            self._leaving.append(old)
        else:
            new.kill()
            new.join()
        self._next_handover = time.monotonic() + HANDOVER_INTERVAL


def largest(sizes: Sequence[int], most: int) -> int | None:
    """The place of the largest one beyond the most, if there is one."""
    place = max(range(len(sizes)), key=sizes.__getitem__)
    return place if sizes[place] > most else None


def memory_of(pid: int | None) -> int:
    """The resident bytes of a process; 0 where the system does not say."""
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE
    return 0
