"""Reading: cache hits, checked at every request, beside a bare ASGI callable with the same bytes.

python -m benchmarks.read [--quick] [--data DIR]
"""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

from app.embedded import Embedded
from benchmarks import data, reports
from benchmarks.load import Rounds, keep, pgbench, rate_of, start_pgbench, start_wrk, wrk
from benchmarks.options import asked
from benchmarks.stage import BenchmarkDatabase, Served, bare, clone, exists, fresh, serving, stage

PATHS = {
    "progress": "/v1/progress",
    "dashboard": "/v1/progress/dashboard",
    "provinces": "/v1/progress/provinces",
    "matrix": "/v1/progress/matrix",
}
CASES = [(name, 200, 1) for name in PATHS] + [("progress", 304, 1), ("progress", 200, 2), ("progress", 304, 2)]


def main() -> None:
    options = asked(__doc__)
    rows: list[dict[str, object]] = []
    with stage(options.data) as server:
        names = {"34 provinces": demo(server)}
        full = 100_000 if not options.quick else 2_000
        names["166,050 assignments"] = data.ensure(server, "provinces" if options.quick else "communes", full)
        with clone(server, names["34 provinces"]) as place:
            rows += idle(place, options)
        for scale, name in names.items():
            with clone(server, name) as place:
                level = "province" if scale == "34 provinces" or options.quick else "commune"
                rows += while_written(place, scale, level, options)
    keep("read", rows, quick=options.quick)


def demo(server: Embedded) -> str:
    if not exists(server, "demo"):
        fresh(server, "demo", demo=True)
    return "demo"


def idle(place: BenchmarkDatabase, options: Any) -> list[dict[str, object]]:
    rounds, headers = Rounds(), {"Authorization": f"Bearer {place.tokens['khach']}"}
    asking = {"BARE_ASKS": "select pg_current_snapshot()::text", "BARE_DATABASE": json.dumps(place.arguments)}
    for workers in (1, 2):
        with ExitStack() as stack:
            served = stack.enter_context(serving(place, workers))
            cases = [(name, status) for name, status, those in CASES if those == workers]
            limits = {name: stack.enter_context(limit_of(served, PATHS[name], headers, workers)) for name, _ in cases}
            checked = stack.enter_context(limit_of(served, PATHS["progress"], headers, workers, **asking))
            for _ in range(options.rounds):
                for name, status in cases:
                    those = {"": served, " bare": limits[name]} | ({" checked": checked} if name == "progress" else {})
                    measure(rounds, f"{name} {status} {workers}", those, PATHS[name], headers, options)
    return [
        {
            "what": f"the least that is checked: {status}, {workers} worker{'s' if workers > 1 else ''}",
            "rate": rounds.median(f"{name} {status} {workers} checked"),
            "limit": rounds.median(f"{name} {status} {workers} bare"),
            "ratio": rounds.ratio(f"{name} {status} {workers} checked", f"{name} {status} {workers} bare"),
            "of": "the bare callable, when it asks PostgreSQL as seldom as it may",
        }
        for name, status, workers in CASES
        if name == "progress"
    ] + [
        {
            "what": f"{name} {status}, {workers} worker{'s' if workers > 1 else ''}",
            "rate": rounds.median(f"{name} {status} {workers}"),
            "limit": rounds.median(f"{name} {status} {workers} bare"),
            "ratio": rounds.ratio(f"{name} {status} {workers}", f"{name} {status} {workers} bare"),
            "of": "a bare ASGI callable with the same bytes",
            "target": 0.8,
        }
        for name, status, workers in CASES
    ]


def measure(
    rounds: Rounds, name: str, those: dict[str, Served], path: str, headers: dict[str, str], options: Any
) -> None:
    status = int(name.split()[1])
    sent = dict(headers)
    if status == 304:
        sent["If-None-Match"] = read(those[""], path, headers)[1]["etag"]
    runs = {}
    for who, where in those.items():
        found, answer = read(where, path, sent)[0], f"{where.address}{path}"
        assert found == status, f"{answer} answered {found}"
        runs[name + who] = partial(rate, answer, sent, options.seconds)
    rounds.there_and_back(runs)


def rate(url: str, headers: dict[str, str], seconds: float) -> float:
    return wrk(url, seconds=seconds, headers=headers).rate


def read(served: Served, path: str, headers: dict[str, str]) -> tuple[int, dict[str, str], bytes]:
    request = urllib.request.Request(served.address + path, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, {k.lower(): v for k, v in answer.headers.items()}, answer.read()
    except urllib.error.HTTPError as refusal:
        if refusal.code != 304:
            raise
        return 304, {k.lower(): v for k, v in refusal.headers.items()}, b""


@contextmanager
def limit_of(served: Served, path: str, headers: dict[str, str], workers: int, **environment: str) -> Iterator[Served]:
    """A bare callable that returns the service's bytes at that path."""
    read(served, path, headers)  # the first answer fills the cache of a worker
    said = {}
    tag = read(served, path, headers)[1]["etag"]
    for status, sent in ((200, headers), (304, {**headers, "If-None-Match": tag})):
        _, head, body = read(served, path, sent)
        kept = [(name, value) for name, value in head.items() if name not in ("date", "connection")]
        said[status] = {"headers": kept, "body": body.decode("latin-1")}
    with bare(BARE_ANSWERS=json.dumps(said), BARE_WORKERS=str(workers), **environment) as limit:
        yield limit


def while_written(place: BenchmarkDatabase, scale: str, level: str, options: Any) -> list[dict[str, object]]:
    """Reading while others write a thousand updates a second: through another worker, and through the same one."""
    count, rounds = reports.targets(place, level), Rounds()
    headers = {"Authorization": f"Bearer {place.tokens['khach']}"}
    url = PATHS["progress"]
    seconds = options.seconds
    with serving(place) as served, limit_of(served, url, headers, 1) as limit:
        pgbench(place, reports.statement(count), clients=4, seconds=min(1, seconds), rate=200)
        wrk(served.address + url, seconds=min(1, seconds), headers=headers)
        for turn in range(options.rounds):
            rounds.add(f"{scale}: bare, idle", wrk(limit.address + url, seconds=seconds, headers=headers).rate)
            beside = start_pgbench(place, reports.statement(count), clients=4, seconds=longer(seconds), rate=1000)
            rounds.add(f"{scale}: bare, written elsewhere", after_a_moment(limit, url, headers, seconds))
            rate_of(beside)
            elsewhere = start_pgbench(place, reports.statement(count), clients=4, seconds=longer(seconds), rate=1000)
            rounds.add(f"{scale}: written elsewhere", after_a_moment(served, url, headers, seconds))
            rounds.add(f"{scale}: written elsewhere, updates/s", rate_of(elsewhere))
            script = reports.load(place, seed=turn, pause=18)
            here = start_wrk(served.address, script, clients=20, seconds=longer(seconds))
            rounds.add(f"{scale}: written here", after_a_moment(served, url, headers, seconds))
            rounds.add(f"{scale}: written here, updates/s", rate_of(here))
    target = 0.7 if scale == "34 provinces" else 0.6
    bare_under, bare_idle = f"{scale}: bare, written elsewhere", f"{scale}: bare, idle"
    machine = {
        "what": f"bare callable under the same updates, {scale}",
        "rate": rounds.median(bare_under),
        "limit": rounds.median(bare_idle),
        "ratio": rounds.ratio(bare_under, bare_idle),
        "of": "the same, idle",
        "target": None,
    }
    return [machine] + [
        {
            "what": f"progress 200 under updates written {where}, {scale}",
            "rate": rounds.median(f"{scale}: written {where}"),
            "limit": rounds.median(bare_under),
            "ratio": rounds.ratio(f"{scale}: written {where}", bare_under),
            "of": "the bare callable under the same updates",
            "target": target,
            "updates_per_second": rounds.median(f"{scale}: written {where}, updates/s"),
        }
        for where in ("elsewhere", "here")
    ]


def longer(seconds: float) -> float:
    """How long others write, so that they still do when the reading is over."""
    return seconds + 2 if seconds >= 1 else 4 * seconds


def after_a_moment(served: Served, path: str, headers: dict[str, str], seconds: float) -> float:
    time.sleep(min(1, seconds))
    return wrk(served.address + path, seconds=seconds, headers=headers).rate


if __name__ == "__main__":
    main()
