"""The change feed: every update once, nothing behind a cursor given out, begun again after a restore."""

import asyncio
import random
from asyncio.subprocess import PIPE
from typing import Any
from urllib.parse import quote

import pytest
from httpx import AsyncClient
from sqlalchemy.engine import make_url

from app.auth.identity import Identity, Role
from app.catalogue.catalogue import Catalogue
from app.embedded.files import program_directory
from app.updates.cursors import FeedPosition, Snapshot, from_text, to_text
from app.updates.reports import read_report
from app.updates.service import record
from tests.conftest import Service, serving
from tests.connecting import connect, run_sql

REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}
HUONG = Identity(token="huong", name="Hương", role=Role.REPORTER, unit="38", owner="38")
WRITE = """
insert into status_update (owner, id, task, unit, status, effective_at, recorded_at, token)
values ($1, uuidv7(), 'hotlines', $1, 'in_progress', clock_timestamp(), clock_timestamp() + interval '1 s', 'test')
returning id::text
"""


async def follow(client: AsyncClient, cursor: str | None = None, limit: int = 1000) -> tuple[list[Any], str]:
    """Everything behind a cursor, and the cursor behind it."""
    items: list[Any] = []
    while True:
        answer = await client.get("/v1/changes", params={"limit": limit} | ({"after": cursor} if cursor else {}))
        assert answer.status_code == 200, answer.text
        page = answer.json()
        cursor = page["next_cursor"]
        if not page["items"]:
            return items, str(cursor)
        items += page["items"]


async def report(client: AsyncClient, **more: object) -> str:
    answer = await client.post("/v1/status-updates", json={**REPORT, **more})
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def test_every_update_comes_once_and_corrections_are_updates(huong: AsyncClient, lan: AsyncClient) -> None:
    first = await report(huong, effective_at="2025-06-27T10:00:00Z")
    items, cursor = await follow(lan)
    assert [(item["id"], item["is_current"]) for item in items] == [(first, True)]
    second = await report(huong, effective_at="2025-06-27T10:00:00Z", status="in_progress")
    items, cursor = await follow(lan, cursor)
    assert [(item["id"], item["is_current"]) for item in items] == [(second, True)]
    assert (await follow(lan, cursor))[0] == []


async def test_an_empty_page_has_a_cursor(lan: AsyncClient) -> None:
    page = (await lan.get("/v1/changes")).json()
    assert page["items"] == []
    assert page["next_cursor"]


async def test_an_update_has_the_shape_of_a_status_update_and_says_who_reported_it(huong: AsyncClient) -> None:
    sent = {"note": "Xong", "evidence": ["https://a.vn/1"], "document": {"number": "1/UBND", "date": "2025-06-27"}}
    await report(huong, **sent)
    item = (await follow(huong))[0][0]
    stored = (await huong.get(f"/v1/status-updates/{item['id']}")).json()
    assert item == {**stored, "kind": "update", "by": "huong"}


async def test_what_was_written_about_an_update_belongs_to_its_unit(
    huong: AsyncClient, minh: AsyncClient, khach: AsyncClient, xa: AsyncClient, lan: AsyncClient
) -> None:
    sent = {"note": "Mật", "evidence": ["https://a.vn/1"], "document": {"number": "1/UBND"}}
    await report(huong, **sent)
    for stranger in (minh, khach, xa):
        item = (await follow(stranger))[0][0]
        assert (item["status"], item["note"], item["evidence"], item["document"]) == ("completed", None, [], None)
    for owner in (huong, lan):
        assert (await follow(owner))[0][0]["note"] == "Mật"


async def test_nobody_reads_it_without_a_token(anyone: AsyncClient) -> None:
    assert (await anyone.get("/v1/changes")).status_code == 401


@pytest.mark.parametrize("cursor", ["x", "!!!!", "AAAA", "null", "9" * 7999, "'; drop table unit --", "é", "\ud800"])
async def test_a_broken_cursor_is_said_to_be_one(lan: AsyncClient, cursor: str) -> None:
    answer = await lan.get(f"/v1/changes?after={quote(cursor, errors='surrogatepass')}")
    assert answer.status_code == 422
    assert [error["code"] for error in answer.json()["errors"]] == ["broken-cursor"]


@pytest.mark.parametrize("limit", ["0", "-1", "1001", "many"])
async def test_a_limit_is_1_to_1000(lan: AsyncClient, limit: str) -> None:
    assert (await lan.get("/v1/changes", params={"limit": limit})).status_code == 422


async def test_pages_of_any_size_give_the_same(huong: AsyncClient, minh: AsyncClient, lan: AsyncClient) -> None:
    batch = [{"task": "hotlines", "unit": "38", "status": "in_progress"} for _ in range(7)]
    await huong.post("/v1/status-updates/batch", json={"updates": batch})
    await report(minh, unit="40")
    whole = [item["id"] for item in (await follow(lan))[0]]
    assert len(set(whole)) == 8
    for limit in (1, 2, 3, 8):
        assert [item["id"] for item in (await follow(lan, limit=limit))[0]] == whole


async def test_a_transaction_held_open_holds_nobody_back_and_is_not_lost(
    service: Service, lan: AsyncClient, huong: AsyncClient
) -> None:
    holding = await connect(service.url)
    transaction = holding.transaction()
    await transaction.start()
    held = await holding.fetchval(WRITE, "40")
    meanwhile = await report(huong)
    items, cursor = await follow(lan)
    assert [item["id"] for item in items] == [meanwhile]
    await transaction.commit()
    await holding.close()
    items, cursor = await follow(lan, cursor)
    assert [item["id"] for item in items] == [held]
    assert (await follow(lan, cursor))[0] == []


async def test_what_commits_between_two_pages_comes_after_them(
    service: Service, lan: AsyncClient, huong: AsyncClient
) -> None:
    holding = await connect(service.url)
    transaction = holding.transaction()
    await transaction.start()
    held = await holding.fetchval(WRITE, "40")
    seen = {await report(huong) for _ in range(3)}
    page = (await lan.get("/v1/changes", params={"limit": 1})).json()
    await transaction.commit()
    await holding.close()
    items, _ = await follow(lan, page["next_cursor"], limit=1)
    ids = [page["items"][0]["id"], *(item["id"] for item in items)]
    assert len(ids) == 4
    assert set(ids) == seen | {held}


async def test_savepoints_lose_nothing(service: Service, lan: AsyncClient) -> None:
    writer = await connect(service.url)
    kept = []
    _, cursor = await follow(lan)
    async with writer.transaction():
        kept.append(await writer.fetchval(WRITE, "38"))
        for number in range(6):
            inner = writer.transaction()
            await inner.start()
            written = await writer.fetchval(WRITE, "38")
            if number % 2:
                await inner.rollback()
            else:
                await inner.commit()
                kept.append(written)
            items, cursor = await follow(lan, cursor)
            assert items == []
    await writer.close()
    items, _ = await follow(lan, cursor)
    assert sorted(item["id"] for item in items) == sorted(kept)


async def test_two_readers_miss_nothing_while_eight_writers_commit(service: Service, lan: AsyncClient) -> None:
    written: set[str] = set()
    done = asyncio.Event()
    readers = [asyncio.create_task(_keep_reading(service.client("khach"), done, limit)) for limit in (7, 1000)]
    holding = await connect(service.url)
    held = holding.transaction()
    await held.start()
    written.add(await holding.fetchval(WRITE, "01"))
    await asyncio.gather(*(_keep_writing(service.url, written, seed) for seed in range(8)))
    await held.commit()
    await holding.close()
    done.set()
    for read in await asyncio.gather(*readers):
        assert len(read) == len(set(read))
        assert set(read) == written
    assert {item["id"] for item in (await follow(lan))[0]} == written


async def _keep_writing(url: str, written: set[str], seed: int) -> None:
    chance = random.Random(seed)
    connection = await connect(url)
    for _ in range(40):
        transaction = connection.transaction()
        await transaction.start()
        ids = []
        for _ in range(chance.randint(1, 3)):
            ids.append(await connection.fetchval(WRITE, chance.choice(["38", "40", "01"])))
            await asyncio.sleep(chance.random() * 0.01)
        if chance.random() < 0.2:
            await transaction.rollback()
        else:
            await transaction.commit()
            written.update(ids)
    await connection.close()


async def _keep_reading(client: AsyncClient, done: asyncio.Event, limit: int) -> list[str]:
    read, cursor = [], None
    while True:
        last_round = done.is_set()
        items, cursor = await follow(client, cursor, limit)
        read += [item["id"] for item in items]
        if last_round:
            return read


async def test_a_recording_inside_a_savepoint_is_in_the_feed(service: Service, lan: AsyncClient) -> None:
    catalogue: Catalogue = await service.app.state.catalogues.current()
    async with service.app.state.database.writing() as session, session.begin_nested():
        recorded = await record(session, catalogue, HUONG, [read_report(REPORT)])
    assert [item["id"] for item in (await follow(lan))[0]] == [str(recorded.entries[0].id)]


async def test_after_a_restore_old_cursors_are_gone_and_everything_comes_once(
    service: Service, lan: AsyncClient, huong: AsyncClient
) -> None:
    before = {await report(huong), await report(huong, status="in_progress")}
    _, old = await follow(lan)
    name = str(make_url(service.url).database)
    restored = f"{name}_restored"
    url = service.url.replace(name, restored)
    await _copy(service.url, url)
    ahead = "(xid::text::bigint + 900000000)::text::xid8"
    await run_sql(url, f"update status_update set xid = {ahead} where status = 'completed'")
    async with serving(url, service.tokens) as again:
        reader = again.client("lan")
        assert (await reader.get("/v1/changes", params={"after": old})).status_code == 410
        assert (await reader.get("/v1/changes", params={"after": old})).json()["type"] == "/problems#cursor-gone"
        items, cursor = await follow(reader, limit=1)
        assert sorted(item["id"] for item in items) == sorted(before)
        later = await report(again.client("huong"), status="blocked")
        items, cursor = await follow(reader, cursor)
        assert [item["id"] for item in items] == [later]
        assert (await follow(reader, cursor))[0] == []
        assert len((await follow(reader))[0]) == 3
    await run_sql(service.url, f'drop database "{restored}" with (force)')
    assert (await follow(lan, old))[0] == []


async def _copy(url: str, to: str) -> None:
    """Dump a database and restore it into a new one, as an operator would."""
    name, host = make_url(url).database, str(make_url(url).query["host"])
    new = str(make_url(to).database)
    await run_sql(url, f'create database "{new}"')
    programs = program_directory()
    where = ("-h", host, "-U", "postgres")
    dump = await _run(str(programs / "pg_dump"), *where, "-Fc", str(name))
    await _run(str(programs / "pg_restore"), *where, "--exit-on-error", "-d", new, sent=dump)


async def _run(*command: str, sent: bytes | None = None) -> bytes:
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    output, complaints = await process.communicate(sent)
    assert process.returncode == 0, complaints.decode()
    return output


async def test_a_cursor_of_a_future_that_a_restore_undid_is_gone(service: Service, lan: AsyncClient) -> None:
    _, cursor = await follow(lan)
    ahead = to_text(FeedPosition(from_text(cursor).incarnation, Snapshot(2**40)))
    assert (await lan.get("/v1/changes", params={"after": ahead})).status_code == 410


async def test_two_first_readers_begin_one_life(service: Service) -> None:
    readers = [service.client("lan") for _ in range(4)]
    answers = await asyncio.gather(*(reader.get("/v1/changes") for reader in readers))
    assert [answer.status_code for answer in answers] == [200] * 4
    connection = await connect(service.url)
    assert await connection.fetchval("select count(*) from incarnation") == 1
    await connection.close()
