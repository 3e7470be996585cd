"""Behind a path prefix everything works, whether the proxy strips it or not."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import pytest

from app.prefix import without
from tests.conftest import Service, Template, serving

PREFIX = "/tien-do"


@pytest.fixture
async def prefixed(database_url: str, template: Template) -> AsyncIterator[Service]:
    async with serving(database_url, template.tokens, root_path=PREFIX, public_progress=True) as running:
        yield running


FORMS = pytest.mark.parametrize("sent", ["", PREFIX], ids=["stripped", "kept"])


@FORMS
async def test_pages_and_what_they_are_dressed_in_are_found(prefixed: Service, sent: str) -> None:
    reader = prefixed.client()
    for path in ("/", "/docs", "/problems"):
        page = (await reader.get(sent + path)).text
        addresses = re.findall(r'(?:href|src|action)="(/[^"]*)"', page)
        assert addresses
        assert not [address for address in addresses if not address.startswith(f"{PREFIX}/")]
        assets = [address for address in addresses if re.search(r"\.(css|js|woff2|svg)", address)]
        for address in assets:
            assert (await reader.get(sent + address.removeprefix(PREFIX))).status_code == 200, address


@FORMS
async def test_problems_and_the_description_name_addresses_with_the_prefix(prefixed: Service, sent: str) -> None:
    reader = prefixed.client()
    problem = (await reader.get(f"{sent}/v1/provinces/99")).json()
    assert problem["type"] == f"{PREFIX}/problems#not-found"
    assert problem["instance"] == f"{PREFIX}/v1/provinces/99"
    assert (await reader.get(f"{sent}/openapi.json")).json()["servers"] == [{"url": PREFIX}]


@FORMS
async def test_what_was_made_is_found_at_its_location(prefixed: Service, sent: str) -> None:
    huong, lan = prefixed.client("huong"), prefixed.client("lan")
    obstacle = {"group": "systems", "title": "x", "detail": "y", "addressed_to": "viettel"}
    report: dict[str, Any] = {
        "json": {"task": "hotlines", "status": "completed"},
        "headers": {"Idempotency-Key": uuid4().hex},
    }
    rows = {"content": b"task,status\nhotlines,completed\n", "headers": {"Content-Type": "text/csv"}}
    for who, path, name, body in (
        (huong, "/v1/obstacles", "id", {"json": obstacle}),
        (huong, "/v1/status-updates", "id", report),
        (huong, "/v1/status-updates", "id", report),  # the same answer again
        (huong, "/v1/imports", "id", rows),
        (lan, "/v1/bulletins", "number", {"json": {"as_of": "2025-06-27T17:00:00+07:00"}}),
    ):
        made = await who.post(f"{sent}{path}", **body)
        assert made.status_code == 201, made.text
        assert made.headers["location"].partition("?")[0] == f"{PREFIX}{path}/{made.json()[name]}"
        found = await who.get(made.headers["location"])
        assert found.json()[name] == made.json()[name]


@FORMS
async def test_reports_streams_and_kept_answers_come_both_ways(prefixed: Service, sent: str) -> None:
    huong = prefixed.client("huong")
    report = {"task": "hotlines", "status": "completed"}
    assert (await huong.post(f"{sent}/v1/status-updates", json=report)).status_code == 201
    refused = (await huong.post(f"{sent}/v1/status-updates", json={**report, "unit": "40"})).json()
    assert refused["type"] == f"{PREFIX}/problems#not-your-unit"
    assert refused["instance"] == f"{PREFIX}/v1/status-updates"
    for _ in range(2):
        answer = await huong.get(f"{sent}/v1/progress/")
        assert answer.json()["categories"][6]["provinces_completed"] == 1
    head = await huong.head(f"{sent}/v1/events")
    assert (head.status_code, head.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


async def test_signing_in_goes_on_under_the_prefix(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, root_path=PREFIX) as service:
        client = service.client()
        asked = await client.get("/agencies")
        assert asked.headers["location"].startswith(f"{PREFIX}/sign-in?")
        form = await client.get(asked.headers["location"])
        mark = re.search(r'name="form" value="([^"]+)"', form.text)
        assert mark
        sent = {"token": service.tokens["khach"], "form": mark[1], "next": "/agencies"}
        own = {"Origin": "http://tien-do.gov.test", "Host": "127.0.0.1:8000"}
        answer = await client.post("/sign-in", data=sent, headers=own)
        assert (answer.status_code, answer.headers["location"]) == (303, f"{PREFIX}/agencies")


def test_only_the_prefix_itself_is_taken_off() -> None:
    assert without("/tien-do", "/tien-do") == without("/tien-do", "/tien-do/") == "/"
    assert without("/tien-do", "/tien-do/v1/me") == without("/tien-do", "/v1/me") == "/v1/me"
    assert without("/tien-do", "/tien-do-2/v1/me") == "/tien-do-2/v1/me"
    assert without("", "/v1/me") == "/v1/me"
