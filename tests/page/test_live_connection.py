"""What the page says of its connection, and what it does when that is lost, cut or refused."""

import re

import pytest
from playwright.async_api import BrowserContext, Route, expect

from tests.conftest import Service, Template, serving
from tests.page.conftest import Visit, live_on, on_a_port
from tests.page.test_live import FIGURE, REPORT
from tests.slowly import slow

STATES = """
    globalThis.states = [];
    new MutationObserver(() => states.push(document.getElementById("live").dataset.state)).observe(
        document.getElementById("live"), { attributes: true, attributeFilter: ["data-state"] })
"""
"""Keeps what is said of the connection from now on."""
HIDDEN = """(hidden) => {
    Object.defineProperty(document, "hidden", { value: hidden, configurable: true });
    document.dispatchEvent(new Event("visibilitychange"));
}"""
STREAMS = """
    globalThis.streams = [];
    globalThis.EventSource = class extends EventSource { constructor(address) { super(address); streams.push(this); } };
"""
"""Keeps the streams that a page opens."""


async def test_a_lost_connection_is_said_and_so_is_its_return(visit: Visit, open_site: str, public: Service) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/?view=room&lang=en")
    await page.context.set_offline(True)
    await expect(page.locator("#live")).to_have_attribute("data-state", "lost")
    await expect(page.locator("#live .says")).to_have_text("Connection lost – the figures may be old")
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await page.context.set_offline(False)
    await expect(page.locator("#live .says")).to_have_text("Connected again", timeout=15_000)
    await expect(page.locator(FIGURE)).to_have_text("1")


async def test_the_room_survives_a_restart_of_the_service(visit: Visit, public: Service) -> None:
    page = visit.page
    async with on_a_port(public.app) as address:
        await live_on(page, f"{address}/?view=room&lang=en")
    await expect(page.locator("#live")).to_have_attribute("data-state", "lost")
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    async with on_a_port(public.app, int(address.rsplit(":", 1)[1])):
        await expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=15_000)
        await expect(page.locator(FIGURE)).to_have_text("1")


async def test_what_happens_before_the_stream_begins_is_shown_when_it_does(
    visit: Visit, open_site: str, public: Service
) -> None:
    page = visit.page

    async def late(route: Route) -> None:
        assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
        await route.continue_()

    await page.route("**/v1/events", late)
    await page.goto(f"{open_site}/?lang=en")
    await expect(page.locator(FIGURE)).to_have_text("1")


@pytest.mark.slow
async def test_a_stream_that_a_proxy_cuts_is_no_lost_connection(visit: Visit, open_site: str, public: Service) -> None:
    page = visit.page
    headers = {"Content-Type": "text/event-stream"}
    await page.route("**/v1/events", lambda route: route.fulfill(headers=headers, body="retry: 100\n\n"))
    await live_on(page, f"{open_site}/?lang=en")
    await page.evaluate(STATES)
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await expect(page.locator(FIGURE)).to_have_text("1")
    assert "lost" not in await page.evaluate("states")


@pytest.mark.slow
async def test_the_update_is_timed_by_the_clock_of_the_service(visit: Visit, open_site: str) -> None:
    await visit.page.clock.set_fixed_time("2001-01-01T03:04:05Z")
    await live_on(visit.page, f"{open_site}/?lang=en")
    await expect(visit.page.locator("#live .when")).not_to_contain_text("10:04:05")


@pytest.mark.parametrize(("query", "has_day"), [*slow(("", False)), ("&as_of=2025-06-27T10:00:00Z", True)])
async def test_a_page_that_is_not_fetched_by_the_minute_says_the_day_of_its_update(
    query: str, has_day: bool, visit: Visit, open_site: str
) -> None:
    await live_on(visit.page, f"{open_site}/?lang=en{query}")
    said = await visit.page.locator("#live .when").text_content()
    assert bool(re.search(r"[0-9]{2} on [0-9]{1,2} [A-Z][a-z]+ [0-9]{4}", said or "")) is has_day


@pytest.mark.slow
@pytest.mark.parametrize("how", ["foreign", "silent", "unavailable"])
async def test_an_answer_that_is_no_page_of_ours_is_a_lost_connection(visit: Visit, open_site: str, how: str) -> None:
    page = visit.page

    async def script(route: Route) -> None:
        answer = await route.fetch()
        await route.fulfill(response=answer, body=(await answer.text()).replace("PATIENCE = 30000", "PATIENCE = 300"))

    async def answer(route: Route) -> None:
        if route.request.resource_type != "fetch":
            await route.continue_()
        elif how == "foreign":
            await route.fulfill(body="<!doctype html><title>Sign in to the Wi-Fi</title>", content_type="text/html")
        elif how == "unavailable":
            await route.fulfill(status=503, body="<!doctype html><p>nginx", content_type="text/html")

    await page.route("**/page.js*", script)
    await page.route(f"{open_site}/?lang=en", answer)
    await page.goto(f"{open_site}/?lang=en")
    await expect(page.locator("#live")).to_have_attribute("data-state", "lost")
    await expect(page.locator("h1")).to_have_text("None of the 34 has completed everything")


@pytest.mark.slow
async def test_while_two_versions_answer_by_turns_a_page_is_loaded_anew_once(visit: Visit, open_site: str) -> None:
    page, loads = visit.page, []

    async def answer(route: Route) -> None:
        if route.request.resource_type != "fetch":
            loads.append(route.request.url)
            return await route.continue_()
        found = await route.fetch()
        text = re.sub('data-version="[^"]*"', 'data-version="another"', await found.text())
        return await route.fulfill(response=found, body=text)

    await page.route(f"{open_site}/?lang=en", answer)
    await page.goto(f"{open_site}/?lang=en")
    await expect(page.locator("#live .when")).to_contain_text("updated at")
    assert len(loads) == 2


@pytest.mark.slow
async def test_a_page_that_nobody_sees_holds_no_stream_and_catches_up_when_it_is_seen(
    visit: Visit, open_site: str, public: Service
) -> None:
    page = visit.page
    await page.add_init_script(STREAMS)
    await live_on(page, f"{open_site}/?lang=en")
    await page.evaluate(HIDDEN, True)
    assert await page.evaluate("streams.map((one) => one.readyState)") == [2]
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await page.evaluate(HIDDEN, False)
    await expect(page.locator(FIGURE)).to_have_text("1")
    assert await page.evaluate("streams.map((one) => one.readyState)") == [2, 1]


@pytest.mark.slow
async def test_the_screen_of_a_room_holds_its_stream_whatever_the_browser_thinks_of_it(
    visit: Visit, open_site: str
) -> None:
    page = visit.page
    await page.add_init_script(STREAMS)
    await live_on(page, f"{open_site}/?view=room&lang=en")
    await page.evaluate(HIDDEN, True)
    assert await page.evaluate("streams[0].readyState") == 1


@pytest.mark.slow
async def test_a_sign_in_that_has_ended_leads_to_the_form(
    context: BrowserContext, visit: Visit, database_url: str, template: Template
) -> None:
    """Also on a page of a past moment, which nothing else fetches anew."""
    async with serving(database_url, template.tokens) as service, on_a_port(service.app) as address:
        an = service.client("an")
        made = (await an.post("/v1/tokens", json={"name": "desk", "role": "viewer"})).json()
        await context.add_cookies([{"name": "tiendo", "value": made["token"], "url": address}])
        await live_on(visit.page, f"{address}/?as_of=2025-06-27&lang=en")
        assert (await an.delete(f"/v1/tokens/{made['id']}")).is_success
        await expect(visit.page.get_by_label("Access token")).to_be_visible(timeout=15_000)
