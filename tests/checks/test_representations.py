"""What comes with every answer: a tag and 304, an encoding, whether it may be kept, and what is left of a limit."""

import re

import httpx
import pytest
from httpx import AsyncClient

from tests.conftest import Service, Template, serving

LISTS = (
    "/v1/campaigns", "/v1/provinces", "/v1/provinces/38/communes", "/v1/agencies", "/v1/categories", "/v1/tasks",
    "/v1/assignments?province=38", "/v1/obstacles", "/v1/tokens", "/v1/audit", "/v1/imports",
    "/v1/bulletins", "/v1/status-updates?province=38", "/openapi.json", "/problems", "/docs",
)  # fmt: skip
FILES = ("/static/page.css", "/static/page.js", "/static/vendor/idiomorph.js")


@pytest.mark.parametrize("path", LISTS)
async def test_a_list_is_told_to_be_unchanged_by_its_tag(an: AsyncClient, path: str) -> None:
    first = await an.get(path)
    assert (first.status_code, first.headers["cache-control"]) == (200, "private, no-cache"), first.text
    tag = first.headers["etag"]
    assert re.fullmatch('"[0-9a-f]{32}"', tag)
    for sent in (tag, f'"x", W/{tag}', "*"):
        again = await an.get(path, headers={"If-None-Match": sent})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", tag), sent
        assert again.headers["x-content-type-options"] == "nosniff"
        assert "content-type" not in again.headers
    assert (await an.get(path, headers={"If-None-Match": '"other"'})).status_code == 200


async def test_a_list_that_changed_is_sent_again(an: AsyncClient) -> None:
    tag = (await an.get("/v1/categories")).headers["etag"]
    changed = await an.patch("/v1/categories/hotlines", json={"names": {"vi": "Đường dây nóng"}})
    assert changed.status_code == 200, changed.text
    assert (await an.get("/v1/categories", headers={"If-None-Match": tag})).status_code == 200


async def test_each_encoding_and_language_has_its_own_tag(an: AsyncClient) -> None:
    answers = [
        await an.get("/v1/provinces", headers={"Accept-Encoding": encoding}, params={"lang": lang})
        for encoding in ("identity", "gzip", "br")
        for lang in ("vi", "en")
    ]
    assert len({answer.headers["etag"] for answer in answers}) == 6
    assert [answer.headers.get("content-encoding") for answer in answers[::2]] == [None, "gzip", "br"]
    for answer in answers:
        assert {"accept-encoding", "accept-language", "authorization"} <= set(answer.headers["vary"].split(", "))


@pytest.mark.parametrize("path", [*LISTS[-3:-1], *FILES, "/v1/provinces", "/v1/assignments?province=38", "/metrics"])
async def test_what_is_worth_it_is_compressed_for_get_and_head_alike(an: AsyncClient, path: str) -> None:
    plain = await an.get(path, headers={"Accept-Encoding": "identity"})
    packed = await an.get(path, headers={"Accept-Encoding": "gzip"})
    assert (packed.headers["content-encoding"], int(packed.headers["content-length"])) == (
        "gzip",
        packed.num_bytes_downloaded,
    )
    assert packed.num_bytes_downloaded < len(plain.content)
    if path != "/metrics":
        head = await an.head(path, headers={"Accept-Encoding": "gzip"})
        assert packed.content == plain.content
        assert (head.headers["etag"], head.headers["content-length"]) == (
            packed.headers["etag"],
            packed.headers["content-length"],
        )


@pytest.mark.parametrize("path", FILES)
async def test_a_file_is_kept_and_asked_for_again_by_its_tag(an: AsyncClient, path: str) -> None:
    for encoding in ("identity", "br"):
        first = await an.get(path, headers={"Accept-Encoding": encoding})
        assert first.headers["cache-control"] == "public, max-age=3600"
        sent = {"Accept-Encoding": encoding, "If-None-Match": first.headers["etag"]}
        assert (await an.get(path, headers=sent)).status_code == 304
    part = await an.get(path, headers={"Range": "bytes=0-1999"})
    assert (part.status_code, len(part.content)) == (206, 2000)
    assert "content-encoding" not in part.headers


async def test_small_answers_events_and_versions_pass_as_they_are(an: AsyncClient, lan: AsyncClient) -> None:
    assert "content-encoding" not in (await lan.get("/v1/me")).headers
    one = await an.get("/v1/assignments/hotlines/38", headers={"If-None-Match": "*"})
    assert (one.status_code, one.headers["etag"]) == (200, '"1"')  # a version for If-Match, which a status leaves alone
    stream = await lan.head("/v1/events")
    assert "content-encoding" not in stream.headers
    assert stream.headers["x-content-type-options"] == "nosniff"


VERSIONED = (
    "/v1/categories/hotlines", "/v1/tasks/hotlines", "/v1/assignments/hotlines/38", "/v1/campaigns/two-tier-2025",
    "/v1/units/38",
)  # fmt: skip


@pytest.mark.parametrize("path", [*VERSIONED, "/v1/imports/template.xlsx"])
async def test_who_keeps_an_answer_learns_whose_it_is_and_in_which_language(huong: AsyncClient, path: str) -> None:
    for answer in (await huong.get(path), await huong.head(path)):
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "private, no-cache"), answer.text
        assert answer.headers["content-language"] == "vi"
        assert {"accept-language", "authorization", "cookie"} <= set(answer.headers["vary"].split(", "))
        assert answer.headers["vary"].count("accept-language") == 1


async def test_a_replay_and_a_long_refusal_say_their_language_too(an: AsyncClient, huong: AsyncClient) -> None:
    bad = {"updates": [{"task": "nope", "status": "completed"}] * 1_001}
    refused = await huong.post("/v1/status-updates/batch?mode=partial&lang=ja", json=bad)
    assert (refused.status_code, refused.headers["content-language"]) == (200, "ja"), refused.text[:200]
    made = {"code": "replayed", "names": {"vi": "Dòng mới"}, "position": 90}
    for replayed in (None, "true"):
        answer = await an.post("/v1/categories?lang=en", json=made, headers={"Idempotency-Key": "k-language"})
        assert (answer.status_code, answer.headers.get("idempotency-replayed")) == (201, replayed), answer.text
        assert answer.headers["content-language"] == "en"


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1/progress?lang=xx", "/v1/obstacles/0197a2f0-0000-7000-8000-000000000000"]
)
async def test_no_refusal_is_kept(an: AsyncClient, path: str) -> None:
    answer = await an.get(path)
    assert answer.status_code >= 400
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"


async def test_how_the_service_is_doing_is_never_kept(an: AsyncClient) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        answer = await an.get(path)
        assert (answer.headers["cache-control"], answer.headers.get("etag")) == ("no-store", None)


async def test_a_large_refusal_is_compressed_too(huong: AsyncClient) -> None:
    bad = {"updates": [{"task": "nope", "status": "x"}] * 40}
    answer = await huong.post("/v1/status-updates/batch", json=bad, headers={"Accept-Encoding": "gzip"})
    assert (answer.status_code, answer.headers["content-encoding"]) == (422, "gzip")
    assert "etag" not in answer.headers
    assert len(answer.json()["errors"]) >= 80


async def test_progress_that_everyone_may_read_may_be_kept_by_everyone(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, public_progress=True) as service:
        answer = await service.client().get("/v1/provinces")
    assert answer.headers["cache-control"] == "public, no-cache"


POLICY = re.compile(r'"token";q=5;w=60')
STANDING = re.compile(r'"token";r=(\d+);t=(\d+)')


async def test_an_answer_says_what_is_left_of_the_limit(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, rate_limit=5, computed_limit=1) as limited:
        huong = limited.client("huong")
        report = {"task": "hotlines", "status": "completed"}
        answers = [
            await huong.get("/v1/me"),
            await huong.post("/v1/status-updates", json=report),
            await huong.post("/v1/status-updates", json={**report, "status": "x"}),
            await huong.get("/v1/nothing-there"),
            await huong.get("/v1/inbox"),
            await huong.get("/v1/provinces"),
            await huong.get("/v1/provinces"),
        ]
        assert [answer.status_code for answer in answers] == [200, 201, 422, 404, 200, 200, 429]
        counted = [answer for answer in answers if answer.status_code != 404]
        left = [STANDING.fullmatch(answer.headers["ratelimit"]) for answer in counted]
        assert [found and int(found[1]) for found in left] == [4, 3, 2, 1, 0, 0]
        assert all(found and 1 <= int(found[2]) <= 60 for found in left)
        assert all(POLICY.fullmatch(answer.headers["ratelimit-policy"]) for answer in counted)
        assert answers[-1].headers["retry-after"] == STANDING.fullmatch(answers[-1].headers["ratelimit"])[2]  # type: ignore[index]
        lan = limited.client("lan")
        first, second = [await lan.get(f"/v1/progress?as_of=2025-06-2{day}T00:00:00Z") for day in (1, 2)]
        assert (first.status_code, second.status_code) == (200, 429)
        assert first.headers["ratelimit-policy"] == '"token";q=5;w=60, "computed";q=1;w=60'
        assert re.fullmatch(r'"token";r=3;t=\d+, "computed";r=0;t=\d+', second.headers["ratelimit"])


async def test_who_guesses_tokens_is_told_the_limit_of_that(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, bad_token_limit=1) as limited:
        guesses = [await limited.client(Authorization=f"Bearer tdo_{name}").get("/v1/me") for name in ("a", "b")]
        assert [answer.status_code for answer in guesses] == [401, 429]
        assert [answer.headers["ratelimit-policy"] for answer in guesses] == ['"bad-tokens";q=1;w=60'] * 2


async def test_what_nobody_counts_says_nothing_of_limits(service: Service) -> None:
    answer: httpx.Response = await service.client().get("/healthz")
    assert "ratelimit" not in answer.headers
