"""The event stream: sent at once, resumed without a gap, ended when it must."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from app import clock
from app.settings import Settings
from tests.conftest import Template
from tests.connecting import run_sql
from tests.live.serving import Server, in_process
from tests.slowly import slow

CUT_OFF = """
select pg_terminate_backend(pid) from pg_stat_activity
where datname = current_database() and pid <> pg_backend_pid()
"""


@pytest.fixture(params=[*slow("by the route"), "by the fast path"])
async def live(request: pytest.FixtureRequest, database_url: str, template: Template) -> AsyncIterator[Server]:
    async with in_process(database_url, template.tokens) as server:
        if request.param == "by the fast path":
            await be_recognised(server)
        yield server


async def be_recognised(server: Server) -> None:
    """Whoever asked before needs no route any more, with a token or with the cookie."""
    for name, token in server.tokens.items():
        async with server.client(name) as client, server.client() as page:
            assert (await client.get("/v1/agencies")).status_code == 200
            assert (await page.get("/v1/agencies", headers={"Cookie": f"tiendo={token}"})).status_code == 200


async def everything(server: Server, after: str | None = None) -> list[Any]:
    async with server.client("lan") as client:
        answer = await client.get("/v1/changes", params={"after": after} if after else {})
    return list(answer.json()["items"])


async def test_a_report_is_an_event_with_its_province_and_category(live: Server) -> None:
    async with live.stream() as stream:
        reported = await live.report()
        event = await stream.event()
    assert event.event == "progress"
    assert event.data == {"provinces": ["38"], "categories": ["hotlines"], "recorded_at": reported["recorded_at"]}


async def test_the_head_keeps_caches_and_proxies_away(live: Server) -> None:
    async with live.stream() as stream:
        headers = stream.response.headers
    assert headers["content-type"].startswith("text/event-stream")
    assert (headers["cache-control"], headers["x-accel-buffering"]) == ("no-store", "no")
    assert headers["x-request-id"]


async def test_the_id_is_a_cursor_of_the_changes(live: Server) -> None:
    async with live.stream() as stream:
        first = await live.report()
        event = await stream.event()
    assert event.id
    assert await everything(live, event.id) == []
    second = await live.report("40")
    assert [item["id"] for item in await everything(live, event.id)] == [second["id"]]
    assert [item["id"] for item in await everything(live, stream.opening.id)] == [first["id"], second["id"]]


async def test_who_asks_upon_an_event_gets_at_least_that_state(live: Server) -> None:
    async with live.client("khach") as client, live.stream() as stream:
        for status in ("in_progress", "completed", "blocked"):
            await live.report(status=status)
            await stream.event()
            provinces = (await client.get("/v1/progress/matrix")).json()
            row = provinces["states"][provinces["provinces"].index("38")]
            assert row[provinces["categories"].index("hotlines")] == status


async def test_what_was_missed_comes_as_one_event(live: Server) -> None:
    async with live.stream() as stream:
        await live.report()
        basis = await stream.event()
    await live.report("40", "staffing")
    last = await live.report("38", "equipment")
    async with live.stream(**{"Last-Event-ID": str(basis.id)}) as stream:
        event = await stream.event()
        assert event.data == {
            "provinces": ["38", "40"],
            "categories": ["equipment", "staffing"],
            "recorded_at": last["recorded_at"],
        }
        assert await everything(live, event.id) == []


async def test_nothing_missed_is_no_event(live: Server) -> None:
    async with live.stream() as stream:
        await live.report()
        basis = await stream.event()
    async with live.stream(**{"Last-Event-ID": str(basis.id)}) as stream:
        await live.report("40")
        assert (await stream.event()).data["provinces"] == ["40"]


async def test_a_client_cut_off_before_the_first_event_misses_nothing(live: Server) -> None:
    async with live.stream() as stream:
        position = stream.opening.id
    await live.report("40")
    async with live.stream(**{"Last-Event-ID": str(position)}) as stream:
        assert (await stream.event()).data["provinces"] == ["40"]


async def test_a_page_that_cannot_send_the_header_resumes_by_a_parameter(live: Server) -> None:
    async with live.stream() as stream:
        position = str(stream.opening.id)
    address = str(httpx.URL("/v1/events", params={"last_event_id": position}))
    await live.report("40")
    async with live.stream(address=address) as stream:
        event = await stream.event()
        assert event.data["provinces"] == ["40"]
    async with live.stream(address=address, **{"Last-Event-ID": str(event.id)}) as stream:
        await live.report()
        assert (await stream.event()).data["provinces"] == ["38"]  # the header is the newer of the two


@pytest.mark.parametrize("last", ["nonsense", "AAAA", "kJDA", "-1", "9" * 3000])
async def test_an_unknown_last_event_id_is_answered_with_everything(live: Server, last: str) -> None:
    async with live.stream(**{"Last-Event-ID": last}) as stream:
        event = await stream.event()
    assert len(event.data["provinces"]) == 34
    assert len(event.data["categories"]) == 12


async def test_a_cursor_of_the_changes_is_a_last_event_id_too(live: Server) -> None:
    async with live.client("lan") as client:
        cursor = (await client.get("/v1/changes")).json()["next_cursor"]
    async with live.stream(**{"Last-Event-ID": cursor}) as stream:
        assert len((await stream.event()).data["provinces"]) == 34


async def test_a_changed_deadline_is_an_event(live: Server) -> None:
    async with live.client("an") as admin, live.stream() as stream:
        answer = await admin.patch("/v1/assignments/hotlines/40", json={"deadline": "2025-07-05", "reason": "Bão số 1"})
        assert answer.status_code == 200, answer.text
        event = await stream.event()
        assert (event.data["provinces"], event.data["categories"]) == (["40"], ["hotlines"])
    async with live.stream(**{"Last-Event-ID": str(stream.opening.id)}) as again:
        assert (await again.event()).data["provinces"] == ["40"]


async def test_a_change_of_the_catalogue_is_an_event(live: Server) -> None:
    async with live.client("an") as admin, live.stream() as stream:
        answer = await admin.patch("/v1/categories/hotlines", json={"names": {"vi": "Đường dây nóng"}})
        assert answer.status_code == 200, answer.text
        assert len((await stream.event()).data["provinces"]) == 34
    async with live.stream(**{"Last-Event-ID": str(stream.opening.id)}) as again:
        assert len((await again.event()).data["provinces"]) == 34


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(hours=48)], ids=["overdue", "due within 48 hours"])
async def test_a_light_that_changes_with_time_is_an_event(
    live: Server, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    due = clock.minute_of(clock.now()) + ahead + timedelta(minutes=10)
    async with live.client("an") as admin, live.stream() as stream:
        sent = {"deadline": clock.text(due), "reason": "Gia hạn"}
        assert (await admin.patch("/v1/assignments/hotlines/40", json=sent)).status_code == 200
        basis = await stream.event()
        later = due - ahead + timedelta(minutes=1)
        _move_clock(monkeypatch, later)
        event = await stream.event()
        assert (event.data["provinces"], event.data["categories"]) == (["40"], ["hotlines"])
        assert event.data["recorded_at"] == clock.text(later)
    async with live.stream(**{"Last-Event-ID": str(basis.id)}) as again:
        assert (await again.event()).data["provinces"] == ["40"]


def _move_clock(monkeypatch: pytest.MonkeyPatch, moment: datetime) -> None:
    monkeypatch.setattr(clock, "now", lambda: moment)


async def test_a_quiet_stream_shows_that_it_lives(database_url: str, template: Template) -> None:
    async with in_process(database_url, template.tokens, event_heartbeat=0.1) as server, server.stream() as stream:
        for _ in range(3):
            block = await stream.block()
            assert (block.comment, block.event) == (True, None)


async def test_a_revoked_token_ends_its_stream_and_no_other(live: Server) -> None:
    async with live.stream("huong") as doomed, live.stream("khach") as other, live.client("an") as admin:
        tokens = (await admin.get("/v1/tokens")).json()["items"]
        mine = next(token["id"] for token in tokens if token["name"] == "huong")
        assert (await admin.delete(f"/v1/tokens/{mine}")).status_code < 300
        await doomed.ended()
        await live.report("40")
        assert (await other.event()).data["provinces"] == ["40"]


async def test_an_expired_token_ends_its_stream(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    expires = clock.now() + timedelta(minutes=5)
    async with live.client("an") as admin:
        sent = {"name": "brief", "role": "viewer", "expires_at": clock.text(expires)}
        token = (await admin.post("/v1/tokens", json=sent)).json()["token"]
    live.tokens = {**live.tokens, "brief": token}
    async with live.stream("brief") as stream:
        _move_clock(monkeypatch, expires)
        await stream.ended()


async def test_a_token_that_was_rotated_ends_its_stream_and_no_other(live: Server) -> None:
    async with live.stream("huong") as doomed, live.stream("khach") as other, live.client("an") as admin:
        tokens = (await admin.get("/v1/tokens")).json()["items"]
        mine = next(token["id"] for token in tokens if token["name"] == "huong")
        assert (await admin.post(f"/v1/tokens/{mine}/rotate", json={"grace_hours": 0})).status_code < 300
        await doomed.ended()
        await live.report("40")
        assert (await other.event()).data["provinces"] == ["40"]
        async with live.stream("khach") as newcomer:
            await live.report("40")
            assert (await newcomer.event()).data["provinces"] == ["40"]


async def test_a_stream_ends_when_the_grace_of_its_rotated_token_does(
    live: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live.stream("huong") as stream, live.client("an") as admin:
        tokens = (await admin.get("/v1/tokens")).json()["items"]
        mine = next(token["id"] for token in tokens if token["name"] == "huong")
        assert (await admin.post(f"/v1/tokens/{mine}/rotate", json={"grace_hours": 1})).status_code < 300
        await live.report("40")
        await stream.event()  # its token was looked at again
        _move_clock(monkeypatch, clock.now() + timedelta(hours=2))
        await stream.ended()


async def test_nobody_watches_without_a_token_unless_progress_is_public(
    live: Server, database_url: str, template: Template
) -> None:
    async with live.client() as nobody:
        assert (await nobody.get("/v1/events")).status_code == 401
    async with in_process(database_url, template.tokens, public_progress=True) as public, public.stream(None) as stream:
        await public.report()
        assert (await stream.event()).data["provinces"] == ["38"]


async def test_the_cookie_of_the_page_opens_a_stream(live: Server) -> None:
    async with live.stream(None, Cookie=f"tiendo={live.tokens['khach']}") as stream:
        await live.report()
        assert (await stream.event()).data["provinces"] == ["38"]


async def test_an_unknown_parameter_is_refused(live: Server) -> None:
    async with live.client("khach") as client:
        assert (await client.get("/v1/events", params={"since": "1"})).status_code == 422


async def test_an_idle_stream_holds_no_connection_to_the_database(live: Server) -> None:
    async with live.stream(), live.stream():
        pools = [engine.pool for engine in live.app.state.database.session_engines]
        async with asyncio.timeout(30):
            while any(pool.checkedout() for pool in pools):  # noqa: ASYNC110 - what opened them may still be reading
                await asyncio.sleep(0.01)


async def test_when_the_last_client_leaves_nobody_looks_any_more(live: Server) -> None:
    others = polling()
    async with live.stream():
        assert len(polling() - others) == 1
    async with asyncio.timeout(30):
        while polling() - others:  # noqa: ASYNC110 - it looks once more at the most
            await asyncio.sleep(0.01)


def polling() -> set[asyncio.Task[Any]]:
    """The tasks that look for changes."""
    return {task for task in asyncio.all_tasks() if task.get_name() == "hub"}


@pytest.mark.own_database
async def test_streams_outlive_a_database_that_was_away(live: Server, database_url: str) -> None:
    async with live.stream() as stream:
        await run_sql(database_url, CUT_OFF)
        await live.report("40")
        await stream.until({"40"})


async def test_a_burst_of_changes_ends_with_the_last_of_them(live: Server) -> None:
    async with live.client("huong") as client, live.stream() as stream:
        for number in range(60):
            sent = {"task": "hotlines", "status": ["in_progress", "blocked"][number % 2]}
            assert (await client.post("/v1/status-updates", json=sent)).status_code == 201
        last = await live.report("40")
        events = [await stream.event()]
        while "40" not in events[-1].data["provinces"]:
            events.append(await stream.event())
    assert events[-1].data["recorded_at"] == last["recorded_at"]
    assert await everything(live, events[-1].id) == []


@pytest.mark.skipif(not Settings().fast_path, reason="The fast paths are switched off: everybody needs the route.")
async def test_who_was_recognised_before_needs_no_route(live: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    await be_recognised(live)
    monkeypatch.delattr("app.live.routes.EventStream")
    async with live.stream(), live.stream(None, Cookie=f"tiendo={live.tokens['lan']}") as stream:
        await live.report()
        assert (await stream.event()).data["provinces"] == ["38"]


async def test_two_authorizations_are_refused_and_never_cached(live: Server) -> None:
    sent = [("Authorization", f"Bearer {live.tokens['khach']}"), ("Authorization", "Bearer nobody")]
    async with live.client() as client:
        for path in ("/v1/progress", "/v1/progress", "/v1/events"):
            assert (await client.get(path, headers=sent)).status_code == 400
        for path in ("/v1/progress", "/v1/events"):
            assert (await client.get(path, headers={"Authorization": "Bearer nobody"})).status_code == 401


async def test_streams_count_as_requests_on_the_fast_path_too(database_url: str, template: Template) -> None:
    async with in_process(database_url, template.tokens, rate_limit=3) as server:
        async with server.stream(), server.stream(), server.stream():
            pass
        async with server.client("khach") as client:
            refused = await client.get("/v1/events")
        assert (refused.status_code, bool(refused.headers["retry-after"])) == (429, True)


async def test_cookies_on_several_lines_are_those_of_one_reader(database_url: str, template: Template) -> None:
    """As a proxy may pass on what came by HTTP/2: who reads is sent what is theirs to read."""
    async with in_process(database_url, template.tokens, public_progress=True) as live:
        await be_recognised(live)
        reader, writer = await asyncio.open_connection(*live.address.removeprefix("http://").split(":"))
        lines = ["GET /v1/events HTTP/1.1", "Host: x", f"Cookie: tiendo={live.tokens['huong']}", "Cookie: other=1"]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        async with asyncio.timeout(20), live.client("huong") as huong:
            await reader.readuntil(b"retry: ")
            asked = {"unit": "38", "group": "systems", "title": "t", "detail": "d", "addressed_to": "viettel"}
            assert (await huong.post("/v1/obstacles", json=asked)).status_code == 201
            assert b"event: obstacle" in await reader.readuntil(b"event: progress")
        writer.close()
