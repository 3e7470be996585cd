"""The garbage collector rests while many rows are processed, and a little longer."""

import asyncio
import gc

import pytest

from app.updates import gc_pause
from app.updates.gc_pause import gc_paused


@pytest.mark.usefixtures("short_rest")
async def test_the_collector_runs_again_soon_after_the_last_pause() -> None:
    with gc_paused():
        with gc_paused():
            assert not gc.isenabled()
        await asyncio.sleep(0.05)
        assert not gc.isenabled()
    await asyncio.sleep(0.05)
    assert gc.isenabled()


@pytest.mark.usefixtures("short_rest")
async def test_rows_that_are_still_held_when_a_pause_ends_are_not_looked_through() -> None:
    collected = list[str]()
    gc.callbacks.append(lambda phase, _: collected.append(phase))
    try:
        with gc_paused():
            rows = [[number] for number in range(100_000)]
        assert len([[row] for row in rows]) == 100_000
        assert collected == []
    finally:
        gc.callbacks.pop()


@pytest.fixture
def short_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc_pause, "REST", 0.01)
