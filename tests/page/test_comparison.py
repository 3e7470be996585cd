"""Two moments beside each other: each by both clocks, as the interface compares them, and nothing lost on the way."""

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from app.page.texts import signed
from tests.conftest import Service
from tests.connecting import run_sql
from tests.page.conftest import MOMENT
from tests.slowly import slow

BEFORE = "2025-06-26T17:00"
COUNTS = re.compile(r'<td class="n">(\d+)/\d+</td><td class="n"><b>(\d+)</b>/\d+</td>')
LINK = re.compile(r'href="(/[^"#]*)')


def links(page: str) -> list[tuple[str, dict[str, list[str]]]]:
    """The path and the question of every link."""
    return [(urlsplit(one).path, parse_qs(urlsplit(one).query)) for one in map(unescape, LINK.findall(page))]


async def test_each_end_has_both_clocks_as_in_the_interface(demo: Service) -> None:
    reader = demo.client()
    known = {"from_known_at": f"{BEFORE}:00+07:00", "to_known_at": f"{MOMENT}:00+07:00"}
    ends = {"from": f"{BEFORE}:00+07:00", "to": f"{MOMENT}:00+07:00"}
    wanted = (await reader.get("/v1/progress/compare", params={**ends, **known})).json()
    asked = {"from": BEFORE, "to": MOMENT, "from_known_at": "then", "to_known_at": MOMENT}
    page = (await reader.get("/compare", params={**asked, "lang": "en"})).text
    lines = [line for line in wanted["categories"] if line["code"] != "central-support"]
    shown = [(int(before), int(after)) for before, after in COUNTS.findall(page)]
    assert shown[:11] == [(line["before"], line["after"]) for line in lines]
    assert wanted["from_known_at"] == "2025-06-26T10:00:00Z"
    assert page.count("Counting only what had been recorded by") == 2


async def test_its_languages_keep_the_two_moments_and_its_provinces_the_later_one(demo: Service) -> None:
    asked = {"from": BEFORE, "to": MOMENT, "to_known_at": "then", "lang": "en"}
    found = links((await demo.client().get("/compare", params=asked)).text)
    others = [question for path, question in found if path == "/compare" and "from" in question]
    assert {question["lang"][0] for question in others} == {"vi", "en", "ja"}
    wanted = {"from": [BEFORE], "to": [MOMENT], "to_known_at": [MOMENT]}
    assert all({**question, **wanted} == question for question in others)
    provinces = [question for path, question in found if path.startswith("/provinces/")]
    assert provinces
    assert all((one["as_of"], one["known_at"]) == ([MOMENT], [MOMENT]) for one in provinces)


@pytest.mark.parametrize(
    "moment",
    [f"as_of={MOMENT}&known_at=then", *slow(f"as_of={MOMENT}", "bulletin=1", "as_of=now")],
)
async def test_the_overview_leads_to_the_comparison_that_its_changes_are_of(demo: Service, moment: str) -> None:
    reader = demo.client()
    page = (await reader.get(f"/?{moment}&lang=en")).text
    changes = re.findall(r'data-figure="change-[\w-]+">(.*?)<', page)
    found = re.search(r'href="([^"]+)">What changed</a>', page)
    assert found
    compared = (await reader.get(unescape(found[1]))).text
    counts = [(int(before), int(after)) for before, after in COUNTS.findall(compared)]
    assert [signed(after - before) for before, after in counts] == changes


async def test_without_a_first_moment_it_takes_the_last_bulletin_before_the_second(demo: Service) -> None:
    reader = demo.client()
    for to, start in (("2025-06-28T08:00", "Bulletin no. 1"), (BEFORE, "As of 00:00 on 1 June 2025")):
        page = (await reader.get("/compare", params={"to": to, "lang": "en"})).text
        assert re.search(r"<h2>([^<]+)</h2>", page)[1] == start  # type: ignore[index]


async def test_a_light_that_turned_is_named(demo: Service) -> None:
    reader, ends = demo.client(), {"from": f"{BEFORE}:00+07:00", "to": f"{MOMENT}:00+07:00"}
    turned = (await reader.get("/v1/progress/compare", params=ends)).json()["lights"]["changes"]
    page = (await reader.get("/compare", params={"from": BEFORE, "to": MOMENT, "lang": "en"})).text
    assert turned
    assert page.count('<span class="turned">') == len(turned)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("from=b1&from_known_at=2025-06-28", "A bulletin has its own moment"),
        ("to_known_at=x", "The moment cannot be read."),
        ("as_of=now", "has a parameter that this page does not know"),
    ],
)
async def test_a_wrong_end_is_answered(reader: httpx.AsyncClient, asked: str, said: str) -> None:
    answer = await reader.get(f"/compare?{asked}", headers={"Accept-Language": "en"})
    assert (answer.status_code, said in answer.text) == (422, True)


async def test_of_several_campaigns_every_link_keeps_the_one_that_is_shown(public: Service) -> None:
    await run_sql(
        public.url,
        "insert into campaign (code, names, opening, deadline, go_live, version) values ('next', "
        """'{"vi": "Tiếp theo", "en": "Next"}', now() - interval '3 days', now() + interval '9 days', """
        "now() + interval '10 days', 1)",
    )
    reader = public.client()
    asked, body = {"campaign": "two-tier-2025"}, {"as_of": f"{MOMENT}:00+07:00"}
    issued = await public.client("lan").post("/v1/bulletins", params=asked, json=body)
    assert issued.status_code == 201
    elsewhere = ("/docs", "/problems", "/openapi.json", "/favicon.svg", "/static")
    for path in ("/?", "/?as_of=now&", "/provinces/38?", "/lines/hotlines?", "/agencies?", "/bulletins?", "/compare?"):
        page = (await reader.get(f"{path}campaign=two-tier-2025&lang=en")).text
        inside = page[page.index('<nav class="sections"') :]
        inside = re.sub(r'<nav class="campaigns".*?</nav>', "", inside)
        lost = [one for one in links(inside) if not one[0].startswith(elsewhere) and "campaign" not in one[1]]
        assert lost == [], path
