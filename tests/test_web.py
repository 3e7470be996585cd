"""What holds for every route and every worker, whatever they answer."""

import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest
from httpx import AsyncClient

from tests.checks.operations import ENDLESS, operations


async def test_nothing_that_a_request_needs_is_made_in_a_thread(
    an: AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []

    async def noted(call: Callable[..., Any], *given: Any, **named: Any) -> Any:
        sent.append(call)
        return call(*given, **named)

    monkeypatch.setattr("fastapi.dependencies.utils.run_in_threadpool", noted)
    for operation in operations():
        if operation.method == "GET" and operation.path not in ENDLESS:
            await an.get(operation.url())
    assert sent == []


@pytest.mark.processes
def test_a_worker_does_not_look_for_garbage_in_what_it_is_made_of() -> None:
    made = "import gc; from app.main import from_environment; from_environment(); print(gc.get_freeze_count())"
    said = subprocess.run([sys.executable, "-c", made], check=True, capture_output=True, text=True).stdout
    assert int(said) > 50_000
