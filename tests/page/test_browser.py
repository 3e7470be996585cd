"""The page in a real browser: nothing leaves the host, nothing is complained about, everyone can use it."""

import json
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser

from app.language import LANGUAGES
from tests.conftest import Service
from tests.page.conftest import MOMENT, Visit

GRAVE = {"serious", "critical"}
SIZES = {"projector": (1920, 1080), "laptop": (1280, 720), "tablet": (768, 1024), "phone": (360, 740)}


async def grave_violations(visit: Visit) -> list[str]:
    found: Any = (await Axe().run(visit.page)).response
    return [
        json.dumps([rule["id"], [node["html"][:120] for node in rule["nodes"][:3]]], ensure_ascii=False)
        for rule in found["violations"]
        if rule["impact"] in GRAVE
    ]


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_page_is_quiet_stays_home_and_serves_everyone(visit: Visit, site: str, lang: str) -> None:
    await visit.page.goto(f"{site}/?as_of={MOMENT}&lang={lang}")
    assert await visit.page.evaluate("document.styleSheets.length") == 1
    assert await grave_violations(visit) == []
    assert (visit.complaints, visit.strangers(site)) == ([], [])


@pytest.mark.parametrize("path", ["/sign-in?lang=vi", "/problems", "/?as_of=x&lang=ja"])
async def test_the_other_pages_serve_everyone_too(visit: Visit, site: str, path: str) -> None:
    await visit.page.goto(f"{site}{path}")
    assert await grave_violations(visit) == []
    refusals = [complaint for complaint in visit.complaints if "422" not in complaint]
    assert (refusals, visit.strangers(site)) == ([], [])


async def test_in_the_dark_the_contrast_is_still_enough(browser: Browser, site: str) -> None:
    context = await browser.new_context(color_scheme="dark")
    visit = Visit(await context.new_page()).watch()
    await visit.page.goto(f"{site}/?as_of={MOMENT}&lang=en")
    assert await grave_violations(visit) == []
    await context.close()


async def test_without_scripts_the_figures_are_those_of_the_interface(
    browser: Browser, site: str, demo: Service
) -> None:
    progress = (await demo.client().get("/v1/progress", params={"as_of": f"{MOMENT}:00+07:00"})).json()
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(f"{site}/?as_of={MOMENT}")
    shown = [await item.inner_text() for item in await page.locator(".lines .figure b").all()]
    wanted = [
        f"{line['provinces_completed']}/{line['provinces_total']}"
        if line["provinces_total"]
        else f"{line['assignments_completed']}/{line['assignments_total']}"
        for line in progress["categories"]
    ]
    assert shown == wanted
    await page.locator("#line-hotlines summary").click()
    assert await page.locator("#line-hotlines .names li").count() == 7
    await context.close()


@pytest.mark.parametrize("size", SIZES)
async def test_no_screen_has_to_be_scrolled_sideways(browser: Browser, site: str, size: str) -> None:
    width, height = SIZES[size]
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    for lang in LANGUAGES:
        await page.goto(f"{site}/?as_of={MOMENT}&lang={lang}")
        assert await page.evaluate("document.documentElement.scrollWidth") <= width, lang
    await context.close()


async def test_the_form_asks_for_another_moment(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?lang=en")
    await visit.page.get_by_label("Moment (Vietnamese time)").fill("2025-06-30T08:00")
    await visit.page.get_by_role("button", name="Show").click()
    assert await visit.page.locator(".as-of").inner_text() == "As of 08:00 on 30 June 2025"
    assert visit.complaints == []


async def test_with_the_keyboard_the_first_stop_leads_past_the_menus(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?lang=en")
    await visit.page.keyboard.press("Tab")
    assert await visit.page.evaluate("document.activeElement.getAttribute('href')") == "#content"


async def test_the_heads_of_the_matrix_stay_in_sight(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?as_of={MOMENT}&lang=en")
    await visit.page.locator(".matrix tbody tr").nth(25).scroll_into_view_if_needed()
    box = await visit.page.locator(".matrix thead th").nth(3).bounding_box()
    assert box is not None
    assert 0 <= box["y"] < 80


async def test_it_prints_on_three_sheets_of_a4(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?as_of={MOMENT}&lang=vi")
    printed = await visit.page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 3


async def test_a_reader_signs_in_and_out(visit: Visit, site: str, demo: Service) -> None:
    page = visit.page
    await page.goto(f"{site}/sign-in?lang=en")
    await page.get_by_label("Access token").fill(demo.tokens["khach"])
    await page.get_by_role("button", name="Sign in").click()
    await page.get_by_role("button", name="Sign out").click()
    assert await page.get_by_role("heading", level=1).inner_text() == "Sign in to see the progress"
    assert visit.complaints == []


async def test_the_description_of_the_interface_is_drawn_without_another_host(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/docs")
    await visit.page.get_by_role("heading", name="Tiến Độ").wait_for()
    assert (visit.complaints, visit.strangers(site)) == ([], [])


async def test_the_real_port_says_no_more_than_it_must(site: str) -> None:
    async with httpx.AsyncClient() as client:
        assert "server" not in (await client.get(f"{site}/")).headers
