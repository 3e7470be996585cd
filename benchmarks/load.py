"""Load from other processes: wrk for the service, pgbench for the limit of PostgreSQL."""

import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from statistics import mean, median
from typing import NamedTuple

from app.embedded.files import program_directory
from app.updates.group_commit import PLANNER_SETTINGS
from benchmarks.stage import BenchmarkDatabase

_RATE = re.compile(r"Requests/sec:\s+([\d.]+)")
_BAD = re.compile(r"Non-2xx or 3xx responses: (\d+)|Socket errors: (.*)")
_P99 = re.compile(r"99%\s+([\d.]+)(us|ms|s)")
_TPS = re.compile(r"tps = ([\d.]+)")
LOAD = os.getloadavg()[0]
"""What the machine did otherwise when the benchmark began."""
START = 0.2
"""Seconds that wrk takes to connect and to set itself up."""
FEW = "10"
"""Transactions of each client where less than a second is asked for."""
_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0}


class Load(NamedTuple):
    """Requests a second, and milliseconds within which 99 of 100 were answered."""

    rate: float
    p99: float


def start_wrk(url: str, script: str, *, clients: int, seconds: float) -> subprocess.Popen[str]:
    """Load in the background; `rate_of` waits for its end."""
    file = Path(tempfile.mkdtemp(prefix="tiendo-wrk-")) / "load.lua"
    file.write_text(script)
    command = [str(shutil.which("wrk")), f"-c{clients}", "-t1", whole(seconds), "-s", str(file), url]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def whole(seconds: float) -> str:
    """wrk knows whole seconds only."""
    return f"-d{max(1, round(seconds))}s"


def rate_of(process: subprocess.Popen[str]) -> float:
    """What a load in the background achieved, per second."""
    said, complaint = process.communicate()
    found = _TPS.search(said) or _RATE.search(said)
    if process.returncode or not found or _BAD.search(said):
        raise RuntimeError(said + complaint)
    return float(found.group(1))


def wrk(
    url: str, *, clients: int = 32, seconds: float = 3, headers: dict[str, str] | None = None, script: str | None = None
) -> Load:
    """As many requests as are answered; a refused or broken one ends the benchmark."""
    program = shutil.which("wrk")
    if program is None:
        raise SystemExit("wrk is needed: apt-get install wrk")
    options = [f"-c{clients}", "-t1", whole(seconds), "--latency", "--timeout", "30s"]
    with tempfile.TemporaryDirectory() as folder:
        if script:
            Path(folder, "load.lua").write_text(script)
            options += ["-s", str(Path(folder, "load.lua"))]
        for name, value in (headers or {}).items():
            options += ["-H", f"{name}: {value}"]
        said = _cut_short([program, *options, url], START + seconds) if seconds < 1 else ""
        if not _answered(said):
            said = subprocess.run([program, *options, url], check=True, capture_output=True, text=True).stdout
    if bad := _BAD.search(said):
        raise RuntimeError(f"{url}: {bad.group(0)}")
    rate, tail = _RATE.search(said), _P99.search(said)
    assert rate, said
    return Load(float(rate.group(1)), float(tail.group(1)) * _MS[tail.group(2)] if tail else 0.0)


def _cut_short(command: list[str], seconds: float) -> str:
    """What wrk says when it is interrupted: what it measured so far, or nothing where it had hardly begun."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as load:
        with suppress(subprocess.TimeoutExpired):
            load.wait(seconds)
        load.send_signal(signal.SIGINT)
        return load.communicate()[0]


def _answered(said: str) -> bool:
    rate = _RATE.search(said)
    return rate is not None and float(rate.group(1)) > 0


def lua_reports(units: list[tuple[str, str]], tasks: list[str], *, seed: int) -> str:
    """wrk's script: a random one of the (token, unit) reports on a random task, each time under a key of its own."""
    rows = ",\n".join(f'{{"{token}","{unit}"}}' for token, unit in units)
    named = ",".join(f'"{task}"' for task in tasks)
    return f"""
local units = {{{rows}}}
local tasks = {{{named}}}
local statuses = {{"in_progress", "blocked", "completed", "not_started"}}
math.randomseed(os.time() * 1000 + {seed})
local run, n = string.format("{seed}-%x-%x", os.time(), math.random(1, 2 ^ 30)), 0
request = function()
  n = n + 1
  local unit, task = units[math.random(#units)], tasks[math.random(#tasks)]
  local body = '{{"task":"' .. task .. '","unit":"' .. unit[2] .. '","status":"' .. statuses[math.random(4)] .. '"}}'
  return wrk.format("POST", "/v1/status-updates", {{
    ["Authorization"] = "Bearer " .. unit[1], ["Content-Type"] = "application/json",
    ["Idempotency-Key"] = "bench-" .. run .. "-" .. n }}, body)
end
"""


def pgbench(place: BenchmarkDatabase, script: str, *, clients: int, seconds: float, rate: int | None = None) -> float:
    """Transactions a second of a prepared script, as the service's role within its scope."""
    return rate_of(start_pgbench(place, script, clients=clients, seconds=seconds, rate=rate))


def start_pgbench(
    place: BenchmarkDatabase, script: str, *, clients: int, seconds: float, rate: int | None = None
) -> subprocess.Popen[str]:
    command = [str(program_directory() / "pgbench"), "-n", "-M", "prepared", "-f", "-", "-c", str(clients), "-j1"]
    command += ["-T", str(round(seconds))] if seconds >= 1 else ["-t", FEW]
    command += ["-h", place.socket, "-U", "postgres"]
    command += ["-R", str(rate)] if rate else []
    options = " ".join(f"-c {name}={value}" for name, value in as_service().items())
    environment = {**os.environ, "PGOPTIONS": options}  # noqa: TID251 - pgbench reads it
    with tempfile.TemporaryFile("w+") as file:
        file.write(script)
        file.seek(0)
        return subprocess.Popen(
            [*command, place.name],
            env=environment,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def as_service() -> dict[str, str]:
    """The settings of the service's own connection for single reports."""
    return {"role": "tiendo_app", "tiendo.scope": "*", "jit": "off", "timezone": "UTC", **PLANNER_SETTINGS}


class Rounds:
    """Figures by name, round after round: interleaved, so that what the machine does otherwise hits all alike."""

    def __init__(self) -> None:
        self.figures: dict[str, list[float]] = {}

    def add(self, name: str, figure: float) -> None:
        self.figures.setdefault(name, []).append(figure)
        print(f"  {name:<48} {figure:>12,.2f}", flush=True)

    def there_and_back(self, runs: Mapping[str, Callable[[], float]]) -> None:
        """One figure of each, of two measured in turn and in the opposite order: so that a checkpoint or a busy
        machine affects both."""
        figures: dict[str, list[float]] = {name: [] for name in runs}
        for name in (*runs, *reversed(list(runs))):
            figures[name].append(runs[name]())
        for name, found in figures.items():
            self.add(name, mean(found))

    def median(self, name: str) -> float:
        return median(self.figures[name])

    def ratio(self, name: str, limit: str) -> float:
        """The median of the rounds' ratios: each figure beside the limit of its own round."""
        return median(a / b for a, b in zip(self.figures[name], self.figures[limit], strict=True))


def keep(name: str, rows: list[dict[str, object]], *, quick: bool) -> None:
    """The results as they are drawn and tabled; a quick run tries the benchmark and measures nothing."""
    for row in rows:
        print(json.dumps(row, ensure_ascii=False))
    if not quick:
        file = Path(__file__).parent / "results" / f"{name}.json"
        file.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1, ensure_ascii=False) + "\n")


def machine() -> dict[str, object]:
    """Where it was measured."""
    model = "unknown"
    with suppress(OSError):
        found = re.search(r"model name\s*:\s*(.*)", Path("/proc/cpuinfo").read_text())
        model = found.group(1) if found else model
    return {"processor": model, "cores": os.cpu_count(), "load_before": round(LOAD, 2)}
