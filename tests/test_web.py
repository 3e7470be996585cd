"""What holds for every route, whatever it answers."""

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
