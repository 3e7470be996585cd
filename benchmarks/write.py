"""Writing: one durable idempotent update a request, beside pgbench running the very same statement.

python -m benchmarks.write [--quick] [--data DIR]
"""

import json
import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import psutil

from benchmarks import data, reports
from benchmarks.listening import listeners
from benchmarks.load import Rounds, as_service, keep, pgbench, wrk
from benchmarks.options import asked
from benchmarks.stage import BenchmarkDatabase, Served, bare, clone, psql, serving, stage

TARGETS = {(1, 1): 0.5, (8, 1): 1, (32, 1): 1.3, (32, 2): 1.3}
"""By clients and workers."""


def main() -> None:
    options = asked(__doc__)
    scale, size = ("provinces", 2_000) if options.quick else ("communes", 100_000)
    with stage(options.data) as server, clone(server, data.ensure(server, scale, size)) as place:
        rows = measured(place, "province" if options.quick else "commune", options)
    keep("write", rows, quick=options.quick)


def measured(place: BenchmarkDatabase, level: str, options: Any) -> list[dict[str, object]]:
    """One worker, then two: a service that only stands by would be woken by each report that the other stores."""
    count, rounds = reports.targets(place, level), Rounds()
    everywhere = reports.load(place, seed=1)
    with ExitStack() as stack:
        least = stack.enter_context(bare(**writing(place, count)))
        for workers in (1, 2):
            with serving(place, workers) as served:
                for warmed in (served, least):
                    rate(warmed, everywhere, 8, min(2, options.seconds))
                pgbench(place, reports.statement(count), clients=8, seconds=min(2, options.seconds))
                for _ in range(options.rounds):
                    beside_pgbench(rounds, place, count, workers, {workers: served, 0: least}, options.seconds)
                    if workers == 1:
                        costing(rounds, place, served, least, options.seconds)
                        crowded(rounds, place, served, options.seconds)
    return table(rounds)


def writing(place: BenchmarkDatabase, count: int) -> dict[str, str]:
    """What makes the bare callable store a random report for each request, whatever the request says."""
    return {
        "BARE_WRITES": reports.about("i = $1::int", "[$2::int]"),
        "BARE_TARGETS": str(count),
        "BARE_DATABASE": json.dumps({**place.arguments, "server_settings": as_service()}),
        "BARE_ANSWERS": json.dumps({"200": {"headers": [["content-length", "330"]], "body": "{" * 330}}),
    }


def beside_pgbench(
    rounds: Rounds, place: BenchmarkDatabase, count: int, workers: int, served: dict[int, Served], seconds: float
) -> None:
    """The service, pgbench, and for one client the least that HTTP costs, in turn."""
    psql(place.server, "checkpoint")
    everywhere, statement = reports.load(place, seed=1), reports.statement(count)
    for clients in (clients for clients, those in TARGETS if those == workers):
        runs: dict[str, Callable[[], float]] = {
            f"{clients} clients, {workers}": partial(rate, served[workers], everywhere, clients, seconds),
            f"{clients} clients, {workers}, pgbench": partial(
                pgbench, place, statement, clients=clients, seconds=seconds
            ),
        }
        if clients == 1:
            runs["least"] = partial(rate, served[0], everywhere, 1, seconds)
        # Alone, each step waits for a core to wake: no two runs are alike.
        for _ in range(3 if clients == 1 and seconds >= 1 else 1):
            rounds.there_and_back(runs)


def costing(rounds: Rounds, place: BenchmarkDatabase, served: Served, least: Served, seconds: float) -> None:
    """What an update costs the worker: alone, when it has to be woken for each step, and in a crowd."""
    everywhere = reports.load(place, seed=1)
    rounds.there_and_back(
        {
            "CPU, 1 client": partial(cost, served, everywhere, 1, seconds),
            "CPU, 1 client, least": partial(cost, least, everywhere, 1, seconds),
            "CPU, 32 clients": partial(cost, served, everywhere, 32, seconds),
        }
    )


def crowded(rounds: Rounds, place: BenchmarkDatabase, served: Served, seconds: float) -> None:
    """Everybody at one province, at one assignment, and while a thousand listen."""
    rounds.add("one province's token", rate(served, reports.load(place, seed=2, province="38"), 32, seconds))
    the_one = reports.load(place, seed=3, one=True)
    rounds.add("one assignment", stored_by(place, partial(rate, served, the_one, 32, seconds)))
    rounds.add(
        "one assignment, pgbench",
        stored_by(place, partial(pgbench, place, reports.statement(1), clients=32, seconds=seconds)),
    )
    with listeners(served.port, place.tokens["khach"], 1000):
        rounds.add("1,000 listening", rate(served, reports.load(place, seed=1), 32, seconds))


def rate(served: Served, script: str, clients: int, seconds: float) -> float:
    return wrk(served.address, clients=clients, seconds=seconds, script=script).rate


def cost(served: Served, script: str, clients: int, seconds: float) -> float:
    """Microseconds of the one worker's CPU for each update."""
    worker = psutil.Process(served.pid)
    before = _cpu_seconds(worker)
    updates = rate(served, script, clients, seconds) * seconds
    return (_cpu_seconds(worker) - before) / updates * 1e6


def _cpu_seconds(process: psutil.Process) -> float:
    spent = process.cpu_times()
    return float(spent.user + spent.system)


def stored_by(place: BenchmarkDatabase, run: Any) -> float:
    """Rows a second that came into the history: an answer that stored nothing doesn't count."""
    before, began = reports.stored(place), time.monotonic()
    run()
    took = time.monotonic() - began
    return (reports.stored(place) - before) / took


def table(rounds: Rounds) -> list[dict[str, object]]:
    rows = [
        row(
            rounds,
            f"{clients} clients, {workers}",
            f"{clients} clients, {workers}, pgbench",
            target,
            f"one update, {clients} client{'s' if clients > 1 else ''}, {workers} worker{'s' if workers > 1 else ''}",
        )
        for (clients, workers), target in TARGETS.items()
    ]
    rows.append(
        row(rounds, "least", "1 clients, 1, pgbench", None, "a bare callable with the same statement, 1 client")
    )
    rows.append(
        row(rounds, "one province's token", "32 clients, 1, pgbench", None, "the same, 32 clients of one province")
    )
    rows.append(row(rounds, "one assignment", "one assignment, pgbench", None, "32 clients on one assignment (stored)"))
    rows.append(
        row(
            rounds,
            "1,000 listening",
            "32 clients, 1",
            None,
            "32 clients with 1,000 event streams open",
            of="the same without listeners",
        )
    )
    alone = "CPU, 1 client"
    rows += [
        {
            "what": what,
            "us": rounds.median(name),
            "ratio": rounds.ratio(name, limit),
            "of": of,
        }
        for what, name, limit, of in (
            ("the worker's CPU for one update, 1 client", alone, f"{alone}, least", "the bare callable's"),
            ("the worker's CPU for one update, 32 clients", "CPU, 32 clients", alone, "the same with 1 client"),
        )
    ]
    return rows


def row(
    rounds: Rounds, name: str, limit: str, target: float | None, what: str, of: str = "pgbench, same statement"
) -> dict[str, object]:
    return {
        "what": what,
        "rate": rounds.median(name),
        "limit": rounds.median(limit),
        "ratio": rounds.ratio(name, limit),
        "of": of,
        "target": target,
    }


if __name__ == "__main__":
    main()
