"""Every example of the description, sent as it stands to the demo, succeeds; what the demo answers is the example."""

import json
import os
import re
import tomllib
from collections.abc import AsyncIterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import jsonschema_rs
import pytest

from app import clock, openapi
from app.cli.demo_examples import keep_examples
from app.db import Database
from app.demo.service import load_demo
from app.openapi.headers import NAMES
from app.settings import Settings
from tests.conftest import NO_LIMITS, Service, Template, serving
from tests.openapi.operations import description

ROOM = Path(str(openapi.__file__)).parent
OPERATIONS = tomllib.loads((ROOM / "operations.toml").read_text())
RENEW = "TIENDO_RENEW_EXAMPLES" in os.environ  # noqa: TID251 - said by whoever runs the tests
LEFT_OUT = ("streamEvents", "downloadReportAsPdf")
"""A stream has no end, and a converter is not always there."""
AUTHORS = {
    "reportStatus": "huong",
    "reportObstacle": "huong",
    "importFile": "huong",
    "downloadTemplate": "huong",
    "getInbox": "huong",
    "listImports": "huong",
    "getMe": "huong",
    "forgetColumns": "huong",
    "listRememberedColumns": "huong",
    "changeObstacle": "viettel",
    "issueBulletin": "lan",
}
"""Who sends what; all else is asked by the admin."""
ITEMS = 2
REPORT = ("GET /v1/progress", "GET /v1/bulletins", "GET /v1/reports")
"""What is asked for first, before the other examples have changed anything."""
DAY = date(2025, 6, 27)
_MADE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


@pytest.fixture
async def demo(database_url: str, template: Template) -> AsyncIterator[Service]:
    database = Database(database_url, Settings(database_url=database_url))
    await load_demo(database)
    await keep_examples(database)
    await database.close()
    async with serving(database_url, template.tokens, **NO_LIMITS) as running:
        yield running


async def ask(service: Service, name: str, method: str, path: str) -> httpx.Response:
    known = OPERATIONS[f"{method} {path}"]
    values = known.get("path", {})
    more: dict[str, Any] = {"params": known.get("query", {})}
    if "file" in known:
        more |= {"content": known["file"].encode(), "headers": {"Content-Type": "text/csv"}}
    elif "body" in known:
        more["json"] = known["body"]
    return await service.client(AUTHORS.get(name, "an")).request(method, path.format_map(values), **more)


@pytest.mark.slow
@pytest.mark.own_database
async def test_every_example_as_it_stands_succeeds_on_the_demo(demo: Service) -> None:
    described, answers, began = description(), {}, clock.now()
    for operation, known in sorted(OPERATIONS.items(), key=lambda item: not item[0].startswith(REPORT)):
        method, path = operation.split(" ")
        name = known["id"]
        if name in LEFT_OUT:
            continue
        answer = await ask(demo, name, method, path)
        good = [code for code in described["paths"][path][method.lower()]["responses"] if code.startswith("2")]
        assert [str(answer.status_code)] == good, (name, answer.text)
        answers[name] = as_of_27_june(shown(answer), began)
    if RENEW:
        (ROOM / "answers.json").write_text(json.dumps(answers, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    stored = json.loads((ROOM / "answers.json").read_text())
    renew = "run this test with TIENDO_RENEW_EXAMPLES=1"
    assert stored["getProgress"]["body"]["categories"][0]["provinces_completed"] == 26
    assert stored["getProgress"] == answers["getProgress"], renew
    assert stored.keys() == answers.keys(), renew
    for name, answer_shown in answers.items():
        assert stored[name]["headers"] == answer_shown["headers"], (name, renew)
        assert keys(stored[name]["body"]) == keys(answer_shown["body"]), (name, renew)


def shown(answer: httpx.Response) -> dict[str, Any]:
    """What an example shows of an answer: its headers by name, and its JSON with lists cut to the first items."""
    is_json = answer.headers.get("content-type", "").startswith("application/json")
    return {
        "headers": sorted(name for name in NAMES if name in answer.headers and name != "X-Request-ID"),
        "body": cut(answer.json()) if is_json and answer.content else None,
    }


def as_of_27_june(value: Any, began: datetime) -> Any:
    """The same with what the examples have made today as if they had been sent on 27 June."""
    if isinstance(value, dict):
        return {key: as_of_27_june(item, began) for key, item in value.items()}
    if isinstance(value, list):
        return [as_of_27_june(item, began) for item in value]
    if not isinstance(value, str) or not _MADE.fullmatch(value):
        return value
    moment = datetime.fromisoformat(value)
    is_made_today = timedelta(hours=-1) < moment - began < timedelta(days=366)
    return clock.text(moment - (began.date() - DAY)) if is_made_today else value


def cut(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: secret if key == "token" and (secret := hidden(item)) else cut(item) for key, item in value.items()
        }
    return [cut(item) for item in value[:ITEMS]] if isinstance(value, list) else value


def hidden(value: Any) -> str:
    return "tdo_…" if isinstance(value, str) and value.startswith("tdo_") else ""


def keys(value: Any) -> Any:
    """The shape of an answer: the names of its properties."""
    return sorted(value) if isinstance(value, dict) else None


@pytest.mark.parametrize("operation", OPERATIONS)
def test_the_answer_shown_keeps_to_the_schema(operation: str) -> None:
    method, path = operation.split(" ")
    described = description()
    for answer in described["paths"][path][method.lower()]["responses"].values():
        content = answer.get("content", {}).get("application/json", {})
        if "example" in content:
            schema = {**content["schema"], "components": described["components"]}
            jsonschema_rs.validate(schema, content["example"])
