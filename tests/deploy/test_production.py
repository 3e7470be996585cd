"""The page from a bare machine to a service: its commands are those that the drill runs, and none is left open."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from scripts import production_drill

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/production.md").read_text("utf-8")
UPGRADING = (ROOT / "docs/upgrading.md").read_text("utf-8")
MACHINES = production_drill.FIRST, production_drill.SECOND
ARCHIVECLEANUP = next(iter(sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_archivecleanup"))), None)
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


def test_a_part_of_the_log_that_is_asked_for_again_is_archived_already(tmp_path: Path) -> None:
    """After a power cut between the copy and PostgreSQL's note of it; another one of that name is never overwritten."""
    [command] = re.findall(r"archive_command = '(.*)';", PAGE)
    part, log = tmp_path / "part", tmp_path / "log"
    log.mkdir()

    def archived(content: str) -> bool:
        part.write_text(content)
        filled = command.replace("/var/backups/tiendo/log", str(log)).replace("%p", str(part)).replace("%f", "0001")
        return subprocess.run(["sh", "-c", filled], check=False, capture_output=True).returncode == 0

    assert [archived(content) for content in ("first", "first", "another")] == [True, True, False]
    assert [(file.name, file.read_text()) for file in log.iterdir()] == [("0001", "first")]


STUBS = {
    "pg_basebackup": """
        made=${1#--pgdata=}
        mkdir "$made"
        echo "START WAL LOCATION: 0/0 (file $PART)" >"$made/backup_label"
    """,
    "pg_verifybackup": 'test -e "$2/backup_label"',
    "date": "echo $DAY",
}
"""What takes minutes, and needs a server."""


@pytest.mark.skipif(ARCHIVECLEANUP is None, reason="pg_archivecleanup is not installed")
@pytest.mark.parametrize("folder", ["tiendo", "tien do"])
def test_base_backups_are_kept_with_the_log_from_the_oldest_on(folder: str, tmp_path: Path) -> None:
    tmp_path /= folder
    programs = tmp_path / "bin"
    for part in ("bin", "base", "log"):
        (tmp_path / part).mkdir(parents=True)
    for name, does in STUBS.items():
        (programs / name).write_text(f"#!/bin/sh\n{does}\n")
        (programs / name).chmod(0o755)
    (programs / "pg_archivecleanup").symlink_to(str(ARCHIVECLEANUP))
    for number in range(1, 5):
        part = f"{number:024}"
        (tmp_path / "log" / part).touch()
        told = {"PATH": f"{programs}:{os.defpath}", "PART": part, "DAY": f"2026-11-0{number}"}
        subprocess.run([ROOT / "deploy/backup/base-backup", tmp_path, "2"], env=told, check=True, capture_output=True)
    assert sorted(file.name for file in (tmp_path / "base").iterdir()) == ["2026-11-03", "2026-11-04"]
    assert sorted(file.name for file in (tmp_path / "log").iterdir()) == [f"{number:024}" for number in (3, 4)]


def test_nobody_keeps_no_base_backup_at_all(tmp_path: Path) -> None:
    (tmp_path / "base/2026-11-01").mkdir(parents=True)
    command = [str(ROOT / "deploy/backup/base-backup"), str(tmp_path), "0"]
    assert subprocess.run(command, check=False, capture_output=True).returncode == 1
    assert (tmp_path / "base/2026-11-01").exists()
