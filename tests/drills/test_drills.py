"""The short form of every drill: a few seconds each, on a PostgreSQL and a service of its own."""

import asyncio

import pytest

from tests.drills.faults.disk import NotHere
from tests.drills.ground import ground
from tests.drills.registry import DRILLS


@pytest.mark.slow
@pytest.mark.processes
@pytest.mark.parametrize("name", [name for name in DRILLS if name != "claims"])
def test_a_drill_loses_nothing(name: str) -> None:
    drill = DRILLS[name]
    try:
        with drill.place() as place, ground(0, is_short=True, place=place) as own:
            figure = asyncio.run(drill.run(own))
    except NotHere as missing:
        pytest.skip(f"it needs {missing}")
    assert figure.lost == []
    assert figure.held
