"""The page says what the interface says: at any moment, by either clock, in three languages, and nothing but text."""

import gzip
import re
from html import unescape
from typing import Any

import httpx
import pytest

from app.language import LANGUAGES
from app.page.rendering import STRICT
from tests.conftest import Service
from tests.connecting import run_sql
from tests.page.conftest import MOMENT, figures

REPORT = {"task": "hotlines", "status": "completed", "effective_at": "2025-06-27T15:00:00+07:00"}
MOMENTS = (
    {"as_of": "2025-06-27T17:00:00+07:00"},
    {"as_of": "2025-06-20T08:30:00+07:00"},
    {"as_of": "2025-07-01T00:00:00+07:00", "known_at": "2025-06-28T09:00:00+07:00"},
)


def said_by(progress: Any) -> dict[str, tuple[int, int, int]]:
    return {line["code"]: _said_of(line) for line in progress["categories"]}


def _said_of(line: Any) -> tuple[int, int, int]:
    level = "provinces" if line["provinces_total"] else "assignments"
    return line[f"{level}_completed"], line[f"{level}_total"], line[f"{level}_verified"]


@pytest.mark.parametrize("moment", MOMENTS)
async def test_the_page_shows_the_figures_of_the_interface(demo: Service, moment: dict[str, str]) -> None:
    reader = demo.client()
    progress = (await reader.get("/v1/progress", params={**moment, "lang": "en"})).json()
    page = (await reader.get("/", params={**moment, "lang": "en"})).text
    assert figures(page) == said_by(progress)
    lights = re.findall(r'data-figure="light-(\w+)">(\d+)</b>', page)
    assert {light: int(count) for light, count in lights} == progress["lights"]


async def test_every_line_has_a_page_with_its_sentence(demo: Service) -> None:
    reader, moment = demo.client(), MOMENTS[0]
    progress = (await reader.get("/v1/progress", params={**moment, "lang": "en"})).json()
    for line in progress["categories"]:
        page = (await reader.get(f"/lines/{line['code']}", params={**moment, "lang": "en"})).text
        assert line["statement"] in unescape(page)
        assert f'data-figure="completed">{said_by(progress)[line["code"]][0]}</b>' in page


async def test_the_report_of_27_june_is_on_the_page(demo: Service) -> None:
    page = (await demo.client().get("/", params={"as_of": MOMENT})).text
    done = [completed for completed, _, _ in list(figures(page).values())[:10]]
    assert done == [26, 29, 17, 19, 14, 23, 27, 21, 29, 29]
    assert "Tính đến 17 giờ ngày 27/6/2025" in page


async def test_every_province_stands_there_with_its_light_in_words(demo: Service) -> None:
    reader = demo.client()
    provinces = (await reader.get("/v1/progress/provinces", params={"as_of": f"{MOMENT}:00+07:00"})).json()["items"]
    page = (await reader.get("/", params={"as_of": MOMENT, "lang": "vi"})).text
    words = {"green": "Xanh", "yellow": "Vàng", "red": "Đỏ"}
    rows = dict(re.findall(r'<tr id="p-(\w+)">(.*?)</tr>', page, re.DOTALL))
    assert len(rows) == len(provinces) == 34
    for province in provinces:
        row = rows[province["code"]]
        assert province["name"] in row
        assert f'#i-{province["light"]}"/></svg> {words[province["light"]]}' in row
        assert f">{province['categories_completed']}</b>/{province['categories_total']}" in row


async def test_the_matrix_has_a_word_for_every_cell(demo: Service) -> None:
    reader = demo.client()
    matrix = (await reader.get("/v1/progress/matrix", params={"as_of": f"{MOMENT}:00+07:00"})).json()
    page = (await reader.get("/", params={"as_of": MOMENT, "lang": "en"})).text
    table = page[page.index('<table class="matrix">') :]
    words = re.findall(r'<td><svg[^>]*><use href="#i-(\w+)"/></svg><span class="unseen">([^<]+)</span></td>', table)
    assert len(words) == 34 * 12
    wanted = [state for row in matrix["states"] for state in row]
    seen = [{"verified": "completed", "none": None}.get(state, state) for state, _ in words]
    assert sorted(map(str, seen)) == sorted(map(str, wanted))
    completed = [str(row.count("completed")) if any(row) else "–" for row in zip(*matrix["states"], strict=True)]
    assert completed[-1] == "–"  # the work of the agencies
    assert re.findall(r"<td>(\d+|–)", table[table.index("<tfoot>") :]) == completed


async def test_past_its_go_live_a_campaign_opens_on_its_last_bulletin(demo: Service) -> None:
    reader = demo.client()
    bulletin = (await reader.get("/v1/bulletins/1")).json()
    page = (await reader.get("/", params={"lang": "en"})).text
    assert figures(page) == said_by(bulletin["progress"])
    assert "Bulletin no. 1, issued at" in page
    assert ("Later reports have changed" in page) == bulletin["restated"]
    assert f'href="/v1/progress?lang=en&amp;as_of={bulletin["as_of"]}' in page


async def test_a_page_of_a_bulletin_leads_to_the_present_and_to_what_has_changed_since(demo: Service) -> None:
    reader = demo.client()
    for path in ("/", "/provinces/38"):
        page = (await reader.get(path, params={"lang": "en"})).text
        assert f'<a href="{path}?lang=en&amp;as_of=now">See the present</a>' in page, path
        assert '<a href="/bulletins?lang=en#b-1">Later reports have changed' in page, path
    assert 'id="b-1"' in (await reader.get("/bulletins", params={"lang": "en"})).text


async def test_the_course_of_a_province_is_a_table_too(demo: Service) -> None:
    page = (await demo.client().get("/provinces/38", params={"as_of": MOMENT, "lang": "en"})).text
    rows = re.findall(r'<tr><th scope="row">([^<]+)</th><td class="n">(\d+)</td></tr>', page)
    assert rows[0] == ("1 Jun 00:00", "0")
    assert rows[-1] == ("27 Jun 17:00", "343")


async def test_the_present_is_there_for_the_asking(demo: Service) -> None:
    reader = demo.client()
    page = (await reader.get("/", params={"as_of": "now"})).text
    assert figures(page) == said_by((await reader.get("/v1/progress")).json())


async def test_without_a_bulletin_it_opens_on_the_present(reader: httpx.AsyncClient) -> None:
    assert figures((await reader.get("/")).text) == said_by((await reader.get("/v1/progress")).json())


async def test_a_report_is_on_the_page_as_soon_as_it_is_acknowledged(public: Service) -> None:
    reader, huong = public.client(), public.client("huong")
    assert figures((await reader.get("/")).text)["hotlines"][0] == 0
    assert (await huong.post("/v1/status-updates", json=REPORT)).status_code == 201
    assert figures((await reader.get("/")).text)["hotlines"][0] == 1


@pytest.mark.parametrize("written", ["2025-06-27T17:00", "2025-06-27 17:00:00", "2025-06-27T10:00:00Z"])
async def test_a_moment_is_read_as_people_write_it(reader: httpx.AsyncClient, written: str) -> None:
    page = (await reader.get("/", params={"as_of": written, "lang": "en"})).text
    assert "As of 17:00 on 27 June 2025" in page
    assert 'name="as_of" value="2025-06-27T17:00"' in page


async def test_empty_fields_of_the_form_ask_for_nothing(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/", params={"as_of": "", "known_at": "", "campaign": ""})).text
    assert figures(page) == figures((await reader.get("/")).text)


@pytest.mark.parametrize(
    "written", ["yesterday", "2025-02-30", "2025-06-27T25:00", "0001-01-01", "9999-12-31T23:59", "<script>", "\ud800"]
)
async def test_a_moment_that_is_none_is_said_so_in_words(reader: httpx.AsyncClient, written: str) -> None:
    asked = written.encode("utf-8", "surrogatepass")
    answer = await reader.get("/", params={"known_at": asked, "lang": "en"})
    assert answer.status_code == 422
    assert "The moment cannot be read." in answer.text
    assert written not in answer.text


async def test_a_campaign_that_is_none_is_said_so(reader: httpx.AsyncClient) -> None:
    answer = await reader.get("/", params={"campaign": "nowhere", "lang": "vi"})
    assert (answer.status_code, "Không có chiến dịch này." in answer.text) == (422, True)


async def test_names_are_text_and_never_markup(public: Service) -> None:
    evil = """'{"vi": "<script>alert(1)</script>\\"><img src=x>"}'"""
    await run_sql(
        public.url,
        f"update unit set names = {evil} where code = '38'",
        f"update category set names = {evil} where code = 'hotlines'",
        f"update campaign set names = {evil}",
    )
    page = (await public.client().get("/", params={"as_of": MOMENT})).text
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
    assert "<img" not in page


FOREIGN = r"<script>|<script [^s]|\sstyle=|<style|\son\w+=|javascript:|(?:src|href|action)=\W?https?://|url\(|@import"
"""Script and style within the page, and what is fetched from, or leads to, another host."""
PAGES = ("/", "/?view=room", "/provinces/38", "/lines/hotlines", "/agencies", "/bulletins", "/compare")


async def test_no_page_has_an_inline_script_or_style_or_another_host(reader: httpx.AsyncClient) -> None:
    for path in (*PAGES, "/sign-in", "/problems", "/?as_of=x"):
        page = (await reader.get(path)).text
        assert not re.search(FOREIGN, page), path


async def test_the_first_view_fits_into_60_kilobytes_and_the_fonts_into_50(demo: Service) -> None:
    reader = demo.client()
    page = await reader.get("/", headers={"Accept-Encoding": "gzip"})
    files = re.findall(r'<(?:link rel="stylesheet"|script)[^>]*(?:href|src)="([^"]+)"', page.text)
    parts = [page.text] + [(await reader.get(path)).text for path in files]
    assert len(files) == 3
    assert sum(len(gzip.compress(part.encode())) for part in parts) <= 60_000
    fonts = re.findall(r'rel="preload" href="([^"]+)"', page.text)
    answers = [await reader.get(path) for path in fonts]
    assert len(fonts) == 2
    assert sum(len(answer.content) for answer in answers) <= 50_000
    assert all("max-age=31536000" in answer.headers["cache-control"] for answer in answers)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("x=1", "has a parameter that this page does not know"),
        ("view=wall", "has a value that this page does not know"),
        ("lang=fr", "has a value that this page does not know"),
        ("bulletin=first", "A bulletin has a number of 1 or more."),
        ("bulletin=1&as_of=now", "A bulletin has its own moment"),
        ("as_of=2025-06-27&as_of=2025-06-28", "A parameter takes one value."),
    ],
)
async def test_a_wrong_parameter_is_answered_and_not_ignored(reader: httpx.AsyncClient, asked: str, said: str) -> None:
    answer = await reader.get(f"/?{asked}", headers={"Accept-Language": "en"})
    assert (answer.status_code, said in answer.text) == (422, True)


@pytest.mark.parametrize("path", ["/?bulletin=99", "/lines/nothing", "/provinces/99", "/compare?from=b99"])
async def test_what_does_not_exist_is_said_so(reader: httpx.AsyncClient, path: str) -> None:
    answer = await reader.get(path, headers={"Accept-Language": "en"})
    assert (answer.status_code, "There is no such page" in answer.text) == (404, True)


async def test_a_comparison_knows_all_reports_though_the_page_opens_on_a_bulletin(demo: Service) -> None:
    reader, to = demo.client(), "2025-06-30T12:00"
    asked = {"from_bulletin": "1", "to": f"{to}:00+07:00"}
    lines = (await reader.get("/v1/progress/compare", params=asked)).json()["categories"]
    for end in (to, ""):  # without one, the present
        shown = (await reader.get("/compare", params={"from": "b1", "to": end, "lang": "en"})).text
        after = [int(count) for count in re.findall(r'<td class="n"><b>(\d+)</b>/34</td>', shown)]
        before = [line["before"] for line in lines if line["code"] != "central-support"]
        assert len(after) == 11
        assert all(now > then for now, then in zip(after[:10], before, strict=False))
        if end:
            assert after == [line["after"] for line in lines if line["code"] != "central-support"]


async def test_the_sentence_of_the_whole_is_that_of_the_report(demo: Service) -> None:
    reader = demo.client()
    for asked in ({"as_of": MOMENT}, {"as_of": MOMENT, "known_at": "then"}, {"bulletin": "1"}):
        page = (await reader.get("/", params={**asked, "lang": "vi"})).text
        assert "3/34 địa phương đã hoàn thành tất cả" in page
        assert "Thanh Hóa là một trong 3 địa phương, một trong số ít, cùng với Hưng Yên và Huế" in page
        assert figures(page)["commune-infrastructure"][:2] == (3, 34)
        ranks = re.findall(r'<tr id="p-(\w+)">\s*<td class="n rank">1</td>', page)
        assert sorted(ranks) == ["33", "38", "46"]


STATES: dict[str, tuple[str, ...]] = {
    "2025-05-20T08:00": ("The campaign had not begun", "Nothing has been assigned yet"),
    "2025-06-01T00:00": ("None of the 34 has completed everything", "29 days", "Nobody has reported any work as begun"),
    "2027-01-01T00:00": ("This moment has not come yet", "since"),
    "2025-07-01T18:00": ("In operation since", "18 hours"),
}


@pytest.mark.parametrize("moment", STATES)
async def test_every_state_of_a_campaign_is_said_in_plain_words(demo: Service, moment: str) -> None:
    reader = demo.client()
    for path in ("/", "/provinces/38", "/lines/hotlines", "/agencies"):
        answer = await reader.get(path, params={"as_of": moment, "lang": "en"})
        assert answer.status_code == 200
    page = (await reader.get("/", params={"as_of": moment, "lang": "en"})).text
    assert all(words in page for words in STATES[moment])
    if moment < "2025-06-02":
        assert "ready" not in page
        assert "ready" not in (await reader.get("/", params={"view": "room", "as_of": moment, "lang": "en"})).text
    assert ('class="tile nothing"' in page) == (moment < "2025-06-01")


async def test_a_campaign_without_anything_says_so_and_several_have_a_switch(public: Service) -> None:
    await run_sql(
        public.url,
        "insert into campaign (code, names, opening, deadline, go_live, version) values ('next', "
        """'{"vi": "Tiếp theo", "en": "Next"}', now() - interval '1 day', now() + interval '9 days', """
        "now() + interval '10 days', 1)",
    )
    reader = public.client()
    for path in ("/?", "/?view=room&", "/provinces/38?", "/agencies?", "/bulletins?", "/compare?"):
        assert (await reader.get(f"{path}campaign=next&lang=en")).status_code == 200, path
    for query in ("", "?campaign=next", "?campaign=next&known_at=2025-07-01"):
        assert (await reader.get(f"/lines/hotlines{query}")).status_code == 404, query
    assert (await reader.get("/lines/hotlines?campaign=two-tier-2025")).status_code == 200
    page = (await reader.get("/", params={"lang": "en"})).text
    assert "This campaign has no lines yet." in page
    assert "Nothing was assigned at this moment" in page
    assert 'href="/?lang=en&amp;campaign=two-tier-2025"' in page
    assert "ready" not in page


@pytest.mark.parametrize("path", ["/", "/sign-in", "/problems", "/?as_of=x", "/static/page.css", "/favicon.svg"])
async def test_every_page_lets_the_browser_do_very_little(reader: httpx.AsyncClient, path: str) -> None:
    headers = (await reader.get(path)).headers
    assert headers["content-security-policy"] == STRICT
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"


async def test_an_unchanged_page_is_not_sent_again(reader: httpx.AsyncClient) -> None:
    asked = {"as_of": MOMENT, "lang": "en"}
    first = await reader.get("/", params=asked)
    again = await reader.get("/", params=asked, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = await reader.get("/", params={**asked, "lang": "ja"})
    assert other.headers["etag"] != first.headers["etag"]


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_the_links_to_the_other_languages_keep_the_moment(reader: httpx.AsyncClient, lang: str) -> None:
    page = (await reader.get("/", params={"as_of": MOMENT, "lang": lang})).text
    assert f'<html lang="{lang}"' in page
    for other in LANGUAGES:
        assert f'href="/?lang={other}&amp;as_of=2025-06-27T17:00"' in page


async def test_silence_is_loud(reader: httpx.AsyncClient) -> None:
    page = (await reader.get("/", params={"lang": "en"})).text
    assert 'id="silent-h">Silent <span class="count">34</span>' in page
    assert page.count('<li class="never">') == 34


async def test_behind_a_prefix_every_address_has_it(public: Service) -> None:
    transport = httpx.ASGITransport(app=public.app, root_path="/tien-do")
    async with httpx.AsyncClient(transport=transport, base_url="http://tiendo.test") as reader:
        page = (await reader.get("/tien-do/")).text
    addresses = re.findall(r'(?:href|action)="(/[^"]*)"', page)
    assert addresses
    assert all(address.startswith("/tien-do/") for address in addresses)


@pytest.mark.parametrize(
    "path",
    ["/?as_of=2025-05-20", "/?as_of=2025-06-02", f"/?as_of={MOMENT}", "/?as_of=now", "/?bulletin=1", "/provinces/38?",
     "/lines/hotlines?", "/agencies?", "/bulletins?", "/compare?"],
)  # fmt: skip
async def test_every_link_within_a_page_has_its_target(demo: Service, path: str) -> None:
    page = (await demo.client().get(f"{path}&lang=en")).text
    assert set(re.findall(r'href="#([^"]+)"', page)) - set(re.findall(r'\bid="([^"]+)"', page)) == set()
