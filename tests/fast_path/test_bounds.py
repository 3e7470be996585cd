"""What a worker keeps in memory of what clients send is bounded, whatever they send."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest
from httpx import AsyncClient

from app import clock, language, response_cache
from app.auth.authority import credentials
from app.auth.identity import Identity
from app.data_version import LONG_AGO, DataVersion
from app.fast_path import cache_hits
from app.live.changes import changes_since
from app.live.hub import MAX_REPLAYS, Hub
from app.response_cache import Answer, ResponseCache, request_key
from app.updates.cursors import MAX_TEXT, BrokenCursor, Snapshot, from_text, to_text
from tests.conftest import Service


async def test_languages_are_remembered_by_what_is_read_of_them(listening_service: Service) -> None:
    khach = listening_service.client("khach")
    language.best_of.cache_clear()
    cache_hits.key_of.cache_clear()
    for number in range(20):
        answer = await khach.get("/v1/progress", headers={"Accept-Language": "ja," + "x" * 20_000 + str(number)})
        assert answer.json()["categories"][0]["name"] == "行政サービスセンターの設備"
    assert language.best_of.cache_info().currsize == 1
    assert cache_hits.key_of.cache_info().currsize <= 1


async def test_recognised_cookies_are_bounded(service: Service) -> None:
    """Who is no longer recognised by a cookie is found out by the routes."""
    service.patch.setattr("app.auth.service.MAX_RECOGNISED", 10)
    khach, identities = service.client(), service.app.state.identities
    cookies = [f"tiendo={service.tokens['khach']}; other={number}" for number in range(50)]
    for cookie in cookies:
        assert (await khach.get("/v1/progress", headers={"Cookie": cookie})).status_code == 200
    version, now = await service.app.state.data_versions.version(), clock.now()
    sent = [credentials({b"cookie": cookie.encode()}) for cookie in cookies]
    recognised = [cookie for cookie in sent if identities.cached(cookie, version, now)]
    assert 1 <= len(recognised) <= 10


async def test_to_recognise_somebody_nobody_else_is_looked_through(service: Service) -> None:
    compared: list[object] = []
    equal = Identity.__eq__

    def watched(one: Identity, other: object) -> bool:
        compared.append(other)
        return equal(one, other)

    service.patch.setattr(Identity, "__eq__", watched)
    for name in service.tokens:
        assert (await service.client(name).get("/v1/tasks")).status_code == 200
    compared.clear()
    await service.client("khach").get("/v1/tasks", headers={"X-Request-ID": "again"})
    assert len(compared) <= 1


@pytest.mark.parametrize(
    "spelling", ["campaign=two-tier-2025&lang=en", "lang=en&campaign=two-tier-202%35", "%6cang=en"]
)
async def test_every_spelling_of_a_question_is_one_question(spelling: str) -> None:
    named = "campaign" in spelling
    one = b"lang=en&campaign=two-tier-2025" if named else b"lang=en"
    asked = request_key("/v1/progress", spelling.encode(), "en")  # the route's, which knows the language
    for key in (cache_hits.key_of("/v1/progress", spelling.encode(), "vi"), asked):
        assert key == cache_hits.key_of("/v1/progress", one, "ja")


class FixedVersion:
    """Versions that never change."""

    async def version(self) -> Any:
        return DataVersion("1", 1, 1, 1, LONG_AGO)


async def test_kept_answers_are_bounded_in_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_cache, "MAX_BYTES", 10_000)
    cache = ResponseCache(FixedVersion())  # type: ignore[arg-type]

    async def large(_: DataVersion) -> bytes:
        return b"x" * 4_000

    for number in range(20):
        assert len((await cache.get((str(number),), large)).body) == 4_000
    assert [key for key in map(str, range(20)) if cache.find((key,))] == ["18", "19"]


def test_every_encoding_of_an_answer_counts() -> None:
    answer = Answer(b"tiendo " * 1_000)
    plain = answer.size
    answer.encoded("gzip")
    assert answer.size > plain == 7_000


def test_a_cursor_is_measured_before_it_is_read() -> None:
    with pytest.raises(BrokenCursor):
        from_text("A" * (MAX_TEXT + 1))


@pytest.mark.parametrize("path", ["/v1/provinces?cursor=", "/v1/changes?after=", "/v1/inbox?since="])
async def test_a_long_cursor_is_refused(path: str, huong: AsyncClient) -> None:
    assert (await huong.get(path + "A" * (MAX_TEXT + 1))).status_code == 422


async def test_a_thousand_forged_event_ids_cost_no_thousand_questions(service: Service) -> None:
    """Each is a position that could have been given out, so each would have to be compared with the history."""
    asked = 0
    real = changes_since

    async def counted(*given: Any) -> Any:
        nonlocal asked
        asked += 1
        return await real(*given)

    hub: Hub = service.app.state.hub
    version = await service.app.state.data_versions.version()
    position = (await changes_since(service.app.state.database, service.app.state.catalogues, version, None)).position
    service.patch.setattr("app.live.hub.changes_since", counted)
    forged = [replace(position, seen=Snapshot(position.seen.until, (number + 1,))) for number in range(1_000)]
    events = await asyncio.gather(*(hub.missed_since(to_text(one)) for one in forged))
    assert asked <= 5 * MAX_REPLAYS
    assert sum(event is not None and len(event.provinces) == 34 for event in events) >= 1_000 - 5 * MAX_REPLAYS
