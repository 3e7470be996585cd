"""Values that look right and are not: numbers for days, characters that nobody sees, a token that was never valid."""

import json
from datetime import timedelta
from typing import Any

import pytest
from fastapi.routing import APIRoute
from httpx import AsyncClient
from typer.testing import CliRunner

from app import clock
from app.auth.api_route import most_values
from app.cli.commands import app as command
from app.imports.reading.values.links import is_link
from app.json_input import refuse_excess
from app.main import ROUTERS
from app.updates import report_limits, reports
from app.updates.schemas import BatchIn
from tests.checks.problems import codes, refused

UPDATES = "/v1/status-updates"
REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}
UNSEEN = ("\x01", "\x1b[31m", "\x7f", "\x85", "\u2028", "\u202e", "\u2066")


@pytest.mark.parametrize(
    "day", [1751018400, 20250627, "1751018400", "20250627", "2025-06-27T00:00:00Z", 0.5, True], ids=repr
)
async def test_a_number_is_no_day(day: Any, huong: AsyncClient) -> None:
    sent = {**REPORT, "document": {"number": "1/UBND", "date": day}}
    one = await huong.post(UPDATES, json=sent)
    many = await huong.post(f"{UPDATES}/batch", json={"updates": [sent]})
    assert (one.status_code, codes(one)) == (422, {"/document/date": "malformed-date"})
    assert (many.status_code, codes(many)) == (422, {"/updates/0/document/date": "malformed-date"})


async def test_a_day_is_a_day(huong: AsyncClient) -> None:
    answer = await huong.post(UPDATES, json={**REPORT, "document": {"number": "1/UBND", "date": "2025-06-27"}})
    assert (answer.status_code, answer.json()["document"]["date"]) == (201, "2025-06-27")


@pytest.mark.parametrize("unseen", UNSEEN)
async def test_a_link_holds_nothing_that_cannot_be_seen(unseen: str, huong: AsyncClient) -> None:
    link = f"https://tiendo.example/{unseen}a"
    answer = await huong.post(UPDATES, json={**REPORT, "evidence": ["https://a.vn/ok", link]})
    assert (answer.status_code, codes(answer)) == (422, {"/evidence/1": "not-a-link"})
    assert not is_link(link)


def test_files_and_json_know_the_same_links() -> None:
    assert report_limits.NOT_IN_A_LINK.pattern in _source_of_files()
    for good in ("https://a.vn/văn-bản?x=1#y", "http://[::1]:8/", "https://xn--a.vn"):
        assert reports.is_link(good)
        assert is_link(good)


def _source_of_files() -> str:
    from app.imports.reading.values.links import NOT_IN_A_LINK  # noqa: PLC0415

    return NOT_IN_A_LINK.pattern


@pytest.mark.parametrize("unseen", ["\n", *UNSEEN])
async def test_the_name_of_a_token_is_one_line_of_what_can_be_seen(unseen: str, an: AsyncClient) -> None:
    answer = await an.post("/v1/tokens", json={"name": f"a{unseen}b", "role": "viewer"})
    assert (answer.status_code, codes(answer)) == (422, {"/name": "malformed"})
    asked = CliRunner().invoke(command, ["token", "create", "--role", "viewer", "--name", f"a{unseen}b"])
    assert (asked.exit_code, "name" in asked.output) == (2, True)


async def test_no_token_is_born_expired(an: AsyncClient) -> None:
    made = (await an.post("/v1/tokens", json={"name": "x", "role": "viewer"})).json()
    past = clock.text(clock.now() - timedelta(seconds=1))
    for path, body in (
        ("/v1/tokens", {"name": "x", "role": "viewer", "expires_at": past}),
        ("/v1/tokens/batch", {"level": "agency", "expires_at": past}),
        (f"/v1/tokens/{made['id']}/rotate", {"expires_at": past}),
    ):
        assert codes(await an.post(path, json=body)) == {"/expires_at": "past-expiry"}
    asked = CliRunner().invoke(command, ["token", "create", "--role", "viewer", "--name", "x", "--expires-at", past])
    assert (asked.exit_code, "has passed" in asked.output) == (2, True)


def test_the_largest_legal_batch_is_within_its_bound() -> None:
    """10,000 reports with every field, twenty links and a document."""
    links = [f"https://tiendo.example/{number}" for number in range(20)]
    full = {**REPORT, "effective_at": "2025-06-27T10:00:00Z", "note": "a, [b], {c}", "evidence": links}
    body = json.dumps({"updates": [full | {"document": {"number": "1/UBND", "date": "2025-06-27"}}] * 10_000}).encode()
    refuse_excess(body, BatchIn.max_values)


def test_every_other_route_takes_far_fewer_values() -> None:
    routes = [route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute)]
    bounds = {route.path: most_values(route.body_field) for route in routes if route.body_field}
    assert {path for path, most in bounds.items() if most != 20_000} == {f"{UPDATES}/batch"}


async def test_a_batch_with_every_link_is_taken(huong: AsyncClient) -> None:
    """More values than other routes take."""
    links = [f"https://tiendo.example/{number}" for number in range(20)]
    answer = await huong.post(
        f"{UPDATES}/batch?dry_run=true", json={"updates": [{**REPORT, "evidence": links}] * 1_000}
    )
    assert (answer.status_code, answer.json()["stored"]) == (200, 1_000)
    refused(await huong.post(UPDATES, json={**REPORT, "evidence": links * 2_000}), 422)
