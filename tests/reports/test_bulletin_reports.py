"""A bulletin as a document: the figures as issued, and one line that says what was overtaken."""

from typing import Any

import pytest
from httpx import AsyncClient

from app.language import LANGUAGES, Language
from app.reports.changes import FIGURES, changes, in_one_line
from app.reports.words import table
from tests.reports import reading

REPORTS = "/v1/reports/progress"
BEFORE, MOMENT, AFTER = "2025-06-27T15:00:00+07:00", "2025-06-27T17:00:00+07:00", "2025-06-27T16:00:00+07:00"


async def complete(client: AsyncClient, at: str) -> None:
    update = {"task": "hotlines", "status": "completed", "effective_at": at}
    assert (await client.post("/v1/status-updates", json=update)).status_code == 201


async def issue(lan: AsyncClient, title: str) -> int:
    answer = await lan.post("/v1/bulletins", json={"as_of": MOMENT, "title": title})
    assert answer.status_code == 201
    return int(answer.json()["number"])


async def test_an_untouched_bulletin_says_nothing_of_changes(huong: AsyncClient, lan: AsyncClient) -> None:
    await complete(huong, BEFORE)
    number = await issue(lan, "Bản tin sáng")
    said = (await huong.get(f"{REPORTS}.md", params={"bulletin": number, "lang": "vi"})).text
    assert said.startswith("# Bản tin sáng")
    assert "Bản tin số 1, phát hành lúc" in said
    assert "→" not in said


@pytest.mark.parametrize("lang", LANGUAGES)
async def test_an_overtaken_bulletin_keeps_its_figures_and_says_so_in_one_line(
    huong: AsyncClient, minh: AsyncClient, lan: AsyncClient, lang: Language
) -> None:
    await complete(huong, BEFORE)
    number = await issue(lan, "N")
    await complete(minh, AFTER)
    asked = {"bulletin": number, "lang": lang}
    row = reading.table((await huong.get(f"{REPORTS}.csv", params=asked)).content)[6]
    assert (row[1], row[3], row[20]) == ("hotlines", "1", "1")
    changed = f"{table(lang)['figure.provinces_completed']} 1 → 2"
    assert changed in row[21]
    document = reading.document((await huong.get(f"{REPORTS}.docx", params=asked)).content)
    told = [paragraph.text for paragraph in document.paragraphs if changed in paragraph.text]
    assert len(told) == 1
    book = reading.workbook((await huong.get(f"{REPORTS}.xlsx", params=asked)).content)
    assert reading.rows(book.worksheets[0])[6][2] == 1
    assert changed in reading.rows(book.worksheets[1])[6][4]


async def test_the_provinces_of_a_bulletin_are_those_of_its_issue(
    huong: AsyncClient, minh: AsyncClient, lan: AsyncClient
) -> None:
    await complete(huong, BEFORE)
    number = await issue(lan, "N")
    await complete(minh, AFTER)
    book = reading.workbook((await huong.get(f"{REPORTS}.xlsx", params={"bulletin": number, "lang": "en"})).content)
    done = [row[0] for row in reading.rows(book.worksheets[3]) if row[7] == "Completed"]
    assert done == ["Thanh Hoa"]


def test_every_figure_that_can_differ_has_words() -> None:
    for lang in LANGUAGES:
        assert {f"figure.{figure}" for figure in FIGURES} <= set(table(lang))


def test_a_figure_without_a_text_is_still_listed() -> None:
    difference = {"category": None, "figure": "new_one", "issued": None, "now": 1}
    assert changes("en", [difference], str) == {None: "new_one none → 1"}


def test_missing_provinces_are_named() -> None:
    difference = {"category": "hotlines", "figure": "missing", "issued": ["38", "40"], "now": []}
    changed = changes("en", [difference], {"38": "A", "40": "B"}.__getitem__)
    assert in_one_line("en", changed, {"hotlines": "Hotlines"}).endswith("Hotlines: not yet done A, B → none.")


def test_the_three_languages_have_the_same_words() -> None:
    words: list[Any] = [table(lang).keys() for lang in LANGUAGES]
    assert words[0] == words[1] == words[2]
