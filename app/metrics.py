"""What the service counts, as Prometheus metrics: right with several workers, and after one of them has died."""

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from operator import itemgetter
from pathlib import Path

from prometheus_client import (
    REGISTRY,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
    multiprocess,
)
from prometheus_client.mmap_dict import MmapedDict

from app.settings import metrics_directory
from app.version import VERSION

ALL_DEAD = 0
"""The process whose files hold what all dead ones counted; no process has this number."""
_LATENCIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)

REQUESTS = Counter("tiendo_requests", "Answers, by route, method and status.", ("route", "method", "status"))
LATENCY = Histogram(
    "tiendo_request_duration_seconds", "From a request to the head of its answer.", ("route",), buckets=_LATENCIES
)
CACHE_HITS = Counter("tiendo_response_cache_hits", "Answers from the response cache.")
CACHE_MISSES = Counter("tiendo_response_cache_misses", "Answers that were computed for the response cache.")
BATCH_SIZES = Histogram(
    "tiendo_group_commit_reports", "Reports in one transaction of the group commit.", buckets=(1, 2, 4, 8, 16, 32, 64)
)
POOL_IN_USE = Gauge(
    "tiendo_pool_connections_in_use", "Database connections in use.", ("pool",), multiprocess_mode="livesum"
)
POOL_WAITING = Gauge(
    "tiendo_pool_waiting", "Requests that wait for a database connection.", ("pool",), multiprocess_mode="livesum"
)
REPLICA_READS = Counter(
    "tiendo_replica_reads",
    "Questions that a read replica could answer: `replica`, or the primary because it was `behind` or `lost`.",
    ("outcome",),
)
REPLICA_LAG = Gauge(
    "tiendo_replica_lag_bytes",
    "How much of the log the read replica has yet to replay; +Inf when it cannot be used, 0 without one.",
    multiprocess_mode="mostrecent",
)
STREAMS = Gauge("tiendo_event_streams", "Open event streams.", multiprocess_mode="livesum")
IMPORTS = Counter("tiendo_imports", "Files by what was done with them.", ("state",))
IMPORT_ROWS = Counter("tiendo_import_rows", "Rows of files that were sent, by outcome.", ("outcome",))
SETTLED_LAG = Gauge(
    "tiendo_settled_lag_seconds",
    "For how long the oldest writer has been open: answers with known_at reach up to its beginning.",
    multiprocess_mode="mostrecent",
)
PROJECTION_LAG = Gauge(
    "tiendo_projection_lag_seconds",
    "The age of the oldest report that is not projected; +Inf when nothing is, as after a restore.",
    multiprocess_mode="mostrecent",
)
LAST_REPORT_AGE = Gauge(
    "tiendo_last_report_age_seconds",
    "The age of a province's last report, its communes' included; +Inf when there is none.",
    ("province",),
    multiprocess_mode="mostrecent",
)
TOKENS = Gauge("tiendo_tokens", "Valid tokens by role.", ("role",), multiprocess_mode="mostrecent")
TOKENS_ENDING = Gauge(
    "tiendo_tokens_ending", "Valid tokens that expire within these days.", ("days",), multiprocess_mode="mostrecent"
)
MEASURED_AT = Gauge(
    "tiendo_measured_timestamp_seconds",
    "When the figures that come from the database were last read.",
    multiprocess_mode="max",
)
WORKERS = Gauge("tiendo_workers", "Worker processes that are alive.", multiprocess_mode="livesum")
BUILD = Gauge("tiendo_build_info", "The version that runs.", ("version",), multiprocess_mode="livemax")


def worker_started() -> None:
    WORKERS.set(1)
    BUILD.labels(VERSION).set(1)


def count_import(state: str, rows: Mapping[str, int]) -> None:
    """Count a file that was `previewed`, `committed` or `undone`, and what became of its rows."""
    IMPORTS.labels(state).inc()
    for outcome, number in rows.items():
        IMPORT_ROWS.labels(outcome).inc(number)


@lru_cache(maxsize=4096)
def counter_of(route: str, method: str, status: int) -> Callable[[float], None]:
    """What counts an answer and the seconds it took. Looking its labels up would take longer than counting."""
    requests, latency = REQUESTS.labels(route, method, str(status)), LATENCY.labels(route)

    def count(seconds: float) -> None:
        requests.inc()
        latency.observe(seconds)

    return count


class DelayedCount:
    """Counts answers in memory, to be added to the metrics at once: one by one takes a tenth of a cache hit."""

    def __init__(self, route: str, method: str, status: int) -> None:
        self._requests, self._latency = REQUESTS.labels(route, method, str(status)), LATENCY.labels(route)
        self._forget()

    def _forget(self) -> None:
        self._number, self._seconds, self._in_bucket = 0, 0.0, [0] * (len(_LATENCIES) + 1)

    def add(self, seconds: float) -> None:
        self._number += 1
        self._seconds += seconds
        self._in_bucket[bisect_left(_LATENCIES, seconds)] += 1

    def flush(self) -> None:
        """Add them to the metrics, in which prometheus_client itself knows no way to add several."""
        self._requests.inc(self._number)
        self._latency._sum.inc(self._seconds)  # noqa: SLF001
        for bucket, number in zip(self._latency._buckets, self._in_bucket, strict=True):  # noqa: SLF001
            bucket.inc(number)
        self._forget()


def exposition() -> bytes:
    """All metrics of the service in the format of Prometheus: of every worker, where there are several."""
    directory = metrics_directory()
    if directory is None:
        return generate_latest(REGISTRY)
    with _alone(Path(directory)):
        return generate_latest(of_workers(directory))


def of_workers(directory: str) -> CollectorRegistry:
    """The sum of all workers. What a dead one counted stays; what it held open is gone with it."""
    for process in _dead(Path(directory)):
        multiprocess.mark_process_dead(process, directory)  # type: ignore[no-untyped-call]
        _put_together(Path(directory), process)
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry, directory)  # type: ignore[no-untyped-call]
    return registry


@contextmanager
def _alone(directory: Path) -> Iterator[None]:
    """While nobody else reads the files of the workers, or puts those of dead ones together."""
    import fcntl  # noqa: PLC0415 - not on Windows

    with (directory / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _put_together(directory: Path, process: int) -> None:
    """Add what a dead worker counted to what all dead ones did: otherwise each would leave files for good."""
    for file in directory.glob(f"*_{process}.db"):
        kind = file.stem.rpartition("_")[0]
        whole = MmapedDict(str(directory / f"{kind}_{ALL_DEAD}.db"))  # type: ignore[no-untyped-call]
        for key, value, at, _ in MmapedDict.read_all_values_from_file(str(file)):  # type: ignore[no-untyped-call]
            before = whole.read_value(key)  # type: ignore[no-untyped-call]
            whole.write_value(key, *_together(kind, before, (value, at)))  # type: ignore[no-untyped-call]
        whole.close()  # type: ignore[no-untyped-call]
        file.unlink()


def _together(kind: str, one: tuple[float, float], other: tuple[float, float]) -> tuple[float, float]:
    """Two values of a metric, each with its time, as one."""
    if kind == "gauge_mostrecent":
        return max(one, other, key=itemgetter(1))
    return (max(one[0], other[0]) if kind == "gauge_max" else one[0] + other[0]), other[1]


def _dead(directory: Path) -> Iterator[int]:
    for process in {int(file.stem.rpartition("_")[2]) for file in directory.glob("*.db")} - {ALL_DEAD}:
        try:
            os.kill(process, 0)
        except ProcessLookupError:
            yield process
        except PermissionError:
            continue
