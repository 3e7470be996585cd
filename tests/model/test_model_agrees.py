"""Every figure of every progress answer, against the plain model, in runs of events that nobody thought of.

`scripts/test` makes two short runs, `scripts/test --all` eight, the same every time. `scripts/model` makes new ones
for ten minutes.
"""

import os
import time
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.model.conftest import ModelFixture
from tests.model.machine import Rollout
from tests.slowly import slow

MINUTES = float(os.environ.get("TIENDO_MODEL_MINUTES", "0"))  # noqa: TID251 - a setting of the tests, not of the service

QUICK = settings(
    stateful_step_count=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
    report_multiple_bugs=False,
)
"""Without shrinking, which takes minutes: the first run of events that goes wrong is shown as it was."""

LONG = settings(
    QUICK,
    max_examples=20,
    stateful_step_count=50,
    derandomize=False,
    print_blob=True,
    phases=[Phase.generate, Phase.shrink],
)


@pytest.mark.parametrize("runs", [2, *slow(8)])
def test_the_service_agrees_with_the_model_at_every_moment(model_fixture: ModelFixture, runs: int) -> None:
    if not MINUTES:
        quick = settings(QUICK, max_examples=runs)
        run_state_machine_as_test(partial(Rollout, model_fixture), settings=quick)  # type: ignore[arg-type]
    ends = time.monotonic() + MINUTES * 60
    while time.monotonic() < ends:
        run_state_machine_as_test(partial(Rollout, model_fixture), settings=LONG)  # type: ignore[arg-type]
