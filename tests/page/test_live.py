"""The page stays true while it is open: without losing where its reader is, and saying when it cannot."""

from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Page, expect

from tests.conftest import Service
from tests.page.conftest import Visit, on_a_port

REPORT = {"task": "hotlines", "status": "completed", "effective_at": "2025-06-27T15:00:00+07:00"}
FIGURE = "[data-figure='line-hotlines']"


@pytest.fixture
async def open_site(public: Service) -> AsyncIterator[str]:
    """A service without a bulletin, which opens on the present."""
    async with on_a_port(public.app) as address:
        yield address


async def live_on(page: Page, address: str) -> None:
    await page.goto(address)
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    await expect(page.locator("#live .when")).to_contain_text("updated at")


async def test_a_report_appears_without_the_reader_losing_the_place(
    visit: Visit, open_site: str, public: Service
) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/?lang=en")
    assert await page.locator(FIGURE).inner_text() == "0"
    link = page.locator("#p-40 th a")
    await link.focus()
    before = await page.evaluate("scrollY")
    await page.evaluate("getSelection().selectAllChildren(document.querySelector('#p-40 th'))")
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await expect(page.locator(FIGURE)).to_have_text("1")
    await expect(page.locator(FIGURE)).to_have_class("changed")
    assert before > 0
    assert abs(await page.evaluate("scrollY") - before) < 60
    assert await page.evaluate("document.activeElement.closest('tr').id") == "p-40"
    assert "Nghe An" in await page.evaluate("getSelection().toString()")
    assert visit.complaints == []


async def test_what_has_changed_is_said_wherever_the_reader_is(visit: Visit, open_site: str, public: Service) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/?lang=en")
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    news = page.get_by_role("status").nth(1)
    await expect(news).to_have_text("Just changed: Hotlines published: 1; Thanh Hoa: 1")
    await page.evaluate("scrollTo(0, document.body.scrollHeight)")
    await expect(news).to_be_in_viewport()
    await page.goto(f"{open_site}/?view=room&lang=en")
    await expect(page.locator("#live")).to_have_attribute("data-state", "on")
    assert (await public.client("huong").post("/v1/status-updates", json={**REPORT, "task": "staffing"})).is_success
    await expect(news).to_contain_text("Support staff assigned: 1; Thanh Hoa: ")


async def test_a_bulletin_that_is_issued_appears_and_what_is_being_filled_in_stays(
    visit: Visit, open_site: str, public: Service
) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/?as_of=now&lang=en")
    field = page.get_by_label("Moment (Vietnamese time)")
    await field.fill("2025-06-26T08:00")
    issued = await public.client("lan").post("/v1/bulletins", json={"as_of": "2025-06-27T17:00:00+07:00"})
    assert issued.status_code == 201
    await expect(page.locator(".moments")).to_contain_text("Bulletin 1")
    await expect(field).to_have_value("2025-06-26T08:00")
    await expect(page.get_by_role("slider")).to_be_visible()


async def test_open_details_stay_open(visit: Visit, open_site: str, public: Service) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/provinces/38?lang=en")
    details = page.locator("details").first
    await details.locator("summary").click()
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await expect(page.locator(FIGURE)).to_have_text("1")
    assert await details.get_attribute("open") is not None


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


async def test_what_has_changed_is_marked_without_motion_for_those_who_want_none(
    visit: Visit, open_site: str, public: Service
) -> None:
    page = visit.page
    await page.emulate_media(reduced_motion="reduce")
    await live_on(page, f"{open_site}/?lang=en")
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await expect(page.locator(FIGURE)).to_have_class("changed", timeout=15_000)
    timing = "one => getComputedStyle(one).animationTimingFunction"
    assert (await page.locator(FIGURE).evaluate(timing)).startswith("steps(1")


async def test_a_mark_stays_when_the_page_is_fetched_again_meanwhile(
    visit: Visit, open_site: str, public: Service
) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/?lang=en")
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await expect(page.locator(FIGURE)).to_have_class("changed")
    assert (
        await public.client("huong").post("/v1/status-updates", json={**REPORT, "task": "staffing"})
    ).status_code == 201
    await expect(page.locator("[data-figure='line-staffing']")).to_have_text("1")
    assert await page.locator(FIGURE).get_attribute("class") == "changed"
