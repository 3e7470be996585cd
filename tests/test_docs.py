"""The documentation knows every setting, role, error code and command that there is."""

import re
from pathlib import Path

import pytest
import typer.main

from app import errors
from app.auth.identity import Role
from app.catalogue.write_schemas import CampaignPatch
from app.cli.commands import app as commands
from app.db import most_connections
from app.settings import Settings

ROOT = Path(__file__).parent.parent
RUNNING = (ROOT / "docs/running.md").read_text()
ERRORS = (ROOT / "docs/errors.md").read_text()
README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_documented(name: str) -> None:
    assert f"`TIENDO_{name.upper()}`" in RUNNING


@pytest.mark.parametrize("role", Role)
def test_every_role_is_documented(role: Role) -> None:
    assert f"| `{role}` |" in RUNNING


@pytest.mark.parametrize("problem", errors.all_problems(), ids=lambda kind: kind.code)
def test_every_problem_is_documented(problem: type[errors.Problem]) -> None:
    assert f"| {problem.status} | `{problem.code}` |" in ERRORS


def test_every_complaint_is_documented() -> None:
    made = re.compile(r"(?:Complaint\(\s*[^,]+,|PydanticCustomError\(|refused\()\s*\"([a-z]+(?:-[a-z]+)*)\"")
    codes = {code for file in (ROOT / "app").rglob("*.py") for code in made.findall(file.read_text())}
    assert len(codes) > 40
    assert {code for code in codes if f"| `{code}` |" not in ERRORS} == set()


def test_what_stands_around_a_report_is_documented_as_it_is_sent() -> None:
    """The example is read by what reads the request, and has every field."""
    reading = (ROOT / "docs/reading.md").read_text()
    sent = next(part for part in re.findall(r"-d '\s*(\{.*?\})'", reading, re.DOTALL) if "letterhead" in part)
    letterhead = CampaignPatch.model_validate_json(sent).letterhead
    assert letterhead.model_fields_set == set(type(letterhead).model_fields)


def test_every_command_is_documented() -> None:
    assert [name for name in command_names() if f"`tiendo {name}" not in RUNNING] == []


def test_the_map_names_every_room() -> None:
    rooms = [folder.name for folder in (ROOT / "app").iterdir() if (folder / "__init__.py").exists()]
    assert [room for room in rooms if f"`{room}/`" not in README and room != "embedded"] == []


def test_the_connections_of_a_worker_are_as_many_as_the_documents_say() -> None:
    most = most_connections(Settings(database_url="postgresql://nobody@/nothing"))
    assert f"A worker opens up to {most} connections" in (ROOT / "docs/production.md").read_text()
    assert f"at least {most} server connections a worker" in (ROOT / "docs/scaling.md").read_text()


def command_names() -> list[str]:
    group = typer.main.get_group(commands)
    found = []
    for name, command in group.commands.items():
        inner = getattr(command, "commands", None)
        found += [f"{name} {sub}" for sub in inner] if inner else [name]
    return found
