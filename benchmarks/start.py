"""Starting: until it is ready on existing data, a worker's memory, a filled template, all provinces' files at once.

python -m benchmarks.start [--quick] [--data DIR]
"""

import io
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import openpyxl
import xlsxwriter

from app.imports.template_texts import header_of
from benchmarks import data
from benchmarks.load import Rounds, keep
from benchmarks.options import asked
from benchmarks.stage import BenchmarkDatabase, Served, bare, clone, psql, serving, stage
from benchmarks.wire import Client, Memory

SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROWS = 16_000
"""Rows with different notes: about 0.7 MB."""


def main() -> None:
    options = asked(__doc__)
    scale, size, count = ("provinces", 2_000, 40) if options.quick else ("communes", 100_000, ROWS)
    rounds = Rounds()
    with stage(options.data) as server, clone(server, data.ensure(server, scale, size)) as place:
        for _ in range(options.rounds):
            started(rounds, place)
        files = {province: sheet(place, province, count) for province in provinces(place)}
        largest = filled(template(place, reporter := most_work(place)))
        for _ in range(1 if options.quick else min(options.rounds, 2)):
            sent_alone(rounds, place, reporter, largest)
            sent_at_once(rounds, place, files)
    keep("start", table(rounds, files, largest, size), quick=options.quick)


def started(rounds: Rounds, place: BenchmarkDatabase) -> None:
    begins: dict[str, Callable[[], AbstractContextManager[Served]]] = {"bare": bare, "service": partial(serving, place)}
    for name, begin in begins.items():
        began = time.perf_counter()
        with begin() as served:
            rounds.add(f"{name}: ms", (time.perf_counter() - began) * 1000)
            rounds.add(f"{name}: MiB", Memory(served.pid).now())


def sent_alone(rounds: Rounds, place: BenchmarkDatabase, province: str, file: bytes) -> None:
    with serving(place) as served:
        for turn in range(4):
            took = preview(served, place, province, file)
            if turn:  # the first warms up
                rounds.add("template", took * 1000)


def sent_at_once(rounds: Rounds, place: BenchmarkDatabase, files: dict[str, bytes]) -> None:
    """One file alone, then all of them together, as previews; meanwhile somebody reads."""
    with serving(place) as served, Memory(served.pid) as memory:
        first = next(iter(files))
        rounds.add("one", preview(served, place, first, files[first]))
        rounds.add("before", memory.now())
        with ThreadPoolExecutor(len(files) + 1) as provinces:
            began = time.perf_counter()
            sending = [provinces.submit(preview, served, place, code, file) for code, file in files.items()]
            reading = provinces.submit(slowest_read, served, place, sending)
            for one in sending:
                one.result()
            rounds.add("all", time.perf_counter() - began)
            rounds.add("read", reading.result())
    rounds.add("peak", memory.peak)


def preview(served: Served, place: BenchmarkDatabase, province: str, file: bytes) -> float:
    return Client(served.port, place.tokens[province]).ask("POST", "/v1/imports", file, SHEET)[0]


def slowest_read(served: Served, place: BenchmarkDatabase, sending: list[Any]) -> float:
    """The longest that a reader waited, in ms."""
    client, took = Client(served.port, place.tokens["khach"]), []
    while not all(one.done() for one in sending):
        took.append(client.ask("GET", "/v1/progress")[0] * 1000)
        time.sleep(0.05)
    return max(took, default=0.0)


def most_work(place: BenchmarkDatabase) -> str:
    sql = "select owner from assignment where owner ~ '^[0-9]' group by owner order by count(*) desc limit 1"
    return psql(place.server, sql, place.name).strip()


def template(place: BenchmarkDatabase, province: str) -> bytes:
    with serving(place) as served:
        return Client(served.port, place.tokens[province]).ask("GET", "/v1/imports/template.xlsx")[1]


def filled(workbook: bytes) -> bytes:
    """A template with a status and a note in each of its rows."""
    book, out = openpyxl.load_workbook(io.BytesIO(workbook)), io.BytesIO()
    sheet = book.worksheets[0]
    rows = iter(sheet.iter_rows())
    header = next(texts for row in rows if header_of("status", "vi") in (texts := [cell.value for cell in row]))
    status, note = (header.index(header_of(field, "vi")) for field in ("status", "note"))
    for number, row in enumerate(rows, 1):
        row[status].value = "Đang thực hiện"
        row[note].value = f"Đã làm được {number} hồ sơ, còn chờ ý kiến của sở"
    book.save(out)
    return out.getvalue()


def provinces(place: BenchmarkDatabase) -> list[str]:
    return psql(place.server, "select code from unit where level = 'province' order by code", place.name).split()


def sheet(place: BenchmarkDatabase, province: str, count: int) -> bytes:
    """The province's file: its open work again and again, each time of another moment."""
    sql = f"select task, unit from assignment where owner = '{province}' and task like 'year-%' order by task, unit"
    work = [line.split("|") for line in psql(place.server, sql, place.name).splitlines()]
    chance, now, out = random.Random(province), datetime.now(UTC), io.BytesIO()  # noqa: TID251
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["task", "unit", "status", "effective_at", "note"])
        for line in range(1, count + 1):
            at = (now - timedelta(seconds=60 + chance.random() * 8e6)).isoformat()
            page.write_row(line, 0, [*chance.choice(work), "in_progress", at, f"Báo cáo {chance.getrandbits(64):x}"])
    return out.getvalue()


def table(rounds: Rounds, files: dict[str, bytes], largest: bytes, size: int) -> list[dict[str, object]]:
    megabytes = sum(map(len, files.values())) / len(files) / 1e6
    return [
        {
            "what": f"from `tiendo serve` to ready, {size:,} updates there",
            "ms": rounds.median("service: ms"),
            "ratio": rounds.ratio("service: ms", "bare: ms"),
            "of": "a bare ASGI callable on the same uvicorn",
            "target_ms": 1_500,
        },
        {
            "what": "memory of a worker when ready",
            "mib": rounds.median("service: MiB"),
            "ratio": rounds.ratio("service: MiB", "bare: MiB"),
            "of": "a bare ASGI callable on the same uvicorn",
            "target_mib": 100,
        },
        {
            "what": f"the filled template of the province with the most work ({len(largest) / 1e6:.1f} MB), previewed",
            "ms": rounds.median("template"),
            "target_ms": 500,
        },
        {
            "what": f"an Excel file of {megabytes:.1f} MB and {ROWS:,} rows, previewed",
            "ms": rounds.median("one") * 1000,
            "target_ms": 500,
        },
        {
            "what": f"{len(files)} Excel files of {megabytes:.1f} MB previewed at once, until the last answer",
            "ms": rounds.median("all") * 1000,
            "ratio": rounds.ratio("all", "one") / len(files),
            "of": f"{len(files)} times one file alone",
            "target_ms": 12_000,
        },
        {
            "what": "memory meanwhile, at most",
            "mib": rounds.median("peak"),
            "ratio": rounds.ratio("peak", "before"),
            "of": "the same after one file",
        },
        {"what": "the longest that a reader waited meanwhile", "ms": rounds.median("read")},
    ]


if __name__ == "__main__":
    main()
