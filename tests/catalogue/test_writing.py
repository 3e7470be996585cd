"""Writing the catalogue: campaigns, categories, tasks, units and agencies, and who is refused."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from tests.conftest import Service
from tests.connecting import connect

NAMES = {"vi": "Chữ ký số", "en": "Digital signatures", "ja": "電子署名"}
TASK = {"code": "signatures", "category": "hotlines", "level": "province", "names": NAMES, "deadline": "2026-12-31"}
CATEGORY = {"code": "signing", "names": NAMES}
CAMPAIGN = {
    "code": "next-2027",
    "names": {"vi": "Đợt sau"},
    "opening": "2027-01-01T00:00:00+07:00",
    "deadline": "2027-06-30",
    "go_live": "2027-07-01T00:00:00+07:00",
}
UNIT = {"code": "99999", "level": "commune", "kind": "ward", "province": "38", "names": {"vi": "Phường Mới"}}
AGENCY = {"code": "fpt", "kind": "enterprise", "names": {"vi": "FPT"}}
NEW = {"campaigns": CAMPAIGN, "categories": CATEGORY, "tasks": TASK, "units": UNIT, "agencies": AGENCY}
CHANGED = {
    "campaigns/two-tier-2025": {"names": NAMES},
    "categories/hotlines": {"names": NAMES},
    "tasks/hotlines": {"names": NAMES},
    "units/38": {"names": NAMES},
    "agencies/viettel": {"names": NAMES},
}


async def test_a_new_task_is_given_to_every_unit_of_its_level_and_counts_from_now(
    an: AsyncClient, huong: AsyncClient, service: Service
) -> None:
    answer = await an.post("/v1/tasks", json=TASK)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["deadline"] == "2026-12-31T16:59:59Z"
    in_order = [task["code"] for task in (await an.get("/v1/tasks?category=hotlines")).json()["items"]]
    assert in_order == ["hotlines", "signatures"]
    assert answer.headers["location"] == "/v1/tasks/signatures"
    assert (await an.get("/v1/tasks/signatures")).json() == made
    given = (await an.get("/v1/assignments?task=signatures&limit=1000")).json()["items"]
    assert len(given) == 34
    assert {item["original_deadline"] for item in given} == {"2026-12-31T16:59:59Z"}
    report = {"task": "signatures", "unit": "38", "status": "completed"}
    assert (await huong.post("/v1/status-updates", json=report)).status_code == 201
    assert await counts(service, "signatures") == (34, 1)
    assert await moments(service, "signatures") == {made["created_at"]}


async def test_every_worker_sees_a_new_category_at_once(an: AsyncClient, lan: AsyncClient) -> None:
    made = (await an.post("/v1/categories", json=CATEGORY)).json()
    assert (made["campaign"], made["position"]) == ("two-tier-2025", 13)
    assert (await lan.get("/v1/categories/signing")).json() == made


async def test_a_campaign_is_made_and_changed(an: AsyncClient) -> None:
    made = await an.post("/v1/campaigns", json=CAMPAIGN)
    assert made.status_code == 201, made.text
    assert made.json()["names"] == {"vi": "Đợt sau", "en": "Đợt sau", "ja": "Đợt sau"}
    assert (made.json()["deadline"], made.json()["current"]) == ("2027-06-30T16:59:59Z", False)
    changed = await an.patch("/v1/campaigns/next-2027", json={"go_live": "2027-08-01T00:00:00+07:00"})
    assert changed.json()["go_live"] == "2027-07-31T17:00:00Z"
    early = await an.patch("/v1/campaigns/next-2027", json={"deadline": "2026-01-01"})
    assert codes(early) == {"/deadline": "out-of-order"}
    late = await an.patch("/v1/campaigns/next-2027", json={"deadline": "2027-12-31"})
    assert codes(late) == {"/go_live": "out-of-order"}


async def test_a_new_unit_gets_the_tasks_of_its_level(an: AsyncClient, huong: AsyncClient) -> None:
    before = len((await an.get("/v1/assignments?unit=14758")).json()["items"])
    made = await an.post("/v1/units", json=UNIT)
    assert made.status_code == 201, made.text
    given = (await an.get("/v1/assignments?unit=99999")).json()["items"]
    assert len(given) == before > 0
    assert {item["owner"] for item in given} == {"38"}
    report = {"task": given[0]["task"], "unit": "99999", "status": "completed"}
    assert (await huong.post("/v1/status-updates", json=report)).status_code == 201


async def test_a_new_agency_gets_the_tasks_of_agencies(an: AsyncClient) -> None:
    made = await an.post("/v1/agencies", json=AGENCY)
    assert (made.status_code, made.json()["level"]) == (201, "agency")
    assert (await an.get("/v1/assignments?unit=fpt")).json()["items"]
    changed = await an.patch("/v1/agencies/fpt", json={"kind": "ministry"})
    assert changed.json()["former_names"][0]["kind"] == "enterprise"


async def test_a_province_that_becomes_a_city_keeps_its_former_name_and_kind(an: AsyncClient) -> None:
    patch = {"names": {"vi": "Thành phố Thanh Hóa"}, "kind": "municipality", "until": "2026-06-30"}
    changed = await an.patch("/v1/units/38", json=patch)
    assert changed.status_code == 200, changed.text
    former = changed.json()["former_names"]
    assert [(was["until"], was["kind"]) for was in former] == [("2026-06-30", "province")]
    assert "Thanh Hóa" in former[0]["names"]["vi"]
    assert (await an.get("/v1/units/38")).json() == changed.json()


async def test_a_correction_on_the_same_day_keeps_what_was_before_both(an: AsyncClient) -> None:
    first = await an.patch("/v1/units/14758", json={"names": {"vi": "Phường Mói"}})
    second = await an.patch("/v1/units/14758", json={"names": {"vi": "Phường Mới"}})
    assert second.json()["former_names"] == first.json()["former_names"]


@pytest.mark.parametrize("path", CHANGED)
async def test_a_change_made_on_an_old_copy_is_refused(an: AsyncClient, path: str) -> None:
    read = (await an.get(f"/v1/{path.replace('agencies', 'units')}")).headers["etag"]
    first = await an.patch(f"/v1/{path}", json=CHANGED[path], headers={"If-Match": read})
    assert first.status_code == 200, first.text
    assert first.headers["etag"] != read
    again = {"names": {"vi": "Khác"}}
    late = await an.patch(f"/v1/{path}", json=again, headers={"If-Match": read})
    assert (late.status_code, late.json()["type"]) == (412, "/problems#stale")
    now = await an.patch(f"/v1/{path}", json=again, headers={"If-Match": first.headers["etag"]})
    assert now.status_code == 200


async def test_a_change_that_changes_nothing_leaves_no_trace(an: AsyncClient) -> None:
    before = await an.get("/v1/categories/hotlines")
    same = await an.patch("/v1/categories/hotlines", json={"names": before.json()["names"]})
    assert same.headers["etag"] == before.headers["etag"]
    assert (await an.get("/v1/audit")).json()["items"][0]["action"] == "token.create"


async def test_a_tasks_deadline_is_for_later_units_and_moves_no_assignment(an: AsyncClient) -> None:
    before = (await an.get("/v1/assignments/hotlines/38")).json()["deadline"]
    changed = await an.patch("/v1/tasks/hotlines", json={"deadline": None, "quality_standard": "Mới"})
    assert (changed.json()["deadline"], changed.json()["quality_standard"]) == (None, "Mới")
    assert (await an.get("/v1/assignments/hotlines/38")).json()["deadline"] == before
    await an.post("/v1/units", json={**UNIT, "code": "99", "level": "province", "kind": "province", "province": None})
    assert (await an.get("/v1/assignments/hotlines/99")).json()["deadline"] is None


async def test_every_act_is_in_the_audit_log_with_both_sides(an: AsyncClient, lan: AsyncClient) -> None:
    await an.post("/v1/categories", json=CATEGORY)
    await an.patch("/v1/categories/signing", json={"position": 20})
    changed, made = (await lan.get("/v1/audit")).json()["items"][:2]
    assert (changed["action"], changed["subject"]) == ("category.change", "signing")
    assert (changed["before"], changed["after"]) == ({"position": 13}, {"position": 20})
    assert (made["action"], made["after"]["names"]) == ("category.create", NAMES)


async def test_a_code_or_position_that_is_taken_is_a_conflict(an: AsyncClient) -> None:
    for what, new in NEW.items():
        assert (await an.post(f"/v1/{what}", json=new)).status_code == 201
        twice = await an.post(f"/v1/{what}", json=new)
        assert (what, twice.status_code) == (what, 409)
    taken = await an.patch("/v1/categories/hotlines", json={"position": 1})
    assert taken.json()["detail"] == "nhóm khác của chiến dịch đã có vị trí này"


@pytest.mark.parametrize(
    ("what", "wrong", "expected"),
    [
        ("tasks", {"category": "nope"}, {"/category": "unknown-category"}),
        ("tasks", {"code": "a/b"}, {"/code": "malformed"}),
        ("tasks", {"code": "*"}, {"/code": "malformed"}),
        ("tasks", {"created_at": "2026-01-01"}, {"/created_at": "unknown-field"}),
        ("tasks", {"position": 2**70}, {"/position": "out-of-range"}),
        ("tasks", {"names": {"en": "x"}}, {"/names/vi": "missing"}),
        ("categories", {"campaign": "nope"}, {"/campaign": "unknown-campaign"}),
        ("campaigns", {"deadline": "2026-01-01"}, {"/deadline": "out-of-order"}),
        ("units", {"province": "viettel"}, {"/province": "unknown-unit"}),
        ("units", {"province": None}, {"/province": "missing"}),
        ("units", {"kind": "municipality"}, {"/kind": "unfit"}),
        ("units", {"kind": "town"}, {"/kind": "unknown-value"}),
        ("units", {"level": "agency", "kind": "ministry"}, {"/kind": "unknown-value", "/level": "unknown-value"}),
        ("units", {"level": "province", "kind": "province"}, {"/province": "unfit"}),
        ("agencies", {"kind": "ward"}, {"/kind": "unknown-value"}),
    ],
)
async def test_what_is_wrong_with_a_new_thing_is_named(
    an: AsyncClient, what: str, wrong: dict[str, Any], expected: dict[str, str]
) -> None:
    answer = await an.post(f"/v1/{what}", json={**NEW[what], **wrong})
    assert (answer.status_code, codes(answer)) == (422, expected)


@pytest.mark.parametrize(
    ("path", "wrong", "expected"),
    [
        ("tasks/hotlines", {}, {"": "nothing-to-change"}),
        ("tasks/hotlines", {"level": "commune"}, {"/level": "unknown-field"}),
        ("tasks/hotlines", {"names": None}, {"/names": "wrong-type"}),
        ("units/38", {"until": "2026-01-01"}, {"": "nothing-to-change"}),
        ("units/38", {"kind": "municipality", "until": "2100-01-01"}, {"/until": "in-the-future"}),
        ("units/38", {"kind": "ward"}, {"/kind": "unfit"}),
        ("units/38", {"kind": "town"}, {"/kind": "unknown-value"}),
    ],
)
async def test_what_is_wrong_with_a_change_is_named(
    an: AsyncClient, path: str, wrong: dict[str, Any], expected: dict[str, str]
) -> None:
    answer = await an.patch(f"/v1/{path}", json=wrong)
    assert (answer.status_code, codes(answer)) == (422, expected)


async def test_what_is_not_there_cannot_be_changed(an: AsyncClient) -> None:
    for path in ("campaigns/x", "categories/x", "tasks/x", "units/x", "units/viettel", "agencies/x", "agencies/38"):
        assert (path, (await an.patch(f"/v1/{path}", json={"names": NAMES})).status_code) == (path, 404)


@pytest.mark.parametrize("name", ["lan", "huong", "minh", "viettel", "xa", "khach"])
async def test_only_the_admin_writes_the_catalogue(service: Service, name: str) -> None:
    client = service.client(name)
    for what, new in NEW.items():
        assert (await client.post(f"/v1/{what}", json=new)).status_code == 403
    for path, patch in CHANGED.items():
        assert (await client.patch(f"/v1/{path}", json=patch)).status_code == 403


def codes(answer: Any) -> dict[str, str]:
    return {error["pointer"]: error["code"] for error in answer.json()["errors"]}


async def counts(service: Service, task: str) -> tuple[int, int]:
    connection = await connect(service.url)
    row = await connection.fetchrow("select sum(total)::int, sum(completed)::int from tally where task = $1", task)
    await connection.close()
    return tuple(row)


async def moments(service: Service, task: str) -> set[str]:
    """The moments from which a task's assignments count."""
    connection = await connect(service.url)
    found = await connection.fetch("select distinct created_at from assignment where task = $1", task)
    await connection.close()
    return {row[0].isoformat().replace("+00:00", "Z") for row in found}


async def test_a_task_and_a_unit_that_come_at_once_find_each_other(an: AsyncClient) -> None:
    task = an.post("/v1/tasks", json={**TASK, "level": "commune"})
    made = await asyncio.gather(an.post("/v1/units", json=UNIT), task)
    assert [answer.status_code for answer in made] == [201, 201]
    given = (await an.get("/v1/assignments?unit=99999&task=signatures")).json()["items"]
    assert len(given) == 1
