"""Filters: an empty, an unknown and another's value mean one thing at every route, and never an empty list."""

import json
from typing import Any

import pytest
from httpx import AsyncClient

from app.catalogue import rulings
from tests.checks.problems import codes, refused
from tests.conftest import Service
from tests.connecting import connect
from tests.openapi.operations import Operation, operations

FILTERED = [one for one in operations() if one.method in ("GET", "PATCH") and one.path.startswith("/v1")]
# A position that nobody knows is not refused: it is answered with everything (tests/live/test_events.py).
PARAMETERS = [(one, name) for one in FILTERED for name in one.parameters("query") if name != "last_event_id"]

KINDS = {
    **dict.fromkeys(("province", "unit", "task", "category", "addressed_to", "campaign"), "code"),
    **dict.fromkeys(
        (
            "status",
            "state",
            "group",
            "kind",
            "reason",
            "outcome",
            "level",
            "step",
            "overdue",
            "answer_overdue",
            "lang",
            "role",
            "excel",
        ),
        "word",
    ),
    **dict.fromkeys(("as_of", "known_at", "from", "to", "from_known_at", "to_known_at"), "moment"),
    **dict.fromkeys(("recorded_since", "effective_since"), "moment"),
    **dict.fromkeys(("cursor", "after", "since"), "cursor"),
    **dict.fromkeys(
        ("limit", "expect", "bulletin", "from_bulletin", "to_bulletin", "since_bulletin", "expiring_within"), "number"
    ),
}
"""Every parameter of every GET and PATCH, by what its value is; one that is missing here fails the test."""
UNKNOWN = {"code": "no-such", "word": "no-such", "moment": "yesterday", "cursor": "no-such!", "number": "many"}
NEEDS_A_CONVERTER = "/v1/reports/progress.pdf"
PRIVATE = ("/v1/status-updates", "/v1/obstacles", "/v1/inbox", "/v1/imports", "/v1/imports/template.xlsx")
"""Lists that belong to their unit."""


def body_of(operation: Operation) -> dict[str, Any]:
    return {"json": operation.body} if operation.method == "PATCH" else {}


@pytest.mark.parametrize("operation", FILTERED, ids=str)
async def test_an_empty_parameter_is_refused_by_every_route(operation: Operation, an: AsyncClient) -> None:
    for name in operation.parameters("query"):
        answer = await an.request(operation.method, operation.url(), params={name: ""}, **body_of(operation))
        refused(answer, 422)
        assert codes(answer) == {f"/query/{name}": "empty"}, name


@pytest.mark.parametrize(("operation", "name"), PARAMETERS, ids=str)
async def test_an_unknown_value_is_refused_by_every_route(operation: Operation, name: str, an: AsyncClient) -> None:
    params = {name: UNKNOWN[KINDS[name]]}
    if name == "addressed_to":
        params[name] = "38"  # a unit, and no agency
    if operation.path == "/v1/progress/compare":
        params = {"from": "2025-06-27T00:00:00Z"} | params
    answer = await an.request(operation.method, operation.url(), params=params, **body_of(operation))
    if ("{" in operation.path or operation.path == NEEDS_A_CONVERTER) and answer.status_code == 404:
        return  # what the path names does not exist either
    refused(answer, 422)
    if operation.method == "GET":
        assert {f"/query/{name}", f"/query/{name}/0"} & set(codes(answer))


@pytest.mark.parametrize("path", PRIVATE)
async def test_what_is_anothers_is_refused_and_no_empty_list(path: str, minh: AsyncClient, xa: AsyncClient) -> None:
    for client in (minh, xa):
        for params in ({"province": "38"}, {"unit": "38"}):
            problem = refused(await client.get(path, params=params), 403)
            assert problem["type"] == "/problems#not-your-unit"


@pytest.mark.parametrize("path", ["/v1/assignments", "/v1/changes", *PRIVATE])
async def test_a_unit_of_another_province_is_no_empty_list(path: str, lan: AsyncClient) -> None:
    answer = await lan.get(path, params={"province": "40", "unit": "14758"})
    refused(answer, 422)
    assert codes(answer) == {"/query/unit": "unfit"}


async def deadlines(service: Service) -> int:
    """How many assignments have been given another deadline."""
    connection = await connect(service.url)
    try:
        moved = "select count(*) from assignment where deadline = '2025-07-09T00:00:00Z'"
        return int(await connection.fetchval(moved))
    finally:
        await connection.close()


PATCH = {"deadline": "2025-07-09T00:00:00Z", "reason": "flood"}
LATER: dict[str, Any] = {"content": json.dumps(PATCH), "headers": {"Content-Type": "application/json"}}


async def test_no_empty_filter_moves_every_deadline(an: AsyncClient, service: Service) -> None:
    for query in ("", "?province=", "?province", "?unit=&task=", "?category=&overdue="):
        refused(await an.patch(f"/v1/assignments{query}", **LATER), 422)
    assert await deadlines(service) == 0


async def test_a_change_of_many_names_their_number(
    an: AsyncClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rulings, "UNANNOUNCED_CHANGES", 30)
    asked = "/v1/assignments?task=hotlines"
    needed = refused(await an.patch(asked, **LATER), 422)
    assert (needed["matched"], needed["errors"][0]["code"]) == (34, "number-required")
    other = refused(await an.patch(f"{asked}&expect=33", **LATER), 409)
    assert other["matched"] == 34
    assert await deadlines(service) == 0
    assert (await an.patch(f"{asked}&expect=34", **LATER)).json() == {"matched": 34, "changed": 34}
    assert (await an.patch("/v1/assignments?task=hotlines&province=38", **LATER)).status_code == 200


async def test_a_thousand_need_no_number(an: AsyncClient) -> None:
    assert rulings.UNANNOUNCED_CHANGES == 1_000
    many = await an.patch("/v1/assignments?category=commune-infrastructure", **LATER)
    refused(many, 422)
    assert codes(many) == {"/query/expect": "number-required"}
