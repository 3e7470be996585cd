"""Tokens: kept as a hash, all bad ones alike, limited, taken back at once, and never written down."""

import asyncio
import hashlib
import json
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient, Response

from app import clock
from app.auth import tokens
from app.auth.identity import Identity
from app.auth.limits import MAX_LOOK_UPS
from tests.checks.listening import listening
from tests.checks.problems import refused
from tests.conftest import Service, Template, serving
from tests.connecting import connect, run_sql

ME = "/v1/me"


async def ask(client: AsyncClient, token: str, **headers: str) -> Response:
    return await client.get(ME, headers={"Authorization": f"Bearer {token}", **headers})


async def made(an: AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await an.post("/v1/tokens", json={"name": "new", "role": "reporter", "unit": "40", **fields})
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()
    return token


async def test_only_a_hash_is_stored(an: AsyncClient, service: Service) -> None:
    token = (await made(an))["token"]
    connection = await connect(service.url)
    try:
        dump = []
        for (table,) in await connection.fetch("select tablename::text from pg_tables where schemaname = 'public'"):
            dump += [str(tuple(row)) for row in await connection.fetch(f'select * from "{table}"')]
        secret = token[4 + tokens.ID : -tokens.CHECKSUM]
        assert not [row for row in dump if secret in row]
        stored = await connection.fetchval("select secret_hash from token where id = $1", token[4 : 4 + tokens.ID])
        assert stored == hashlib.sha256(secret.encode()).digest()
    finally:
        await connection.close()


async def test_every_bad_token_looks_the_same(an: AsyncClient, anyone: AsyncClient, service: Service) -> None:
    revoked = await made(an)
    await an.delete(f"/v1/tokens/{revoked['id']}")
    known = service.tokens["huong"]
    body = known[4 : 4 + tokens.ID] + "0" * tokens.SECRET
    wrong_secret = f"tdo_{body}{tokens.checksum_of(body)}"
    bad = (wrong_secret, tokens.new_token(), known[:-1], "x", "", "tdo_", revoked["token"])
    answers = [await ask(anyone, token) for token in bad]
    answers += [await anyone.get(ME, headers={"Authorization": text}) for text in ("Basic eDp5", "Bearer", known)]
    answers.append(await anyone.get(ME))
    seen = set()
    for answer in answers:
        problem = refused(answer, 401)
        seen.add((answer.headers["www-authenticate"], problem["type"], problem["detail"], tuple(problem)))
    assert len(seen) == 1


async def test_only_who_has_the_secret_is_told_that_a_token_has_expired(an: AsyncClient, anyone: AsyncClient) -> None:
    expires_at = clock.text(clock.now() + timedelta(milliseconds=300))
    expired = (await made(an, expires_at=expires_at))["token"]
    await asyncio.sleep(0.4)
    problem = refused(await ask(anyone, expired), 401)
    assert problem["expired_at"] == expires_at
    assert expires_at in problem["detail"]
    body = expired[4 : 4 + tokens.ID] + "0" * tokens.SECRET
    guessed = refused(await ask(anyone, f"tdo_{body}{tokens.checksum_of(body)}"), 401)
    assert "expired_at" not in guessed
    assert guessed["detail"] == refused(await ask(anyone, tokens.new_token()), 401)["detail"]


async def test_a_revoked_token_is_refused_by_every_worker_at_once(
    an: AsyncClient, service: Service, template: Template
) -> None:
    async with serving(service.url, template.tokens) as other:
        for _ in range(3):
            token = await made(an)
            for worker in (service, other):
                client = worker.client()
                assert (await ask(client, token["token"])).status_code == 200
                bearer = {"Authorization": f"Bearer {token['token']}"}
                assert (await client.get("/v1/progress", headers=bearer)).status_code == 200
            assert (await an.delete(f"/v1/tokens/{token['id']}")).json()["revoked_at"] is not None
            for worker in (other, service):
                assert (await ask(worker.client(), token["token"])).status_code == 401
                bearer = {"Authorization": f"Bearer {token['token']}"}
                assert (await worker.client().get("/v1/progress", headers=bearer)).status_code == 401
                report = {"task": "hotlines", "status": "completed"}
                sent = await worker.client().post("/v1/status-updates", json=report, headers=bearer)
                assert sent.status_code == 401


async def test_a_tokens_list_never_shows_a_secret(an: AsyncClient, service: Service) -> None:
    token = (await made(an))["token"]
    listed = await an.get("/v1/tokens")
    audit = await an.get("/v1/audit")
    for answer in (listed, audit):
        assert token[4 : 4 + tokens.ID] in answer.text
        assert token not in answer.text
        assert token[4 + tokens.ID : -6] not in answer.text
        assert "secret_hash" not in answer.text


async def test_too_many_requests_of_one_token_are_429_and_others_go_on(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, rate_limit=5) as limited:
        huong = limited.client("huong")
        answers = [await huong.get(ME) for _ in range(7)]
        assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 2
        refused(answers[-1], 429)
        assert 1 <= int(answers[-1].headers["retry-after"]) <= 61
        assert (await limited.client("minh").get(ME)).status_code == 200


async def test_reporting_counts_against_the_same_limit(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, rate_limit=5) as limited:
        huong = limited.client("huong")
        report = {"task": "hotlines", "status": "completed"}
        statuses = [(await huong.post("/v1/status-updates", json=report)).status_code for _ in range(8)]
        assert statuses == [201] * 5 + [429] * 3


async def test_bad_tokens_are_counted_by_address(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, bad_token_limit=5) as limited:
        anyone, an = limited.client(), limited.client("an")
        assert (await limited.client("huong").get(ME)).status_code == 200
        statuses = [(await ask(anyone, tokens.new_token())).status_code for _ in range(7)]
        assert statuses == [401] * 5 + [429] * 2
        assert "retry-after" in (await ask(anyone, "x")).headers
        assert (await limited.client("huong").get(ME)).status_code == 200
        assert (await an.get(ME)).status_code == 429  # it may be a guess: nobody used it here before
        await run_sql(database_url, "update revision set number = number + 1 where what = 'tokens'")
        assert (await limited.client("huong").get(ME)).status_code == 200


async def test_of_a_thousand_guesses_the_database_is_asked_about_few(database_url: str, template: Template) -> None:
    """Over HTTP and by the form to sign in; a good token from another address waits for none of them."""
    async with serving(database_url, template.tokens, bad_token_limit=5) as limited:
        asked, identities = 0, limited.app.state.identities
        look_up = identities.look_up

        async def counted(parts: tokens.Parts) -> Identity | None:
            nonlocal asked
            asked += 1
            return await look_up(parts)  # type: ignore[no-any-return]

        limited.patch.setattr(identities, "look_up", counted)
        anyone, own = limited.client(), {"Sec-Fetch-Site": "same-origin"}
        guesses = [ask(anyone, tokens.new_token()) for _ in range(150)]
        signing_in = [anyone.post("/sign-in", data={"token": tokens.new_token()}, headers=own) for _ in range(50)]
        statuses = Counter(answer.status_code for answer in await asyncio.gather(*guesses, *signing_in))
        assert statuses[429] >= 190
        assert asked <= 5 + MAX_LOOK_UPS


@pytest.mark.parametrize(
    ("trusted", "forwarded"),
    [("10.0.0.1", "203.0.113.{}"), ("127.0.0.1", "203.0.113.{}, 198.51.100.7")],
    ids=["straight from the internet", "through a proxy that is trusted"],
)
async def test_a_forged_address_does_not_get_past_the_limit(
    trusted: str, forwarded: str, database_url: str, tmp_path: Path
) -> None:
    with listening(database_url, tmp_path, bad_token_limit="5", trusted_proxies=trusted) as running:
        async with AsyncClient(base_url=running.url) as client:
            headers = [{"X-Forwarded-For": forwarded.format(number)} for number in range(8)]
            statuses = [(await ask(client, "tdo_bad", **one)).status_code for one in headers]
    assert statuses == [401] * 5 + [429] * 3


async def test_logs_hold_one_line_an_event_and_no_secret(database_url: str, template: Template, tmp_path: Path) -> None:
    token = template.tokens["huong"]
    evil = 'first\n{"event": "forged"}\r\nsecond\x1b[31m'
    report = {"task": "hotlines", "status": "completed", "note": evil}
    with listening(database_url, tmp_path, log_level="debug") as running:
        async with AsyncClient(base_url=running.url, headers={"Authorization": f"Bearer {token}"}) as client:
            assert (await client.post("/v1/status-updates", json=report)).status_code == 201
            assert (await client.post("/v1/status-updates", json={**report, "status": evil})).status_code == 422
            await client.get(f"/v1/provinces/{'%0a'}forged", headers={"X-Request-ID": "a"})
            connection = await connect(database_url)
            await connection.execute(
                "alter table status_update add constraint never check (id is null) not valid"
            )  # so that something goes wrong
            failed = await client.post("/v1/status-updates", json=report)
            await client.post("/v1/status-updates/batch", json={"updates": [report]})
            await connection.execute("alter table status_update drop constraint never")
            await connection.close()
        log = running.log.read_text()
    refused(failed, 500)
    assert not [
        inside for inside in ("status_update", "select", "Traceback", "asyncpg", "first") if inside in failed.text
    ]
    assert "request failed" in log
    assert token not in log
    assert "first" not in log  # nor what was reported: that is the unit's own
    assert token[14:-6] not in log
    for line in log.splitlines():
        assert isinstance(json.loads(line), dict), line
    assert not [line for line in log.splitlines() if json.loads(line).get("event") == "forged"]
