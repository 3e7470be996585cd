"""Several instances behind one address: what is one for all of them, and what each has for itself."""

import pytest

from tests.conftest import NO_LIMITS, Service, Template, serving

REPORT = {"task": "hotlines", "unit": "38", "status": "completed"}


async def test_what_one_instance_stored_is_true_at_the_other_at_once(
    service: Service, database_url: str, template: Template
) -> None:
    """Reports, keys of requests, revoked tokens and positions in the feed come from the database."""
    async with serving(database_url, template.tokens, **NO_LIMITS) as other:
        here, there = service.client("lan"), other.client("lan")
        began = (await there.get("/v1/changes?after=now")).json()["next_cursor"]
        before = (await there.get("/v1/progress/provinces/38")).json()["categories_completed"]
        key = {"Idempotency-Key": "one-for-all"}
        stored = await service.client("huong").post("/v1/status-updates", json=REPORT, headers=key)
        repeated = await other.client("huong").post("/v1/status-updates", json=REPORT, headers=key)
        assert (stored.status_code, repeated.status_code) == (201, 201)
        assert repeated.headers["Idempotency-Replayed"] == "true"
        assert repeated.json()["id"] == stored.json()["id"]
        assert (await there.get("/v1/progress/provinces/38")).json()["categories_completed"] == before + 1
        changes = (await there.get(f"/v1/changes?after={began}")).json()["items"]
        assert [change["id"] for change in changes] == [stored.json()["id"]]
        made = await service.client("an").post("/v1/tokens", json={"name": "for a moment", "role": "viewer"})
        asked = {"Authorization": f"Bearer {made.json()['token']}"}
        assert (await other.client().get("/v1/me", headers=asked)).status_code == 200
        assert (await service.client("an").delete(f"/v1/tokens/{made.json()['id']}")).status_code < 300
        assert (await other.client().get("/v1/me", headers=asked)).status_code == 401
        assert (await here.get("/v1/progress")).content == (await there.get("/v1/progress")).content


@pytest.mark.parametrize("limit", ["rate_limit", "computed_limit"])
async def test_requests_are_counted_by_each_instance_for_itself(
    limit: str, database_url: str, template: Template
) -> None:
    limits = NO_LIMITS | {limit: 2}
    path = "/v1/me" if limit == "rate_limit" else "/v1/progress?as_of=2025-06-2{}T00:00:00Z"
    async with (
        serving(database_url, template.tokens, **limits) as one,
        serving(database_url, template.tokens, **limits) as other,
    ):
        found = [(await one.client("lan").get(path.format(day))).status_code for day in range(3)]
        assert found == [200, 200, 429]
        assert (await other.client("lan").get(path.format(0))).status_code == 200
