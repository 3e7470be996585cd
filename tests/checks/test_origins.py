"""A page of another origin may send and read everything that the interface has, streams with a token included."""

from collections.abc import AsyncIterator

import pytest
from httpx import AsyncClient

from app.main import REQUEST_HEADERS, RESPONSE_HEADERS
from tests.checks.problems import refused
from tests.conftest import Service, Template, listening, serving

PAGE = "https://dashboard.test"
STREAM = "/v1/events"


@pytest.fixture
async def private(database_url: str, template: Template) -> AsyncIterator[Service]:
    async with serving(database_url, template.tokens, cors_origins=(PAGE,)) as running:
        yield running


async def preflight(client: AsyncClient, path: str, *headers: str, method: str = "GET", origin: str = PAGE) -> int:
    asked = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": ",".join(headers),
    }
    return (await client.options(path, headers=asked)).status_code


async def test_a_stream_with_a_token_may_be_resumed(private: Service) -> None:
    sent = ("authorization", "last-event-id", "cache-control")
    assert await preflight(private.client(), STREAM, *sent) == 200


@pytest.mark.parametrize("header", REQUEST_HEADERS)
async def test_every_header_of_the_interface_may_be_sent(private: Service, header: str) -> None:
    for method in ("GET", "HEAD", "POST", "PATCH", "DELETE"):
        assert await preflight(private.client(), "/v1/obstacles", header.lower(), method=method) == 200


async def test_what_the_interface_answers_with_may_be_read(private: Service) -> None:
    answer = await private.client("lan").get("/v1/progress", headers={"Origin": PAGE})
    assert answer.headers["access-control-allow-origin"] == PAGE
    exposed = answer.headers["access-control-expose-headers"].split(", ")
    assert set(exposed) == set(RESPONSE_HEADERS)
    assert {"ETag", "Content-Disposition", "Retry-After", "RateLimit", "Location"} <= set(exposed)


async def test_a_refusal_may_be_read_too(private: Service) -> None:
    answer = await private.client().get("/v1/progress", headers={"Origin": PAGE})
    assert (answer.status_code, answer.headers["access-control-allow-origin"]) == (401, PAGE)


async def test_other_origins_may_not(private: Service) -> None:
    assert await preflight(private.client(), STREAM, "authorization", origin="https://evil.test") == 400
    answer = await private.client("lan").get("/v1/progress", headers={"Origin": "https://evil.test"})
    assert "access-control-allow-origin" not in answer.headers


async def test_every_preflight_has_an_id_and_its_refusal_is_a_problem(private: Service) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "GET", "X-Request-ID": "of-the-page"}
    allowed = await private.client().options(STREAM, headers=asked)
    assert (allowed.status_code, allowed.headers["x-request-id"]) == (200, "of-the-page")
    for wrong in ({"Origin": "https://evil.test"}, {"Access-Control-Request-Method": "PUT"}):
        answer = await private.client().options(STREAM, headers={**asked, **wrong, "Accept-Language": "en"})
        problem = refused(answer, 400)
        assert (problem["type"], problem["request_id"]) == ("/problems#bad-request", "of-the-page")
        assert problem["detail"].startswith(f"a page of {(asked | wrong)['Origin']} may not send this")
        assert "Origin" in answer.headers["vary"]


async def test_caches_learn_that_an_answer_depends_on_the_origin_also_from_one_that_was_cached(
    database_url: str, template: Template
) -> None:
    async with listening(database_url, template.tokens, cors_origins=(PAGE,)) as service:
        lan = service.client("lan")
        for headers in ({}, {}, {"Origin": PAGE}):
            answer = await lan.get("/v1/progress", headers=headers)
            assert "origin" in answer.headers["vary"].lower().split(", ")
