"""The timeline over HTTP: its categories are those of its campaign."""

from datetime import timedelta

import pytest
from httpx import AsyncClient

from app import clock
from tests.checks.problems import codes, refused

NAMES = {"vi": "Đợt sau"}
MOMENTS = ("opening", "deadline", "go_live")
TIMELINE = "/v1/progress/timeline"


@pytest.fixture
async def next_campaign(an: AsyncClient) -> str:
    """A campaign that opens in a year, with one category, `signing`."""
    times = {name: clock.text(clock.now() + timedelta(days=365 + day)) for day, name in enumerate(MOMENTS)}
    assert (await an.post("/v1/campaigns", json={"code": "next", "names": NAMES, **times})).status_code == 201
    category = {"code": "signing", "campaign": "next", "names": NAMES}
    assert (await an.post("/v1/categories", json=category)).status_code == 201
    return "next"


async def test_a_category_of_the_campaign_has_points(lan: AsyncClient, next_campaign: str) -> None:
    answer = await lan.get(TIMELINE, params={"campaign": next_campaign, "category": "signing"})
    assert answer.json()["category"] == "signing"
    everything = await lan.get(TIMELINE, params={"campaign": next_campaign, "category": "*"})
    assert [one["category"] for one in everything.json()["series"]] == ["signing"]


@pytest.mark.parametrize(
    "asked",
    [
        {"campaign": "next", "category": "hotlines"},
        {"campaign": "next", "category": ["signing", "hotlines"]},
        {"campaign": "next", "category": ["*", "hotlines"]},
        {"category": "signing"},
        {"category": ["hotlines", "signing"]},
    ],
    ids=str,
)
async def test_a_category_of_another_campaign_is_refused(
    asked: dict[str, str | list[str]], lan: AsyncClient, next_campaign: str
) -> None:
    answer = await lan.get(TIMELINE, params={**asked, "lang": "en"})
    [error] = refused(answer, 422)["errors"]
    assert (error["pointer"], error["code"]) == ("/query/category", "unknown-category")
    campaign, category = (next_campaign, "hotlines") if "campaign" in asked else ("two-tier-2025", "signing")
    assert error["detail"] == f"the campaign {campaign} has no category {category}"


async def test_it_is_named_beside_what_else_is_wrong(lan: AsyncClient, next_campaign: str) -> None:
    answer = await lan.get(TIMELINE, params={"campaign": next_campaign, "category": "hotlines", "step": "week"})
    assert codes(answer) == {"/query/category": "unknown-category", "/query/step": "unknown-value"}
