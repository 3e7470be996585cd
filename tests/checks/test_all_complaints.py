"""Everything that is wrong with a request is named at once: its form, and what it names that there is not."""

from typing import Any

import pytest
from httpx import AsyncClient

from tests.checks.problems import codes, refused
from tests.conftest import Service, Template, serving

NAMES = {"vi": "Mới"}
PAST = "2020-01-01T00:00:00Z"
NO_UNIT, NO_LINE, NO_TASK = "unknown-unit", "unknown-category", "unknown-task"
NO_CAMPAIGN = "unknown-campaign"
ORDER = {"code": "c2", "names": NAMES, "opening": "2027-03-01", "deadline": "2027-02-01", "go_live": "2027-01-01"}
OBSTACLE = {"group": "systems", "title": "x", "detail": "y", "addressed_to": "38"}
MANY_POINTS = "from=2000-01-01T00:00:00Z&to=2025-01-01T00:00:00Z&step=hour"

QUERIES: list[tuple[str, dict[str, str]]] = [
    (
        "/v1/assignments?province=zz9&unit=yy&category=cc&task=tt",
        {"province": NO_UNIT, "unit": NO_UNIT, "category": NO_LINE, "task": NO_TASK},
    ),
    ("/v1/assignments?province=40&unit=14758&task=tt", {"unit": "unfit", "task": NO_TASK}),
    ("/v1/assignments?unit=yy&limit=0", {"unit": NO_UNIT, "limit": "out-of-range"}),
    ("/v1/assignments?unit=yy&category=&foo=1", {"unit": NO_UNIT, "category": "empty", "foo": "unknown-parameter"}),
    ("/v1/assignments?unit=yy&cursor=x", {"unit": NO_UNIT, "cursor": "broken-cursor"}),
    ("/v1/tasks?category=cc&cursor=x", {"category": NO_LINE, "cursor": "broken-cursor"}),
    ("/v1/categories?campaign=cz&cursor=x", {"campaign": NO_CAMPAIGN, "cursor": "broken-cursor"}),
    ("/v1/bulletins?campaign=cz&cursor=x", {"campaign": NO_CAMPAIGN, "cursor": "broken-cursor"}),
    (
        "/v1/obstacles?unit=yy&addressed_to=q&task=t&cursor=x",
        {"unit": NO_UNIT, "addressed_to": NO_UNIT, "task": NO_TASK, "cursor": "broken-cursor"},
    ),
    ("/v1/status-updates?unit=yy&task=t&category=c", {"unit": NO_UNIT, "task": NO_TASK, "category": NO_LINE}),
    ("/v1/changes?unit=yy&after=x", {"unit": NO_UNIT, "after": "broken-cursor"}),
    ("/v1/inbox?province=38&unit=yy&since=x", {"unit": NO_UNIT, "since": "broken-cursor"}),
    ("/v1/imports?unit=yy&cursor=x", {"unit": NO_UNIT, "cursor": "broken-cursor"}),
    ("/v1/imports/template.xlsx?unit=yy&category=c", {"unit": NO_UNIT, "category": NO_LINE}),
    ("/v1/tokens?unit=yy&province=14758&limit=0", {"unit": NO_UNIT, "province": NO_UNIT, "limit": "out-of-range"}),
    ("/v1/tokens?unit=14758&province=40", {"unit": "unfit"}),
    ("/v1/progress/silent?campaign=cz&province=yy", {"campaign": NO_CAMPAIGN, "province": NO_UNIT}),
    ("/v1/progress/timeline?campaign=cz&category=yy", {"campaign": NO_CAMPAIGN, "category": NO_LINE}),
    (f"/v1/progress/timeline?category=yy&{MANY_POINTS}", {"category": NO_LINE, "step": "too-many-points"}),
    ("/v1/progress/compare?campaign=cz", {"campaign": NO_CAMPAIGN, "from": "missing"}),
    (
        f"/v1/progress/compare?from_bulletin=1&from={PAST}&to_bulletin=1&to={PAST}",
        {"from_bulletin": "not-together", "to_bulletin": "not-together"},
    ),
    (
        f"/v1/reports/progress.md?campaign=cz&bulletin=1&as_of={PAST}",
        {"campaign": NO_CAMPAIGN, "bulletin": "not-together"},
    ),
]

BODIES: list[tuple[str, str, Any, dict[str, str]]] = [
    (
        "PATCH",
        "/v1/assignments?unit=yy&category=q",
        {"deadline": "x"},
        {"/query/unit": NO_UNIT, "/query/category": NO_LINE, "/deadline": "malformed-time"},
    ),
    (
        "PATCH",
        "/v1/assignments?unit=yy",
        {"not_applicable": True},
        {"/query/unit": NO_UNIT, "/reason": "reason-required"},
    ),
    ("PATCH", "/v1/assignments", {}, {"/query": "filter-required", "": "nothing-to-change"}),
    (
        "POST",
        "/v1/tasks",
        {"code": "x", "category": "nope", "level": "province", "names": NAMES, "foo": 1},
        {"/category": NO_LINE, "/foo": "unknown-field"},
    ),
    (
        "POST",
        "/v1/categories",
        {"code": "x", "campaign": "nope", "names": NAMES, "foo": 1},
        {"/campaign": NO_CAMPAIGN, "/foo": "unknown-field"},
    ),
    ("POST", "/v1/campaigns", ORDER, {"/deadline": "out-of-order", "/go_live": "out-of-order"}),
    (
        "POST",
        "/v1/tokens",
        {"name": "x", "role": "ministry", "unit": "nope", "expires_at": PAST, "may_delegate": True},
        {"/unit": NO_UNIT, "/expires_at": "past-expiry", "/may_delegate": "not-a-province"},
    ),
    (
        "POST",
        "/v1/tokens",
        {"name": "", "role": "x", "unit": "nope"},
        {"/name": "too-short", "/role": "unknown-value", "/unit": NO_UNIT},
    ),
    (
        "POST",
        "/v1/tokens/batch",
        {"level": "commune", "province": "14758", "units": ["14758", "zz"], "expires_at": PAST},
        {"/province": NO_UNIT, "/units/1": NO_UNIT, "/expires_at": "past-expiry"},
    ),
    ("PATCH", "/v1/units/38", {"until": "2999-01-01"}, {"": "nothing-to-change", "/until": "in-the-future"}),
]


def in_query(wanted: dict[str, str]) -> dict[str, str]:
    return {f"/query/{name}": code for name, code in wanted.items()}


@pytest.mark.parametrize(("path", "wanted"), QUERIES, ids=[path for path, _ in QUERIES])
async def test_every_wrong_parameter_is_named(path: str, wanted: dict[str, str], an: AsyncClient) -> None:
    answer = await an.get(path)
    refused(answer, 422)
    assert codes(answer) == in_query(wanted)


@pytest.mark.parametrize(
    ("method", "path", "body", "wanted"), BODIES, ids=[f"{m} {p} {b}"[:80] for m, p, b, _ in BODIES]
)
async def test_every_wrong_field_is_named(
    method: str, path: str, body: Any, wanted: dict[str, str], an: AsyncClient
) -> None:
    answer = await an.request(method, path, json=body)
    refused(answer, 422)
    assert codes(answer) == wanted


async def test_what_an_obstacle_names_is_looked_up_whatever_its_form(huong: AsyncClient) -> None:
    sent = {**OBSTACLE, "unit": "yy", "task": "tt", "group": "x", "title": "", "foo": 1}
    answer = await huong.post("/v1/obstacles", json=sent)
    refused(answer, 422)
    assert codes(answer) == {
        "/unit": NO_UNIT,
        "/task": NO_TASK,
        "/addressed_to": NO_UNIT,
        "/group": "unknown-value",
        "/title": "too-short",
        "/foo": "unknown-field",
    }


async def test_a_field_that_is_wrong_in_itself_is_named_once(an: AsyncClient) -> None:
    sent = {"code": "x", "category": "", "level": "province", "names": NAMES}
    answer = await an.post("/v1/tasks", json=sent)
    assert [error["pointer"] for error in refused(answer, 422)["errors"]] == ["/category"]


async def test_nobody_without_a_token_learns_what_there_is(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens) as service:
        for path in ("/v1/progress/timeline?category=yy&foo=1", "/v1/categories?campaign=cz&foo=1"):
            assert codes(await service.client().get(path)) == {"/query/foo": "unknown-parameter"}
        refused(await service.client().get("/v1/assignments?unit=yy&foo=1"), 401)


async def test_who_may_not_is_refused_whatever_the_filter_names(huong: AsyncClient, service: Service) -> None:
    refused(await huong.patch("/v1/assignments?unit=yy", json={"deadline": None}), 403)
    refused(await service.client("khach").patch("/v1/assignments?unit=yy", json={"deadline": "x"}), 403)
