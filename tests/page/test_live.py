"""The page stays true while it is open: without losing where its reader is."""

from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.async_api import expect

from tests.conftest import Service
from tests.page.conftest import Visit, live_on

REPORT = {"task": "hotlines", "status": "completed", "effective_at": "2025-06-27T15:00:00+07:00"}
FIGURE = "[data-figure='line-hotlines']"


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


async def test_data_and_documents_of_what_is_shown_stay_one_click_away(
    visit: Visit, open_site: str, public: Service
) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/?lang=en")
    assert (await public.client("huong").post("/v1/status-updates", json=REPORT)).status_code == 201
    await expect(page.locator(FIGURE)).to_have_text("1")
    shown = await page.locator(".moment-line time").get_attribute("datetime")
    for link in await page.locator("footer a[href*=as_of]").all():
        assert parse_qs(urlsplit(await link.get_attribute("href") or "").query)["as_of"] == [shown]


async def test_who_watches_the_present_goes_on_with_it_when_a_bulletin_is_issued(
    visit: Visit, open_site: str, public: Service
) -> None:
    """Past its go-live the address without a moment opens on the bulletin from then on, as at the go-live itself."""
    page = visit.page
    await live_on(page, f"{open_site}/?lang=en")
    issued = await public.client("lan").post("/v1/bulletins", json={"as_of": "2025-06-27T17:00:00+07:00"})
    assert issued.status_code == 201
    await expect(page.locator(".moments")).to_contain_text("Bulletin 1")
    await expect(page.locator("#live .says")).to_have_text("Live")
    assert page.url == f"{open_site}/?lang=en&as_of=now"
    assert "as_of=now" in (await page.locator(".sections a").nth(1).get_attribute("href") or "")
    await page.goto(f"{open_site}/?lang=en")
    await expect(page.locator("#live .says")).to_have_text("Figures of the bulletin")


@pytest.mark.slow
async def test_of_an_agency_that_owes_more_it_is_said_what(visit: Visit, open_site: str, public: Service) -> None:
    page = visit.page
    await live_on(page, f"{open_site}/agencies?lang=en")
    asked = {"group": "systems", "title": "x", "detail": "x", "addressed_to": "viettel"}
    assert (await public.client("huong").post("/v1/obstacles", json=asked)).status_code == 201
    await expect(page.locator("[data-figure='o-viettel']")).to_have_text("1")
    await expect(page.get_by_role("status").nth(1)).to_contain_text(": Awaiting an answer 1")
