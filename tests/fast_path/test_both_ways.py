"""What must not depend on the way in: each claim by the fast paths, and with all of them switched off."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from app.response_cache import Answer
from tests.conftest import Service, Shared, Template, listening, sharing
from tests.connecting import TLS
from tests.resetting import Restorer

PATH = "/v1/status-updates"
REPORT = {"task": "hotlines", "status": "completed"}


@pytest.fixture(scope="module")
async def shared_without(restorer: Restorer, template: Template) -> AsyncIterator[Shared]:
    """The same application with all fast paths switched off."""
    async with sharing(restorer.url, template.tokens, fast_path=False) as shared:
        yield shared


@pytest.fixture(params=["by the fast path", "by the route"])
async def service(
    request: pytest.FixtureRequest, shared: Shared, shared_without: Shared, database_url: str
) -> AsyncIterator[Service]:
    assert database_url == shared.url
    way = shared if request.param == "by the fast path" else shared_without
    async with way.open(at_its_port=True) as running:
        await running.client("huong").get("/v1/tasks")
        await running.client("khach").get("/v1/progress")
        yield running


async def stored(service: Service) -> int:
    return len((await service.client("huong").get(PATH)).json()["items"])


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "Content-Type", "If-Match", "X-Request-ID"])
async def test_a_header_twice_with_different_values_is_refused(service: Service, name: str) -> None:
    huong = {"Authorization": f"Bearer {service.tokens['huong']}", "Content-Type": "application/json"}
    twice = [*((key, value) for key, value in huong.items() if key != name), (name, huong.get(name, "a")), (name, "b")]
    async with AsyncClient(base_url=str(service.address), verify=TLS) as client:
        answer = await client.post(PATH, content=json.dumps(REPORT), headers=twice)
    assert (answer.status_code, answer.json()["type"]) == (400, "/problems#bad-request")
    assert await stored(service) == 0


@pytest.mark.parametrize("name", ["Authorization", "Idempotency-Key", "If-Match"])
async def test_an_empty_header_is_refused(service: Service, name: str) -> None:
    huong = service.client("huong")
    assert (await huong.post(PATH, json=REPORT, headers={name: ""})).status_code == 400
    assert await stored(service) == 0


async def test_a_key_in_quotation_marks_is_the_same_key(service: Service) -> None:
    huong = service.client("huong")
    plain = await huong.post(PATH, json=REPORT, headers={"Idempotency-Key": "k-1"})
    quoted = await huong.post(PATH, json=REPORT, headers={"Idempotency-Key": '"k-1"'})
    assert (quoted.content, quoted.headers["idempotency-replayed"]) == (plain.content, "true")
    assert await stored(service) == 1


async def test_an_empty_note_is_no_note(service: Service) -> None:
    answer = await service.client("huong").post(PATH, json={**REPORT, "note": ""})
    assert (answer.status_code, answer.json()["note"]) == (201, None)


async def test_an_older_report_becomes_history(service: Service) -> None:
    huong = service.client("huong")
    assert (await huong.post(PATH, json=REPORT)).json()["is_current"] is True
    late = await huong.post(PATH, json={**REPORT, "effective_at": "2025-06-01T00:00:00Z"})
    assert (late.status_code, late.json()["is_current"]) == (201, False)


async def test_another_province_is_refused(service: Service) -> None:
    minh = service.client("minh")
    await minh.get("/v1/tasks")
    refused = await minh.post(PATH, json={**REPORT, "unit": "38"})
    assert (refused.status_code, refused.json()["type"]) == (403, "/problems#not-your-unit")


@pytest.mark.parametrize("path", ["/v1/progress", "/v1/me", "/v1/events", "/v1/provinces", "/healthz"])
async def test_head_is_get_without_a_body(service: Service, path: str) -> None:
    async with asyncio.timeout(30):
        head = await service.client("khach").head(path)
    assert (head.status_code, head.content) == (200, b"")


async def test_both_spellings_of_a_path_are_served(service: Service) -> None:
    huong = service.client("huong")
    assert (await huong.get("/v1/progress/")).status_code == 200
    assert (await huong.post(PATH + "/", json=REPORT)).status_code == 201


@pytest.mark.parametrize("path", [PATH, f"{PATH}/batch", "/v1/tokens", "/v1/obstacles", "/v1/bulletins"])
@pytest.mark.parametrize("token", ["", "Authorization: Bearer tdo_nobody\r\n"], ids=["none", "bad"])
async def test_who_asks_is_settled_before_the_body_is_sent(service: Service, path: str, token: str) -> None:
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\n{token}Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n"
    reader, writer = await asyncio.open_connection(*service.place)
    writer.write(head.encode())
    async with asyncio.timeout(30):
        assert (await reader.readline()).startswith(b"HTTP/1.1 401")
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("offer", ["h2c", "websocket"])
async def test_an_offered_upgrade_is_declined_and_the_body_is_kept(service: Service, offer: str) -> None:
    body = json.dumps(REPORT).encode()
    head = (
        f"POST {PATH} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.tokens['huong']}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: {offer}\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n\r\n"
    ).encode()
    behind = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    for pieces in ([head + body + behind], [head[:60], head[60:], body[:9], body[9:] + behind]):
        answers = await sent(service, pieces)
        assert answers.count(b"HTTP/1.1 ") == 2
        assert answers.startswith(b"HTTP/1.1 201")
        assert b"HTTP/1.1 200" in answers
    assert await stored(service) == 2


async def test_a_request_smuggled_in_the_body_of_an_offered_upgrade_is_not_served(service: Service) -> None:
    inner = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
    head = f"POST /v1/nowhere HTTP/1.1\r\nHost: x\r\nContent-Length: {len(inner)}\r\n".encode()
    offer = b"Connection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n"
    answers = await sent(service, [head + offer + inner])
    assert answers.count(b"HTTP/1.1 ") == 1
    assert b"\r\nconnection: close\r\n" in answers


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"414"),
        (b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 200 + b"\r\n", b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 65_000, b"431"),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 33_000 + b"\r\n\r\n", b"431"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
async def test_what_is_too_large_to_hold_is_refused(service: Service, head: bytes, status: bytes) -> None:
    assert (await sent(service, [head[:20_000], head[20_000:]])).startswith(b"HTTP/1.1 " + status)


async def test_a_failure_behind_a_cache_hit_is_one_500_and_the_pipeline_goes_on(
    database_url: str, template: Template, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with listening(database_url, template.tokens) as service:
        await service.client("khach").get("/v1/progress")
        monkeypatch.setattr(Answer, "variant", broken)
        line = f"Host: x\r\nAuthorization: Bearer {service.tokens['khach']}\r\n".encode()
        first = b"GET /v1/progress HTTP/1.1\r\n" + line + b"\r\n"
        second = b"GET /healthz HTTP/1.1\r\nConnection: close\r\n" + line + b"\r\n"
        answers = await sent(service, [first + second])
    assert answers.startswith(b"HTTP/1.1 500")
    assert b"/problems#internal" in answers
    assert b"HTTP/1.1 200" in answers


def broken(*_: object) -> None:
    raise KeyError("mistake")


async def sent(service: Service, pieces: list[bytes]) -> bytes:
    """Everything that is answered until the server closes the connection."""
    reader, writer = await asyncio.open_connection(*service.place)
    async with asyncio.timeout(30):
        for piece in filter(None, pieces):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0.01)
        answers = await reader.read()
    writer.close()
    return answers


async def test_a_report_is_taken_however_it_is_sent(service: Service) -> None:
    """By HTTP/1.0, in chunks, by a connection that ends with it."""
    body = json.dumps(REPORT).encode()
    token = f"Authorization: Bearer {service.tokens['huong']}\r\nContent-Type: application/json".encode()
    known = b"Content-Length: %d" % len(body)
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:20], body[20:], b""))
    for version, how, sent in (
        (b"1.0", known, body),
        (b"1.1", b"Connection: close\r\nTransfer-Encoding: chunked", chunks),
        (b"1.1", b"Connection: close\r\n" + known, body),
    ):
        reader, writer = await asyncio.open_connection(*service.place)
        writer.write(b"POST %b HTTP/%b\r\nHost: x\r\n%b\r\n%b\r\n\r\n" % (PATH.encode(), version, token, how) + sent)
        async with asyncio.timeout(30):
            head, _, document = (await reader.read()).partition(b"\r\n\r\n")
        writer.close()
        assert head.startswith(b"HTTP/1.1 201 "), head
        assert b'"status":"completed"' in document
    assert await stored(service) == 3
