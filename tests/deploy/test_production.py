"""The page from a bare machine to a service: its commands are those that the drill runs, and none is left open."""

import subprocess
from pathlib import Path

import pytest

from scripts import production_drill

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/production.md").read_text("utf-8")
UPGRADING = (ROOT / "docs/upgrading.md").read_text("utf-8")
MACHINES = production_drill.FIRST, production_drill.SECOND
pytestmark = pytest.mark.processes


def test_the_drill_runs_every_block_of_the_page_but_the_two_that_another_takes_the_place_of() -> None:
    sections = {machine: [section[:1] for section, _ in production_drill.blocks(PAGE, machine)] for machine in MACHINES}
    assert sections == {"first": ["1", "2", "3", "4", "5", "7", "7", "8", "9", "9"], "second": ["9", "9"]}
    fences = [line for line in PAGE.splitlines() if line.startswith("```") and line != "```"]
    assert sorted(set(fences) - {"```sh"}) == ["```sh clone", "```sh postgresql.org", "```sh second"]


def test_the_drill_runs_every_block_of_the_page_about_upgrading_but_the_other_way() -> None:
    assert [section for section, _ in production_drill.blocks(UPGRADING)] == ["The next release", "The next release"]
    assert UPGRADING.count("```sh\n") == UPGRADING.count("```") // 2
    assert "YOUR-" not in production_drill.script(UPGRADING)


def test_nothing_is_left_for_a_reader_to_fill_in() -> None:
    assert not [machine for machine in MACHINES if "YOUR-" in production_drill.script(PAGE, machine)]


@pytest.mark.parametrize("machine", [*MACHINES, None])
def test_the_shell_understands_what_the_drill_runs(machine: str | None) -> None:
    text = production_drill.script(PAGE, machine) if machine else (ROOT / "scripts/production_drill.sh").read_text()
    checked = subprocess.run(["bash", "-n"], input=text, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def test_what_the_drill_does_around_a_block_belongs_to_a_section_of_the_page() -> None:
    around = (ROOT / "scripts/production_drill.sh").read_text()
    script = "".join(production_drill.script(PAGE, machine) for machine in MACHINES)
    for line in around.splitlines():
        if line.startswith(("before_", "after_")):
            assert f"around {line.split('(')[0]}\n" in script, line
