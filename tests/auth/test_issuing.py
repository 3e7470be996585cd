"""Handing tokens out: one, many, a successor; by an admin, and by a province for its communes."""

import csv
import io
from datetime import timedelta
from typing import Any

import pytest
from httpx import AsyncClient, Response
from openpyxl import load_workbook
from sqlalchemy.exc import DBAPIError

from app import clock
from app.housekeeping import note_use
from tests.checks.problems import refused
from tests.conftest import Service

COMMUNE = "14758"
"""A ward of Thanh Hóa (38)."""
OF_40 = "16681"
"""A ward of Nghệ An (40)."""


def later(**span: float) -> str:
    return clock.text(clock.now() + timedelta(**span))


async def made(an: AsyncClient, **fields: Any) -> dict[str, Any]:
    answer = await an.post("/v1/tokens", json={"name": "new", "role": "reporter", "unit": "38", **fields})
    assert answer.status_code == 201, answer.text
    token: dict[str, Any] = answer.json()
    return token


def using(service: Service, token: str) -> AsyncClient:
    client = service.client()
    client.headers["Authorization"] = f"Bearer {token}"
    return client


async def delegate_of(service: Service) -> AsyncClient:
    return using(service, (await made(service.client("an"), may_delegate=True))["token"])


def as_rows(answer: Response) -> list[list[str]]:
    assert answer.status_code == 201, answer.text
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


async def test_every_commune_of_a_province_gets_a_token_that_works(an: AsyncClient, service: Service) -> None:
    asked = {"level": "commune", "province": "38", "expires_at": later(days=30)}
    answer = await an.post("/v1/tokens/batch?format=csv", json=asked)
    head, *found = as_rows(answer)
    assert head == ["Mã đơn vị", "Đơn vị", "Tỉnh, thành phố", "Mã số", "Mã truy cập", "Hết hạn"]
    assert len(found) == 165  # one of its 166 communes has a token: the ward of the cast
    unit, _, province, token_id, token, until = found[0]
    assert (province, until) == ("Thanh Hóa", asked["expires_at"])
    me = (await using(service, token).get("/v1/me")).json()
    assert (me["token"], me["unit"], me["role"]) == (token_id, unit, "reporter")
    assert "no-store" in answer.headers["cache-control"]


async def test_units_that_have_a_token_are_left_out_unless_it_is_asked_for(an: AsyncClient) -> None:
    asked = {"level": "province", "units": ["38", "01"]}
    assert [row[0] for row in as_rows(await an.post("/v1/tokens/batch?format=csv", json=asked))[1:]] == ["01"]
    again = {**asked, "missing_only": False}
    assert [row[0] for row in as_rows(await an.post("/v1/tokens/batch?format=csv", json=again))[1:]] == ["01", "38"]


async def test_a_hand_out_is_shown_once(an: AsyncClient) -> None:
    asked = {"level": "agency"}
    key = {"Idempotency-Key": "agencies"}
    answer = await an.post("/v1/tokens/batch", json=asked, headers=key)
    sheet = load_workbook(io.BytesIO(answer.content)).active
    assert sheet is not None
    ids = [row[3] for row in sheet.iter_rows(min_row=2, values_only=True)]
    again = await an.post("/v1/tokens/batch", json=asked, headers=key)
    assert refused(again, 409)["ids"] == ids
    assert ids


async def test_a_unit_of_a_hand_out_that_does_not_exist_is_named(an: AsyncClient) -> None:
    answer = await an.post("/v1/tokens/batch", json={"level": "province", "units": ["38", "nowhere", COMMUNE]})
    pointers = [(one["pointer"], one["code"]) for one in refused(answer, 422)["errors"]]
    assert pointers == [("/units/1", "unknown-unit"), ("/units/2", "unknown-unit")]


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ({"level": "commune", "province": "zzz"}, [("/province", "unknown-unit")]),
        ({"level": "commune", "province": COMMUNE}, [("/province", "unknown-unit")]),
        ({"level": "province", "province": "viettel"}, [("/province", "unknown-unit")]),
        ({"level": "agency", "province": "38"}, [("/province", "unfit")]),
        ({"level": "commune", "province": "38", "units": [COMMUNE, OF_40]}, [("/units/1", "unfit")]),
    ],
    ids=str,
)
async def test_a_hand_out_for_a_province_that_cannot_be_is_refused(
    asked: dict[str, Any], wanted: list[tuple[str, str]], an: AsyncClient
) -> None:
    answer = await an.post("/v1/tokens/batch", json=asked)
    assert [(one["pointer"], one["code"]) for one in refused(answer, 422)["errors"]] == wanted


async def test_a_hand_out_for_one_province_alone(an: AsyncClient) -> None:
    answer = await an.post("/v1/tokens/batch?format=csv", json={"level": "province", "province": "01"})
    assert [row[0] for row in as_rows(answer)[1:]] == ["01"]


@pytest.mark.parametrize("path", ["/v1/tokens", "/v1/tokens/batch"])
async def test_an_expiry_in_the_past_is_refused(path: str, an: AsyncClient) -> None:
    asked = {"name": "x", "role": "viewer"} if path == "/v1/tokens" else {"level": "agency"}
    answer = await an.post(path, json={**asked, "expires_at": later(seconds=-1)})
    assert [one["code"] for one in refused(answer, 422)["errors"]] == ["past-expiry"]


async def test_a_successor_has_the_same_rights_and_the_old_token_a_while(an: AsyncClient, service: Service) -> None:
    old = await made(an, expires_at=later(days=90))
    answer = await an.post(f"/v1/tokens/{old['id']}/rotate", json={"grace_hours": 2})
    new = answer.json()
    assert answer.status_code == 201
    assert [new[name] for name in ("name", "role", "unit")] == [old[name] for name in ("name", "role", "unit")]
    assert later(days=89.9) < new["expires_at"] < later(days=90.1)
    for token in (old["token"], new["token"]):
        assert (await using(service, token).get("/v1/me")).status_code == 200
    listed = {one["id"]: one for one in (await an.get("/v1/tokens?unit=38")).json()["items"]}
    assert listed[old["id"]]["successor"] == new["id"]
    assert later(hours=1.9) < listed[old["id"]]["expires_at"] < later(hours=2.1)
    refused(await an.post(f"/v1/tokens/{old['id']}/rotate", json={}), 409)


async def test_without_a_grace_the_old_token_is_refused_at_once(an: AsyncClient, service: Service) -> None:
    old = await made(an)
    assert (await using(service, old["token"]).get("/v1/me")).status_code == 200
    await an.post(f"/v1/tokens/{old['id']}/rotate", json={"grace_hours": 0})
    refused(await using(service, old["token"]).get("/v1/me"), 401)


async def test_a_list_is_narrowed_by_role_unit_province_state_and_expiry(an: AsyncClient) -> None:
    soon = await made(an, unit="40", expires_at=later(days=3))
    await made(an, unit="40", expires_at=later(days=30))
    revoked = await made(an, unit="40")
    await an.delete(f"/v1/tokens/{revoked['id']}")

    async def ids(query: str) -> set[str]:
        return {one["id"] for one in (await an.get(f"/v1/tokens?{query}")).json()["items"]}

    assert await ids("expiring_within=7") == {soon["id"]}
    assert await ids("state=revoked") == {revoked["id"]}
    assert len(await ids("unit=40")) == 4
    assert await ids("unit=40&state=valid&role=viewer") == set()
    assert len(await ids("province=38")) == 2
    refused(await an.get("/v1/tokens?unit=nowhere"), 422)
    refused(await an.get("/v1/tokens?state=good"), 422)
    refused(await an.get("/v1/tokens?unit="), 422)


async def test_when_a_token_was_used_is_written_down_by_no_request(an: AsyncClient, service: Service) -> None:
    token = await made(an)
    await using(service, token["token"]).get("/v1/me")

    async def last_used() -> str | None:
        items = (await an.get("/v1/tokens?unit=38")).json()["items"]
        used: str | None = next(one["last_used_at"] for one in items if one["id"] == token["id"])
        return used

    assert await last_used() is None
    await note_use(service.app.state.database, service.app.state.identities)
    first = await last_used()
    assert first is not None
    assert first > later(minutes=-5)
    await note_use(service.app.state.database, service.app.state.identities)
    assert await last_used() == first


async def test_a_use_that_could_not_be_written_down_is_written_down_later(an: AsyncClient, service: Service) -> None:
    token = await made(an)
    await using(service, token["token"]).get("/v1/me")
    database, identities = service.app.state.database, service.app.state.identities
    identities.used["odd"] = "no time"
    with pytest.raises(DBAPIError):
        await note_use(database, identities)
    assert {"odd", token["id"]} <= identities.used.keys()
    del identities.used["odd"]
    await note_use(database, identities)
    assert identities.used == {}
    items = (await an.get("/v1/tokens?unit=38")).json()["items"]
    assert next(one["last_used_at"] for one in items if one["id"] == token["id"])


async def test_who_was_recognised_stays_so_when_tokens_are_handed_out(an: AsyncClient, service: Service) -> None:
    """Nobody can be slowed down by it: only what ends a token lets every worker look all of them up again."""

    async def revision() -> int:
        return int((await service.app.state.data_versions.version()).tokens)

    before = await revision()
    token = await made(an)
    await an.post("/v1/tokens/batch?format=csv", json={"level": "agency"})
    assert await revision() == before
    await an.post(f"/v1/tokens/{token['id']}/rotate", json={"grace_hours": 0})
    assert await revision() == before + 1
    refused(await using(service, token["token"]).get("/v1/me"), 401)


async def test_a_delegate_hands_out_the_tokens_of_its_communes_and_no_others(service: Service) -> None:
    delegate = await delegate_of(service)
    answer = await delegate.post("/v1/tokens", json={"name": "xã", "role": "reporter", "unit": COMMUNE})
    assert answer.status_code == 201
    token = answer.json()
    assert (await using(service, token["token"]).get("/v1/me")).json()["unit"] == COMMUNE
    listed = (await delegate.get("/v1/tokens")).json()["items"]
    assert {one["unit"] for one in listed} == {COMMUNE}
    assert (await delegate.post(f"/v1/tokens/{token['id']}/rotate", json={})).status_code == 201
    assert (await delegate.delete(f"/v1/tokens/{token['id']}")).json()["state"] == "revoked"
    assert len(as_rows(await delegate.post("/v1/tokens/batch?format=csv", json={"level": "commune"}))) > 100


async def test_a_token_knows_whether_it_may_delegate(huong: AsyncClient, service: Service) -> None:
    delegate = await delegate_of(service)
    assert [(await client.get("/v1/me")).json()["may_delegate"] for client in (huong, delegate)] == [False, True]


async def test_no_cache_keeps_an_answer_with_a_secret(an: AsyncClient) -> None:
    sent = {"name": "new", "role": "reporter", "unit": "38"}
    token = await an.post("/v1/tokens", json=sent)
    rotated = await an.post(f"/v1/tokens/{token.json()['id']}/rotate", json={})
    batch = await an.post("/v1/tokens/batch", json={"level": "agency"})
    for answer in (token, rotated, batch):
        assert (answer.status_code, answer.headers["cache-control"]) == (201, "no-store")


async def test_a_delegate_cannot_reach_beyond_its_communes(an: AsyncClient, service: Service) -> None:
    delegate = await delegate_of(service)
    of_40 = await made(an, unit="40")
    for refusal in (
        await delegate.post("/v1/tokens", json={"name": "x", "role": "reporter", "unit": "38"}),
        await delegate.post("/v1/tokens", json={"name": "x", "role": "reporter", "unit": "40"}),
        await delegate.post("/v1/tokens", json={"name": "x", "role": "admin", "unit": COMMUNE}),
        await delegate.post("/v1/tokens", json={"name": "x", "role": "viewer"}),
        await delegate.post(
            "/v1/tokens", json={"name": "x", "role": "reporter", "unit": COMMUNE, "may_delegate": True}
        ),
        await delegate.post("/v1/tokens/batch", json={"level": "province"}),
        await delegate.post("/v1/tokens/batch", json={"level": "commune", "province": "40"}),
        await delegate.post("/v1/tokens/batch", json={"level": "commune", "units": [COMMUNE, OF_40]}),
        await delegate.get("/v1/tokens?province=40"),
        await delegate.get(f"/v1/tokens?unit={OF_40}"),
        await delegate.get("/v1/tokens?unit=38"),
    ):
        refused(refusal, 403)
    refused(await delegate.delete(f"/v1/tokens/{of_40['id']}"), 404)
    refused(await delegate.post(f"/v1/tokens/{of_40['id']}/rotate", json={}), 404)
    named = await delegate.post("/v1/tokens/batch?format=csv", json={"level": "commune", "units": [COMMUNE]})
    assert as_rows(named)[1:] == []  # it has one; and nothing beyond the province's own is ever added


async def test_only_a_provinces_reporter_may_delegate(an: AsyncClient, minh: AsyncClient) -> None:
    for fields in ({"unit": COMMUNE}, {"role": "ministry", "unit": None}, {"role": "agency", "unit": "viettel"}):
        asked = {"name": "x", "role": "reporter", "may_delegate": True, **fields}
        answer = await an.post("/v1/tokens", json=asked)
        assert [one["code"] for one in refused(answer, 422)["errors"]] == ["not-a-province"]
    refused(await minh.post("/v1/tokens", json={"name": "x", "role": "reporter", "unit": COMMUNE}), 403)
