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
