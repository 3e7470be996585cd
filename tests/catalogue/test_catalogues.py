"""A worker's copy of the catalogue: loaded once for all who ask at the same time, and again once it has changed."""

import asyncio
from typing import Any

import pytest
from httpx import AsyncClient

from app.catalogue import catalogues
from tests.conftest import Service


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Every catalogue that was loaded."""
    found: list[Any] = []
    load = catalogues.load

    async def noted(session: Any) -> Any:
        found.append(await load(session))
        return found[-1]

    monkeypatch.setattr(catalogues, "load", noted)
    return found


@pytest.mark.own_database
async def test_a_crowd_that_finds_it_changed_waits_for_one_load(
    service: Service, an: AsyncClient, khach: AsyncClient, loads: list[Any]
) -> None:
    await asyncio.gather(*(khach.get("/v1/tasks") for _ in range(20)))
    assert len(loads) == 1
    task = await an.get("/v1/tasks/hotlines")
    changed = {"names": {**task.json()["names"], "en": "Hot lines"}}
    answer = await an.patch("/v1/tasks/hotlines", json=changed, headers={"If-Match": task.headers["etag"]})
    assert answer.status_code == 200, answer.text
    await asyncio.gather(*(khach.get("/v1/tasks") for _ in range(20)))
    current = await service.app.state.catalogues.current()
    assert current.tasks["hotlines"].names["en"] == "Hot lines"
    assert len(loads) == 2
