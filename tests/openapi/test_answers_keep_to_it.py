"""The description: every answer keeps to it, whoever asks and whatever is asked."""

import asyncio
import warnings
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import response_schema_conformance, status_code_conformance

from app import errors
from tests.conftest import Service
from tests.openapi.operations import ENDLESS, Operation, description, operations

CHECKS = (not_a_server_error, status_code_conformance, response_schema_conformance)


@pytest.mark.parametrize("operation", [o for o in operations() if o.path not in ENDLESS], ids=str)
async def test_every_answer_to_every_role_keeps_to_the_description(operation: Operation, service: Service) -> None:
    described = schemathesis.openapi.from_dict(description())[operation.path][operation.method]
    clients = [service.client(name) for name in (None, "khach", "huong", "lan", "an")]
    loop = asyncio.get_running_loop()

    @settings(max_examples=3, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=described.as_strategy())
    def every_case(case: Any) -> None:
        arguments = case.as_transport_kwargs(base_url="http://tiendo.test")
        asked = {name: arguments[name] for name in ("method", "url", "params", "json", "headers") if name in arguments}
        for client in clients:
            answer = asyncio.run_coroutine_threadsafe(sent(client, asked), loop).result(30)
            case.validate_response(schemathesis.Response.from_httpx(answer, verify=False), checks=CHECKS)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what others think of Python is not this test's business
        await asyncio.to_thread(every_case)


async def sent(client: httpx.AsyncClient, asked: dict[str, Any]) -> httpx.Response:
    headers = {name: value for name, value in dict(asked.pop("headers", None) or {}).items() if name != "Authorization"}
    asked["headers"] = headers
    return await client.request(**asked)


def test_everything_that_is_referred_to_can_be_found() -> None:
    known = {f"#/components/{kind}/{name}" for kind, those in description()["components"].items() for name in those}
    assert set(references(description()["paths"])) <= known


def references(part: Any) -> list[str]:
    if isinstance(part, dict):
        here = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return here + [found for item in part.values() for found in references(item)]
    return [found for item in part for found in references(item)] if isinstance(part, list) else []


def test_every_problem_has_a_stable_code_of_its_own() -> None:
    codes = [kind.code for kind in errors.all_problems()]
    assert len(set(codes)) == len(codes)
    assert all(code == code.lower() and " " not in code for code in codes)


NOT_THERE = ("/v1/reports/progress.pdf", "{id}")
"""What needs a converter, and what would have to be made first."""
KEPT = [
    one
    for one in operations()
    if "304" in one.described["responses"] and not any(part in one.path for part in NOT_THERE)
]


@pytest.mark.parametrize("operation", KEPT, ids=str)
async def test_what_is_said_to_be_kept_is_answered_304(operation: Operation, service: Service) -> None:
    an, needed = service.client("an"), {"from": "2025-06-26T17:00:00Z"} if "compare" in operation.path else {}
    if operation.path.startswith("/v1/bulletins"):
        await an.post("/v1/bulletins", json={"as_of": "2025-06-27T10:00:00Z"})
    asked = {"as_of": "2025-06-27T10:00:00Z"} if "as_of" in operation.parameters("query") else {}
    first = await an.get(operation.url(), params=asked | needed)
    again = await an.get(operation.url(), params=asked | needed, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    assert set(again.headers) >= {"etag", "x-request-id"}
