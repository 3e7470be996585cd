"""Metrics on a port of their own, for the machine itself: a thread of the process that starts the workers."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from prometheus_client import CONTENT_TYPE_LATEST

from app.metrics import exposition
from app.settings import share_metrics

ADDRESS = "127.0.0.1"


class MetricsPortTaken(RuntimeError):
    def __init__(self, port: int, why: str) -> None:
        super().__init__(f"TIENDO_METRICS_PORT: {ADDRESS}:{port} cannot be listened on: {why}")


@contextmanager
def metrics_shared(workers: int) -> Iterator[None]:
    """Let several workers count into one directory, as long as they run. One worker counts in its memory."""
    if workers == 1:
        yield
        return
    directory = tempfile.mkdtemp(prefix="tiendo-metrics-")
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
        server = ThreadingHTTPServer((ADDRESS, port), _Metrics)
    except OSError as error:
        raise MetricsPortTaken(port, error.strerror or str(error)) from None
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="metrics", daemon=True).start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()


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
