"""Every benchmark still runs, at toy size; what is fast is not for tests to say."""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.slowly import slow

pytestmark = pytest.mark.processes
ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def data() -> Iterator[Path]:
    """One directory for all: what the first makes the others find. Not a directory of pytest's own."""
    with tempfile.TemporaryDirectory(prefix="tiendo-bench-tests-") as folder:
        yield Path(folder)


@pytest.fixture(scope="module", autouse=True)
def wrk() -> None:
    """A missing program fails: a benchmark that was passed over would look like one that runs."""
    assert shutil.which("wrk"), "wrk is needed: apt-get install wrk (scripts/test does it)"


def run(*arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", *arguments], check=False, capture_output=True, text=True, cwd=ROOT, timeout=600
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_figures_of_made_up_data_agree_with_its_history(data: Path) -> None:
    arguments = ("--data", str(data), "--scale", "provinces", "--updates", "2000", "--verify")
    assert "provinces_2000: 0 differences" in run("benchmarks.data", *arguments)


SLOW = ("capacity", "read", "write", "moments", "streams", "start", "drill")


@pytest.mark.parametrize("name", ["bulk", *slow(*SLOW)])
def test_a_benchmark_runs_at_toy_size(data: Path, name: str) -> None:
    kept = sorted((ROOT / "benchmarks" / "results").glob("*.json"))
    before = [file.read_bytes() for file in kept]
    assert '"what"' in run(f"benchmarks.{name}", "--quick", "--data", str(data))
    assert [file.read_bytes() for file in kept] == before, "a quick run measures nothing"
