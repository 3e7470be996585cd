"""Peers: the same answer and the same write by Django REST Framework and by the full-stack-template way, both ours.

    python -m benchmarks.beside --python VENV/bin/python [--quick] [--data DIR]

VENV has benchmarks/requirements.txt installed.
"""

import json
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from benchmarks import reports, stage
from benchmarks.load import Rounds, keep, pgbench, wrk
from benchmarks.options import asked
from benchmarks.read import demo, read
from benchmarks.stage import BenchmarkDatabase, Served

WORKERS = 2
PEERS = {
    "Django REST Framework": (
        "-m",
        "gunicorn",
        "benchmarks.peers.drf.wsgi",
        "-k",
        "gthread",
        "-w",
        str(WORKERS),
        "--threads",
        "8",
        "--keep-alive",
        "65",
        "--log-level",
        "error",
        "-b",
        "127.0.0.1:{port}",
    ),
    "full-stack template": (
        "-m",
        "uvicorn",
        "benchmarks.peers.template.main:app",
        "--workers",
        str(WORKERS),
        "--no-access-log",
        "--log-level",
        "error",
        "--port",
        "{port}",
    ),
}


def main() -> None:
    options = asked(__doc__, python=("python3",))
    rounds = Rounds()
    with stage.stage(options.data) as server, stage.clone(server, demo(server)) as place:
        statement = reports.statement(reports.targets(place, "province"))
        with ExitStack() as stack:
            served = {"ours": stack.enter_context(stage.serving(place, WORKERS))}
            for name in PEERS:
                served[name] = stack.enter_context(peer(name, place, options.python[0]))
            same_answers(served, place)
            a_round(
                Rounds(), served, place, -1, 3
            )  # warm up: every worker has authenticated every token, every thread has its connection
            for turn in range(options.rounds):
                a_round(rounds, served, place, turn, max(6, options.seconds))  # the slowest peer needs seconds for one
                rounds.add("pgbench", pgbench(place, statement, clients=32, seconds=options.seconds))
    keep("beside", table(rounds), quick=options.quick)


@contextmanager
def peer(name: str, place: BenchmarkDatabase, python: str) -> Iterator[Served]:
    where = {"PEER_DATABASE": place.name, "PEER_SOCKET": place.socket}
    with stage.process((str(Path(python).absolute()), *PEERS[name]), where, "/v1/progress") as served:
        yield served


def same_answers(served: dict[str, Served], place: BenchmarkDatabase) -> None:
    """Whether all answers agree, except for the moment and the wording of the statement."""
    said = {}
    for name, where in served.items():
        _, _, body = read(where, "/v1/progress", {"Authorization": f"Bearer {place.tokens['khach']}"})
        answer = json.loads(body)
        answer.pop("as_of")
        for line in answer["categories"]:
            line.pop("statement")
            line["missing"] = sorted(line["missing"])
        said[name] = answer
    for name, answer in said.items():
        assert answer == said["ours"], f"{name} answers something else"


def a_round(rounds: Rounds, served: dict[str, Served], place: BenchmarkDatabase, turn: int, seconds: float) -> None:
    headers = {"Authorization": f"Bearer {place.tokens['khach']}"}
    for name, where in served.items():
        rounds.add(f"{name}: read", wrk(f"{where.address}/v1/progress", seconds=seconds, headers=headers).rate)
        until_at_rest(where)
    for name, where in served.items():
        script = reports.load(place, seed=turn)
        rounds.add(f"{name}: write", wrk(where.address, seconds=seconds, script=script).rate)
        until_at_rest(where)


def until_at_rest(served: Served) -> None:
    """Wait until a service is idle: work for clients that disconnected would count against the next one."""
    root = psutil.Process(served.pid)
    those = [root, *root.children(recursive=True)]
    before, rests = 0.0, 0
    while rests < 2:
        time.sleep(0.5)
        now = sum(sum(one.cpu_times()[:2]) for one in those)
        rests = rests + 1 if now - before < 0.05 else 0
        before = now


def table(rounds: Rounds) -> list[dict[str, object]]:
    return [
        {
            "what": f"{what} beside {name}, 32 clients, {WORKERS} workers",
            "rate": rounds.median(f"ours: {what}"),
            "limit": rounds.median(f"{name}: {what}"),
            "ratio": rounds.ratio(f"ours: {what}", f"{name}: {what}"),
            "of": f"{name}, as an ordinary engineer writes it (ours)",
            "target": target,
        }
        for what, target in (("read", 100), ("write", 20))
        for name in PEERS
    ] + [
        {
            "what": "pgbench with the service's statement beside Django REST Framework, 32 clients",
            "rate": rounds.median("pgbench"),
            "limit": rounds.median("Django REST Framework: write"),
            "ratio": rounds.ratio("pgbench", "Django REST Framework: write"),
            "of": "the same: what writing each for itself, without HTTP, reaches",
        }
    ]


if __name__ == "__main__":
    main()
