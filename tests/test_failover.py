"""A promoted standby takes over: the URL names both hosts, and asks for the one that may write."""

import asyncio
import os
import signal
import time

import httpx
import pytest

from app.embedded import Embedded
from tests.conftest import NO_LIMITS, TEMPLATE, Template, serving
from tests.replication import clusters, promote, wait_until_replayed

__all__ = ["clusters"]

REPORT = {"task": "hotlines", "unit": "38", "status": "in_progress"}


@pytest.mark.slow
async def test_after_a_failover_reports_are_stored_within_ten_seconds_and_nothing_is_stale(
    clusters: tuple[Embedded, Embedded], template: Template
) -> None:
    primary, standby = clusters
    name = TEMPLATE
    hosts = f"{primary.socket_dir},{standby.socket_dir}"
    url = f"postgresql://postgres@/{name}?host={hosts}&port=5432&sslmode=disable&target_session_attrs=read-write"
    async with serving(url, template.tokens, pool_timeout=2.0, **NO_LIMITS) as service:
        huong, lan = service.client("huong"), service.client("lan")
        first = await huong.post("/v1/status-updates", json=REPORT)
        assert first.status_code == 201
        await wait_until_replayed(primary.url_of(name), standby.url_of(name))
        assert primary.pid
        os.kill(primary.pid, signal.SIGQUIT)
        promote(standby)
        began, seen = time.monotonic(), set()
        while (again := await huong.post("/v1/status-updates", json=REPORT)).status_code != 201:
            seen.add(again.status_code)
            await asyncio.sleep(0.1)
        assert time.monotonic() - began < 10
        assert seen <= {503}
        history = (await answered(lan, "/v1/status-updates?unit=38")).json()["items"]
        assert {item["id"] for item in history} == {first.json()["id"], again.json()["id"]}
        current = await answered(lan, "/v1/assignments/hotlines/38")
        assert current.json()["effective_at"] == again.json()["effective_at"]


async def answered(client: httpx.AsyncClient, path: str) -> httpx.Response:
    """What is answered once the connections to the old primary have been given up."""
    async with asyncio.timeout(10):
        while (answer := await client.get(path)).status_code == 503:  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0.1)
    return answer
