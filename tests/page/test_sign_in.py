"""Signing in: a token becomes a cookie that reads progress and nothing else, and only from our own form."""

from urllib.parse import urlencode

import httpx
import pytest

from app.auth.authority import COOKIE
from tests.conftest import Service, Template, serving

OWN = {"Sec-Fetch-Site": "same-origin", "Origin": "http://tiendo.test"}


async def signed_in(service: Service, name: str = "khach") -> httpx.AsyncClient:
    client = service.client()
    answer = await client.post("/sign-in", data={"token": service.tokens[name]}, headers=OWN)
    assert answer.status_code == 303
    return client


async def test_where_progress_is_not_public_the_page_asks_to_sign_in(anyone: httpx.AsyncClient) -> None:
    answer = await anyone.get("/", params={"as_of": "2025-06-27T17:00", "lang": "en"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?lang=en&next=%3Fas_of%3D2025-06-27T17:00%26lang%3Den".replace(
        "T17:00", "T17%253A00"
    )
    form = await anyone.get(answer.headers["location"])
    assert 'action="/sign-in?lang=en"' in form.text


async def test_a_token_becomes_a_cookie_that_scripts_and_other_sites_cannot_use(service: Service) -> None:
    sent = {"token": service.tokens["khach"], "next": "?as_of=2025-06-27T17:00&lang=en"}
    answer = await service.client().post("/sign-in", data=sent, headers=OWN)
    assert (answer.status_code, answer.headers["location"]) == (303, "/?as_of=2025-06-27T17:00&lang=en")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"{COOKIE}=")
    assert {"HttpOnly", "Path=/", "SameSite=strict"} <= set(cookie.split("; "))


async def test_the_language_of_the_form_is_that_of_the_page_behind_it(service: Service) -> None:
    for onward, reached in {"": "/?lang=ja", "/agencies": "/agencies?lang=ja", "?lang=en": "/?lang=en"}.items():
        sent = {"token": service.tokens["khach"], "next": onward}
        answer = await service.client().post("/sign-in?lang=ja", data=sent, headers=OWN)
        assert answer.headers["location"] == reached


async def test_the_cookie_shows_the_page_and_progress(service: Service) -> None:
    client = await signed_in(service)
    page = await client.get("/", params={"lang": "en"})
    assert (page.status_code, "Sign out" in page.text) == (200, True)
    assert page.headers["cache-control"] == "private, no-cache"
    assert (await client.get("/v1/progress")).status_code == 200


async def test_the_cookie_reports_nothing(service: Service) -> None:
    client = await signed_in(service, "huong")
    answer = await client.post("/v1/status-updates", json={"task": "hotlines", "status": "completed"}, headers=OWN)
    assert answer.status_code == 401
    assert (await client.get("/v1/status-updates")).status_code == 401


async def test_signing_out_drops_the_cookie(service: Service) -> None:
    client = await signed_in(service)
    assert (await client.post("/sign-out", headers=OWN)).status_code == 303
    assert (await client.get("/")).status_code == 303


@pytest.mark.parametrize("token", ["", "wrong", "tdo_<script>alert(1)</script>", "\0", "tdo_" + "é" * 48])
async def test_a_bad_token_is_refused_without_being_shown(anyone: httpx.AsyncClient, token: str) -> None:
    answer = await anyone.post("/sign-in?lang=en", data={"token": token}, headers=OWN)
    assert answer.status_code == 401
    assert "This token is not valid." in answer.text
    assert "set-cookie" not in answer.headers
    assert not token or token not in answer.text


@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
@pytest.mark.parametrize("origin", ["http://[", "http://[::1", "null", "\xff", "//", "http://"])
async def test_no_origin_and_no_mark_is_our_fault(anyone: httpx.AsyncClient, path: str, origin: str) -> None:
    for cookie, mark in (
        ("", ""),
        ("tiendo_form=\xe9", "\u00e9"),
        ("tiendo_form=a", "\u1ebf"),
        ("tiendo_form=a", "\ud800"),
    ):
        sent = {"Origin": origin, "Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
        headers = [(name.encode(), value.encode("latin-1")) for name, value in sent.items()]
        form = {"token": "x", "form": mark.encode(errors="surrogatepass")}
        answer = await anyone.post(path, content=urlencode(form), headers=headers)
        assert answer.status_code in (401, 403), (origin, cookie, mark)


async def test_bad_tokens_are_counted(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, bad_token_limit=3) as service:
        client = service.client()
        answers = [await client.post("/sign-in?lang=en", data={"token": "bad"}, headers=OWN) for _ in range(4)]
    assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
    assert int(answers[-1].headers["retry-after"]) > 0
    assert "Too many attempts." in answers[-1].text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://tiendo.test"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.test"},
        {"Origin": "null"},
        {},
    ],
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out"])
async def test_a_form_of_another_site_is_refused(service: Service, path: str, headers: dict[str, str]) -> None:
    answer = await service.client().post(path, data={"token": service.tokens["khach"]}, headers=headers)
    assert answer.status_code == 403
    assert "set-cookie" not in answer.headers


async def test_a_browser_without_fetch_metadata_is_known_by_its_origin(service: Service) -> None:
    sent = {"token": service.tokens["khach"]}
    answer = await service.client().post("/sign-in", data=sent, headers={"Origin": "http://tiendo.test"})
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "onward", ["https://evil.test/", "//evil.test", "/\\evil.test", "?a=<b>", "javascript:alert(1)"]
)
async def test_signing_in_leads_nowhere_but_to_the_page(service: Service, onward: str) -> None:
    sent = {"token": service.tokens["khach"], "next": onward}
    answer = await service.client().post("/sign-in", data=sent, headers=OWN)
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("host", ["evil.example", "x//evil.example", "user@evil.example", "evil.example#", "evil?"])
async def test_a_forged_host_leads_nowhere_else(database_url: str, template: Template, host: str) -> None:
    """Neither where the form is asked for, nor where a cookie is dropped and the page asked for again."""
    for public in (False, True):
        async with serving(database_url, template.tokens, public_progress=public) as service:
            answer = await service.client().get("/", headers={"Host": host, "Cookie": f"{COOKIE}=bad"})
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/" if public else "/sign-in?")
        assert not answer.headers["location"].startswith("//")
        assert "evil" not in answer.headers["location"]


async def test_a_revoked_token_ends_the_cookie_at_once(service: Service, an: httpx.AsyncClient) -> None:
    client = await signed_in(service, "lan")
    tokens = (await an.get("/v1/tokens")).json()["items"]
    await an.delete(f"/v1/tokens/{next(token['id'] for token in tokens if token['name'] == 'lan')}")
    answer = await client.get("/")
    assert (answer.status_code, COOKIE in client.cookies) == (303, False)


async def test_where_progress_is_public_an_old_cookie_does_no_harm(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, public_progress=True) as service:
        client = service.client()
        client.cookies.set(COOKIE, "tdo_old", domain="tiendo.test", path="/")
        answer = await client.get("/", params={"lang": "en"}, follow_redirects=True)
    assert (answer.status_code, answer.url.path) == (200, "/")


async def test_over_https_the_cookie_is_for_https_only(database_url: str, template: Template) -> None:
    async with serving(database_url, template.tokens, secure_cookie=True) as service:
        sent = {"token": service.tokens["khach"]}
        answer = await service.client().post("/sign-in", data=sent, headers=OWN)
    assert "Secure" in answer.headers["set-cookie"].split("; ")


async def test_behind_a_proxy_with_another_host_the_form_is_known_by_its_mark(service: Service) -> None:
    client = service.client()
    page = await client.get("/sign-in")
    mark = page.cookies["tiendo_form"]
    assert f'name="form" value="{mark}"' in page.text
    elsewhere = {"Origin": "http://tien-do.gov.test"}
    sent = {"token": service.tokens["khach"], "form": mark}
    assert (await client.post("/sign-in", data={**sent, "form": "x" * 22}, headers=elsewhere)).status_code == 403
    assert (await client.post("/sign-in", data=sent, headers=elsewhere)).status_code == 303
    assert (await client.post("/sign-out", headers=elsewhere)).status_code == 303
    forged = {**elsewhere, "Sec-Fetch-Site": "cross-site"}
    assert (await client.post("/sign-in", data=sent, headers=forged)).status_code == 403


async def test_only_the_form_of_the_page_is_read(anyone: httpx.AsyncClient) -> None:
    """Not one in parts, whose sender chooses how its names are decoded."""
    for charset in ("utf-8", "undefined", "punycode"):
        kind = f"multipart/form-data; boundary=x; charset={charset}"
        part = b'--x\r\nContent-Disposition: form-data; name="token"\r\n\r\n' + b"9" * 1000 + b"\r\n--x--\r\n"
        answer = await anyone.post("/sign-in", content=part, headers={"Content-Type": kind})
        assert answer.status_code == 415
