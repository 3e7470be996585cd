"""Kept answers: exact, tagged, compressed, and never older than a write that was acknowledged."""

import gc
from collections.abc import AsyncIterator
from typing import Any

import pytest
from httpx import AsyncClient
from starlette.requests import Request

from tests.conftest import Service, Shared, Template, listening, serving

PROGRESS = "/v1/progress"
WAYS = {"by the routes": serving, "by the protocol": listening}
"""The same claims hold wherever an answer is handed out."""


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> Any:
    return WAYS[request.param]


@pytest.fixture
async def service(way: Any, shared: Shared, database_url: str) -> AsyncIterator[Service]:
    async with shared.open(at_its_port=way is listening) as running:
        yield running


async def test_the_same_answer_is_given_again_under_the_same_tag(huong: AsyncClient) -> None:
    first, second = await huong.get(PROGRESS), await huong.get(PROGRESS)
    assert first.content == second.content
    assert first.headers["etag"] == second.headers["etag"]
    assert first.headers["cache-control"] == "private, no-cache"


async def test_who_has_it_gets_304(huong: AsyncClient) -> None:
    tag = (await huong.get(PROGRESS)).headers["etag"]
    for _ in range(2):
        answer = await huong.get(PROGRESS, headers={"If-None-Match": f'"old", {tag}'})
        assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", tag)


async def test_each_encoding_and_language_has_a_tag_of_its_own(huong: AsyncClient) -> None:
    seen = set()
    for encoding in ("identity", "gzip", "br"):
        for lang in ("vi", "en", "ja"):
            answer = await huong.get(PROGRESS, params={"lang": lang}, headers={"Accept-Encoding": encoding})
            assert answer.headers.get("content-encoding", "identity") == encoding
            assert answer.json()["categories"][6]["provinces_total"] == 34
            seen.add(answer.headers["etag"])
    assert len(seen) == 9


async def test_the_accepted_language_is_answered(huong: AsyncClient) -> None:
    for _ in range(2):
        answer = await huong.get(PROGRESS, headers={"Accept-Language": "ja-JP, en;q=0.5"})
        assert answer.json()["categories"][0]["name"] == "行政サービスセンターの設備"


async def test_a_write_is_in_the_next_answer_of_every_worker(service: Service, template: Template, way: Any) -> None:
    async with way(service.url, template.tokens) as other:
        reader, writer = other.client("khach"), service.client("huong")
        assert completed(await reader.get(PROGRESS)) == 0
        for number, status in enumerate(["completed", "in_progress"] * 5):
            await writer.post("/v1/status-updates", json={"task": "hotlines", "status": status})
            assert completed(await reader.get(PROGRESS)) == (number + 1) % 2


async def test_a_revoked_token_is_refused_at_its_next_request(an: AsyncClient, service: Service) -> None:
    made = (await an.post("/v1/tokens", json={"name": "x", "role": "viewer"})).json()
    reader = service.client()
    reader.headers["Authorization"] = f"Bearer {made['token']}"
    assert (await reader.get(PROGRESS)).status_code == 200
    assert (await reader.get(PROGRESS)).status_code == 200
    await an.delete(f"/v1/tokens/{made['id']}")
    assert (await reader.get(PROGRESS)).status_code == 401


async def test_without_a_token_nothing_is_handed_out(huong: AsyncClient, anyone: AsyncClient) -> None:
    await huong.get(PROGRESS)
    refused = await anyone.get(PROGRESS)
    assert refused.status_code == 401
    assert refused.headers["www-authenticate"].startswith("Bearer")


async def test_public_progress_is_open_but_a_bad_token_is_still_refused(
    database_url: str, template: Template, way: Any
) -> None:
    async with way(database_url, template.tokens, public_progress=True) as service:
        anyone = service.client()
        for _ in range(2):
            answer = await anyone.get(PROGRESS)
            assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, no-cache")
        assert (await anyone.get(PROGRESS, headers={"Authorization": "Bearer tdo_x"})).status_code == 401
        assert (await anyone.get(PROGRESS, headers={"Cookie": "tiendo=tdo_x"})).status_code == 401


def completed(answer: object) -> int:
    line = answer.json()["categories"][6]  # type: ignore[attr-defined]
    assert line["code"] == "hotlines"
    return int(line["provinces_completed"])


async def test_a_cached_answer_keeps_nothing_of_the_request_it_was_made_for(khach: AsyncClient) -> None:
    def requests() -> list[Request]:
        gc.collect()
        return [one for one in gc.get_objects() if isinstance(one, Request)]

    before = requests()  # whatever other tests left in this process; held, so that no address is used again
    for path in ("/v1/progress", "/v1/provinces", "/v1/progress/matrix", "/v1/reports/progress.md", "/"):
        assert (await khach.get(path)).status_code == 200
    assert [one for one in requests() if not any(one is old for old in before)] == []
