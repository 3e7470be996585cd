"""A plain client over one keep-alive connection, and a probe that measures other clients' latency during large work."""

import http.client
import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Self

import psutil


class Client:
    """One kept connection with a token."""

    def __init__(self, port: int, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=3600)
        self._token = token
        self._asked = time.monotonic()

    def ask(
        self, method: str, path: str, body: bytes | None = None, kind: str = "application/json", **headers: str
    ) -> tuple[float, bytes]:
        """Seconds it took, and the answer; anything but success ends the benchmark."""
        sent = {"Authorization": f"Bearer {self._token}", **headers}
        if body is not None:
            sent["Content-Type"] = kind
        if time.monotonic() - self._asked > 30:  # the service closes a connection that is idle for a minute
            self._connection.close()
        began = time.perf_counter()
        self._connection.request(method, path, body, sent)
        answer = self._connection.getresponse()
        said = answer.read()
        took = time.perf_counter() - began
        self._asked = time.monotonic()
        if answer.status >= 300:
            raise RuntimeError(f"{method} {path}: {answer.status} {said[:500]!r}")
        return took, said


class Memory:
    """The resident memory of a process and its children, looked at 50 times a second: in MiB."""

    def __init__(self, pid: int) -> None:
        self._process = psutil.Process(pid)
        self._over = threading.Event()
        self.before = self.now()
        self.peak = self.before

    def now(self) -> float:
        those = [self._process, *self._process.children(recursive=True)]
        resident: int = sum(one.memory_info().rss for one in those)
        return resident / 2**20

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.02):
            self.peak = max(self.peak, self.now())


@contextmanager
def probing(port: int, writers: dict[str, tuple[str, dict[str, Any]]]) -> Iterator[dict[str, float]]:
    """Meanwhile another process reads progress and reports, 20 times a second each; the p99 in ms are filled in.

    `writers`: by a name the token of whoever reports and the report.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.wire", str(port), json.dumps(writers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parent.parent,
    )
    assert process.stdout
    assert process.stdout.readline() == "ready\n"
    found: dict[str, float] = {}
    yield found
    said, _ = process.communicate("stop\n")
    found.update(json.loads(said))


def _probe(port: int, writers: dict[str, tuple[str, dict[str, Any]]]) -> None:
    questions: dict[str, Callable[[], tuple[float, bytes]]] = {}
    for name, (token, body) in writers.items():
        report = partial(Client(port, token).ask, "POST", "/v1/status-updates", json.dumps(body).encode())
        questions[f"write_{name}"] = report
        questions.setdefault("read", partial(Client(port, token).ask, "GET", "/v1/progress"))
    over, took = threading.Event(), {name: [ask()[0]] for name, ask in questions.items()}
    threads = [threading.Thread(target=_ask_again, args=(ask, took[name], over)) for name, ask in questions.items()]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    over.set()
    for thread in threads:
        thread.join()
    print(json.dumps({f"{name}_p99_ms": p99(those[1:]) * 1000 for name, those in took.items()}), flush=True)


def _ask_again(ask: Callable[[], tuple[float, bytes]], took: list[float], over: threading.Event) -> None:
    while not over.wait(0.05):
        took.append(ask()[0])


def p99(those: list[float]) -> float:
    return sorted(those)[int(len(those) * 0.99)] if those else 0.0


if __name__ == "__main__":
    _probe(int(sys.argv[1]), json.loads(sys.argv[2]))
