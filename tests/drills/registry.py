"""The drills by name. Each is one line of docs/reliability.md and has a short form in the suite."""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.drills import suites
from tests.drills.crowds import greedy, nonsense, streams
from tests.drills.faults import crash, disk, silence
from tests.drills.figures import Figure
from tests.drills.ground import Ground


@contextmanager
def anywhere() -> Iterator[Path | None]:
    yield None


@dataclass(frozen=True)
class Drill:
    """What is done, and where: some need a file system of their own."""

    run: Callable[[Ground], Coroutine[Any, Any, Figure]]
    place: Callable[[], AbstractContextManager[Path | None]] = anywhere


DRILLS: dict[str, Drill] = {
    "workers": Drill(crash.workers_killed),
    "ending": Drill(crash.ended_politely),
    "postgresql": Drill(crash.postgresql_killed),
    "leaving": Drill(crash.clients_that_leave),
    "stopped": Drill(silence.processes_stopped),
    "silent": Drill(silence.packets_dropped),
    "disk": Drill(disk.disk_full, disk.small_disk),
    "streams": Drill(streams.thousand_streams),
    "slow": Drill(streams.slow_senders),
    "greedy": Drill(greedy.one_token),
    "nonsense": Drill(nonsense.nonsense),
    "claims": Drill(suites.claims),
    "slow-way": Drill(suites.without_fast_paths),
}
