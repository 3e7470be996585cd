"""Other moments: as_of, known_at and the timeline, at both scales and three sizes; and writing as the history grows.

python -m benchmarks.moments [--quick] [--data DIR] [--sizes 100000 1000000 10000000]
"""

import random
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import urlencode

from benchmarks import data, reports
from benchmarks.load import Rounds, keep, pgbench, wrk
from benchmarks.options import asked
from benchmarks.stage import BenchmarkDatabase, clone, psql, serving, stage
from benchmarks.wire import Client

QUESTIONS = ("as_of", "known_at", "both", "timeline")
SIZES = (100_000, 1_000_000, 10_000_000)
TIMES = {
    ("provinces", "as_of"): 30,
    ("communes", "as_of"): 30,
    ("provinces", "known_at"): 10,
    ("provinces", "both"): 10,
}
"""How often what is quick is asked in a round, at a scale; all else once."""
TARGETS_MS = {
    ("communes", "as_of"): 15,
    ("provinces", "known_at"): 50,
    ("communes", "known_at"): 1_000,
    ("provinces", "both"): 50,
    ("communes", "both"): 1_000,
    ("provinces", "timeline"): 300,
    ("communes", "timeline"): 500,
}
"""At ten million reports."""
WARMING = 20
"""Warm-up queries, because a worker that has just started is not measured."""
CLIENTS = 8
"""Who write at the same time."""


def main() -> None:
    options = asked(__doc__, sizes=SIZES, scales=("provinces", "communes"))
    sizes, scales = (options.sizes, options.scales) if not options.quick else ((500, 1_000), ("provinces",))
    rows: list[dict[str, object]] = []
    with stage(options.data) as server:
        for scale in scales:
            for size in sizes:
                data.ensure(server, scale, size)
            with ExitStack() as stack:
                places = {
                    size: stack.enter_context(clone(server, data.name_of(scale, size), f"scratch_{size}"))
                    for size in sizes
                }
                rows += looked_back(scale, places, options) + written(scale, places, options)
    keep("moments", rows, quick=options.quick)


def looked_back(scale: str, places: dict[int, BenchmarkDatabase], options: Any) -> list[dict[str, object]]:
    """The median of fresh questions, in ms: each about another moment, so that nothing is cached.

    One service at a time, as it would be alone on its machine; each round asks all sizes the same.
    """
    rounds, chance = Rounds(), random.Random(1)
    for _ in range(options.rounds):
        asked_for = [
            (question, parameters(question, chance))
            for question in QUESTIONS
            for _ in range(TIMES.get((scale, question), 1))
        ]
        for size, place in places.items():
            with serving(place, TIENDO_STATEMENT_TIMEOUT="600") as served:
                client = Client(served.port, place.tokens["khach"])
                for path in ("/v1/progress", *(parameters("as_of", chance) for _ in range(WARMING))):
                    client.ask("GET", path)
                for question, path in asked_for:
                    rounds.add(f"{question} {size}", client.ask("GET", path)[0] * 1000)
    smallest = min(places)
    return [
        {
            "what": f"{question}, {scale}, {size:,} updates",
            "ms": rounds.median(f"{question} {size}"),
            "ratio": rounds.ratio(f"{question} {size}", f"{question} {smallest}"),
            "of": f"the same at {smallest:,}",
            "target_ms": TARGETS_MS.get((scale, question)) if size == SIZES[-1] else None,
            "target": 1.2 if (scale, question) == ("provinces", "as_of") and size == SIZES[-1] else None,
            "scale": scale,
            "question": question,
            "updates": size,
        }
        for question in QUESTIONS
        for size in places
    ]


def parameters(question: str, chance: random.Random) -> str:
    now = datetime.now(UTC)  # noqa: TID251
    then = now - timedelta(seconds=86_400 + chance.random() * 300 * 86_400)
    later = then + timedelta(days=3)
    if question == "timeline":
        month = {"step": "hour", "from": (then - timedelta(days=30)).isoformat(), "to": then.isoformat()}
        return "/v1/progress/timeline?" + urlencode(month)
    said = {
        "as_of": {"as_of": then.isoformat()},
        "known_at": {"known_at": then.isoformat()},
        "both": {"as_of": then.isoformat(), "known_at": later.isoformat()},
    }
    return "/v1/progress?" + urlencode(said[question])


def rate(address: str, script: str, seconds: float) -> float:
    return wrk(address, clients=CLIENTS, seconds=seconds, script=script).rate


def written(scale: str, places: dict[int, BenchmarkDatabase], options: Any) -> list[dict[str, Any]]:
    """One update at a time beside a long history."""
    if scale == "provinces" and not options.quick:
        return []
    rounds, level = Rounds(), data.SCALES[scale][0]
    statements = {size: reports.statement(reports.targets(place, level)) for size, place in places.items()}
    with ExitStack() as stack:
        served = {size: stack.enter_context(serving(place)) for size, place in places.items()}
        for turn in range(-1, options.rounds):
            runs: dict[str, Callable[[], float]] = {}
            for size, place in places.items():
                script = reports.load(place, seed=turn + 5)
                runs[f"write {size}"] = partial(rate, served[size].address, script, options.seconds)
                runs[f"pgbench {size}"] = partial(
                    pgbench, place, statements[size], clients=CLIENTS, seconds=options.seconds
                )
            kept = rounds if turn >= 0 else Rounds()  # the first warms up
            kept.there_and_back(runs)
            for size, place in places.items():
                kept.add(f"log {size}", logged(place, runs[f"write {size}"], options.seconds))
    smallest = min(places)
    return [
        {
            "what": f"{what}, {CLIENTS} clients, {scale}, {size:,} updates",
            "rate": rounds.median(f"{name} {size}"),
            "limit": rounds.median(f"{name} {smallest}"),
            "ratio": rounds.ratio(f"{name} {size}", f"{name} {smallest}"),
            "of": f"the same at {smallest:,}",
            "target": 0.95 if name == "write" and size == SIZES[-1] else None,
            "scale": scale,
            "question": name,
            "updates": size,
        }
        for name, what in (("write", "one update"), ("pgbench", "the same statement by pgbench"))
        for size in places
    ] + [
        {
            "what": f"log written for each update, {scale}, {size:,} updates",
            "kib": rounds.median(f"log {size}"),
            "ratio": rounds.ratio(f"log {size}", f"log {smallest}"),
            "of": f"the same at {smallest:,}",
            "scale": scale,
            "question": "log",
            "updates": size,
        }
        for size in places
    ]


def logged(place: BenchmarkDatabase, run: Callable[[], float], seconds: float) -> float:
    """KiB of the write-ahead log for each update of a run, with all that is written meanwhile."""
    before = _log(place)
    updates = run() * seconds
    return (_log(place) - before) / 1024 / updates


def _log(place: BenchmarkDatabase) -> int:
    return int(psql(place.server, "select pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::int8"))


if __name__ == "__main__":
    main()
