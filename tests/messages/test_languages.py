"""Every refusal speaks the language asked for, by every way in; its codes stay."""

import re
from typing import Any

import pytest
from httpx import AsyncClient

from app.language import LANGUAGES

JAPANESE = re.compile("[\u3040-\u30ff\u4e00-\u9fff]")

REFUSALS: list[tuple[str, str, dict[str, Any]]] = [
    ("GET", "/v1/provinces?nothing=1", {}),
    ("GET", "/v1/provinces?limit=0", {}),
    ("GET", "/v1/progress?campaign=none", {}),
    ("GET", "/v1/progress/timeline?from=2025-07-01T00:00:00Z&to=2025-06-01T00:00:00Z", {}),
    ("GET", "/v1/status-updates?recorded_since=yesterday", {}),
    ("GET", "/v1/changes?after=nonsense", {}),
    ("GET", "/v1/nowhere", {}),
    ("DELETE", "/v1/progress", {}),
    ("POST", "/v1/tokens", {"json": {"name": "x", "role": "viewer"}}),
    ("POST", "/v1/status-updates", {"json": {"task": "hotlines", "status": "done"}}),
    ("POST", "/v1/status-updates", {"json": {"task": "nothing", "unit": "40", "status": "completed"}}),
    ("POST", "/v1/status-updates", {"json": {"task": "hotlines", "status": "verified"}}),
    ("POST", "/v1/status-updates", {"json": {"task": "hotlines", "status": "completed", "effective_at": "2025-06-27"}}),
    ("POST", "/v1/status-updates", {"json": {"task": 1, "status": None, "note": "x" * 4001, "more": 1}}),
    ("POST", "/v1/status-updates", {"content": b"{", "headers": {"Content-Type": "application/json"}}),
    ("POST", "/v1/status-updates", {"content": b"x", "headers": {"Content-Type": "text/plain"}}),
    ("POST", "/v1/status-updates/batch", {"json": {"updates": [{"task": "nothing", "status": "completed"}]}}),
    ("POST", "/v1/imports", {"content": b"x", "headers": {"Content-Type": "text/html"}}),
]


def texts(problem: dict[str, Any]) -> list[str]:
    return [problem["title"], problem["detail"], *(error["detail"] for error in problem.get("errors", []))]


@pytest.mark.parametrize(("method", "path", "sent"), REFUSALS, ids=map(str, range(len(REFUSALS))))
async def test_a_refusal_speaks_the_language_asked_for(
    huong: AsyncClient, method: str, path: str, sent: dict[str, Any]
) -> None:
    found = {}
    for lang in LANGUAGES:
        headers = {**sent.get("headers", {}), "Accept-Language": lang}
        answer = await huong.request(method, path, **{**sent, "headers": headers})
        assert answer.status_code >= 400
        assert answer.headers["content-language"] == lang
        found[lang] = answer.json()
    assert all(JAPANESE.search(text) for text in texts(found["ja"]))
    assert not any(text.isascii() for text in texts(found["vi"]))
    assert all(len({len(texts(one)) for one in found.values()}) == 1 for one in found.values())
    assert not any(JAPANESE.search(text) for text in texts(found["en"]))
    codes = [[(error["pointer"], error["code"]) for error in one.get("errors", [])] for one in found.values()]
    assert codes[0] == codes[1] == codes[2]


async def test_lang_is_taken_by_every_route_and_goes_before_the_header(huong: AsyncClient) -> None:
    answer = await huong.get("/v1/me", params={"lang": "ja"}, headers={"Accept-Language": "en"})
    assert answer.status_code == 200
    refused = await huong.get("/v1/me", params={"lang": "ja", "more": "1"}, headers={"Accept-Language": "en"})
    assert refused.headers["content-language"] == "ja"


async def test_a_language_that_is_not_spoken_is_refused_in_vietnamese(huong: AsyncClient) -> None:
    refused = await huong.get("/v1/me", params={"lang": "fr"})
    assert refused.status_code == 422
    assert refused.json()["errors"] == [
        {
            "pointer": "/query/lang",
            "code": "unknown-value",
            "detail": "“fr” không dùng được ở đây; dùng: vi, en, ja",
        }
    ]


async def test_a_complaint_names_what_was_sent_and_what_would_be_right(huong: AsyncClient) -> None:
    refused = await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "Xong"})
    (error,) = refused.json()["errors"]
    assert error["detail"].startswith("“Xong” không dùng được ở đây; dùng: not_started, in_progress, ")


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"status": None}, "null"),
        ({"status": True}, "true"),
        ({"status": {"a": 1, "b": [None]}}, '{"a":1,"b":[null]}'),
        ({"status": []}, "[]"),
        ({"status": 10**40}, f"{10**40}"),
        ({"task": False}, "false"),
        ({"effective_at": None, "note": {"ghi": "chú"}}, '{"ghi":"chú"}'),
        ({"effective_at": 1.5}, "1.5"),
        ({"effective_at": [False]}, "[false]"),
        ({"document": "38"}, "38"),
        ({"evidence": [None]}, "null"),
    ],
    ids=str,
)
async def test_what_was_sent_is_shown_as_json(huong: AsyncClient, sent: dict[str, Any], shown: str) -> None:
    report = {"task": "hotlines", "unit": "38", "status": "completed"}
    [error] = (await huong.post("/v1/status-updates", json={**report, **sent})).json()["errors"]
    assert f"“{shown}”" in error["detail"]


async def test_a_value_of_json_is_shown_as_json_by_every_body(an: AsyncClient) -> None:
    sent: dict[str, Any] = {"code": None, "category": {"a": 1}, "level": True, "names": []}
    errors = (await an.post("/v1/tasks", json=sent)).json()["errors"]
    shown = {error["pointer"]: error["detail"].partition("”")[0] for error in errors}
    assert shown == {
        "/code": "“null",
        "/category": '“{"a":1}',
        "/level": "“true",
        "/names": "“[]",
    }


@pytest.mark.parametrize(
    ("path", "last"),
    [
        ("/v1/inbox?reason=abc", "to_answer, overdue, due_soon, blocked, changed"),
        ("/v1/changes?kind=abc", ""),
    ],
)
async def test_what_would_be_right_is_never_cut_off(huong: AsyncClient, path: str, last: str) -> None:
    [error] = (await huong.get(path)).json()["errors"]
    assert "…" not in error["detail"]
    assert error["detail"].endswith(last)


async def test_neither_are_the_kinds_of_files_and_the_fields_of_columns(huong: AsyncClient) -> None:
    kinds = (await huong.post("/v1/imports", content=b"x", headers={"Content-Type": "text/html"})).json()["detail"]
    assert "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" in kinds
    assert kinds.endswith("multipart/form-data")
    answer = await huong.post("/v1/imports?column=A:nope", content=b"x", headers={"Content-Type": "text/csv"})
    [error] = answer.json()["errors"]
    assert "…" not in error["detail"]


@pytest.mark.parametrize("body", ["{x", "[1,", '"\\x"', '{"a": 1}}', "NaN", "\x01"], ids=repr)
async def test_malformed_json_is_placed_without_the_parsers_english(huong: AsyncClient, body: str) -> None:
    headers = {"Content-Type": "application/json"}
    for lang, place in (("vi", r"dòng 2, cột \d+"), ("en", r"line 2, column \d+"), ("ja", r"2 行 \d+ 列")):
        answer = await huong.post(f"/v1/status-updates?lang={lang}", content=f"\n {body}", headers=headers)
        said = answer.json()["detail"]
        assert re.search(place, said)
        assert lang == "en" or not re.search("[a-z]{5}", said)


async def test_a_long_value_is_cut_in_the_sentence(huong: AsyncClient) -> None:
    refused = await huong.post("/v1/status-updates", json={"task": "hotlines", "status": "x" * 60_000})
    assert len(refused.content) < 1000


async def test_rows_of_a_partial_batch_are_answered_in_the_language_too(huong: AsyncClient) -> None:
    rows = {"updates": [{"task": "nothing", "status": "completed"}]}
    answer = await huong.post("/v1/status-updates/batch", params={"mode": "partial", "lang": "ja"}, json=rows)
    assert answer.status_code == 200
    assert JAPANESE.search(answer.json()["errors"][0]["detail"])
