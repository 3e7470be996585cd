"""The client of docs/reading.md, in a real browser, on a page of another origin: in step across a restart."""

import re
import socket
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from playwright.async_api import Browser, Page, Route
from starlette.responses import HTMLResponse
from starlette.types import Receive, Scope, Send

from tests.conftest import Template, serving
from tests.page.conftest import on_a_port

READING = (Path(__file__).parents[2] / "docs/reading.md").read_text()
OF_PUBLIC, CLIENT = re.findall(r"```js\n(.*?)```", READING, re.DOTALL)
DONE = "shown.at(-1)?.categories.find((line) => line.code === 'hotlines').provinces_completed"


def test_the_client_is_short() -> None:
    assert len(OF_PUBLIC.splitlines()) <= 20
    assert len(CLIENT.splitlines()) <= 45


async def empty_page(scope: Scope, receive: Receive, send: Send) -> None:
    await HTMLResponse("<!doctype html>")(scope, receive, send)


async def a_page(browser: Browser, origin: str) -> Page:
    """An empty page of an origin of its own."""
    page = await browser.new_page()
    await page.goto(f"{origin}/")
    await page.evaluate("globalThis.shown = []; globalThis.show = (progress) => shown.push(progress)")
    return page


async def report(client: AsyncClient, unit: str) -> None:
    answer = await client.post("/v1/status-updates", json={"task": "hotlines", "unit": unit, "status": "completed"})
    assert answer.status_code == 201


@pytest.mark.slow
@pytest.mark.parametrize("is_public", [False, True], ids=["private", "public"])
async def test_a_page_of_another_origin_stays_in_step_across_a_restart(
    browser: Browser, database_url: str, template: Template, is_public: bool
) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    async with on_a_port(empty_page) as origin:
        options: dict[str, Any] = {"cors_origins": (origin,), "public_progress": is_public}
        page = await a_page(browser, origin)
        async with serving(database_url, template.tokens, **options) as service, on_a_port(service.app, port) as base:
            await page.evaluate(script_for(base, "" if is_public else template.tokens["khach"]))
            await page.wait_for_function(f"{DONE} === 0")
            await report(service.client("huong"), "38")
            await page.wait_for_function(f"{DONE} === 1")
        async with serving(database_url, template.tokens, **options) as service:
            await report(service.client("minh"), "40")
            async with on_a_port(service.app, port):
                await page.wait_for_function(f"{DONE} === 2")
        await page.close()


@pytest.mark.slow
async def test_a_connection_that_dies_without_a_word_is_made_again(
    browser: Browser, database_url: str, template: Template
) -> None:
    """The network is gone, and no end of the stream arrives: as here, where nothing does."""
    async with (
        on_a_port(empty_page) as origin,
        serving(database_url, template.tokens, cors_origins=(origin,), event_heartbeat=3600.0) as service,
        on_a_port(service.app) as base,
    ):
        page = await a_page(browser, origin)
        script = script_for(base, template.tokens["khach"])
        await page.evaluate(script.replace("40000", "300"))
        await page.wait_for_function("shown.length === 2")
        await page.close()


@pytest.mark.slow
@pytest.mark.parametrize("is_public", [False, True], ids=["private", "public"])
async def test_an_answer_that_is_refused_for_a_while_is_asked_for_again(
    browser: Browser, database_url: str, template: Template, is_public: bool
) -> None:
    """As by a proxy whose service restarts: the stream is refused, then it stands, but the figures do not come."""
    async with on_a_port(empty_page) as origin:
        options: dict[str, Any] = {"cors_origins": (origin,), "public_progress": is_public}
        async with serving(database_url, template.tokens, **options) as service, on_a_port(service.app) as base:
            page = await a_page(browser, origin)
            left = {"events": 1, "progress": 1}

            async def refuse(route: Route) -> None:
                name = route.request.url.split("?")[0].rsplit("/", 1)[1]
                if route.request.method == "OPTIONS" or not left.get(name):
                    return await route.fallback()
                left[name] -= 1
                return await route.fulfill(status=502, headers={"Access-Control-Allow-Origin": origin})

            await page.route(f"{base}/v1/**", refuse)
            script = script_for(base, "" if is_public else template.tokens["khach"])
            await page.evaluate(script.replace("5000", "200"))
            await page.wait_for_function(f"{DONE} === 0")
            await report(service.client("huong"), "38")
            await page.wait_for_function(f"{DONE} === 1")
            assert left == {"events": 0, "progress": 0}
            await page.close()


@pytest.mark.slow
async def test_a_token_that_is_revoked_is_not_asked_with_for_ever(
    browser: Browser, database_url: str, template: Template
) -> None:
    async with (
        on_a_port(empty_page) as origin,
        serving(database_url, template.tokens, cors_origins=(origin,)) as service,
        on_a_port(service.app) as base,
    ):
        page = await a_page(browser, origin)
        an = service.client("an")
        made = (await an.post("/v1/tokens", json={"name": "wall", "role": "viewer"})).json()
        ended = ", show).catch((error) => (globalThis.ended = error.message));"
        script = script_for(base, made["token"]).replace(", show);", ended)
        await page.evaluate(script)
        await page.wait_for_function(f"{DONE} === 0")
        assert (await an.delete(f"/v1/tokens/{made['id']}")).is_success
        await page.wait_for_function("globalThis.ended === '401 at /v1/events'")
        await page.close()


def script_for(base: str, token: str) -> str:
    """The lines of a public page, or the client with a token; nothing waits for its end."""
    lines = OF_PUBLIC.replace('const base = "http://127.0.0.1:8000";', f"const base = {base!r};")
    called = f"{CLIENT}follow({base!r}, {token!r}, show);" if token else lines
    return f"(() => {{ {called} }})()"
