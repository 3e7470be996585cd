"""Bad input: whatever a client sends, through whichever entrance, it is answered or refused, never a 500."""

import base64
import json
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from zlib import crc32

import pytest
from httpx import AsyncClient, Headers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import clock
from tests.checks.problems import codes, never_our_fault, refused
from tests.conftest import Service, Template, serving
from tests.openapi.operations import Operation, operations

UPDATES = "/v1/status-updates"
REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}
JSON = {"Content-Type": "application/json"}

STRINGS = (
    "\0",
    "38\0",
    "",
    " ",
    "\t\r\n",
    "x" * 5000,
    "NaN",
    "-1",
    "9" * 30,
    "1e400",
    "9223372036854775808",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59.999999999-14:00",
    "2025-06-27T10:00:00",
    "2025-13-45T99:99:99Z",
    "../../../etc/passwd",
    "'; drop table token; --",
    "%s%n%(x)s{0}",
    "\u202e\ufeff",
    "\U0010ffff",
    "null",
)
NUMBERS = (-1, 0, 2**31, 2**63, 2**64, -(2**63) - 1, 10**40, 1e308, 0.1)
OTHERS: tuple[Any, ...] = (None, True, [], {}, [[]], {"\0": 1}, [None])


def cursor(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


NOT_KEYS: tuple[Any, ...] = (
    *(None, [], [None], {}, 1, ["\0"], ["\ud800"], [2**70], [-1], ["x", "y", "z"]),
    *(["38", "\0", "\0"], [1e300], ["NaN"], [["x"]], ["00000000-0000-0000-0000-0"]),
)
CURSORS = (
    *("x", "=", "*", "AAAA", "%", "é"),
    *(cursor(value) for value in NOT_KEYS),
    base64.urlsafe_b64encode(b"\xff\xfe").decode(),
    base64.urlsafe_b64encode(b"[" * 2000).decode(),
)


def in_turn(values: Iterable[Any], operation: Operation, share: int) -> list[Any]:
    """One in so many of the values, others for every operation, so that each of them is tried with several."""
    return list(values)[crc32(str(operation).encode()) % share :: share]


share = pytest.mark.parametrize(
    "share", [pytest.param(5, id="a fifth"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
"""Every operation with some of the values always, with all of them where time allows."""


@share
@pytest.mark.parametrize("operation", operations(), ids=str)
async def test_no_text_in_the_path_or_query_is_our_fault(operation: Operation, share: int, an: AsyncClient) -> None:
    if operation.path == "/v1/events":
        pytest.skip("a stream without an end has tests of its own")
    for text in in_turn(STRINGS, operation, share):
        for name in operation.parameters("path"):
            never_our_fault(await an.request(operation.method, operation.url(**{name: text or " "})))
        for name in operation.parameters("query"):
            texts = (text, *in_turn(CURSORS, operation, share)) if name == "cursor" and text == "" else (text,)
            for one in texts:
                never_our_fault(await an.request(operation.method, operation.url(), params={name: one}))


@share
@pytest.mark.parametrize("operation", [o for o in operations() if o.body is not None], ids=str)
async def test_no_body_is_our_fault(operation: Operation, share: int, an: AsyncClient, huong: AsyncClient) -> None:
    client = huong if operation.path.startswith((UPDATES, "/v1/obstacles")) else an
    for body in in_turn(mutations(operation.body), operation, share):
        never_our_fault(await send(client, operation, json.dumps(body).encode()))
    for raw in in_turn(RAW_BODIES, operation, share):
        refused(await send(client, operation, raw))


RAW_BODIES = (
    b"{",
    b"\xff\xfe{\x00}\x00",
    b'{"a": NaN}',
    b'{"a": Infinity}',
    b'{"a": -Infinity}',
    b'{"a": 1e999}',
    b'{"\\ud800": 1}',
    b'{"task": "\\udfff\\ud800", "names": {"vi": "\\ud800"}}',
    b'{"task": "\xed\xa0\x80"}',
    b'{"task": "\x00"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"1" * 100_000,
    b"null",
    b"[]",
    b'"text"',
)


async def send(client: AsyncClient, operation: Operation, raw: bytes) -> Any:
    return await client.request(operation.method, operation.url(), content=raw, headers=JSON)


def mutations(body: Any) -> Iterator[Any]:
    """The body with each of its parts replaced by each of the bad values, and with a part that nobody knows."""
    for bad in (*STRINGS, *NUMBERS, *OTHERS):
        yield from replaced(body, bad)
    yield {**body, "recorded_at": "2025-06-27T10:00:00Z"} if isinstance(body, dict) else body


def replaced(value: Any, bad: object) -> Iterator[Any]:
    yield bad
    if isinstance(value, dict):
        for key, item in value.items():
            yield from ({**value, key: one} for one in replaced(item, bad))
    elif isinstance(value, list):
        for one in replaced(value[0], bad):
            yield [one]


@pytest.mark.parametrize(
    "name",
    [
        *("Idempotency-Key", "X-Request-ID", "If-None-Match", "If-Match", "Accept-Language", "Accept-Encoding"),
        *("Authorization", "Cookie", "Last-Event-ID", "Content-Type", "X-Forwarded-For", "Origin"),
    ],
)
async def test_no_header_is_our_fault(name: str, huong: AsyncClient) -> None:
    texts = ("", " ", "\xff", "x" * 5000, "a, , b;q=nan;;=", '"', '"""', "W/", "tiendo=\xff", "Bearer \xff", "q" * 300)
    for text in texts:
        header, with_body = raw_header(name, text), Headers(JSON)
        with_body.update(header)
        never_our_fault(await huong.get("/v1/progress", headers=header))
        never_our_fault(await huong.get("/v1/assignments/hotlines/38", headers=header))
        never_our_fault(await huong.post(UPDATES, content=json.dumps(REPORT), headers=with_body))
        never_our_fault(await huong.patch("/v1/assignments/hotlines/38", content=b"{}", headers=with_body))


def raw_header(name: str, text: str) -> Headers:
    return Headers([(name.encode(), text.encode("latin-1"))])


async def test_a_request_id_that_is_not_sane_is_replaced(huong: AsyncClient) -> None:
    sane = await huong.get("/v1/me", headers={"X-Request-ID": "front-end:4711"})
    assert sane.headers["x-request-id"] == "front-end:4711"
    for bad in ("a b", "x" * 129, "<script>", "é"):
        answer = await huong.get("/v1/me", headers=raw_header("X-Request-ID", bad))
        assert answer.headers["x-request-id"] != bad


@pytest.mark.parametrize(
    ("name", "pointer"),
    [("task", "/task"), ("unit", "/unit"), ("note", "/note")],
)
async def test_nul_in_a_report_is_named(name: str, pointer: str, huong: AsyncClient) -> None:
    answer = await huong.post(UPDATES, json={**REPORT, name: "a\0b"})
    refused(answer, 422)
    assert codes(answer) == {pointer: "nul-character"}


async def test_nul_in_evidence_a_document_and_a_name_of_a_field_is_named(huong: AsyncClient) -> None:
    bad = {**REPORT, "evidence": ["https://a.vn/\0"], "document": {"number": "\0"}, "x\0": 1}
    answer = await huong.post(UPDATES, json=bad)
    refused(answer, 422)
    assert len(codes(answer)) >= 2
    assert set(codes(answer).values()) == {"nul-character"}


async def test_lone_surrogates_and_invalid_utf8_are_not_json(huong: AsyncClient) -> None:
    for text in (b"\\ud800", b"\\udc00x", b"\xff", b"\xed\xa0\x80"):
        body = b'{"task": "hotlines", "unit": "38", "status": "completed", "note": "' + text + b'"}'
        problem = refused(await huong.post(UPDATES, content=body, headers=JSON), 422)
        assert problem["type"] == "/problems#malformed-json"


@pytest.mark.parametrize("limit", ["-1", "0", "1001", "1.5", "NaN", "9" * 40, "", "١"])
async def test_limits_outside_1_to_1000_are_refused(limit: str, huong: AsyncClient) -> None:
    for path in ("/v1/provinces", "/v1/assignments", UPDATES):
        answer = await huong.get(path, params={"limit": limit})
        refused(answer, 422)
        assert set(codes(answer)) == {"/query/limit"}


LISTS = (
    *("/v1/campaigns", "/v1/provinces", "/v1/agencies", "/v1/categories", "/v1/tasks", "/v1/assignments"),
    *("/v1/status-updates", "/v1/imports", "/v1/inbox", "/v1/obstacles", "/v1/bulletins", "/v1/tokens", "/v1/audit"),
    *("/v1/progress/silent", "/v1/provinces/38/communes"),
)
"""Each is named in its cursors by the last part of its path."""


@pytest.mark.parametrize("path", LISTS)
async def test_a_broken_cursor_is_refused(path: str, an: AsyncClient) -> None:
    for broken in CURSORS:
        answer = await an.get(path, params={"cursor": broken})
        refused(answer, 422)
        assert codes(answer) == {"/query/cursor": "broken-cursor"}
    for key in (key for key in NOT_KEYS if isinstance(key, list)):
        answer = await an.get(path, params={"cursor": cursor([path.rsplit("/", 1)[1], *key])})
        if answer.status_code != 200:  # a key of another kind may fit by chance; then it is only a place in the list
            refused(answer, 422)
            assert codes(answer) == {"/query/cursor": "broken-cursor"}


async def test_a_cursor_of_another_list_is_refused(an: AsyncClient) -> None:
    given = (await an.get("/v1/provinces?limit=1")).json()["next_cursor"]
    assert (await an.get("/v1/provinces", params={"cursor": given, "limit": 1})).json()["items"][0]["code"] == "04"
    for path in (path for path in LISTS if path != "/v1/provinces"):
        assert codes(await an.get(path, params={"cursor": given})) == {"/query/cursor": "broken-cursor"}, path


BAD_TIMES = {
    "0001-01-01T00:00:00+14:00": "time-out-of-range",
    "9999-12-31T23:59:59-14:00": "time-out-of-range",
    "9999-12-31T23:59:59Z": "time-out-of-range",
    "2025-06-27T10:00:00": "naive-time",
    "2025-06-27": "malformed-time",
    "2025-02-30T10:00:00Z": "malformed-time",
    "2025-06-27T24:00:01Z": "malformed-time",
    "2025-06-27T10:00:00+99:99": "malformed-time",
    "20250627T100000Z": "malformed-time",
    "1751018400": "malformed-time",
    "now": "malformed-time",
    "": "malformed-time",
}


@pytest.mark.parametrize(("text", "code"), BAD_TIMES.items())
async def test_a_bad_time_is_refused_at_every_entrance(text: str, code: str, huong: AsyncClient) -> None:
    reported = await huong.post(UPDATES, json={**REPORT, "effective_at": text})
    assert (reported.status_code, codes(reported)) == (422, {"/effective_at": code})
    for path, name in (("/v1/progress", "as_of"), ("/v1/progress", "known_at"), (UPDATES, "recorded_since")):
        asked = await huong.get(path, params={name: text})
        assert (asked.status_code, codes(asked)) == (422, {f"/query/{name}": code if text else "empty"})


async def test_a_space_before_the_offset_reads_as_plus(huong: AsyncClient) -> None:
    answer = await huong.get("/v1/progress?as_of=2025-06-27T17:00:00+07:00")
    assert answer.json()["as_of"] == "2025-06-27T10:00:00Z"


async def test_ten_minutes_ahead_is_refused(huong: AsyncClient) -> None:
    ahead = clock.text(clock.now() + timedelta(minutes=10))
    answer = await huong.post(UPDATES, json={**REPORT, "effective_at": ahead})
    assert (answer.status_code, codes(answer)) == (422, {"/effective_at": "in-the-future"})


async def test_four_minutes_ahead_is_a_wrong_clock_and_stored_as_now(huong: AsyncClient) -> None:
    ahead = clock.text(clock.now() + timedelta(minutes=4))
    stored = (await huong.post(UPDATES, json={**REPORT, "effective_at": ahead})).json()
    assert stored["effective_at"] == stored["recorded_at"] < ahead


@pytest.mark.parametrize("field", ["id", "recorded_at", "province", "category", "is_current", "owner", "token"])
async def test_what_the_service_owns_is_refused_in_a_body(field: str, huong: AsyncClient) -> None:
    one = await huong.post(UPDATES, json={**REPORT, field: "38"})
    assert (one.status_code, codes(one)) == (422, {f"/{field}": "unknown-field"})
    many = await huong.post(f"{UPDATES}/batch", json={"updates": [REPORT, {**REPORT, field: "38"}]})
    assert (many.status_code, codes(many)) == (422, {f"/updates/1/{field}": "unknown-field"})


async def test_an_unknown_parameter_is_refused_by_every_route(an: AsyncClient) -> None:
    for operation in operations():
        if operation.path.startswith("/v1"):
            answer = await an.request(operation.method, operation.url(), params={"nonsense": "1"})
            refused(answer, 422)
            found = {pointer: code for pointer, code in codes(answer).items() if code != "missing"}
            assert found == {"/query/nonsense": "unknown-parameter"}, str(operation)


async def test_all_that_is_wrong_with_the_parameters_is_named_at_once(khach: AsyncClient) -> None:
    sent = "nonsense=1&nothing=&as_of=yesterday&known_at=&campaign=a&campaign=b&lang=xx"
    answer = await khach.get(f"/v1/progress?{sent}")
    refused(answer, 422)
    assert codes(answer) == {
        "/query/nonsense": "unknown-parameter",
        "/query/nothing": "unknown-parameter",
        "/query/as_of": "malformed-time",
        "/query/known_at": "empty",
        "/query/campaign": "unfit",
        "/query/lang": "unknown-value",
    }
    answer = await khach.get("/v1/assignments?status=&overdue=maybe&limit=0&nonsense=1")
    assert codes(answer) == {
        "/query/nonsense": "unknown-parameter",
        "/query/status": "empty",
        "/query/overdue": "wrong-type",
        "/query/limit": "out-of-range",
    }


async def test_a_parameter_that_takes_one_value_and_stands_twice_is_refused(khach: AsyncClient) -> None:
    for path in ("/v1/progress?lang=vi&lang=en", "/v1/progress/silent?limit=1&limit=1", "/v1/tasks?lang=en&lang=en"):
        answer = await khach.get(path)
        refused(answer, 422)
        assert list(codes(answer).values()) == ["unfit"], path
    several = "/v1/progress/timeline?category=hotlines&category=staffing&from=2025-06-27T00:00:00Z"
    assert (await khach.get(several)).status_code == 200


async def test_thousands_of_parameters_are_refused(huong: AsyncClient) -> None:
    answer = await huong.get("/v1/progress?" + "&".join(f"p{number}=1" for number in range(5_000)))
    refused(answer, 400, 422)


async def test_the_last_of_two_equal_keys_is_meant(huong: AsyncClient) -> None:
    body = b'{"task": "hotlines", "status": "blocked", "status": "completed"}'
    answer = await huong.post(UPDATES, content=body, headers=JSON)
    assert (answer.status_code, answer.json()["status"]) == (201, "completed")


@pytest.mark.parametrize("kind", ["text/plain", "multipart/form-data", "application/xml", "application/jsonx", "\xff"])
async def test_another_content_type_is_refused(kind: str, huong: AsyncClient) -> None:
    headers = raw_header("Content-Type", kind)
    refused(await huong.post(UPDATES, content=json.dumps(REPORT), headers=headers), 415)


async def test_no_body_is_refused(huong: AsyncClient) -> None:
    refused(await huong.post(UPDATES), 422)
    refused(await huong.post(UPDATES, content=b"", headers=JSON), 422)


async def test_a_wrong_path_and_a_wrong_method_are_problems_too(huong: AsyncClient) -> None:
    refused(await huong.get("/v1/nonsense"), 404)
    refused(await huong.get("/nonsense"), 404)
    answer = await huong.delete(UPDATES)
    refused(answer, 405)
    assert "allow" in answer.headers


async def test_a_body_over_the_limit_is_refused_with_and_without_its_length(
    database_url: str, template: Template
) -> None:
    async with serving(database_url, template.tokens, max_body_size=10_000) as service:
        for client in (service.client("huong"), service.client()):
            told = await client.post(UPDATES, content=b" " * 20_000, headers=JSON)
            refused(told, 413)
        untold = await service.client("huong").post(UPDATES, content=pieces(20), headers=JSON)
        refused(untold, 413)
        within = await service.client("huong").post(UPDATES, content=json.dumps(REPORT).ljust(10_000), headers=JSON)
        assert within.status_code == 201


async def pieces(count: int) -> Any:
    for _ in range(count):
        yield b" " * 1000


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.datetimes().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
reports = st.fixed_dictionaries(
    {"task": st.just("hotlines") | json_values, "status": st.just("completed") | json_values},
    optional={
        "unit": st.just("38") | json_values,
        "effective_at": st.datetimes().map(lambda at: f"{at.isoformat()}Z") | json_values,
        "note": json_values,
        "evidence": st.lists(st.text().map("https://".__add__)) | json_values,
        "document": st.fixed_dictionaries({"number": st.text(), "date": st.dates().map(str)}) | json_values,
    },
)


@settings(max_examples=50, derandomize=True, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=reports)
async def test_no_report_that_can_be_thought_of_is_our_fault(sent: dict[str, Any], service: Service) -> None:
    huong = service.client("huong")
    raw = json.dumps(sent).encode()
    single = await huong.post(UPDATES, content=raw, headers=JSON)
    never_our_fault(single)
    many = await huong.post(f"{UPDATES}/batch?mode=partial", content=b'{"updates": [%b]}' % raw, headers=JSON)
    never_our_fault(many)
    if many.status_code == 200:
        assert many.json()["stored"] == (1 if single.status_code == 201 else 0)
