"""HTTP by its standards: conditions, weights, languages, and what a browser meets that goes astray."""

import pytest
from httpx import AsyncClient

from app.language import accepted
from app.response_cache import MIN_COMPRESSED_SIZE, choose_encoding, matches_etag

TAG = b'"abc"'


@pytest.mark.parametrize("sent", [b"*", b" *\t", TAG, b'W/"abc"', b'"x", "abc"', b'"x",W/"abc" , "y"', b'"a,b", "abc"'])
def test_a_tag_is_found_in_a_list(sent: bytes) -> None:
    assert matches_etag(TAG, sent)


@pytest.mark.parametrize("sent", [b"", b"abc", b'"x"', b'"x', b'W/"x"', b'x"abc"y', b'"x""abc"', b'"abcd"', b"**"])
def test_what_is_no_list_with_the_tag_does_not_match(sent: bytes) -> None:
    assert not matches_etag(TAG, sent)


@pytest.mark.parametrize(
    ("sent", "chosen"),
    [
        (b"", "identity"),
        (b"gzip, deflate, br", "br"),
        (b"br;q=0, gzip", "gzip"),
        (b"gzip;q=1.0, br;q=0.5", "gzip"),
        (b"*", "br"),
        (b"*;q=0", "identity"),
        (b"br;q=0, *;q=0.5", "gzip"),
        (b"identity, gzip;q=0.5", "identity"),
        (b"gzip; q=0", "identity"),
        (b"gzip;q=2", "identity"),
        (b"xbr, gzipped", "identity"),
        (b"GZIP", "gzip"),
    ],
)
def test_weights_decide_the_encoding(sent: bytes, chosen: str) -> None:
    assert choose_encoding(sent, MIN_COMPRESSED_SIZE) == chosen
    assert choose_encoding(sent, MIN_COMPRESSED_SIZE - 1) == "identity"


@pytest.mark.parametrize(
    ("sent", "chosen"),
    [
        (b"identity;q=0, gzip", "gzip"),
        (b"gzip, *;q=0", "gzip"),
        (b"identity;q=0", "identity"),
        (b"identity;q=0, *;q=0", "identity"),
        (b"gzip;q=0.001, identity;q=0.0", "gzip"),
    ],
)
def test_a_small_body_is_packed_where_a_client_does_not_take_it_as_it_is(sent: bytes, chosen: str) -> None:
    assert choose_encoding(sent, 1) == chosen


@pytest.mark.parametrize(
    ("sent", "spoken"),
    [
        ("", "vi"),
        ("en-GB, ja;q=0.9", "en"),
        ("ja;q=0.3, en;Q=0.2", "ja"),
        ("vi;q=0, en;q=0.1", "en"),
        ("vi;q=0, *", "en"),
        ("en;q=0.5, *;q=0.8", "vi"),
        ("ja, *", "ja"),
        ("en;q=nan, ja;q=0.1", "ja"),
        ("en;q=1e1, ja;q=0.1", "ja"),
        ("en;q=0_1, ja;q=0.1", "ja"),
        ("en-GB;q=0.2, en;q=0.9, ja;q=0.5", "en"),
        ("vi;q=0", "vi"),
        ("*;q=0", "vi"),
    ],
)
def test_weights_decide_the_language(sent: str, spoken: str) -> None:
    assert accepted(sent) == spoken


@pytest.mark.parametrize("path", ["/v1/progress", "/v1/provinces", "/v1/reports/progress.md"])
async def test_a_list_may_stand_on_several_lines(lan: AsyncClient, path: str) -> None:
    asked = [("Accept-Language", "fr"), ("Accept-Language", "en"), ("Accept-Encoding", "x"), ("Accept-Encoding", "br")]
    first = await lan.get(path, headers=asked)
    assert (first.headers["content-language"], first.headers["content-encoding"]) == ("en", "br")
    known = [("If-None-Match", '"x"'), ("If-None-Match", first.headers["etag"])]
    assert (await lan.get(path, headers=[*asked, *known])).status_code == 304


async def test_whoever_has_any_answer_is_told_that_it_is_current(lan: AsyncClient) -> None:
    for _ in range(2):
        assert (await lan.get("/v1/progress", headers={"If-None-Match": "*"})).status_code == 304


@pytest.mark.parametrize(
    "path", ["/v1/progress", "/v1/progress/agenda", "/v1/provinces", "/v1/tasks/hotlines", "/v1/reports/progress.md"]
)
async def test_an_answer_names_its_language(lan: AsyncClient, path: str) -> None:
    for asked, spoken in (({"Accept-Language": "ja;q=0.3, en;q=0.8"}, "en"), ({"Accept-Language": "fr"}, "vi")):
        for _ in range(2):
            answer = await lan.get(path, headers=asked)
            assert (answer.status_code, answer.headers["content-language"]) == (200, spoken)


@pytest.mark.parametrize("path", ["/v1/progress", "/v1/nothing", "/v1/me", "/healthz", "/openapi.json"])
async def test_no_browser_guesses_a_type(lan: AsyncClient, path: str) -> None:
    assert (await lan.get(path)).headers.get_list("x-content-type-options") == ["nosniff"]


async def test_a_browser_that_goes_astray_gets_a_page(lan: AsyncClient) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": "vi"}
    page = await lan.get("/nowhere", headers=browser)
    assert (page.status_code, page.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert '<html lang="vi"' in page.text
    assert "content-security-policy" in page.headers
    assert page.headers["content-language"] == "vi"
    for path, headers in (("/nowhere", {"Accept": "*/*"}), ("/v1/nowhere", browser)):
        problem = await lan.get(path, headers=headers)
        assert (problem.status_code, problem.headers["content-type"]) == (404, "application/problem+json")


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/obstacles", "GET, HEAD, POST"),
        ("/v1/obstacles/", "GET, HEAD, POST"),
        ("/v1/assignments/hotlines/38", "GET, HEAD, PATCH"),
        ("/v1/status-updates/batch", "POST"),
        ("/sign-in", "GET, HEAD, POST"),
    ],
)
async def test_a_method_that_a_path_does_not_take_is_answered_with_those_that_it_takes(
    lan: AsyncClient, path: str, methods: str
) -> None:
    answer = await lan.put(path)
    assert (answer.status_code, answer.headers["allow"]) == (405, methods)
