"""Every kind of change in the feed: each once, for those who may read it, with who did it; filters; and in order."""

import asyncio
import random
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient

from tests.conftest import Service
from tests.connecting import connect
from tests.updates.test_changes import follow, report

OBSTACLE = {
    "unit": "38",
    "group": "infrastructure",
    "title": "Chưa có đường truyền",
    "detail": "Đề nghị kéo cáp",
    "addressed_to": "viettel",
}


async def obstacle(client: AsyncClient, **more: object) -> str:
    answer = await client.post("/v1/obstacles", json={**OBSTACLE, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def rule(an: AsyncClient, unit: str = "38", deadline: str = "2025-07-15") -> None:
    sent = {"deadline": deadline, "reason": "Gia hạn theo đề nghị"}
    answer = await an.patch(f"/v1/assignments/hotlines/{unit}", json=sent)
    assert answer.status_code == 200, answer.text


async def all_kinds(huong: AsyncClient, lan: AsyncClient, an: AsyncClient, viettel: AsyncClient) -> None:
    await report(huong)
    await report(lan, status="verified")
    await rule(an)
    asked = await obstacle(huong)
    answered = await viettel.patch(f"/v1/obstacles/{asked}", json={"state": "resolved", "response": "Đã kéo cáp"})
    assert answered.status_code == 200
    assert (await lan.post("/v1/bulletins", json={"as_of": "2025-06-27T10:00:00Z"})).status_code == 201


async def kinds(client: AsyncClient, **query: Any) -> list[str]:
    answer = await client.get("/v1/changes", params={"limit": 1000, **query})
    assert answer.status_code == 200, answer.text
    return [item["kind"] for item in answer.json()["items"]]


async def test_every_kind_comes_once_in_the_order_in_which_it_happened_and_says_who_did_it(
    huong: AsyncClient, lan: AsyncClient, an: AsyncClient, viettel: AsyncClient
) -> None:
    await all_kinds(huong, lan, an, viettel)
    items: list[Any] = []
    for limit in (1, 2, 1000):
        items, cursor = await follow(lan, limit=limit)
        assert [(item["kind"], item["by"]) for item in items] == [
            ("update", "huong"),
            ("verdict", "lan"),
            ("ruling", "an"),
            ("obstacle", "huong"),
            ("obstacle", "viettel"),
            ("bulletin", "lan"),
        ]
        assert (await follow(lan, cursor))[0] == []
    ruling, _, answered, bulletin = items[2:]
    assert (ruling["task"], ruling["unit"], ruling["province"]) == ("hotlines", "38", "38")
    assert (ruling["deadline"], ruling["reason"]) == ("2025-07-15T16:59:59Z", "Gia hạn theo đề nghị")
    assert (answered["state"], answered["response"], answered["title"]) == (
        "resolved",
        "Đã kéo cáp",
        "Chưa có đường truyền",
    )
    assert (bulletin["number"], bulletin["as_of"]) == (1, "2025-06-27T10:00:00Z")


async def test_an_obstacle_comes_to_those_who_may_read_it_and_to_nobody_else(
    huong: AsyncClient,
    xa: AsyncClient,
    viettel: AsyncClient,
    lan: AsyncClient,
    minh: AsyncClient,
    khach: AsyncClient,
    service: Service,
) -> None:
    await obstacle(huong)
    await obstacle(xa, unit="14758")
    seen = {name: len(await kinds(service.client(name), kind="obstacle")) for name in service.tokens}
    assert seen == {"huong": 2, "xa": 1, "viettel": 2, "lan": 2, "an": 2, "minh": 0, "khach": 0}
    for stranger in (minh, khach):
        everything = (await follow(stranger, limit=1))[0]
        assert everything == []


async def test_who_did_it_and_why_belongs_to_the_unit(
    huong: AsyncClient,
    lan: AsyncClient,
    an: AsyncClient,
    viettel: AsyncClient,
    minh: AsyncClient,
    khach: AsyncClient,
) -> None:
    await all_kinds(huong, lan, an, viettel)
    for stranger in (minh, khach):
        items = (await follow(stranger))[0]
        assert [item["kind"] for item in items] == ["update", "verdict", "ruling", "bulletin"]
        assert {item["by"] for item in items} == {None}
        assert items[2]["reason"] is None
    own = (await follow(huong))[0]
    assert [item["by"] for item in own] == ["huong", "lan", "an", "huong", "viettel", None]
    assert own[2]["reason"] == "Gia hạn theo đề nghị"


async def test_the_feed_is_narrowed_by_kind_province_and_unit(
    huong: AsyncClient, xa: AsyncClient, minh: AsyncClient, lan: AsyncClient, an: AsyncClient, viettel: AsyncClient
) -> None:
    await all_kinds(huong, lan, an, viettel)
    await report(minh, unit="40")
    await rule(an, "40")
    await obstacle(xa, unit="14758")
    assert await kinds(lan, kind="verdict") == ["verdict"]
    assert await kinds(lan, kind=["ruling", "bulletin"]) == ["ruling", "bulletin", "ruling"]
    assert await kinds(lan, province="40") == ["update", "ruling"]
    assert await kinds(lan, province="38") == ["update", "verdict", "ruling", "obstacle", "obstacle", "obstacle"]
    assert await kinds(lan, unit="14758") == ["obstacle"]
    assert await kinds(minh, province="38", kind=["obstacle", "update"]) == ["update"]


@pytest.mark.parametrize("query", ["kind=news", "kind=", "province=99", "province=14758", "unit=nowhere"])
async def test_a_filter_that_means_nothing_is_refused(lan: AsyncClient, query: str) -> None:
    assert (await lan.get(f"/v1/changes?{query}")).status_code == 422


async def test_after_now_begins_here(huong: AsyncClient, lan: AsyncClient) -> None:
    await report(huong)
    begun = (await lan.get("/v1/changes?after=now&kind=update")).json()
    assert begun["items"] == []
    later = await report(huong, status="in_progress")
    items, _ = await follow(lan, begun["next_cursor"])
    assert [item["id"] for item in items] == [later]


async def test_minh_reports_no_obstacle_and_rules_on_nothing_of_38(
    huong: AsyncClient, minh: AsyncClient, lan: AsyncClient
) -> None:
    asked = await obstacle(huong)
    _, cursor = await follow(lan)
    assert (await minh.post("/v1/obstacles", json=OBSTACLE)).status_code == 403
    assert (await minh.patch(f"/v1/obstacles/{asked}", json={"state": "open", "response": "x"})).status_code == 404
    assert (await minh.patch("/v1/assignments/hotlines/38", json={"deadline": None})).status_code == 403
    assert (await minh.post("/v1/bulletins", json={"as_of": "2025-06-27T10:00:00Z"})).status_code == 403
    assert (await follow(lan, cursor))[0] == []


WRITES = {
    "update": """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
values ('38', uuidv7(), 'hotlines', '38', 'in_progress', clock_timestamp(), clock_timestamp() + interval '1 s', 't')
returning id::text""",
    "verdict": """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
values ('38', uuidv7(), 'hotlines', '38', 'verified', clock_timestamp(), clock_timestamp() + interval '1 s', 't')
returning id::text""",
    "ruling": """
insert into ruling (owner, id, task, unit, recorded_at, not_applicable, token)
values ('38', uuidv7(), 'hotlines', '38', clock_timestamp(), false, 't') returning id::text""",
    "obstacle": """
insert into obstacle_event (owner, id, obstacle, unit, addressed_to, at, state, token)
select owner, uuidv7(), id, unit, addressed_to, clock_timestamp(), 'open', 't' from obstacle limit 1
returning id::text""",
    "bulletin": """
insert into bulletin (campaign, number, title, issued_at, as_of, progress, token)
values ('two-tier-2025', {number}, 't', clock_timestamp(), clock_timestamp(), '{{}}', 't') returning id::text""",
}


async def test_readers_of_all_kinds_miss_nothing_while_eight_writers_commit(
    service: Service, lan: AsyncClient, huong: AsyncClient
) -> None:
    await obstacle(huong)
    written: dict[str, str] = {item["id"]: "obstacle" for item in (await follow(lan))[0]}
    done = asyncio.Event()
    asked: list[dict[str, Any]] = [
        {"limit": 7},
        {"limit": 1000},
        {"limit": 3, "province": "38"},
        *({"limit": 5, "kind": kind} for kind in WRITES),
    ]
    readers = [asyncio.create_task(_keep_reading(service.client("lan"), done, query)) for query in asked]
    holding = await connect(service.url)
    held = holding.transaction()
    await held.start()
    for kind in WRITES:
        written[await _write(holding, kind)] = kind
    await asyncio.gather(*(_keep_writing(service.url, written, seed) for seed in range(8)))
    await held.commit()
    await holding.close()
    done.set()
    for query, read in zip(asked, await asyncio.gather(*readers), strict=True):
        assert len(read) == len(set(read)), "nothing twice"
        assert set(read) == {key for key, kind in written.items() if _meets(query, kind)}, query


def _meets(query: dict[str, Any], kind: str) -> bool:
    return query.get("kind") in (None, kind) and not ("province" in query and kind == "bulletin")


async def _write(connection: Any, kind: str) -> str:
    return str(await connection.fetchval(WRITES[kind].format(number=uuid4().int % 2**60)))


async def _keep_writing(url: str, written: dict[str, str], seed: int) -> None:
    chance = random.Random(seed)
    connection = await connect(url)
    for _ in range(30):
        transaction = connection.transaction()
        await transaction.start()
        made = {}
        for kind in chance.choices(list(WRITES), k=chance.randint(1, 4)):
            made[await _write(connection, kind)] = kind
            await asyncio.sleep(chance.random() * 0.01)
        if chance.random() < 0.2:
            await transaction.rollback()
        else:
            await transaction.commit()
            written.update(made)
    await connection.close()


async def _keep_reading(client: AsyncClient, done: asyncio.Event, query: dict[str, Any]) -> list[str]:
    read: list[str] = []
    cursor: str | None = None
    while True:
        last_round = done.is_set()
        while True:
            answer = await client.get("/v1/changes", params=query | ({"after": cursor} if cursor else {}))
            assert answer.status_code == 200, answer.text
            page = answer.json()
            cursor = page["next_cursor"]
            read += [item["id"] for item in page["items"]]
            if not page["items"]:
                break
        if last_round:
            return read


async def test_after_a_restore_all_kinds_come_once(
    service: Service, huong: AsyncClient, lan: AsyncClient, an: AsyncClient, viettel: AsyncClient
) -> None:
    await all_kinds(huong, lan, an, viettel)
    connection = await connect(service.url)
    for table in ("status_update", "ruling", "obstacle_event", "bulletin"):
        await connection.execute(f"update {table} set xid = (xid::text::bigint + 900000000)::text::xid8")
    await connection.execute("delete from incarnation")
    await connection.close()
    assert len(await kinds(lan)) == 6
