"""The room's screen: everything on it at once, large enough to be read from the last row."""

import re
from itertools import product

import pytest
from playwright.async_api import Browser

from app.language import LANGUAGES
from tests.conftest import Service
from tests.connecting import run_sql
from tests.page.conftest import MOMENT, on_a_port

FULL_HD, UHD = (1920, 1080), (3840, 2160)
ALWAYS = ((FULL_HD, "vi"), (UHD, "ja"))
"""One language on each screen; the others where time allows."""

UNUSUAL = ("2025-05-20T08:00", "2027-01-01T00:00", "2025-06-02T08:00")
"""Before the opening, a moment to come, and the first days, when most are silent."""

TEXTS = """() => {
  const found = [];
  for (const node of document.querySelectorAll("main *")) {
    const own = [...node.childNodes].some(child => child.nodeType === 3 && child.textContent.trim());
    if (!own || node.localName === "title") continue;
    const box = node.getBoundingClientRect();
    const scale = node.ownerSVGElement ? node.ownerSVGElement.getScreenCTM().a : 1;
    found.push({text: node.textContent.trim(), size: parseFloat(getComputedStyle(node).fontSize) * scale,
                left: box.left, top: box.top, right: box.right, bottom: box.bottom, tag: node.localName});
  }
  return found;
}"""
LARGE = "h1, .figure b, .clocks dd, .lights b"
SIZES = "all => all.map(one => parseFloat(getComputedStyle(one).fontSize))"
LOWEST = "all => Math.max(...all.map(one => one.getBoundingClientRect().bottom))"
HIGHEST = "all => Math.min(...all.map(one => one.getBoundingClientRect().top))"
CROWDED = """all => all.filter(tile => {
  const [first, ...others] = [...tile.querySelectorAll("text")].map(one => one.getBBox());
  const box = tile.querySelector("rect").getBBox(), mark = tile.querySelector("use")?.getBBox();
  const ends = one => one.x + one.width;
  const wide = others.some(one => ends(one) > ends(box));
  return wide || ends(first) > (others.length && mark ? mark.x - 2 : ends(box));
}).map(tile => tile.textContent)"""
CLIPPED = "all => all.filter(one => one.scrollHeight > one.clientHeight + 1).map(one => one.className)"
TOUCHING = """all => all.filter(line => {
  const change = line.querySelector(".change");
  return change && change.getBoundingClientRect().left < line.querySelector("div").getBoundingClientRect().right + 8;
}).map(line => line.textContent)"""
"""Lines whose change stands right at the name or the bar before it."""
OVERFLOWING = "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"


@pytest.mark.parametrize(
    ("screen", "lang"),
    [
        pytest.param(*case, id=f"{case[0][0]}-{case[1]}", marks=() if case in ALWAYS else pytest.mark.slow)
        for case in product((FULL_HD, UHD), LANGUAGES)
    ],
)
async def test_all_of_it_is_on_one_screen_and_large_enough(
    browser: Browser, site: str, screen: tuple[int, int], lang: str
) -> None:
    width, height = screen
    context = await browser.new_context(viewport={"width": width, "height": height})
    page = await context.new_page()
    for moment in (MOMENT, "2025-06-30T12:00", "2025-06-20T17:00", "2025-05-20T08:00", "2025-06-30T23:59"):
        await page.goto(f"{site}/?view=room&as_of={moment}&lang={lang}")
        root = "document.documentElement"
        assert await page.evaluate(f"[{root}.scrollWidth, {root}.scrollHeight]") == [width, height]
        times = width / 1920
        for text in await page.evaluate(TEXTS):
            assert text["size"] >= 24 * times - 0.3, text
            assert 0 <= text["left"] <= text["right"] <= width + 1, text
            assert 0 <= text["top"] <= text["bottom"] <= height + 1, text
        large = await page.eval_on_selector_all(LARGE, SIZES)
        lights = 0 if moment < "2025-06" else 3
        assert len(large) == 1 + 12 + 2 + lights
        assert min(large) >= 56 * times
    await context.close()


async def test_nothing_on_it_lies_over_anything_else(browser: Browser, site: str) -> None:
    context = await browser.new_context(viewport={"width": 1920, "height": 1080})
    page = await context.new_page()
    for lang in LANGUAGES:
        for moment in (MOMENT, "2025-06-30T12:00", *(UNUSUAL if lang == "vi" else ())):
            await page.goto(f"{site}/?view=room&as_of={moment}&lang={lang}")
            rows = await page.eval_on_selector_all(".lines li", LOWEST)
            head = await page.eval_on_selector_all(".speak", HIGHEST)
            words = await page.eval_on_selector_all(".speak *", LOWEST)
            foot = await page.eval_on_selector_all(".live", HIGHEST)
            assert rows <= head + 1, (lang, moment)
            assert words <= foot + 1, (lang, moment)
            assert await page.eval_on_selector_all("main, main section", CLIPPED) == [], (lang, moment)
            assert await page.eval_on_selector_all(".lines h2, .figure, .clocks dd, h1", OVERFLOWING) == []
            assert await page.eval_on_selector_all(".tile", CROWDED) == []
            assert await page.eval_on_selector_all(".lines li", TOUCHING) == [], (lang, moment)
    await context.close()


async def test_long_names_lie_over_nothing_and_leave_the_moment_to_be_read(browser: Browser, public: Service) -> None:
    long = (
        '{"vi": "Chuyển đổi số toàn diện hoạt động của chính quyền địa phương hai cấp gắn với cải cách hành chính %s"}'
    )
    more = f"""insert into category (code, campaign, position, names, version)
        select 'more-' || n, 'two-tier-2025', 12 + n, '{long % "thêm"}', 1 from generate_series(1, 4) n"""
    await run_sql(public.url, f"update campaign set names = '{long % '2026–2030'}'", more)
    async with on_a_port(public.app) as address:
        page = await browser.new_page(viewport={"width": 1920, "height": 1080})
        await page.goto(f"{address}/?view=room")
        assert await page.locator(".lines li").count() == 16
        assert await page.eval_on_selector_all("main, main section, .lines li", CLIPPED) == []
        rows = await page.eval_on_selector_all(".lines li", LOWEST)
        assert rows <= await page.eval_on_selector_all(".speak", HIGHEST) + 1
        moment = page.locator(".as-of span").first
        assert await moment.evaluate("one => one.getBoundingClientRect().right") <= 1920
        await page.close()


async def test_it_has_no_controls(browser: Browser, site: str) -> None:
    page = await browser.new_page()
    await page.goto(f"{site}/?view=room")
    assert await page.locator("a, button, input, select, form, summary, [tabindex]").count() == 0
    assert await page.locator(".tile").count() == 34
    await page.close()


async def test_as_many_must_speak_as_are_listed_here_and_on_the_overview(demo: Service) -> None:
    """The silent are listed beside them, and said to be among them."""
    asked = {"as_of": MOMENT, "lang": "en"}
    answer = await demo.client().get("/", params={**asked, "view": "room"})
    counted = r"Who must speak <b>(\d+)</b> <small>\((\d+) only for silence\)</small>"
    said = re.search(rf"{counted}.*?<dl>(.*?)</dl>", answer.text, re.DOTALL)
    assert said
    listed = re.findall(r"<dd>(.*?)</dd>", said[3])
    names = [re.sub(r",? and (\d+) more", r", *\1", names).split(", ") for names in listed]
    here = sum(int(one[1:]) if one.startswith("*") else 1 for those in names for one in those)
    assert int(said[1]) == here + int(said[2])
    overview = await demo.client().get("/", params=asked)
    assert f'Who must speak <span class="count">{said[1]}</span>' in overview.text
    agenda = await demo.client().get("/v1/progress/agenda", params={"as_of": f"{MOMENT}:00+07:00"})
    assert len(agenda.json()["items"]) == int(said[1])


@pytest.mark.parametrize(
    ("lang", "joined"), [("vi", "[^,<] và \\d+ đơn vị khác"), ("en", "[^,<] and \\d+ more"), ("ja", "[^、<]、ほか\\d+")]
)
async def test_the_last_of_the_named_and_the_rest_are_joined_as_the_language_does(
    demo: Service, lang: str, joined: str
) -> None:
    answer = await demo.client().get("/", params={"view": "room", "as_of": MOMENT, "lang": lang})
    assert re.search(rf"<dd>[^<]*{joined}</dd>", answer.text)
