"""The page in a real browser: nothing leaves the host, nothing is complained about, everyone can use it."""

import json
import re
from typing import Any

import httpx
import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, expect

from app.language import LANGUAGES
from tests.conftest import Service
from tests.page.conftest import MOMENT, Visit
from tests.slowly import all_but, slow

SIZES = {"wall": (3840, 2160), "projector": (1920, 1080), "laptop": (1280, 720), "phone": (320, 640)}
VIEWS = ("/", "/provinces/22", "/lines/hotlines", "/agencies", "/bulletins", "/compare?from=b1&to=2025-06-30T12:00")

OTHERS = slow("/?lang=ja", "/?as_of=2025-05-20", "/problems")


def at_the_moment(path: str) -> str:
    """A view at the moment of the report; those that have moments of their own keep them."""
    return path if path.startswith("/compare") else f"{path}?as_of={MOMENT}"


async def violations(page: Page) -> list[str]:
    found: Any = (await Axe().run(page)).response
    return [
        json.dumps([rule["id"], [node["html"][:160] for node in rule["nodes"][:3]]], ensure_ascii=False)
        for rule in found["violations"]
    ]


async def open_page(browser: Browser, **options: Any) -> tuple[BrowserContext, Visit]:
    context = await browser.new_context(**options)
    return context, Visit(await context.new_page()).watch()


@pytest.mark.parametrize("path", VIEWS)
async def test_every_view_is_quiet_stays_home_and_serves_everyone(visit: Visit, site: str, path: str) -> None:
    await visit.page.goto(site + at_the_moment(path))
    assert await visit.page.evaluate("document.styleSheets.length") == 1
    assert await visit.page.evaluate("document.fonts.check('700 16px \"Be Vietnam Pro\"')")
    assert await violations(visit.page) == []
    assert (visit.complaints, visit.strangers(site)) == ([], [])


@pytest.mark.parametrize("path", ["/?view=room", "/sign-in?lang=ja", *OTHERS])
async def test_the_other_pages_serve_everyone_too(visit: Visit, site: str, path: str) -> None:
    await visit.page.goto(f"{site}{path}")
    assert await violations(visit.page) == []
    assert (visit.complaints, visit.strangers(site)) == ([], [])


async def test_a_refusal_serves_everyone_too(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?as_of=x&lang=ja")
    assert await violations(visit.page) == []


@pytest.mark.parametrize("path", ["/", *slow("/?view=room", *VIEWS[1:3])])
async def test_in_the_dark_the_contrast_is_still_enough(browser: Browser, site: str, path: str) -> None:
    context, visit = await open_page(browser, color_scheme="dark")
    await visit.page.goto(f"{site}{path}")
    assert await violations(visit.page) == []
    await context.close()


async def test_without_scripts_the_figures_are_those_of_the_interface(
    browser: Browser, site: str, demo: Service
) -> None:
    progress = (await demo.client().get("/v1/progress", params={"as_of": f"{MOMENT}:00+07:00"})).json()
    context, visit = await open_page(browser, java_script_enabled=False)
    await visit.page.goto(f"{site}/?as_of={MOMENT}")
    shown = [await item.inner_text() for item in await visit.page.locator(".lines .figure b").all()]
    levels = ["provinces" if line["provinces_total"] else "assignments" for line in progress["categories"]]
    wanted = zip(progress["categories"], levels, strict=True)
    assert shown == [str(line[f"{level}_completed"]) for line, level in wanted]
    assert await visit.page.locator("#missing-hotlines dd a").count() == 7
    assert await visit.page.locator(".slider").is_hidden()
    await context.close()


@pytest.mark.parametrize("size", all_but("phone", SIZES))
async def test_no_screen_has_to_be_scrolled_sideways(browser: Browser, site: str, size: str) -> None:
    width, height = SIZES[size]
    context, visit = await open_page(browser, viewport={"width": width, "height": height})
    for path in (*map(at_the_moment, VIEWS), "/sign-in", "/problems"):
        await visit.page.goto(site + path)
        assert await visit.page.evaluate("document.documentElement.scrollWidth") <= width, path
    for lang in LANGUAGES:
        await visit.page.goto(f"{site}/?as_of={MOMENT}&lang={lang}")
        assert await visit.page.evaluate("document.documentElement.scrollWidth") <= width, lang
    await context.close()


async def test_on_a_wall_the_marks_are_as_large_as_the_words(browser: Browser, site: str) -> None:
    width, height = SIZES["wall"]
    context, visit = await open_page(browser, viewport={"width": width, "height": height})
    await visit.page.goto(site + at_the_moment("/"))
    shares = """all => all.map(one => one.getBoundingClientRect().height
        / parseFloat(getComputedStyle(one.parentElement).fontSize))"""
    for marks in (".lights svg.icon", ".ranking svg.icon, tbody td svg.icon"):
        assert min(await visit.page.eval_on_selector_all(marks, shares)) > 0.6, marks
    await context.close()


async def test_the_map_says_the_same_as_the_table_and_the_interface(visit: Visit, site: str, demo: Service) -> None:
    asked = {"as_of": f"{MOMENT}:00+07:00", "lang": "en"}
    items = (await demo.client().get("/v1/progress/provinces", params=asked)).json()["items"]
    await visit.page.goto(f"{site}/?as_of={MOMENT}&lang=en")
    for item in items:
        said = f"{item['categories_completed']} of {item['categories_total']} lines completed"
        wanted = f"{item['name']}: {item['light'].capitalize()}, {said}"
        tile = visit.page.locator(f'.map a[href^="/provinces/{item["code"]}?"]')
        assert await tile.get_attribute("aria-label") == wanted
    places = await visit.page.eval_on_selector_all(
        ".map a rect", "tiles => tiles.map(tile => [tile.x.baseVal.value, tile.y.baseVal.value].join())"
    )
    assert len(places) == len(set(places)) == 34


async def test_everything_leads_to_where_it_comes_from(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?as_of={MOMENT}&lang=en")
    await visit.page.locator('.map a[href^="/provinces/38?"]').click()
    assert await visit.page.locator("h1").inner_text() == "Thanh Hoa"
    assert "one of the 3, one of few" in await visit.page.locator(".few").inner_text()
    await visit.page.get_by_role("link", name="Hotlines for people and enterprises published").click()
    assert await visit.page.locator("h1").inner_text() == "Hotlines for people and enterprises published"
    await visit.page.get_by_role("link", name="Data (JSON)", exact=True).first.click()
    assert "/v1/progress/timeline?" in visit.page.url
    assert "2025-06-27T10:00:00Z" in visit.page.url


async def test_the_form_asks_for_another_moment_as_known_then(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?lang=en")
    await visit.page.get_by_label("Moment (Vietnamese time)").fill("2025-06-26T08:00")
    await visit.page.get_by_label("As known").select_option("then")
    await visit.page.get_by_role("button", name="Show").click()
    said = await visit.page.locator(".moment-line").inner_text()
    assert "As of 08:00 on 26 June 2025" in said
    assert "recorded by 08:00 on 26 June 2025" in said
    await visit.page.get_by_role("link", name="See it as known now").click()
    assert "known_at" not in visit.page.url
    assert "as_of=2025-06-26T08:00" in visit.page.url
    assert visit.complaints == []


async def test_the_slider_moves_with_the_keyboard_and_the_links_keep_its_moment(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?lang=en&as_of={MOMENT}")
    slider = visit.page.get_by_role("slider")
    await slider.focus()
    async with visit.page.expect_navigation():
        await visit.page.keyboard.press("ArrowLeft")
    assert "As of 16:00 on 27 June 2025" in await visit.page.locator(".moment-line").inner_text()
    await visit.page.get_by_role("link", name="Agencies").first.click()
    assert "as_of=2025-06-27T16:00" in visit.page.url


@pytest.mark.parametrize(
    ("lang", "said"),
    [("vi", "16:00 27/6/2025"), ("en", "16:00 on 27 June 2025"), ("ja", "2025年6月27日 16:00")],
)
async def test_the_script_writes_a_day_as_the_page_does(visit: Visit, site: str, lang: str, said: str) -> None:
    await visit.page.goto(f"{site}/?lang={lang}&as_of={MOMENT}")
    slider = visit.page.get_by_role("slider")
    moved = "one => { one.value = Number(one.value) - 1; one.dispatchEvent(new Event('input', {bubbles: true})); }"
    await slider.evaluate(moved)
    assert await visit.page.locator(".slider output").text_content() == said
    day = {"vi": r"\d\d/\d\d/20\d\d", "en": r" on \d+ [A-Z][a-z]+ 20\d\d", "ja": r"20\d\d年\d+月\d+日 "}[lang]
    await expect(visit.page.locator("#live .when")).to_contain_text(re.compile(day))


async def test_with_the_keyboard_the_first_stop_leads_past_the_menus(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?lang=en")
    await visit.page.keyboard.press("Tab")
    assert await visit.page.evaluate("document.activeElement.getAttribute('href')") == "#content"


async def test_the_keyboard_goes_through_the_map_from_north_to_south_or_past_it(visit: Visit, site: str) -> None:
    await visit.page.goto(f"{site}/?lang=en&as_of={MOMENT}")
    tops = await visit.page.eval_on_selector_all(".map a", "all => all.map(tile => tile.getBoundingClientRect().top)")
    assert tops == sorted(tops)
    await visit.page.locator("#lines tr:last-child th a").focus()
    await visit.page.keyboard.press("Tab")
    assert await visit.page.evaluate("document.activeElement.textContent") == "Skip the map"
    await visit.page.keyboard.press("Enter")
    await visit.page.keyboard.press("Tab")
    assert await visit.page.evaluate("document.activeElement.closest('section').id") == "agenda"


@pytest.mark.parametrize("lang", all_but("vi", LANGUAGES))
@pytest.mark.parametrize(
    "moment",
    ["bulletin=1", *slow(f"as_of={MOMENT}", "as_of=2025-06-02T08:00", "as_of=2025-06-30T12:00", "as_of=now")],
)
async def test_it_prints_on_two_sheets_of_a4_and_names_who_is_missing(
    visit: Visit, site: str, moment: str, lang: str
) -> None:
    await visit.page.goto(f"{site}/?{moment}&lang={lang}")
    printed = await visit.page.pdf(prefer_css_page_size=True)
    assert printed.count(b"/Type /Page\n") == 2
    await visit.page.emulate_media(media="print")
    assert await visit.page.locator("#missing dd").first.is_visible()


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
    await visit.page.get_by_role("heading", name="Tien Do").wait_for()
    assert (visit.complaints, visit.strangers(site)) == ([], [])


async def test_the_real_port_says_no_more_than_it_must(site: str) -> None:
    async with httpx.AsyncClient() as client:
        assert "server" not in (await client.get(f"{site}/")).headers
