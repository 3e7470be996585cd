"""Metrics on a port of their own, for the machine itself: a thread of the process that starts the workers."""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST

from app.logs import log
from app.metrics import exposition
from app.settings import share_metrics

ADDRESS = "127.0.0.1"
IN_MEMORY = "/dev/shm"  # noqa: S108 - a directory of its own is made in it
"""Workers count in files that are a part of their memory: on a disk that is full, counting would end them (SIGBUS)."""


class MetricsPortTaken(RuntimeError):
    def __init__(self, port: int, why: str) -> None:
        super().__init__(f"TIENDO_METRICS_PORT: {ADDRESS}:{port} cannot be listened on: {why}")


class NoPlaceForMetrics(RuntimeError):
    def __init__(self, why: str) -> None:
        super().__init__(
            f"there is no directory in which the workers could count: {why}: {IN_MEMORY} or /tmp is needed"
        )


@contextmanager
def metrics_shared(workers: int) -> Iterator[None]:
    """Let several workers count into one directory, as long as they run. One worker counts in its memory.

    Raises:
        NoPlaceForMetrics: it cannot be made.

    """
    if workers == 1:
        yield
        return
    try:
        directory = tempfile.mkdtemp(prefix="tiendo-metrics-", dir=IN_MEMORY if os.access(IN_MEMORY, os.W_OK) else None)
    except OSError as error:
        raise NoPlaceForMetrics(error.strerror or str(error)) from None
    share_metrics(directory)
    try:
        yield
    finally:
        shutil.rmtree(directory, ignore_errors=True)


@contextmanager
def metrics_served(port: int | None) -> Iterator[None]:
    """Answer Prometheus on a port of the loopback address, where there is one.

    Raises:
        MetricsPortTaken: something else listens there.

    """
    if port is None:
        yield
        return
    try:
        server = _Server((ADDRESS, port), _Metrics)
    except OSError as error:
        raise MetricsPortTaken(port, error.strerror or str(error)) from None
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002 - the standard library's
        """One line, where it would print a traceback; a client that has left is no error."""
        if not isinstance(error := sys.exc_info()[1], ConnectionError | TimeoutError):
            log.error("the metrics could not be answered", why=repr(error))


class _Metrics(BaseHTTPRequestHandler):
    timeout = 10

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        body = exposition()
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPE_LATEST)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        """Every quarter of a minute the same line would say nothing."""
