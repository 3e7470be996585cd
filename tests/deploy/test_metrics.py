"""What `deploy/` shows and watches is what the service counts."""

import json
import re
import subprocess
import sys
from pathlib import Path
from shutil import which

import pytest
from prometheus_client import REGISTRY

from app import measured_pool, metrics

ROOT = Path(__file__).parents[2]
RULES = ROOT / "deploy/prometheus/tiendo.rules.yml"
DASHBOARD = ROOT / "deploy/grafana/tiendo.json"
RUNNING = (ROOT / "docs/running.md").read_text()

NAMES = {family.name for family in REGISTRY.collect() if family.name.startswith("tiendo")}
ENDINGS = ("_total", "_bucket", "_sum", "_count")


def family(name: str) -> str:
    return next((name.removesuffix(ending) for ending in ENDINGS if name.endswith(ending)), name)


def used(text: str) -> set[str]:
    """The metrics of the service that a text asks for, by the families they belong to."""
    return {family(name) for name in re.findall(r"\btiendo_[a-z_]+", text)}


def test_the_modules_of_metrics_are_loaded() -> None:
    assert measured_pool.__name__ in sys.modules
    assert next(iter(metrics.TOKENS_ENDING.describe())).name in NAMES
    assert len(NAMES) > 15


def test_every_metric_is_documented() -> None:
    assert {name for name in NAMES if f"`{name}" not in RUNNING} == set()


@pytest.mark.parametrize("file", [RULES, DASHBOARD], ids=lambda file: file.name)
def test_every_metric_that_is_asked_for_exists(file: Path) -> None:
    assert used(file.read_text()) - NAMES == set()


def test_every_alert_says_what_to_do() -> None:
    text = RULES.read_text()
    assert text.count("- alert:") == text.count("remedy:") == text.count("severity:") > 8


def test_the_dashboard_asks_of_each_panel_something() -> None:
    panels = json.loads(DASHBOARD.read_text())["panels"]
    assert all(target["expr"] for panel in panels for target in panel["targets"])


@pytest.mark.processes
@pytest.mark.skipif(which("promtool") is None, reason="promtool is not installed")
def test_promtool_accepts_the_rules() -> None:
    checked = subprocess.run(["promtool", "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


UNIT_TESTS = """
rule_files: [{rules}]
evaluation_interval: 15s
tests:
  - interval: 15s
    input_series:
      - series: 'tiendo_requests_total{{route="/v1/progress", method="GET", status="500"}}'
        values: "_x40 1x200"
      - series: 'tiendo_workers{{job="tiendo"}}'
        values: "2x60 3 2x200"
    alert_rule_test:
      - eval_time: 11m
        alertname: TiendoDefect
        exp_alerts:
          - exp_labels: {{severity: ticket, route: /v1/progress}}
            exp_annotations:
              summary: /v1/progress answered 500
              remedy: a defect; the line `request failed` has its traceback
      - eval_time: 40m
        alertname: TiendoDefect
        exp_alerts: []
      - eval_time: 30m
        alertname: TiendoWorkersMissing
        exp_alerts: []
"""


@pytest.mark.processes
@pytest.mark.skipif(which("promtool") is None, reason="promtool is not installed")
def test_the_first_defect_is_told_and_replaced_workers_are_none_that_are_missing(tmp_path: Path) -> None:
    (tmp_path / "rules.yml").write_text(UNIT_TESTS.format(rules=RULES))
    checked = subprocess.run(
        ["promtool", "test", "rules", tmp_path / "rules.yml"], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
