"""What stands around a request: fields behind its body, requests behind it, other protocols, and odd addresses."""

import asyncio
import json
import logging
from pathlib import Path

import pytest

from app.fast_path.protocol import MAX_PIPELINED
from tests.checks.listening import listening as listening_process
from tests.conftest import Service, Template

HEALTH = b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n"
LAST = b"GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"


async def sent(service: Service, *pieces: bytes) -> bytes:
    """Everything that is answered until the service closes the connection."""
    reader, writer = await asyncio.open_connection(*service.place)
    async with asyncio.timeout(20):
        for piece in pieces:
            writer.write(piece)
            await asyncio.sleep(0.01)
        answers = await reader.read()
    writer.close()
    return answers


def in_chunks(service: Service, behind: bytes) -> bytes:
    """A report in one chunk, with fields behind its body."""
    head = (
        f"POST /v1/status-updates HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {service.tokens['minh']}\r\n"
        "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    body = b'{"task": "hotlines", "status": "completed"}'
    return head.encode() + b"%x\r\n%b\r\n0\r\n%b\r\n" % (len(body), body, behind)


@pytest.mark.parametrize(
    ("request_", "status", "code", "instance"),
    [
        (b"FOO /v1/progress HTTP/1.1\r\nHost: x\r\n", 400, "bad-request", "/v1/progress"),
        (b"GET /v1/progress HTTP/9.9\r\nHost: x\r\n", 400, "bad-request", "/v1/progress"),
        (b"GET /v1/progress HTTP/1.1\r\nA: " + b"b" * 40_000 + b"\r\n", 431, "headers-too-large", "/v1/progress"),
    ],
    ids=["method", "version", "headers"],
)
@pytest.mark.parametrize(("lang", "said"), [(b"vi", "hãy"), (b"en-GB", " and | or "), (b"ja", "ください")])
async def test_what_is_refused_before_it_is_read_is_a_problem_in_the_readers_language(
    listening_service: Service, request_: bytes, status: int, code: str, instance: str, lang: bytes, said: str
) -> None:
    answer = await sent(listening_service, request_ + b"Accept-Language: " + lang + b"\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    problem = json.loads(body)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"\r\ncontent-language: %b\r\n" % lang[:2] in head
    assert b"\r\nconnection: close" in head
    assert b"\r\nx-request-id: %b\r\n" % problem["request_id"].encode() in head
    assert [problem[name] for name in ("type", "status", "instance")] == [f"/problems#{code}", status, instance]
    assert any(words in problem["detail"] for words in said.split("|"))


async def test_what_is_no_request_at_all_is_refused_in_vietnamese(listening_service: Service) -> None:
    answer = await sent(listening_service, b"nonsense\r\n\r\n")
    problem = json.loads(answer.partition(b"\r\n\r\n")[2])
    assert (problem["title"], problem["instance"]) == ("Không hiểu được yêu cầu", "")


async def test_fields_behind_a_body_say_nothing_about_a_request(listening_service: Service) -> None:
    token = listening_service.tokens["huong"].encode()
    for field in (b"Authorization: Bearer " + token, b"Idempotency-Key: k", b"X-Request-ID: behind"):
        answers = await sent(listening_service, in_chunks(listening_service, field + b"\r\n") + LAST)
        assert answers.startswith(b"HTTP/1.1 201"), answers
        assert b'"unit":"40"' in answers
        assert b"behind" not in answers
        assert answers.count(b"HTTP/1.1 200") == 1
    items = (await listening_service.client("minh").get("/v1/status-updates")).json()["items"]
    assert len(items) == 3  # no key was taken from behind a body


async def test_who_hangs_up_with_requests_behind_the_one_under_way_is_no_failure(
    database_url: str, template: Template, tmp_path: Path
) -> None:
    """In a process of its own: uvloop refuses what is written to a connection that is gone."""
    token = template.tokens["khach"]
    asked = f"GET /v1/assignments?limit=5 HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
    with listening_process(database_url, tmp_path) as service:
        for _ in range(30):
            reader, writer = await asyncio.open_connection("127.0.0.1", service.port)
            writer.write(asked * 30)
            await reader.read(1000)
            writer.transport.abort()
        await asyncio.sleep(0.5)
    assert "Traceback" not in service.log.read_text()


@pytest.mark.parametrize("field", [b"A: b\r\n" * 9_000, b"A: " + b"b" * 60_000])
async def test_fields_behind_a_body_do_not_fill_the_memory(listening_service: Service, field: bytes) -> None:
    whole = in_chunks(listening_service, field)[: -len(b"\r\n\r\n")]  # they go on
    answers = await sent(listening_service, *(whole[at : at + 16_384] for at in range(0, len(whole), 16_384)))
    assert answers.startswith(b"HTTP/1.1 431"), answers[:200]


async def test_a_body_in_small_pieces_is_no_excess(listening_service: Service) -> None:
    body = b'{"task": "hotlines", "status": "completed"}' + b" " * 20_000
    head = in_chunks(listening_service, b"").partition(b"\r\n\r\n")[0]
    chunks = b"".join(b"1\r\n%c\r\n" % one for one in body) + b"0\r\n\r\n"
    pieces = [chunks[at : at + 30_000] for at in range(0, len(chunks), 30_000)]
    answers = await sent(listening_service, head + b"\r\n\r\n", *pieces, LAST)
    assert answers.startswith(b"HTTP/1.1 201"), answers[:200]


async def test_of_thousands_of_requests_at_once_those_that_are_held_are_answered(listening_service: Service) -> None:
    answers = await sent(listening_service, HEALTH * 3_000)
    assert answers.count(b"HTTP/1.1 200") == answers.count(b"HTTP/1.1 ") == MAX_PIPELINED + 1


async def test_requests_sent_one_behind_the_other_are_all_answered(listening_service: Service) -> None:
    for _ in range(3):
        answers = await sent(listening_service, HEALTH * MAX_PIPELINED + LAST)
        assert answers.count(b"HTTP/1.1 200") == MAX_PIPELINED + 1


@pytest.mark.parametrize("behind", [b"nonsense\r\n\r\n", b"GET /" + b"a" * 9_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n"])
async def test_nonsense_behind_a_request_is_not_answered_in_its_place(
    listening_service: Service, behind: bytes
) -> None:
    answers = await sent(listening_service, HEALTH + behind)
    assert answers.count(b"HTTP/1.1 ") == 1
    assert answers.startswith(b"HTTP/1.1 200")


@pytest.mark.parametrize(
    "head",
    [
        b"CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"CONNECT /v1/progress HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET /\xc3\xa9 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET x HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
    ids=lambda head: head[:12].decode("latin-1"),
)
async def test_what_is_no_request_of_ours_is_refused_and_no_failure(
    listening_service: Service, head: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        for before in (b"", HEALTH):
            if before:
                reader, writer = await asyncio.open_connection(*listening_service.place)
                writer.write(before)
                async with asyncio.timeout(20):
                    await reader.readuntil(b"}")
                    writer.write(head)
                    answers = await reader.read()
                writer.close()
            else:
                answers = await sent(listening_service, head)
            assert answers.startswith(b"HTTP/1.1 400"), answers
    assert caplog.records == []


@pytest.mark.parametrize(
    "target",
    [
        *(
            b"/v1/progress?lang=\xff",
            b"/v1/progress?\xc3\xa9=1",
            b"/v1/nowhere?\xff",
            b"/nowhere?\xff",
            b"/?as_of=\xff",
        ),
        *(b"http://[/v1/me", b"http://other.example/v1/nowhere", b"//other.example/v1/nowhere", b"/v1/..%2f..%2fx"),
        *(b"/v1/progress%2fprovinces", b"/v1/me;a=b", b"/v1/progress?lang=vi;lang=en", b"/v1/provinces/%00", b"/%zz"),
        *(b"/static/..%2f..%2frouting.py", b"/static//etc/passwd", b"/tools/..%2f..", b"/v1/progress?%", b"/%ed%a0%80"),
    ],
)
async def test_no_address_is_our_fault(listening_service: Service, target: bytes) -> None:
    token = listening_service.tokens["khach"].encode()
    for method in (b"GET", b"POST", b"HEAD", b"DELETE", b"PURGE"):
        for host in (b"x", b"[", b"[::1]:99999", b"user@x:80", b"x:y", b"", b"\xff", b"a/b?c#d"):
            head = b"%b %b HTTP/1.1\r\nHost: %b\r\nAuthorization: Bearer %b\r\nConnection: close\r\n\r\n"
            answers = await sent(listening_service, head % (method, target, host, token))
            status = answers.split(b" ")[1:2]
            assert status, (method, target, host)
            assert not status[0].startswith(b"5"), (method, target, host, answers[:300])


async def test_a_length_of_thousands_of_zeros_is_a_length(listening_service: Service) -> None:
    await listening_service.client("huong").get("/v1/tasks")
    body = b'{"task": "hotlines", "status": "completed"}'
    head = (
        f"POST /v1/status-updates HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {listening_service.tokens['huong']}\r\n"
        f"Content-Type: application/json\r\nConnection: close\r\nContent-Length: {'0' * 5_000}{len(body)}\r\n\r\n"
    )
    answers = await sent(listening_service, head.encode() + body)
    assert answers.split(b" ")[1] in (b"201", b"400", b"413"), answers[:300]


@pytest.mark.parametrize(
    "query", ["lang=xx", "lang=vi&lang=en", "lang=vi&lang=vi", "lang=", "lang", "x=1", "lang=vi%00", "campaign=", "=1"]
)
async def test_what_is_refused_is_refused_where_the_answer_is_kept(listening_service: Service, query: str) -> None:
    khach = listening_service.client("khach")
    for kept in ("", "?lang=vi", "?lang=en"):
        for _ in range(2):
            assert (await khach.get("/v1/progress" + kept)).status_code == 200
    assert (await khach.get(f"/v1/progress?{query}")).status_code in (400, 422)


@pytest.mark.parametrize("name", ["Authorization", "If-Match", "Idempotency-Key"])
async def test_an_empty_header_is_refused_where_the_answer_is_kept(listening_service: Service, name: str) -> None:
    khach = listening_service.client("khach")
    for _ in range(2):
        assert (await khach.get("/v1/progress")).status_code == 200
    assert (await khach.get("/v1/progress", headers={name: ""})).status_code == 400
