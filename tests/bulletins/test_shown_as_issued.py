"""Page, comparison and documents show what is stored with a bulletin, and name the change of a light with its cause."""

import json
import re
from html import unescape
from typing import Any

import pytest
from httpx import AsyncClient

from tests.bulletins.test_frozen import AT, completed, differences, issued
from tests.conftest import Service
from tests.connecting import connect, run_sql
from tests.reports import reading
from tests.test_settled import database_now, slow_writer


async def as_if_issued(service: Service) -> None:
    """Put figures into a bulletin that are computed nowhere else, so that whoever shows them has read it."""
    connection = await connect(service.url)
    try:
        row = await connection.fetchrow("select progress, provinces, matrix from bulletin where number = 1")
        progress, provinces, matrix = (json.loads(row[part]) for part in ("progress", "provinces", "matrix"))
        for answer in progress.values():
            answer["lights"] = {"green": 31, "yellow": 2, "red": 1}
            answer["provinces_completed"] = 7
            answer["categories"][6]["provinces_completed"] = 9
        for answer in provinces.values():
            [one] = [item for item in answer["items"] if item["code"] == "38"]
            one |= {"light": "red", "categories_completed": 5, "rank": 17}
        matrix["states"][matrix["provinces"].index("38")][matrix["categories"].index("hotlines")] = "blocked"
        values = [json.dumps(part) for part in (progress, provinces, matrix)]
        await connection.execute("update bulletin set progress = $1, provinces = $2, matrix = $3", *values)
    finally:
        await connection.close()


async def page(client: AsyncClient, path: str, **asked: Any) -> str:
    answer = await client.get(path, params={"lang": "en", **asked})
    assert answer.status_code == 200, answer.text
    return unescape(answer.text)


async def test_the_overview_shows_lights_map_table_and_matrix_as_issued(service: Service, lan: AsyncClient) -> None:
    await issued(lan)
    await as_if_issued(service)
    shown = await page(lan, "/", bulletin=1)
    assert re.findall(r'data-figure="light-(\w+)">(\d+)</b>', shown) == [("red", "1"), ("yellow", "2"), ("green", "31")]
    assert re.search(r'class="tile red" data-figure="tile-38" aria-label="Thanh Hoa: Red, 5 of', shown)
    [row] = re.findall(r'<tr id="p-38">(.*?)</tr>', shown, re.DOTALL)
    assert 'rank">17<' in row
    assert "Red" in row
    assert ">5</b>" in row
    table = shown[shown.index('<table class="matrix">') :]
    [states] = re.findall(r"Thanh Hoa</a></th>(.*?)</tr>", table, re.DOTALL)
    assert re.findall(r'"unseen">([^<]+)<', states)[6] == "Blocked"
    assert 'data-figure="line-hotlines">9</b>' in shown


async def test_the_room_a_line_and_a_province_show_it_too(service: Service, lan: AsyncClient) -> None:
    await issued(lan)
    await as_if_issued(service)
    assert 'data-figure="light-green">31</b>' in await page(lan, "/", bulletin=1, view="room")
    line = await page(lan, "/lines/hotlines", bulletin=1)
    assert re.search(r'Blocked <b>1</b></dt>\s*<dd><ul class="names"><li><a href="[^"]*/provinces/38', line)
    province = await page(lan, "/provinces/38", bulletin=1)
    assert 'data-figure="light">Red</b>' in province
    assert 'data-figure="rank">17</b>' in province
    assert 'data-figure="lines">5</b>' in province
    [row] = re.findall(r'<tr id="line-hotlines">(.*?)</tr>', province, re.DOTALL)
    assert "#i-blocked" in row


async def test_what_a_page_computes_beside_a_bulletin_is_marked(
    service: Service, lan: AsyncClient, huong: AsyncClient
) -> None:
    mark = "computed at its two clocks"
    await completed(huong)
    await issued(lan)
    for path in ("/", "/lines/hotlines", "/provinces/38", "/agencies"):
        assert mark in await page(lan, path, bulletin=1)
        assert mark not in await page(lan, path, as_of="2025-06-27T17:00")
    whole = await page(lan, "/", bulletin=1)
    await run_sql(service.url, "update bulletin set provinces = null, matrix = null")
    early = await page(lan, "/", bulletin=1, campaign="two-tier-2025")
    assert early.count(mark) > whole.count(mark)
    marked = early[early.index('id="matrix-h"') :]
    assert marked.index(mark) < marked.index("<table")


@pytest.mark.parametrize(
    ("lang", "mark", "section"),
    [
        ("vi", "tính ngoài bản tin", "tính theo các báo cáo được ghi nhận đến"),
        ("en", "(not in the bulletin)", "computed from what had been recorded by"),
        ("ja", "速報外の計算値", "記録された内容から計算しています"),
    ],
)
async def test_the_room_and_the_documents_mark_what_is_not_part_of_the_bulletin(
    service: Service, lan: AsyncClient, lang: str, mark: str, section: str
) -> None:
    await issued(lan)
    room = await page(lan, "/", bulletin=1, view="room", lang=lang)
    assert room.count(mark) == 1
    agenda = room[room.index('class="speak"') :]
    assert mark in agenda[: agenda.index("</div>\n  <div>")]
    assert mark not in await page(lan, "/", as_of="2025-06-27T17:00", view="room", lang=lang)
    document = (await lan.get(f"/v1/reports/progress.md?bulletin=1&lang={lang}")).text
    assert [section in part for part in document.split("\n## ")[1:7]] == [False, False, True, True, True, False]
    assert section not in (await lan.get(f"/v1/reports/progress.md?as_of=2025-06-27T10:00:00Z&lang={lang}")).text
    await run_sql(service.url, "update bulletin set provinces = null, matrix = null")
    early = await page(lan, "/", bulletin=1, view="room", lang=lang, campaign="two-tier-2025")
    assert early.count(mark) == 3


async def test_a_comparison_with_a_bulletin_is_with_what_was_issued(service: Service, lan: AsyncClient) -> None:
    await issued(lan)
    await as_if_issued(service)
    found = (await lan.get("/v1/progress/compare", params={"from_bulletin": 1, "to": AT})).json()
    assert [(one["province"], one["category"], one["before"]) for one in found["changes"]] == [
        ("38", "hotlines", "blocked")
    ]
    assert found["lights"]["changes"][0]["before"] == "red"
    assert {line["code"]: line["before"] for line in found["categories"]}["hotlines"] == 9
    shown = await page(lan, "/compare", **{"from": "b1", "to": "2025-06-27T17:00"})
    assert "9/34" in re.sub(r"<[^>]+>", "", shown)
    overview = await page(lan, "/", as_of="2025-06-28T17:00")
    assert re.search(r'data-figure="delta">−7<', overview)
    assert re.search(r'data-figure="change-hotlines">−9<', overview)


async def test_page_and_documents_of_a_bulletin_say_the_same(service: Service, lan: AsyncClient) -> None:
    await issued(lan)
    await as_if_issued(service)
    asked: dict[str, str | int] = {"bulletin": 1, "lang": "en"}
    files = {
        form: (await lan.get(f"/v1/reports/progress.{form}", params=asked)).content
        for form in ("docx", "xlsx", "csv", "md")
    }
    assert reading.table(files["csv"])[6][3] == "9"
    assert "31 green" in files["md"].decode()
    assert "| 17 | Thanh Hoa | Red | 5/" in files["md"].decode()
    book = reading.workbook(files["xlsx"])
    [row] = [row for row in reading.rows(book.worksheets[2]) if row[1] == "38"]
    assert (row[0], row[3], row[7]) == (17, "Red", 5)
    [states] = [row for row in reading.rows(book.worksheets[3]) if row[0] == "Thanh Hoa"]
    assert states[7] == "Blocked"
    document = reading.document(files["docx"])
    assert "31 green" in reading.text(document)
    rows = [[cell.text for cell in row.cells] for table in document.tables for row in table.rows]
    assert any(row[:3] == ["17", "Thanh Hoa", "Red"] for row in rows)


async def test_the_change_of_a_light_has_its_cause(lan: AsyncClient, an: AsyncClient) -> None:
    await issued(lan)
    for unit in ("38", "40"):
        sent = {"deadline": "2025-06-20"}
        assert (await an.patch(f"/v1/assignments/hotlines/{unit}", json=sent)).status_code == 200
    found = await differences(lan)
    lights = [(one["province"], one["issued"], one["now"], one["cause"]) for one in found if one["figure"] == "light"]
    assert lights == [("38", "green", "red", "deadline"), ("40", "green", "red", "deadline")]
    counts = {one["figure"]: (one["issued"], one["now"]) for one in found if one["category"] is None}
    assert (counts["lights_green"], counts["lights_red"]) == ((34, 32), (0, 2))
    told = (await lan.get("/v1/reports/progress.md?bulletin=1&lang=en")).text
    assert "Green → Red (Thanh Hoa, Nghe An)" in told
    shown = await page(lan, "/bulletins")
    assert "Light of Thanh Hoa" in shown


async def test_lights_that_change_places_restate_a_bulletin(service: Service, lan: AsyncClient) -> None:
    """Though every count stays."""
    bulletin = await issued(lan)
    assert bulletin["restated"] is False
    swapped = """
        update bulletin set provinces = (
            select jsonb_object_agg(lang, jsonb_set(answer, '{items,0,light}', '"yellow"'))
            from jsonb_each(provinces) as said (lang, answer))
    """
    await run_sql(service.url, swapped)
    found = (await lan.get("/v1/bulletins/1")).json()
    assert found["restated"] is True
    assert [(one["province"], one["figure"]) for one in found["differences"]] == [("01", "light")]


@pytest.mark.parametrize("side", ["from", "to"])
async def test_each_end_of_a_comparison_is_known_at_a_settled_moment(
    service: Service, khach: AsyncClient, side: str
) -> None:
    async with slow_writer(service) as (writer, recorded_at):
        now = (await database_now(service)).isoformat()
        asked = {"from": AT, "to": AT, f"{side}_known_at": now}
        before = (await khach.get("/v1/progress/compare", params=asked)).json()
        assert before[f"{side}_known_at"] < recorded_at.isoformat()
        await writer.execute("commit")
    after = (await khach.get("/v1/progress/compare", params=asked)).json()
    assert after[f"{side}_known_at"] > before[f"{side}_known_at"]


async def test_the_page_shows_a_settled_moment_as_known_then(service: Service, lan: AsyncClient) -> None:
    async with slow_writer(service) as (writer, _):
        now = (await database_now(service)).isoformat()
        before = await page(lan, "/", as_of=now, known_at="then")
        await writer.execute("commit")
    [known] = (
        re.findall(r'<time datetime="([^"]+)">as known', before)
        or re.findall(r'<span><time datetime="([^"]+)">', before)[1:2]
    )
    assert known < now
