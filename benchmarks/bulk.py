"""Many rows: 100,000 over HTTP, checked, stored and counted, beside COPY of the same rows into the bare history table.

python -m benchmarks.bulk [--quick] [--data DIR]
"""

import asyncio
import csv
import io
import json
import random
import time
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks import data
from benchmarks.load import Rounds, keep
from benchmarks.options import asked
from benchmarks.stage import BenchmarkDatabase, Served, clone, psql, serving, stage
from benchmarks.wire import Client, Memory, probing

PROVINCE = "38"
FIELDS = ("task", "unit", "status", "effective_at", "note")
ELSEWHERE = "40"
LEFT_ALONE = "task = 'year-01'"
UNTOUCHED = f"select task, unit from assignment where owner = '{{owner}}' and {LEFT_ALONE} order by unit limit 1"
WAYS = ("batch", "ndjson", "csv")


def main() -> None:
    options = asked(__doc__)
    scale, size, count = ("provinces", 2_000, 200) if options.quick else ("communes", 100_000, 100_000)
    rounds = Rounds()
    with stage(options.data) as server, clone(server, data.ensure(server, scale, size)) as place:
        psql(server, "create table copied (like status_update including all)", place.name)
        with serving(place) as served:
            for turn in range(options.rounds):
                a_round(rounds, place, served, count, turn)
        differ = asyncio.run(data.verified(place.url)) if options.quick else None
        assert not differ, f"{differ} stored figures differ from the history"
    keep("bulk", [row(rounds, way, count) for way in WAYS], quick=options.quick)


def a_round(rounds: Rounds, place: BenchmarkDatabase, served: Served, count: int, turn: int) -> None:
    for way in WAYS:
        reports = made_up(place, count, seed=turn * 10 + WAYS.index(way))
        psql(place.server, "checkpoint")
        rounds.add(f"{way}: COPY", count / asyncio.run(copied(place, reports)))
        with probing(served.port, others(place, reports)) as felt, Memory(served.pid) as memory:
            rounds.add(way, count / sent(way, Client(served.port, place.tokens[PROVINCE]), reports))
        for name, figure in {**felt, "mib_before": memory.before, "mib_peak": memory.peak}.items():
            rounds.add(f"{way}: {name}", figure)


def others(place: BenchmarkDatabase, reports: list[dict[str, Any]]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Who reports meanwhile: about work of the file, about other work of its province, and about another province's."""
    touched = (str(reports[0]["task"]), str(reports[0]["unit"]))
    work: dict[str, tuple[str, tuple[str, ...]]] = {
        "same": (PROVINCE, touched),
        "beside": (PROVINCE, _untouched(place, PROVINCE)),
    }
    work["elsewhere"] = (ELSEWHERE, _untouched(place, ELSEWHERE))
    return {
        name: (place.tokens[owner], {"task": task, "unit": unit, "status": "in_progress"})
        for name, (owner, (task, unit)) in work.items()
    }


def _untouched(place: BenchmarkDatabase, owner: str) -> tuple[str, ...]:
    found = psql(place.server, UNTOUCHED.format(owner=owner), place.name)
    return tuple(found.strip().split("|"))


def made_up(place: BenchmarkDatabase, count: int, *, seed: int) -> list[dict[str, Any]]:
    """Reports of a province about its own and its communes' work, each with another time of the last months.

    Work that has a verdict is left out, for a file does not change it, and some that others report on meanwhile.
    """
    sql = (
        f"select task, unit from assignment where owner = '{PROVINCE}' and task like 'year-%' "
        f"and status not in ('verified', 'returned') and not ({LEFT_ALONE}) order by task, unit"
    )
    work = [line.split("|") for line in psql(place.server, sql, place.name).splitlines()]
    chance, now = random.Random(seed), datetime.now(UTC)  # noqa: TID251
    statuses = ("not_started", "in_progress", "in_progress", "blocked", "completed", "completed")
    return [
        {
            "task": task,
            "unit": unit,
            "status": chance.choice(statuses),
            "effective_at": (now - timedelta(seconds=60 + chance.random() * 8e6)).isoformat(),
            "note": "Theo báo cáo của đơn vị" if chance.random() < 0.1 else None,
        }
        for task, unit in (chance.choice(work) for _ in range(count))
    ]


async def copied(place: BenchmarkDatabase, reports: list[dict[str, Any]]) -> float:
    """Seconds that PostgreSQL takes for the same rows in the order of its index: COPY, and nothing else."""
    now = datetime.now(UTC).isoformat()  # noqa: TID251
    out = io.StringIO()
    for number, report in enumerate(sorted(reports, key=lambda r: (r["task"], r["unit"], r["effective_at"]))):
        identifier = f"{time.time_ns() // 1_000_000:012x}"
        key = f"{identifier[:8]}-{identifier[8:]}-7000-8000-{number:012x}"
        cells = (
            PROVINCE,
            key,
            report["task"],
            report["unit"],
            report["status"],
            report["effective_at"],
            now,
            report["note"] or "\\N",
            "{}",
            "bench",
        )
        out.write("\t".join(cells) + "\n")
    connection = await place.connect()
    names = ["owner", "id", "task", "unit", "status", "effective_at", "recorded_at", "note", "evidence", "token"]
    file = io.BytesIO(out.getvalue().encode())
    began = time.perf_counter()
    await connection.copy_to_table("copied", source=file, columns=names, timeout=3600)
    took = time.perf_counter() - began
    await connection.close()
    return took


def sent(way: str, client: Client, reports: list[dict[str, Any]]) -> float:
    """Seconds until all are acknowledged; the bodies are made before."""
    if way == "batch":
        size = min(10_000, len(reports))
        bodies = [json.dumps({"updates": reports[at : at + size]}).encode() for at in range(0, len(reports), size)]
        answers = [client.ask("POST", "/v1/status-updates/batch?mode=partial", body) for body in bodies]
        stored = sum(json.loads(said)["stored"] for _, said in answers)
    else:
        body, kind = (ndjson(reports), "application/x-ndjson") if way == "ndjson" else (table(reports), "text/csv")
        answers = [client.ask("POST", "/v1/imports?commit=true", body, kind)]
        counts = json.loads(answers[0][1])["counts"]
        stored = counts["current"] + counts["superseded"]
    assert stored == len(reports), f"{way}: {stored} of {len(reports)} were stored"
    return sum(took for took, _ in answers)


def ndjson(reports: list[dict[str, Any]]) -> bytes:
    return b"\n".join(json.dumps(report, ensure_ascii=False).encode() for report in reports)


def table(reports: list[dict[str, Any]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS)
    writer.writeheader()
    writer.writerows(reports)
    return out.getvalue().encode()


def row(rounds: Rounds, way: str, count: int) -> dict[str, object]:
    names = {"batch": "10 batches of 10,000", "ndjson": "NDJSON with commit=true", "csv": "CSV with commit=true"}
    measured = (
        "read_p99_ms",
        *(f"write_{name}_p99_ms" for name in ("same", "beside", "elsewhere")),
        "mib_before",
        "mib_peak",
    )
    return {
        "what": f"{count:,} rows, {names[way]}",
        "rate": rounds.median(way),
        "limit": rounds.median(f"{way}: COPY"),
        "ratio": rounds.ratio(way, f"{way}: COPY"),
        "of": "COPY of the same rows into the history table with its indexes",
        "target": 0.5,
        **{name: rounds.median(f"{way}: {name}") for name in measured},
    }


if __name__ == "__main__":
    main()
