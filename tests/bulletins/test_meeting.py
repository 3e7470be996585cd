"""What the meeting asks: who must speak, what changed between two moments by both clocks, how each line went."""

from datetime import datetime
from typing import Any

import pytest
from httpx import AsyncClient

DONE = {"task": "hotlines", "unit": "38", "status": "completed", "effective_at": "2025-06-20T10:00:00+07:00"}
BACK = {**DONE, "status": "in_progress", "effective_at": "2025-06-28T10:00:00+07:00"}
THEN = "2025-06-27T17:00:00+07:00"


async def report(client: AsyncClient, **sent: str) -> None:
    answer = await client.post("/v1/status-updates", json=sent)
    assert answer.status_code == 201, answer.text


async def get(client: AsyncClient, path: str, **asked: Any) -> Any:
    answer = await client.get(f"/v1/progress{path}", params=asked)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def issue(lan: AsyncClient) -> int:
    answer = await lan.post("/v1/bulletins", json={"as_of": THEN})
    assert answer.status_code == 201, answer.text
    return int(answer.json()["number"])


def speaker(agenda: Any, code: str) -> Any:
    return next(item for item in agenda["items"] if item["code"] == code)


async def test_the_agenda_names_who_is_late_silent_or_has_fallen_back(huong: AsyncClient, lan: AsyncClient) -> None:
    await report(huong, **DONE)
    number = await issue(lan)
    await report(huong, **BACK)
    agenda = await get(lan, "/agenda", lang="en")
    assert agenda["since"]["bulletin"] == number
    thanh_hoa = speaker(agenda, "38")
    assert [reason["kind"] for reason in thanh_hoa["reasons"]] == ["red", "fallen_back"]
    assert thanh_hoa["reasons"][1]["categories"] == ["hotlines"]
    assert "had completed, and no longer has: Hotlines for people and enterprises published" in thanh_hoa["sentence"]
    nghe_an = speaker(agenda, "40")
    assert [reason["kind"] for reason in nghe_an["reasons"]] == ["red", "silent"]
    assert "has never reported" in nghe_an["sentence"]
    assert agenda["items"][0]["code"] == "38"


async def test_an_agency_that_is_silent_with_open_work_must_speak(viettel: AsyncClient, lan: AsyncClient) -> None:
    before = {"as_of": "2025-06-20T08:00:00+07:00"}  # nothing is overdue yet
    silent = speaker(await get(lan, "/agenda", lang="en", **before), "viettel")
    assert [(reason["kind"], reason["last_update_at"]) for reason in silent["reasons"]] == [("silent", None)]
    assert silent["sentence"].endswith("has never reported, with 2 tasks open.")
    await report(viettel, task="support-contact", status="completed", effective_at="2025-06-19T08:00:00+07:00")
    agencies = (await get(lan, "/agencies"))["items"]
    heard = {one["code"]: (one["reporting"], one["last_update_at"]) for one in agencies}
    assert heard["vnpt"] == ("never", None)
    assert heard["viettel"][0] == "fresh"
    assert [one["kind"] for one in speaker(await get(lan, "/agenda"), "viettel")["reasons"]] == ["red"]
    room = (await lan.get("/", params={"view": "room", "lang": "en", **before})).text
    assert "<dt>Silent</dt><dd>" in room


async def test_before_the_opening_nobody_must_speak(lan: AsyncClient) -> None:
    agenda = await get(lan, "/agenda", as_of="2025-05-20T08:00:00+07:00")
    assert (agenda["since"], agenda["items"]) == (None, [])


async def test_two_moments_are_compared_by_both_clocks(huong: AsyncClient, lan: AsyncClient) -> None:
    number = await issue(lan)
    await report(huong, **DONE)  # told after the bulletin, about a time before it
    found = await get(lan, "/compare", from_bulletin=number, to=THEN, lang="en")
    assert (found["from_bulletin"], found["from"], found["to"]) == (number, found["to"], found["from"])
    assert datetime.fromisoformat(found["from_known_at"]).year > 2025
    assert found["to_known_at"] is None
    changed = [(one["province"], one["category"], one["before"], one["after"]) for one in found["changes"]]
    assert changed == [("38", "hotlines", "not_started", "completed")]
    assert found["changes"][0]["province_name"] == "Thanh Hoa"
    assert found["sentences"] == [
        "Hotlines for people and enterprises published: from 0 to 1 provinces and cities (+1)."
    ]
    same = await get(lan, "/compare", from_bulletin=number, to_bulletin=number)
    assert (same["changes"], same["sentences"], same["lights"]["changes"]) == ([], [], [])
    other = await get(lan, "/compare", **{"from": THEN, "to": THEN, "from_known_at": found["from_known_at"]})
    assert other["changes"][0]["after"] == "completed"


async def test_lights_are_compared_too(lan: AsyncClient) -> None:
    asked = {"from": "2025-06-20T08:00:00+07:00", "to": "2025-07-02T08:00:00+07:00"}
    lights = (await get(lan, "/compare", **asked))["lights"]
    assert lights["before"] == {"green": 34, "yellow": 0, "red": 0}
    assert lights["after"] == {"green": 0, "yellow": 0, "red": 34}
    assert len(lights["changes"]) == 34
    assert lights["changes"][0]["before"] == "green"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, "missing"),
        ({"from_bulletin": 1, "from": THEN}, "not-together"),
        ({"from": THEN, "to_bulletin": 1, "to_known_at": THEN}, "not-together"),
    ],
)
async def test_an_end_is_one_thing(lan: AsyncClient, asked: dict[str, Any], code: str) -> None:
    answer = await lan.get("/v1/progress/compare", params=asked)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


async def test_a_bulletin_that_does_not_exist_is_not_compared(lan: AsyncClient) -> None:
    assert (await lan.get("/v1/progress/compare", params={"from_bulletin": 9})).status_code == 404


async def test_several_lines_are_a_series_and_each_is_what_it_is_alone(huong: AsyncClient, lan: AsyncClient) -> None:
    await report(huong, **DONE)
    span = {"from": "2025-06-19T00:00:00+07:00", "to": "2025-06-22T00:00:00+07:00"}
    several = await get(lan, "/timeline", category=["hotlines", "staffing"], **span)
    assert [one["category"] for one in several["series"]] == ["hotlines", "staffing"]
    for one in several["series"]:
        alone = await get(lan, "/timeline", category=one["category"], **span)
        assert alone["points"] == one["points"]
    everything = await get(lan, "/timeline", category="*", **span)
    assert len(everything["series"]) == 12
    assert several["series"][0] in everything["series"]
    refused = await lan.get("/v1/progress/timeline", params={"category": ["hotlines", "nothing"]})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown-category")


async def test_silence_is_asked_for_by_level_and_province(lan: AsyncClient) -> None:
    asked = {"as_of": "2025-06-27T17:00:00+07:00"}
    counts = {level: (await get(lan, "/silent", level=level, **asked))["total"] for level in LEVELS}
    assert counts == {"province": 34, "commune": 3321, "agency": 10}
    assert (await get(lan, "/silent", **asked))["total"] == sum(counts.values())
    there = await get(lan, "/silent", level="commune", province="38", **asked)
    assert there["total"] == 166
    assert {item["province"] for item in there["items"]} == {"38"}
    refused = await lan.get("/v1/progress/silent", params={"province": "99"})
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (422, "unknown-unit")


LEVELS = ("province", "commune", "agency")


async def test_the_whole_has_a_sentence_in_each_language(lan: AsyncClient) -> None:
    said = {lang: (await get(lan, "", lang=lang, as_of=THEN))["statement"] for lang in ("vi", "en", "ja")}
    assert said == {
        "vi": "Tính đến 17 giờ ngày 27/6/2025, trong số 34 tỉnh, thành phố, "
        "chưa có địa phương nào hoàn thành toàn bộ nhiệm vụ được giao.",
        "en": "As of 17:00 on 27 June 2025, none of the 34 provinces and cities has yet completed everything "
        "assigned to it.",
        "ja": "2025年6月27日17時現在、34省・市のうち、すべての業務を完了した省・市はまだありません。",
    }
