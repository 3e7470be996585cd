"""What workers count into files: the sum of all, and no more files than there are workers."""

import subprocess
import sys
from pathlib import Path

import pytest

from app.metrics import exposition

pytestmark = pytest.mark.processes

COUNTS = """
from app import metrics
metrics.counter_of("/healthz", "GET", 200)(0.02)
metrics.MEASURED_AT.set(5)
metrics.REPLICA_LAG.set(7)
metrics.worker_started()
"""


def read() -> dict[str, float]:
    lines = (line for line in exposition().decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_what_dead_workers_counted_stays_in_a_few_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.metrics.metrics_directory", lambda: str(tmp_path))
    for ended in range(1, 4):
        environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path), "PYTHONPATH": str(Path.cwd())}
        subprocess.run([sys.executable, "-c", COUNTS], env=environment, check=True)
        found = read()
        assert found['tiendo_requests_total{method="GET",route="/healthz",status="200"}'] == ended
        assert found['tiendo_request_duration_seconds_bucket{le="0.025",route="/healthz"}'] == ended
        assert found['tiendo_request_duration_seconds_bucket{le="0.01",route="/healthz"}'] == 0
        assert (found["tiendo_measured_timestamp_seconds"], found["tiendo_replica_lag_bytes"]) == (5, 7)
        assert found.get("tiendo_workers", 0) == 0
        assert len(list(tmp_path.glob("*.db"))) <= 4
