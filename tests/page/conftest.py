"""A site that progress is open on, a site with the demo on a real port, and a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import uvicorn
from playwright.async_api import Browser, BrowserContext, Page, Request, async_playwright, expect

from tests import chromium
from tests.conftest import Service, Template, at_rest, serving

MOMENT = "2025-06-27T17:00"
"""The report of 27 June, on a Vietnamese wall clock."""

_LINE = re.compile(
    r'<tr id="line-([\w-]+)">(?:(?!</tr>).)*?aria-label="\d+\D+\d+\D+(\d+)[^"]*"'
    r'(?:(?!</tr>).)*?data-figure="line-[\w-]+">(\d+)</b><span>/(\d+)',
    re.DOTALL,
)


def figures(html: str) -> dict[str, tuple[int, int, int]]:
    """What a page says of each line: completed, of how many, verified."""
    return {code: (int(done), int(total), int(verified)) for code, verified, done, total in _LINE.findall(html)}


@pytest.fixture
async def public(database_url: str, template: Template) -> AsyncIterator[Service]:
    """A service whose progress is open to everyone."""
    async with serving(database_url, template.tokens, public_progress=True) as running:
        yield running


@pytest.fixture
def reader(public: Service) -> httpx.AsyncClient:
    """Someone without a token, who reads Vietnamese."""
    return public.client()


@pytest.fixture(scope="session")
async def demo(demo_url: str, template: Template) -> AsyncIterator[Service]:
    """A service that shows the demo to everyone."""
    with at_rest():
        async with serving(demo_url, template.tokens, public_progress=True) as running:
            yield running


@asynccontextmanager
async def on_a_port(app: Any, port: int = 0) -> AsyncIterator[str]:
    """The address of an application on a real port of this machine."""
    config = uvicorn.Config(app, port=port, lifespan="off", log_config=None, server_header=False)
    server = uvicorn.Server(config)
    running = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = server.force_exit = True  # streams are open still
    await running
    for connection in list(server.server_state.connections):
        connection.transport.abort()
    if unfinished := list(server.server_state.tasks):  # they may hold connections to the database
        await asyncio.wait(unfinished, timeout=5)


@pytest.fixture(scope="session")
async def site(demo: Service) -> AsyncIterator[str]:
    """The demo on a real port."""
    async with on_a_port(demo.app) as address:
        yield address


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium.found(), args=chromium.ARGUMENTS)
        yield launched
        await launched.close()


@dataclass
class Visit:
    """A page in the browser, and what went wrong or left the host while it was open."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self) -> "Visit":
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self._heard(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("requestfailed", self._failed)
        return self

    def _failed(self, request: Request) -> None:
        """A page that is left ends its stream of events, and gives up fetching itself anew."""
        is_given_up = request.resource_type == "fetch" and request.failure == "net::ERR_ABORTED"
        if not is_given_up and not request.url.endswith("/v1/events"):
            self.complaints.append(f"failed: {request.url}")

    def _heard(self, kind: str, text: str) -> None:
        """Hints to developers are not complaints; violations of the policy come as errors."""
        if kind in ("error", "warning"):
            self.complaints.append(text)

    def strangers(self, site: str) -> list[str]:
        """Requests that left the host; what is in the page itself (`data:`) is no request."""
        return [url for url in self.requests if not url.startswith((f"{site}/", "data:"))]


@pytest.fixture
async def context(browser: Browser) -> AsyncIterator[BrowserContext]:
    opened = await browser.new_context(viewport={"width": 1366, "height": 768})
    yield opened
    await opened.close()


@pytest.fixture
async def visit(context: BrowserContext) -> Visit:
    return Visit(await context.new_page()).watch()


@pytest.fixture
async def open_site(public: Service) -> AsyncIterator[str]:
    """A service without a bulletin, which opens on the present."""
    async with on_a_port(public.app) as address:
        yield address


async def live_on(page: Page, address: str) -> None:
    """Open a page, and wait until it is kept up to date."""
    await page.goto(address)
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    await expect(page.locator("#live .when")).to_contain_text("updated at")
