"""Generators make a client of every operation from the description, and what they make works."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Service
from tests.openapi.every_operation import client_of_every_operation
from tests.openapi.operations import description, operations
from tests.openapi.tools import HERE, node_tools, npx, python_client_generator, run

SHEET = "Đơn vị,Nhiệm vụ,Trạng thái\n38,equipment,Hoàn thành\n"
STRICT = ("--strict", "--noUncheckedIndexedAccess", "--exactOptionalPropertyTypes", "--target", "es2022")
MODULES = ("--module", "nodenext", "--lib", "es2022,dom,dom.iterable")


def document_in(folder: Path) -> Path:
    path = folder / "openapi.json"
    path.write_text(json.dumps(description(), ensure_ascii=False))
    return path


async def said_by(*command: str | Path, cwd: Path) -> Any:
    """What a client prints; the service that it asks runs in this process."""
    return json.loads((await asyncio.to_thread(run, *command, cwd=cwd)).splitlines()[-1])


def test_a_client_of_every_operation_can_be_written_from_the_description() -> None:
    written = client_of_every_operation(description())
    assert written.count("await tiendo.") == len(operations())


@pytest.mark.parametrize("name", description()["components"]["schemas"])
def test_a_property_that_may_be_left_out_has_its_default_in_words(name: str) -> None:
    """With `default` openapi-typescript takes it as one that is always there."""
    schema = description()["components"]["schemas"][name]
    optional = set(schema.get("properties", {})) - set(schema.get("required", ()))
    assert [key for key in optional if "default" in schema["properties"][key]] == []


def test_one_report_and_many_have_one_schema() -> None:
    schema = {"$ref": "#/components/schemas/StatusUpdateIn"}
    one = description()["paths"]["/v1/status-updates"]["post"]["requestBody"]["content"]["application/json"]
    assert one["schema"] == schema
    assert description()["components"]["schemas"]["BatchIn"]["properties"]["updates"]["items"] == schema


def test_a_choice_that_stands_in_many_places_is_one_type() -> None:
    schemas = description()["components"]["schemas"]
    assert [schemas[name]["enum"][0] for name in ("Language", "Level", "Light", "Reporting")] == [
        "vi",
        "province",
        "green",
        "never",
    ]
    places = json.dumps([description()["paths"], schemas])
    for name in ("Language", "Level", "Light", "Reporting"):
        assert places.count(json.dumps({"enum": schemas[name]["enum"]})[1:-1]) == 1, name


def test_the_guide_shows_what_the_generator_of_python_clients_is_told() -> None:
    guide = (Path(__file__).parents[2] / "docs" / "reading.md").read_text()
    assert (HERE / "python-client.yaml").read_text() in guide


@pytest.mark.slow
async def test_typescript_types_cover_every_operation_and_work(listening_service: Service, tmp_path: Path) -> None:
    tools = await asyncio.to_thread(node_tools)
    (tmp_path / "node_modules").symlink_to(tools / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "uses.ts").write_text((HERE / "uses.ts").read_text())
    (tmp_path / "every.ts").write_text(client_of_every_operation(description()))

    def compiled() -> None:
        npx("openapi-typescript", document_in(tmp_path), "--output", tmp_path / "schema.d.ts")
        npx("tsc", *STRICT, *MODULES, "every.ts", "uses.ts", cwd=tmp_path)

    await asyncio.to_thread(compiled)
    token = listening_service.tokens["huong"]
    said = await said_by("node", "uses.js", str(listening_service.address), token, cwd=tmp_path)
    assert said == {"before": 0, "after": 1, "is_current": True, "refused": 404}


@pytest.mark.slow
async def test_a_python_client_has_every_operation_and_works(listening_service: Service, tmp_path: Path) -> None:
    python = await asyncio.to_thread(python_client_generator)

    def generated() -> str:
        generate = ("generate", "--meta", "none", "--output-path", "tiendo_client", "--path", document_in(tmp_path))
        config = ("--config", HERE / "python-client.yaml")
        return run(python.with_name("openapi-python-client"), *generate, *config, cwd=tmp_path)

    assert "arning" not in (said := await asyncio.to_thread(generated)), said
    (tmp_path / "uses.py").write_text((HERE / "uses.py").read_text())
    given = (str(listening_service.address), listening_service.tokens["huong"], SHEET)
    used = await said_by(python, "uses.py", *given, cwd=tmp_path)
    assert len(used["operations"]) == len(operations())
    assert used["answered"] == [201, 200, 201, 200, 404]
    assert used["completed"] == 1
    assert used["import"]["counts"]["current"] == 1
    assert used["document"] == "PK"
    assert used["refused"] == "/problems#not-found"
