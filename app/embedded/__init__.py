"""The PostgreSQL that comes with the package: started by the first process that needs it, stopped by the last."""

import logging
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.embedded.account import EmbeddedUnavailable
from app.embedded.files import data_directory
from app.embedded.options import CONNECTIONS
from app.embedded.server import Embedded

__all__ = ["CONNECTIONS", "Embedded", "EmbeddedUnavailable", "keep_alive", "running"]

_log = logging.getLogger(__name__)


@contextmanager
def running(data_dir: Path, *, durable: bool = True, connections: int = CONNECTIONS) -> Iterator[Embedded]:
    """A PostgreSQL with its data under `data_dir`, shared with every other process that asks for the same.

    `durable=False` trades the safety of the data for speed: for tests alone. `connections` is how many it has to take.
    Raises EmbeddedUnavailable.
    """
    embedded = Embedded(data_directory(data_dir), durable=durable, connections=connections)
    with embedded.used():
        yield embedded


@contextmanager
def keep_alive(embedded: Embedded, *, every: float = 0.5) -> Iterator[None]:
    """Restart PostgreSQL whenever it dies during the block."""
    over = threading.Event()
    watch = threading.Thread(target=_watch, args=(embedded, over, every), name="keep-postgresql-alive", daemon=True)
    watch.start()
    try:
        yield
    finally:
        over.set()
        watch.join()


def _watch(embedded: Embedded, over: threading.Event, every: float) -> None:
    while not over.wait(every):
        try:
            if not embedded.alive():
                _log.warning("PostgreSQL has died: starting it again")
                embedded.ensure()
        except (EmbeddedUnavailable, OSError, subprocess.SubprocessError):  # no file handle left, for one
            _log.exception("PostgreSQL could not be watched or started again: another try follows")
