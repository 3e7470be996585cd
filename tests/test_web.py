"""What holds for every route and every worker, whatever they answer."""

import random
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.openapi.operations import ENDLESS, operations


async def test_nothing_that_a_request_needs_is_made_in_a_thread(
    an: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    statuses: dict[str, int] = {}

    async def noted(call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        sent.append(call)
        return call(*given, **named)

    monkeypatch.setattr("fastapi.dependencies.utils.run_in_threadpool", noted)
    for operation in operations():
        if operation.method == "GET" and operation.path not in ENDLESS:
            statuses[operation.path] = (await an.get(operation.url())).status_code
    assert sent == []
    assert set(statuses.values()) <= {200, 404, 410, 422}
    found = {path for path, status in statuses.items() if status == 200}
    assert {"/v1/progress", "/v1/me", "/v1/tokens", "/v1/audit", "/v1/assignments", "/v1/changes"} <= found, statuses
    assert len(found) > len(statuses) / 2


@pytest.mark.processes
def test_a_worker_does_not_look_for_garbage_in_what_it_is_made_of() -> None:
    made = "import gc; from app.main import from_environment; from_environment(); print(gc.get_freeze_count())"
    said = subprocess.run([sys.executable, "-c", made], check=True, capture_output=True, text=True).stdout
    assert int(said) > 50_000


async def test_serving_leaves_the_random_numbers_of_others_alone(khach: AsyncClient) -> None:
    before = random.getstate()
    assert (await khach.get("/v1/progress")).status_code == 200
    assert random.getstate() == before
