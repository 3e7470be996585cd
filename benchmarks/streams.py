"""Event streams: the cost of a thousand of them, and the time until the last one receives an event.

python -m benchmarks.streams [--quick] [--data DIR]
"""

import json
import time
from typing import Any

from benchmarks.listening import listeners
from benchmarks.load import Rounds, keep
from benchmarks.options import asked
from benchmarks.read import demo
from benchmarks.stage import BenchmarkDatabase, clone, serving, stage
from benchmarks.wire import Client, Memory


def main() -> None:
    options = asked(__doc__)
    count, rounds = 20 if options.quick else 1000, Rounds()
    with stage(options.data) as server, clone(server, demo(server)) as place:
        for _ in range(options.rounds):
            heard(rounds, place, count, writes=2 if options.quick else 10)
    keep("streams", table(rounds, count), quick=options.quick)


def heard(rounds: Rounds, place: BenchmarkDatabase, count: int, writes: int) -> None:
    """A new service each round, so that caches of earlier streams do not count."""
    with serving(place) as served:
        client = Client(served.port, place.tokens["38"])
        report(client, 0)
        with listeners(served.port, place.tokens["khach"], 10):
            time.sleep(0.5)
        before = Memory(served.pid).now()
        with listeners(served.port, place.tokens["khach"], count) as process:
            time.sleep(1)
            rounds.add("KiB a stream", (Memory(served.pid).now() - before) * 1024 / count)
            for number in range(writes):
                time.sleep(0.5)
                said = asked_to_write(process, place, number)
                rounds.add("first, ms", said["first_ms"])
                rounds.add("last, ms", said["last_ms"])
            rounds.add("KiB a stream, after events", (Memory(served.pid).now() - before) * 1024 / count)


def report(client: Client, number: int) -> None:
    client.ask("POST", "/v1/status-updates", body(number).encode())


def body(number: int) -> str:
    return json.dumps({"task": "hotlines", "unit": "38", "status": ("completed", "in_progress")[number % 2]})


def asked_to_write(process: Any, place: BenchmarkDatabase, number: int) -> dict[str, float]:
    process.stdin.write(f"POST {place.tokens['38']} {body(number)}\n")
    process.stdin.flush()
    return dict(json.loads(process.stdout.readline()))


def table(rounds: Rounds, count: int) -> list[dict[str, object]]:
    return [
        {"what": f"memory a stream, {count:,} open", "kib": rounds.median("KiB a stream"), "target_kib": 12},
        {"what": f"memory a stream after events, {count:,} open", "kib": rounds.median("KiB a stream, after events")},
        {"what": f"event at the first of {count:,} clients after the write's answer", "ms": rounds.median("first, ms")},
        {
            "what": f"event at the last of {count:,} clients after the write's answer",
            "ms": rounds.median("last, ms"),
            "target_ms": 50,
        },
    ]


if __name__ == "__main__":
    main()
