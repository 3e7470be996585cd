"""The drills by name. Each is one line of docs/reliability.md and has a short form in the suite."""

from collections.abc import Awaitable, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.drills import crash, silence
from tests.drills.figures import Figure
from tests.drills.ground import Ground


@contextmanager
def anywhere() -> Iterator[Path | None]:
    yield None


@dataclass(frozen=True)
class Drill:
    """What is done, and where: some need a file system of their own."""

    run: Callable[[Ground], Awaitable[Figure]]
    place: Callable[[], AbstractContextManager[Path | None]] = anywhere


DRILLS: dict[str, Drill] = {
    "workers": Drill(crash.workers_killed),
    "ending": Drill(crash.ended_politely),
    "postgresql": Drill(crash.postgresql_killed),
    "leaving": Drill(crash.clients_that_leave),
    "stopped": Drill(silence.processes_stopped),
    "silent": Drill(silence.packets_dropped),
}
