"""A retry is answered once: in parallel, with another body, by another token, and after a crash at the worst moment."""

import asyncio
import json
from collections import Counter
from contextlib import suppress
from typing import Any

import pytest
from httpx import AsyncClient
from starlette.types import Message

from app.auth import idempotency
from tests.checks.problems import refused
from tests.conftest import Service, Template, serving
from tests.connecting import connect

UPDATES = "/v1/status-updates"
REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}


def keyed(key: str = "key-1") -> dict[str, str]:
    return {"Idempotency-Key": key}


async def stored(service: Service) -> int:
    connection = await connect(service.url)
    try:
        return int(await connection.fetchval("select count(*) from status_update"))
    finally:
        await connection.close()


@pytest.mark.parametrize("path", [UPDATES, f"{UPDATES}/batch"])
async def test_fifty_at_once_are_one(path: str, huong: AsyncClient, service: Service) -> None:
    body: Any = REPORT if path == UPDATES else {"updates": [REPORT]}
    answers = await asyncio.gather(*(huong.post(path, json=body, headers=keyed()) for _ in range(50)))
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 201, 409}
    good = [answer for answer in answers if answer.status_code in (200, 201)]
    assert len({answer.content for answer in good}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in good) == 1
    assert await stored(service) == 1


async def test_fifty_at_once_on_two_workers_are_one(service: Service, template: Template) -> None:
    async with serving(service.url, template.tokens) as other:
        clients = [worker.client("huong") for worker in (service, other) for _ in range(25)]
        answers = await asyncio.gather(*(one.post(UPDATES, json=REPORT, headers=keyed()) for one in clients))
    assert {answer.status_code for answer in answers} <= {201, 409}
    assert len({answer.content for answer in answers if answer.status_code == 201}) == 1
    assert await stored(service) == 1


async def test_a_replay_says_so_and_is_the_first_answer(huong: AsyncClient, service: Service) -> None:
    first = await huong.post(UPDATES, json=REPORT, headers=keyed())
    await huong.post(UPDATES, json={**REPORT, "status": "blocked"})
    again = await huong.post(UPDATES, json=REPORT, headers=keyed())
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert await stored(service) == 2


async def test_another_request_under_the_same_key_is_refused(huong: AsyncClient, service: Service) -> None:
    await huong.post(UPDATES, json=REPORT, headers=keyed())
    for path, body in (
        (UPDATES, {**REPORT, "status": "blocked"}),
        (f"{UPDATES}/batch", {"updates": [REPORT]}),
        (f"{UPDATES}?x=1", REPORT),
    ):
        problem = refused(await huong.post(path, json=body, headers=keyed()), 422)
        assert problem["type"] in ("/problems#idempotency-key-reused", "/problems#invalid-input")
    assert await stored(service) == 1


async def test_the_query_belongs_to_the_request(huong: AsyncClient) -> None:
    body = {"updates": [REPORT]}
    await huong.post(f"{UPDATES}/batch?mode=partial", json=body, headers=keyed())
    other = await huong.post(f"{UPDATES}/batch?mode=atomic", json=body, headers=keyed())
    assert refused(other, 422)["type"] == "/problems#idempotency-key-reused"


async def test_another_tokens_key_is_another_key(an: AsyncClient, huong: AsyncClient, service: Service) -> None:
    second = (await an.post("/v1/tokens", json={"name": "b", "role": "reporter", "unit": "38"})).json()["token"]
    headers = {**keyed(), "Authorization": f"Bearer {second}"}
    first = await huong.post(UPDATES, json=REPORT, headers=keyed())
    other = await service.client().post(UPDATES, json=REPORT, headers=headers)
    minh = await service.client("minh").post(UPDATES, json={**REPORT, "unit": "40"}, headers=keyed())
    assert (first.status_code, other.status_code, minh.status_code) == (201, 201, 201)
    assert await stored(service) == 3


async def test_only_success_is_kept(huong: AsyncClient, service: Service) -> None:
    refused(await huong.post(UPDATES, json={**REPORT, "task": "nope"}, headers=keyed()), 422)
    refused(await huong.post(UPDATES, json={**REPORT, "unit": "40"}, headers=keyed()), 403)
    assert (await huong.post(UPDATES, json=REPORT, headers=keyed())).status_code == 201
    assert await stored(service) == 1


@pytest.mark.parametrize("key", ["", " ", "a b", "x" * 256, "é", "\t"])
async def test_a_key_that_is_none_is_refused_and_nothing_stored(key: str, huong: AsyncClient, service: Service) -> None:
    header = [(b"Idempotency-Key", key.encode("latin-1"))]
    refused(await huong.post(UPDATES, json=REPORT, headers=header), 400)
    assert await stored(service) == 0


async def test_committed_but_never_answered_the_retry_gets_the_first_result(
    service: Service, template: Template
) -> None:
    """All is stored and the connection breaks before a byte was said; another worker is asked again."""
    lost = await unheard(service, "/v1/status-updates", REPORT)
    assert await stored(service) == 1
    async with serving(service.url, template.tokens) as other:
        headers = {**keyed(), "Content-Type": "application/json"}
        again = await other.client("huong").post(UPDATES, content=json.dumps(REPORT), headers=headers)
    assert (again.status_code, again.headers.get("idempotency-replayed")) == (201, "true"), again.text
    assert again.content == lost
    assert await stored(service) == 1


async def unheard(service: Service, path: str, body: object) -> bytes:
    """Send a report whose answer is lost on the way out; what it would have been."""
    raw = json.dumps(body).encode()
    headers = {**keyed(), "Authorization": f"Bearer {service.tokens['huong']}", "Content-Type": "application/json"}
    spoken = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(message: Message) -> None:
        spoken.extend(message.get("body", b""))
        if spoken:
            raise ConnectionResetError

    scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "http_version": "1.1",
        "server": ("t", 80),
        "client": ("t", 1),
        "headers": [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        + [(b"content-length", b"%d" % len(raw)), (b"host", b"t")],
    }
    with suppress(ConnectionResetError):
        await service.app(scope, receive, send)
    return bytes(spoken)


async def test_cancelled_before_the_commit_nothing_is_kept(
    huong: AsyncClient, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def hang(*_: object) -> None:
        reached.set()
        await asyncio.sleep(3600)

    monkeypatch.setattr(idempotency, "store_response", hang)
    batch = {"updates": [REPORT]}
    sending = asyncio.create_task(huong.post(f"{UPDATES}/batch", json=batch, headers=keyed()))
    await asyncio.wait_for(reached.wait(), 10)
    sending.cancel()
    await asyncio.wait([sending])
    monkeypatch.undo()
    assert await stored(service) == 0
    again = await huong.post(f"{UPDATES}/batch", json=batch, headers=keyed())
    assert (again.status_code, "idempotency-replayed" in again.headers) == (200, False)
    assert await stored(service) == 1


async def test_a_token_is_shown_once_even_to_a_retry(an: AsyncClient) -> None:
    asked = {"name": "retried", "role": "reporter", "unit": "40"}
    first = await an.post("/v1/tokens", json=asked, headers=keyed())
    again = await an.post("/v1/tokens", json=asked, headers=keyed())
    assert first.status_code == 201
    problem = refused(again, 409)
    assert problem["id"] == first.json()["id"]
    assert first.json()["token"] not in again.text
    assert [one["name"] for one in (await an.get("/v1/tokens")).json()["items"]].count("retried") == 1
